import { expect, test } from '@jest/globals';
import { nextMove, type Move, type Situation } from './lane-moves.ts';

const LEADING: Situation = { wantsLead: true, term: 'live', cut: 'none', isExact: true, isDue: true };

test.each<[string, Partial<Situation>, Move]>([
  ['a leader whose cut is due makes it', {}, 'lead'],
  ['a leader with nothing to do waits', { isDue: false }, 'wait'],
  ['a leader applies a committed cut before it makes one', { cut: 'ready' }, 'follow'],
  ['a leader waits for the input of a committed cut', { cut: 'waiting' }, 'wait'],
  [
    'a leader to whom the lane belongs no longer steps down before anything else',
    { wantsLead: false, cut: 'ready' },
    'step-down',
  ],
  ['nobody leads before their claim has come back', { term: 'claimed' }, 'wait'],
  ['the owner of the lane without a term claims it', { term: 'none' }, 'claim'],
  ['the owner of the lane applies what it knows before it claims', { term: 'none', cut: 'ready' }, 'follow'],
  [
    'a leader who is not certain of what is issued settles that, due or not',
    { isExact: false, isDue: false },
    'change-rules',
  ],
  ['a follower follows', { wantsLead: false, term: 'none', cut: 'ready' }, 'follow'],
  ['a follower without a cut waits, certain or not', { wantsLead: false, term: 'none', isExact: false }, 'wait'],
])('%s', (_what, over, move) => {
  expect(nextMove({ ...LEADING, ...over })).toBe(move);
});
