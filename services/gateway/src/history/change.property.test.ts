// What changed between two versions: complete, and silent where nothing did.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import type { Assessment } from '@sitebus/sdk';
import { anAssessment, uuidOf } from '../testing/records.ts';
import { changeBetween } from './change.ts';

const RUNS = propertyRuns(600);
const [MEMBER] = anAssessment().members;
const ids = ['one', 'two', 'three', 'four'].map(uuidOf);

const drawn: fc.Arbitrary<Assessment> = fc
  .record({
    members: fc.subarray(ids),
    categories: fc.subarray(['PHISHING', 'DDOS', 'OTHER']),
    confidence: fc.constantFrom('LOW' as const, 'MODERATE' as const),
    status: fc.constantFrom('LIVE' as const, 'CLOSED' as const, 'REDIRECTED' as const),
    ruleVersion: fc.integer({ min: 1, max: 2 }),
    policyVersion: fc.integer({ min: 1, max: 2 }),
    pMicro: fc.constantFrom(500_000, 600_000),
    discounted: fc.constantFrom(null, 'COPY' as const),
  })
  .map(({ members, pMicro, discounted, ...rest }) =>
    anAssessment({
      ...rest,
      likelihood: { ...anAssessment().likelihood, pMicro },
      members: members.map((id) => ({ ...MEMBER!, id, discounted })),
      links: [],
    }),
  );

test('members that came and went are those of a naive recount, and every change has a cause', () => {
  fc.assert(
    fc.property(drawn, drawn, (before, after) => {
      const { changed, causes } = changeBetween(before, after);
      const of = (value: Assessment) => new Set(value.members.map(({ id }) => id));
      const { added = [], removed = [] } = (changed['members'] ?? {}) as { added?: { id: string }[]; removed?: { id: string }[] };
      expect(new Set(added.map(({ id }) => id))).toEqual(new Set([...of(after)].filter((id) => !of(before).has(id))));
      expect(new Set(removed.map(({ id }) => id))).toEqual(new Set([...of(before)].filter((id) => !of(after).has(id))));
      expect(causes.length).toBeGreaterThan(0);
      expect(causes.includes('AGED') && causes.length > 1).toBe(false);
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

test('a version against itself changed nothing and only aged', () => {
  fc.assert(
    fc.property(drawn, (value) => {
      expect(changeBetween(value, { ...value, version: value.version + 1, assessedAt: value.assessedAt + 1 })).toEqual({ causes: ['AGED'], changed: {} }); // prettier-ignore
    }),
    { numRuns: RUNS },
  );
});

test.each([
  ['a new member', { members: [...anAssessment().members, { ...MEMBER!, id: uuidOf('third') }] }, ['MEMBERS_ADDED']],
  ['a merge into another', { status: 'REDIRECTED', redirectTo: uuidOf('survivor'), members: [], links: [] }, ['MERGED_AWAY']],
  ['new rules', { ruleVersion: 2 }, ['RULE_CHANGE']],
  ['a position', { positions: [{ id: uuidOf('p'), agency: 'cse', about: uuidOf('member a'), observedAt: 0, stance: 'DISSENT', definitionId: 'd', likelihood: null, confidence: null }] }, ['POSITION']],
  ['only figures', { likelihood: { ...anAssessment().likelihood, pMicro: 1 } }, ['AGED']],
] as [string, Partial<Assessment>, string[]][])('%s is told as such', (_what, over, causes) => {
  expect(changeBetween(anAssessment(), { ...anAssessment(), ...over, version: 2 }).causes).toEqual(causes);
}); // prettier-ignore
