// Laws of a full view: it stays within its bound, says what it gave up, and touches nobody who is within quota.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import type { EngineNotice } from './quota.ts';
import { createState, hashOfLinked, linkedOf } from '../state.ts';
import { step } from '../step.ts';
import { NOW, VIEW, anId, anObservation, collidingObservation, someRules } from '../../testing/observations.ts';

const RULES = someRules({ hubCap: 4, maxLiveRecords: 10, liveQuota: { default: 4, tenant: 2 } });
const cuts = fc.array(fc.array(collidingObservation(), { maxLength: 14 }), { minLength: 1, maxLength: 5 });
const runs = { numRuns: propertyRuns(60) };

test('a view never holds more than it may, and every record it gave up is told', () => {
  let told = 0;
  fc.assert(
    fc.property(cuts, (given) => {
      const state = createState(VIEW, RULES);
      for (const [turn, observations] of given.entries()) {
        const before = state.records.present;
        const { notices } = step(state, { now: NOW + turn, observations }).changes;
        expect(state.records.present).toBeLessThanOrEqual(10);
        const lost = notices.reduce((sum, { count }) => sum + count, 0);
        const kinds = new Set(observations.map(({ agency, cell, id }) => `${agency}/${cell}/${id}`)).size;
        expect(state.records.present).toBeGreaterThanOrEqual(before - lost);
        expect(state.records.present).toBeLessThanOrEqual(before + kinds - lost);
        told += lost;
      }
    }),
    runs,
  );
  expect(told).toBeGreaterThan((runs.numRuns * 5) / 6);
});

test('the order of records within a cut decides nothing of what is given up', () => {
  fc.assert(
    fc.property(cuts, (given) => {
      const [one, other] = [createState(VIEW, RULES), createState(VIEW, RULES, 5)];
      for (const [turn, observations] of given.entries()) {
        const now = NOW + turn;
        const { changes } = step(one, { now, observations });
        expect(step(other, { now, observations: [...observations].reverse() }).changes).toEqual(changes);
      }
      expect(hashOfLinked(other)).toBe(hashOfLinked(one));
    }),
    runs,
  );
});

test('an agency that floods loses its own oldest records, and the others none', () => {
  const state = createState(VIEW, someRules({ maxLiveRecords: 64, liveQuota: { default: 20, tenant: 20 } }));
  const of = (agency: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => anObservation(from + at, { agency }));
  const notices: EngineNotice[] = [];
  const cut = (turn: number, observations: ReturnType<typeof of>) =>
    notices.push(...step(state, { now: NOW + turn, observations }).changes.notices);
  cut(0, of('cse', 0, 20));
  cut(1, of('partner-flood', 100, 140));
  cut(2, of('gac', 200, 215));
  expect(notices).toEqual([{ code: 'QUOTA_EVICTED', agency: 'partner-flood', count: 12, from: NOW + 1, to: NOW + 1 }]);
  cut(3, of('partner-flood', 140, 150));
  expect(notices[1]).toEqual({ code: 'QUOTA_EVICTED', agency: 'partner-flood', count: 10, from: NOW + 1, to: NOW + 1 });
  const kept = linkedOf(state).live.map((name) => name.split('/')[2]);
  expect(kept).toEqual(expect.arrayContaining([...Array(20).keys()].map((n) => anId(n))));
  expect(kept).toEqual(expect.arrayContaining([...Array(15).keys()].map((n) => anId(200 + n))));
});
