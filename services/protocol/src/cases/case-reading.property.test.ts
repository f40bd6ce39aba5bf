// C8, C9 and C10 over drawn histories of a case: what replay gives, what those without a seat see, and what was so at a moment.

import { canonicalText } from '@sitebus/kit';
import { expect, test } from '@jest/globals';
import type { CaseEvent, CaseStrand } from '@sitebus/sdk';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { follows, framed, type ChainEnd } from '../machine.ts';
import { createMatters } from '../matters.ts';
import { CANARY, givenIn, PEOPLE, playAll, RUNS, SEATS, someHistory, TO_THE_END, type CaseWorld } from '../testing/case-histories.ts'; // prettier-ignore
import { caseBody } from './case-body.ts';
import { CASE_SUBJECT, EMPTY_CASE_EVENT } from './case-events.ts';
import { CASE_MACHINE } from './case-machine.ts';
import { evolveCase, NO_CASE, type Case } from './case.ts';
import { readerOf } from './reader.ts';

/** Histories whose events are chained or read by everybody cost more than the others. */
const FEWER_RUNS = propertyRuns(60);

/** The events as they are written: each strand numbered and chained by itself. */
function chained(events: readonly CaseEvent[]): readonly CaseEvent[] {
  const ends = new Map<CaseStrand, Pick<ChainEnd<CaseEvent['to']>, 'seq' | 'hash'>>();
  let to: CaseEvent['to'] | undefined;
  return events.map((event) => {
    const { id, at, by, marking, seq: _s, from: _f, prevHash: _p, hash: _h, ...happening } = event;
    const end = to === undefined ? undefined : { seq: 0, hash: '', ...ends.get(event.strand), to };
    const written = framed<CaseEvent>(happening, end, EMPTY_CASE_EVENT, { id, at, by, marking });
    ends.set(event.strand, { seq: written.seq, hash: written.hash });
    to = written.to;
    return written;
  });
}

/** Compared as text: a difference between two cases is too long to be shown. */
const textOf = (one: unknown): string => canonicalText(one);

const fold = (events: readonly CaseEvent[]): Case => events.reduce(evolveCase, NO_CASE);

test('C8: replaying the events gives the same case, each strand is a chain without gaps, and a changed event breaks it', () => {
  fc.assert(
    fc.property(someHistory(), fc.nat(), (history, n) => {
      const { events, one } = playAll(history);
      const written = chained(events);
      expect(textOf(fold(written))).toBe(textOf(one));
      const matters = createMatters([CASE_MACHINE]);
      for (const event of written) expect(matters.apply('s-can', CASE_SUBJECT, event)).toBe(true);
      for (const strand of ['OPEN', 'PANEL']) {
        const numbers = written.filter((event) => event.strand === strand).map(({ seq }) => seq);
        expect(numbers).toEqual(numbers.map((_seq, at) => at + 1));
      }
      if (written.length === 0) return;
      const victim = written[n % written.length]!;
      const end = n % written.length === 0 ? undefined : { seq: victim.seq - 1, hash: victim.prevHash, to: victim.from! };
      expect(follows(victim, end)).toBe(true);
      expect(follows({ ...victim, at: victim.at + 1 }, end)).toBe(false);
    }),
    { numRuns: FEWER_RUNS, examples: [[TO_THE_END, 3]] },
  );
}); // prettier-ignore

/** Everything that a person is answered of a case, in every moment of its history. */
function seenBy(world: CaseWorld, person: string): string {
  const by = PEOPLE.find((each) => each.person === person)!;
  let one = NO_CASE;
  return world.events
    .map((event) => {
      one = evolveCase(one, event);
      const reader = readerOf(one, by, world.period, givenIn(world));
      return reader.reads ? JSON.stringify(caseBody(one, reader, [])) : '';
    })
    .join('\n');
}

test('C9: nobody who is told, stands for election or just reads sees a rating, a vote or a reason', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const world = playAll(history);
      for (const person of ['pm', 'rep', 'cand', 'anyone', 'stranger']) expect(seenBy(world, person).trim()).toBe('');
      for (const person of ['sam', 'cleo', 'sid', 'gina', 'hal', 'eve']) {
        const seen = seenBy(world, person);
        expect(seen).not.toContain(CANARY);
        expect(seen).not.toContain('"votes"');
        for (const seat of SEATS) expect(seen).not.toContain(`seat-${seat}`);
      }
    }),
    { numRuns: FEWER_RUNS, examples: [[TO_THE_END]] },
  );
});

test('those who have a seat do see it, so that there was something to hide', () => {
  const seen = seenBy(playAll(TO_THE_END), 'seat-three');
  expect(seen).toContain(`${CANARY} reasons`);
  expect(seen).toContain(`${CANARY} rationale`);
});

test('what is not the panel’s does not depend on what the panel said: other words, the same open strand', () => {
  fc.assert(
    fc.property(someHistory(), (history) => {
      const { events } = playAll(history);
      const open = events.filter(({ strand }) => strand === 'OPEN');
      expect(JSON.stringify(open)).not.toContain(CANARY);
      for (const { by } of open) expect(by.role).not.toBe('panel-member');
      // The open strand alone makes the same state in every moment.
      let all = NO_CASE;
      let alone = NO_CASE;
      for (const event of events) {
        all = evolveCase(all, event);
        if (event.strand === 'OPEN') alone = evolveCase(alone, event);
        expect(alone.state).toBe(all.state);
        expect(alone.evidenceHash).toBe(all.evidenceHash);
      }
    }),
    { numRuns: RUNS, examples: [[TO_THE_END]] },
  );
});

test('C10: a case has one state at every instant: that of the events until then', () => {
  fc.assert(
    fc.property(someHistory(), fc.nat({ max: 1_000 }), (history, n) => {
      const world = playAll(history);
      const written = chained(world.events);
      if (written.length === 0) return;
      const matters = createMatters([CASE_MACHINE]);
      for (const event of written) matters.apply('s-can', CASE_SUBJECT, event);
      const held = matters.get('case', 'case')!;
      const first = written[0]!.at;
      const at = first + Math.floor(((written.at(-1)!.at - first) * n) / 1_000);
      const until = written.filter((event) => event.at <= at);
      expect(textOf(matters.asOf(held, at)?.state)).toBe(textOf(fold(until)));
      expect((matters.asOf(held, at)?.state as Case).state).toBe(until.at(-1)!.to);
      expect(matters.asOf(held, first - 1)).toBeUndefined();
    }),
    { numRuns: FEWER_RUNS, examples: [[TO_THE_END, 500]] },
  );
});
