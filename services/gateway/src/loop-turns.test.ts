// Pieces of work and rounds of the loop: who does theirs when. The test is the loop.

import { expect, test } from '@jest/globals';
import { createLoopTurns } from './loop-turns.ts';

/** Turns over a loop that goes round when told to; each piece takes so long. */
function aLoop(pieceMs: number) {
  let nowMs = 0;
  let queue: (() => void)[] = [];
  const turns = createLoopTurns({ now: () => nowMs, inNextRound: (run) => void queue.push(run) });
  const done: string[] = [];
  return {
    turns,
    ask: (name: string): void => void turns.next().then(() => ((nowMs += pieceMs), done.push(name))),
    /** As Node does: everything that was put there before, and after each what it resolved. @returns who had a piece. */
    round: async (): Promise<readonly string[]> => {
      const now = queue;
      queue = [];
      for (const run of now) {
        run();
        await Promise.resolve();
        await Promise.resolve();
      }
      return done.splice(0);
    },
  };
}

test('pieces that are short have one round, in the order in which they were asked for', async () => {
  const { ask, round } = aLoop(1);
  for (const name of ['a', 'b', 'c']) ask(name);
  expect(await round()).toEqual(['a', 'b', 'c']);
  expect(await round()).toEqual([]);
});

test('pieces that fill a round leave the others to the next ones, before whoever asks later', async () => {
  const { ask, round } = aLoop(30);
  for (const name of ['a', 'b', 'c', 'd']) ask(name);
  expect(await round()).toEqual(['a', 'b']);
  ask('e');
  expect(await round()).toEqual(['c', 'd']);
  expect(await round()).toEqual(['e']);
});

test('a piece that is longer than a round is done all the same, one a round', async () => {
  const { ask, round } = aLoop(1_000);
  for (const name of ['a', 'b']) ask(name);
  expect([await round(), await round(), await round()]).toEqual([['a'], ['b'], []]);
});

test('a round after somebody connected has one piece, so that the next one behind them is let in', async () => {
  const { turns, ask, round } = aLoop(1);
  for (const name of ['a', 'b', 'c', 'd']) ask(name);
  turns.giveWay();
  expect(await round()).toEqual(['a']);
  turns.giveWay();
  expect(await round()).toEqual(['b']);
  expect(await round()).toEqual(['c', 'd']);
});
