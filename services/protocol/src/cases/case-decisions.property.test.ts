// C1, C2, C6 and C7 over drawn histories of a case: what is decided, on what evidence, and what agencies may do meanwhile.

import { expect, test } from '@jest/globals';
import type { CaseEvent } from '@sitebus/sdk';
import fc from 'fast-check';
import { aCaseWorld, give, PANEL, PEOPLE, playAll, RUNS, SEATS, someHistory, TO_THE_END, type CaseWorld } from '../testing/case-histories.ts'; // prettier-ignore

const VOIDING = ['evidence-changed', 'accumulated', 'attached', 'detached', 'refreshed', 'review-due', 'found', 'period-closed']; // prettier-ignore

/** The votes that the last motion before an event was given, and whether anything came between. */
function motionBefore(events: readonly CaseEvent[], end: number) {
  const start = events.slice(0, end).findLastIndex(({ kind }) => kind === 'proposed');
  const between = events.slice(start + 1, end);
  return {
    motion: events[start]?.motion,
    votes: between.flatMap(({ kind, vote }) => (kind === 'voted' ? [vote!] : [])),
    voided: between.filter(({ kind }) => VOIDING.includes(kind)),
    hashes: [...new Set([events[start]!, ...between].map(({ evidenceHash }) => evidenceHash))],
  };
}

function announcedBy({ events }: CaseWorld): void {
  for (const [at, event] of events.entries()) {
    if (event.kind !== 'announced') continue;
    const decided = events.slice(0, at).findLastIndex(({ kind }) => kind === 'decided');
    const { motion, votes, voided } = motionBefore(events, decided);
    expect(motion?.outcome).toBe('THRESHOLD_MET');
    expect(votes.map(({ vote }) => vote)).toEqual(SEATS.map(() => 'AGREE'));
    expect(votes.map(({ seat }) => seat).sort()).toEqual([...SEATS].sort());
    expect(new Set(votes.map(({ motionId }) => motionId))).toEqual(new Set([motion?.motionId]));
    expect(voided).toEqual([]);
    expect(event.evidenceHash).toBe(motion?.evidenceHash);
  }
}

test('C1: nothing is announced without five seats that agreed, on one motion, on the evidence as it stands', () => {
  fc.assert(
    fc.property(someHistory(), (history) => announcedBy(playAll(history))),
    { numRuns: RUNS, examples: [[TO_THE_END]] },
  );
});

test('C2: no vote counts on other evidence than that which stands when the motion is resolved', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { events, one } = playAll(history);
      for (const [at, event] of events.entries()) {
        if (event.kind !== 'decided') continue;
        const { motion, votes, voided, hashes } = motionBefore(events, at);
        expect(votes).toHaveLength(SEATS.length);
        expect(voided).toEqual([]);
        expect(hashes).toEqual([motion!.evidenceHash]);
        expect(event.decision).toMatchObject({ evidenceHash: motion!.evidenceHash });
        expect(event.evidenceHash).toBe(motion!.evidenceHash);
      }
      expect(one.sealed).toHaveLength(events.filter(({ kind }) => kind === 'decided').length);
    }),
    { numRuns: RUNS, examples: [[TO_THE_END]] },
  );
});

test('C6: the threshold is met in the caretaker period alone, and after a referral only by a new finding', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { events } = playAll(history);
      for (const [at, { from, to, periodState }] of events.entries()) {
        if (to !== 'THRESHOLD_MET' || from === 'THRESHOLD_MET') continue;
        expect(periodState).toBe('CARETAKER');
        const referred = events.slice(0, at).findLastIndex((each) => each.to === 'REFERRED_CEO');
        const found = events.slice(0, at).findLastIndex((each) => each.kind === 'found' && each.to === 'EVALUATING');
        expect(found).toBeGreaterThan(referred);
      }
    }),
    { numRuns: RUNS, examples: [[TO_THE_END]] },
  );
});

test('C7: an agency may act within its own mandate in every state, and it changes none', () => {
  fc.assert(
    fc.property(someHistory(), fc.constantFrom('sid', 'gina', 'eve', 'hal'), (history, person) => {
      const world = playAll(history);
      if (world.one.state === undefined) return;
      const before = world.one.state;
      const by = PEOPLE.find((each) => each.person === person)!;
      expect(give(world, { kind: 'agency-action', text: 'a warning to those concerned' }, by)).toBeUndefined();
      expect(world.one.state).toBe(before);
      expect(world.one.actions.at(-1)).toMatchObject({ agency: by.agency, at: world.now });
    }),
    { numRuns: RUNS, examples: [[TO_THE_END, 'eve']] },
  );
});

test('where policy has agencies wait for the panel, they act once its ladder says so', () => {
  const world = aCaseWorld({ ...PANEL, agencyActionIndependent: false });
  playAll(TO_THE_END.slice(0, 6), world);
  const eve = PEOPLE.find(({ person }) => person === 'eve')!;
  expect(give(world, { kind: 'agency-action', text: 'we act' }, eve)?.refused).toBe('ILLEGAL_TRANSITION');
});

test('an undisturbed history is announced, and its notice corrected', () => {
  const { one, events } = playAll(TO_THE_END);
  expect(one.state).toBe('ANNOUNCED');
  expect(one.notices.map(({ version, why }) => [version, why])).toEqual([[1, 'announced'], [2, 'corrected'], [3, 'corrected']]); // prettier-ignore
  expect(events.filter(({ kind }) => kind === 'decided')).toHaveLength(3);
});
