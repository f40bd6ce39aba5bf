// C3, C4 and C5 over drawn histories of a case: nobody who is told can hold anything up, all are told the same, in both languages.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aCaseWorld, anything, give, PEOPLE, play, playAll, RECIPIENTS, RUNS, settle, someHistory, TO_THE_END, type CaseWorld, type Move } from '../testing/case-histories.ts'; // prettier-ignore

/** What a recipient does, before which move, and how much later. */
interface Meddling {
  readonly before: number;
  readonly who: number;
  readonly what: number;
  readonly times: number;
}

const someMeddling = (): fc.Arbitrary<readonly Meddling[]> =>
  fc.array(
    fc.record({ before: fc.nat({ max: 45 }), who: fc.nat({ max: 2 }), what: fc.nat({ max: 200 }), times: fc.constantFrom(1, 3) }),
    { maxLength: 12 },
  ); // prettier-ignore

/** Plays a history; those who have been told give commands of their own in between, from when they are told. */
function playWith(history: readonly Move[], meddling: readonly Meddling[]): CaseWorld & { accepted: number } {
  const world = aCaseWorld();
  let accepted = 0;
  for (const [at, move] of history.entries()) {
    settle(world); // the clock goes on whether or not anyone does anything
    for (const { before, who, what, times } of meddling)
      for (let time = 0; before === at && time < times; time += 1) {
        if (world.one.notifications.length === 0) continue;
        const by = PEOPLE.find(({ person }) => person === RECIPIENTS[who])!;
        if (give(world, anything(world, what), by) === undefined) accepted += 1;
      }
    play(world, move);
  }
  settle(world);
  return Object.assign(world, { accepted });
}

const statesOf = ({ events }: CaseWorld): unknown =>
  events.filter(({ from, to }) => from !== to).map(({ at, kind, from, to }) => ({ at, kind, from, to }));
const announcedAt = ({ events }: CaseWorld): unknown =>
  events.filter(({ kind }) => kind === 'announced').map(({ at }) => at);

/** An agency that is told acts by its own mandate between being told and the announcement. */
const ACTS: readonly Meddling[] = [{ before: 19, who: 0, what: 22, times: 3 }];

test('C3: whatever those who are told do, leave or delay, every state and the instant of the announcement stay', () => {
  fc.assert(
    fc.property(someHistory(), someMeddling(), (history, meddling) => {
      const silent = playWith(history, []);
      const loud = playWith(history, meddling);
      expect(statesOf(loud)).toEqual(statesOf(silent));
      expect(announcedAt(loud)).toEqual(announcedAt(silent));
      expect(loud.one.evidenceHash).toBe(silent.one.evidenceHash);
    }),
    { numRuns: RUNS, examples: [[TO_THE_END, ACTS]] },
  );
});

test('those who are told are heard all the same', () => {
  const world = playWith(TO_THE_END, ACTS);
  expect(world.accepted).toBe(3);
  expect(world.one.actions).toHaveLength(3);
  expect(announcedAt(world)).toHaveLength(1);
});

test('C4: everyone who is told of one version is given one and the same brief, cleared or not', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { one } = playAll(history);
      for (const { briefs, recipients } of one.notifications) {
        expect(briefs).toHaveLength(1);
        expect(recipients.map(({ person }) => person)).toEqual(RECIPIENTS);
        expect(new Set(recipients.map(({ briefHash }) => briefHash))).toEqual(new Set([briefs[0]!.hash]));
        expect(briefs[0]!.gaps.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: RUNS, examples: [[TO_THE_END]] },
  );
});

test('C5: every notice has both languages, with as many steps in one as in the other', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { one, events } = playAll(history);
      for (const { en, fr } of one.notices) {
        expect(en.steps.length).toBeGreaterThan(0);
        expect(fr.steps).toHaveLength(en.steps.length);
        for (const text of [en.title, en.known, fr.title, fr.known, ...en.steps, ...fr.steps])
          expect(text.trim()).not.toBe('');
      }
      const issued = events.filter(({ notice }) => notice !== null);
      expect(issued.every(({ kind }) => ['disclosed', 'announced', 'updated', 'corrected'].includes(kind))).toBe(true);
    }),
    { numRuns: RUNS, examples: [[TO_THE_END]] },
  );
});
