import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import { toWire } from '@sitebus/sdk';
import { UNMARKED } from '../release.ts';
import type { StandingDecision, TriageEntry } from '../store/desk.ts';
import { beatAt, concerns, digestItems, nextBeat } from './digest-items.ts';

const numRuns = propertyRuns(600);
const PEOPLE = ['ama', 'piotr', 'teodor'];
const decision = (over: Partial<TriageEntry> & { alertId?: string }): StandingDecision => {
  const { alertId = 'a', ...entry } = over;
  return { alertId, entry: { seq: 1, state: 'ASSIGNED', reason: 'r', by: 'teodor', atMs: 10, marking: toWire(UNMARKED), ...entry } }; // prettier-ignore
};

test.each([
  ['assigned to them', { state: 'ASSIGNED', assignee: 'ama' }, true],
  ['assigned to another', { state: 'ASSIGNED', assignee: 'piotr' }, false],
  ['escalated to them', { state: 'ESCALATED', assignee: 'ama' }, true],
  ['escalated to nobody in particular', { state: 'ESCALATED' }, true],
  ['escalated to another', { state: 'ESCALATED', assignee: 'piotr' }, false],
  ['escalated by themselves', { state: 'ESCALATED', by: 'ama' }, false],
  ['assigned to them by themselves', { state: 'ASSIGNED', assignee: 'ama', by: 'ama' }, false],
] as const)('what is %s: does it count for a person? %j %s', (_what, entry, counts) => {
  expect(concerns(decision(entry), 'ama')).toBe(counts);
});

/** What happens on a desk, one after the other: a decision about an alert, or a digest to a person. */
const acts = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({
      kind: fc.constant('decide' as const), alertId: fc.constantFrom('a', 'b', 'c'),
      state: fc.constantFrom('OPEN' as const, 'ASSIGNED' as const, 'ESCALATED' as const, 'CLOSED' as const),
      assignee: fc.constantFrom(...PEOPLE, undefined), by: fc.constantFrom(...PEOPLE),
    }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('digest' as const), person: fc.constantFrom(...PEOPLE) }) },
  ),
  { maxLength: 30 },
); // prettier-ignore

/** The naive digest: walks everything that was ever decided, newest last, and remembers what it has said. */
function naive(history: readonly StandingDecision[], person: string, said: ReadonlySet<string>): string[] {
  const news: string[] = [];
  for (const alertId of ['a', 'b', 'c']) {
    const last = history.filter((each) => each.alertId === alertId).at(-1);
    if (last === undefined) continue;
    const { state, assignee, by, seq } = last.entry;
    const isTheirs = (state === 'ASSIGNED' && assignee === person) || (state === 'ESCALATED' && (assignee ?? person) === person); // prettier-ignore
    if (isTheirs && by !== person && !said.has(`${alertId} ${seq}`)) news.push(`${alertId} ${seq}`);
  }
  return news.sort();
}

test('digests say each standing decision to whom it concerns once, and no other, whatever is decided in between', () => {
  fc.assert(
    fc.property(acts, (drawn) => {
      const history: StandingDecision[] = [];
      const told = new Map(PEOPLE.map((person) => [person, new Map<string, number>()]));
      const said = new Map(PEOPLE.map((person) => [person, new Set<string>()]));
      drawn.forEach((act, at) => {
        if (act.kind === 'decide') {
          const seq = history.filter(({ alertId }) => alertId === act.alertId).length + 1;
          const { alertId, state, by, assignee } = act;
          const takes = state === 'ASSIGNED' || state === 'ESCALATED';
          if (state === 'ASSIGNED' && assignee === undefined) return; // triage refuses it
          history.push(decision({ alertId, seq, state, by, atMs: at, ...(takes && assignee !== undefined ? { assignee } : {}) })); // prettier-ignore
          return;
        }
        const newest = new Map(history.map((each) => [each.alertId, each]));
        const standing = [...newest.values()].filter(({ entry }) => entry.state === 'ASSIGNED' || entry.state === 'ESCALATED'); // prettier-ignore
        const { person } = act;
        const items = digestItems(standing, { person, told: told.get(person)!, sinceMs: 0 });
        expect(items.map(({ alertId, entry }) => `${alertId} ${entry.seq}`).sort()).toEqual(naive(history, person, said.get(person)!)); // prettier-ignore
        expect(items.map(({ entry }) => entry.atMs)).toEqual(items.map(({ entry }) => entry.atMs).sort((a, b) => a - b)); // prettier-ignore
        for (const { alertId, entry } of items) {
          told.get(person)!.set(alertId, entry.seq);
          said.get(person)!.add(`${alertId} ${entry.seq}`);
        }
      });
    }),
    { numRuns },
  );
});

test('a decision from before the subscription is no news', () => {
  const at = (atMs: number) => decision({ alertId: `at ${atMs}`, assignee: 'ama', atMs });
  const items = digestItems([at(9), at(10), at(11)], { person: 'ama', told: new Map(), sinceMs: 10 });
  expect(items.map(({ alertId }) => alertId)).toEqual(['at 10', 'at 11']);
});

test('at whatever times it is asked, at most one digest falls into an interval, and none waits longer than one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_440 }),
      fc.array(fc.integer({ min: 1, max: 100_000_000 }), { minLength: 1, maxLength: 20 }),
      (everyMinutes, steps) => {
        const everyMs = everyMinutes * 60_000;
        let nowMs = Date.UTC(2031, 9, 2);
        let lastMs = 0;
        const sent: number[] = [];
        for (const step of steps) {
          nowMs += step;
          const due = nextBeat(lastMs, nowMs, everyMinutes);
          expect(due - nowMs).toBeLessThanOrEqual(everyMs);
          expect(due % everyMs).toBe(0);
          if (due > nowMs) continue;
          lastMs = beatAt(nowMs, everyMinutes);
          sent.push(Math.floor(nowMs / everyMs));
        }
        expect(new Set(sent).size).toBe(sent.length);
      },
    ),
    { numRuns },
  );
});
