import { expect, test } from '@jest/globals';
import type { TriageEntry, TriageState } from './store/desk.ts';
import { TRIAGE_STATES } from './store/desk.ts';
import { decideTriage, possibleStates } from './triage.ts';
import { wireMarking } from './testing/records.ts';

const by = { person: 'ama', atMs: 1, marking: wireMarking('UNCLASSIFIED//TLP:CLEAR', 'cse') };
const assigneeOf = (state: TriageState) => (state === 'ASSIGNED' ? { assignee: 'piotr' } : {});
/** A history of these states, each decided as anybody could. */
const historyOf = (...states: readonly TriageState[]): readonly TriageEntry[] =>
  states.reduce<readonly TriageEntry[]>(
    (history, state) => [...history, decideTriage(history, { state, ...assigneeOf(state), reason: 'r' }, by)],
    [],
  );

test('every state is reached from an open alert, and gone back from to every state that is not closed', () => {
  for (const to of TRIAGE_STATES.filter((state) => state !== 'OPEN')) {
    expect(historyOf(to).map(({ state, seq }) => [state, seq])).toEqual([[to, 1]]);
    for (const back of TRIAGE_STATES.filter((state) => to !== 'CLOSED' && state !== to))
      expect(historyOf(to, back).at(-1)).toMatchObject({ seq: 2, state: back });
  }
});

test('what is closed is opened again, or goes back to where it was, and nowhere else', () => {
  expect(possibleStates(historyOf('ASSIGNED', 'CLOSED'))).toEqual(['OPEN', 'ASSIGNED']);
  expect(possibleStates(historyOf('CLOSED'))).toEqual(['OPEN']);
  const refused = () => decideTriage(historyOf('ASSIGNED', 'CLOSED'), { state: 'ESCALATED', reason: 'r' }, by);
  expect(refused).toThrow(
    expect.objectContaining({ slug: 'illegal-transition', details: { possible: ['OPEN', 'ASSIGNED'] } }),
  );
});

test('the same decision twice is refused, but passing on to another assignee is not', () => {
  const assigned = historyOf('ASSIGNED');
  const again = (assignee: string) => () => decideTriage(assigned, { state: 'ASSIGNED', assignee, reason: 'r' }, by);
  expect(again('piotr')).toThrow(expect.objectContaining({ slug: 'illegal-transition' }));
  expect(again('marguerite')()).toMatchObject({ seq: 2, state: 'ASSIGNED', assignee: 'marguerite' });
  const open = () => decideTriage([], { state: 'OPEN', reason: 'r' }, by);
  expect(open).toThrow(expect.objectContaining({ slug: 'illegal-transition' }));
});

test.each([
  ['ASSIGNED without anybody', { state: 'ASSIGNED' }, 'REQUIRED'],
  ['ACKNOWLEDGED with an assignee', { state: 'ACKNOWLEDGED', assignee: 'piotr' }, 'NOT_ALLOWED'],
  ['CLOSED with an assignee', { state: 'CLOSED', assignee: 'piotr' }, 'NOT_ALLOWED'],
] as const)('%s is refused at its field', (_what, decision, code) => {
  const decide = () => decideTriage([], { ...decision, reason: 'r' }, by);
  expect(decide).toThrow(
    expect.objectContaining({
      slug: 'invalid-body',
      details: { errors: [expect.objectContaining({ pointer: '/assignee', code })] },
    }),
  );
});
