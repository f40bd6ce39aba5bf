// Disagreement between agencies: printed, never averaged away.

import { expect, test } from '@jest/globals';
import { NOW, VIEW, anId, anObservation, domain, someRules } from '../../testing/observations.ts';
import type { FusionObservation } from '../observation.ts';
import { createState } from '../state.ts';
import { step } from '../step.ts';

const says = (n: number, agency: string, grade: string, over: Partial<FusionObservation> = {}) =>
  anObservation(n, {
    agency,
    sourceGrade: grade[0] as FusionObservation['sourceGrade'],
    infoGrade: Number(grade[1]),
    features: [domain('d.example')],
    ...over,
  });
const denies = { denies: true };

function after(...given: readonly FusionObservation[]) {
  const { changes } = step(createState(VIEW, someRules()), { now: NOW, observations: given });
  expect(changes.assessments).toHaveLength(1);
  return changes.assessments[0]!;
}

test('A1 asserts and B2 denies: .526, and a dissent of .205 beside it', () => {
  const { likelihood, dissents, confidenceCaps } = after(says(1, 'cse', 'A1'), says(2, 'gac', 'B2', denies));
  expect((likelihood.pMicro / 1e6).toFixed(3)).toBe('0.526');
  expect(dissents).toEqual([{ a: 'cse', b: 'gac', degreeMicro: 205_128 }]);
  expect(confidenceCaps).toContainEqual({ cap: 'DISSENT', atMost: 'MODERATE' });
});

test('one agency that contradicts itself is uncertain, and in dissent with nobody', () => {
  const { dissents, likelihood } = after(says(1, 'cse', 'A1'), says(2, 'cse', 'A1', denies));
  expect(dissents).toEqual([]);
  expect(likelihood.pMicro).toBeGreaterThan(300_000);
  expect(likelihood.pMicro).toBeLessThan(700_000);
});

test('of many agencies each pair that is apart is printed, and no pair that agrees', () => {
  const { dissents } = after(
    says(1, 'cse', 'A1'),
    says(2, 'csis', 'A1'),
    says(3, 'gac', 'B2', denies),
    says(4, 'rcmp', 'F6'),
    says(5, 'elections', 'A1', denies),
  );
  expect(dissents.map(({ a, b }) => `${a} ${b}`)).toEqual(['cse elections', 'cse gac', 'csis elections', 'csis gac']);
});

test('who agrees does not quieten who disagrees: the degree of a pair is the same with ten more agencies', () => {
  const pair = [says(1, 'cse', 'A1'), says(2, 'gac', 'B2', denies)];
  const crowd = Array.from({ length: 9 }, (_, n) => says(n + 3, `m${n}`, 'A1'));
  const { dissents } = after(...pair, ...crowd);
  expect(dissents).toContainEqual(after(...pair).dissents[0]);
  expect(dissents).toHaveLength(10);
});

test('a copy of what the other side says makes no new dissent', () => {
  const features = [domain('d.example'), domain('e.example')];
  const pair = [says(1, 'cse', 'A1', { features }), says(2, 'gac', 'B2', { ...denies, features })];
  const copy = says(3, 'rcmp', 'A1', { features, sourceToken: null });
  expect(after(...pair, copy).dissents).toEqual(after(...pair).dissents);
});

test('a position cites its definition, is kept one an agency, and moves no figure', () => {
  const position = (n: number, definitionId: string, hour: number, stance: 'DISSENT' | 'CONCUR' = 'DISSENT') =>
    anObservation(n, {
      agency: 'gac',
      type: 'AgencyPosition',
      facets: null,
      observedAt: NOW + hour,
      position: { about: anId(1), stance, definitionId, likelihood: null, confidence: 'LOW' },
    });
  const pair = [says(1, 'cse', 'B2'), says(2, 'gac', 'B2')];
  const alone = after(...pair);
  const stated = after(...pair, position(11, 'interference/1', 0), position(12, 'interference/2', 1));
  expect(stated.positions).toMatchObject([{ id: anId(12), definitionId: 'interference/2', stance: 'DISSENT' }]);
  expect([stated.likelihood, stated.evidence, stated.dissents]).toEqual([alone.likelihood, alone.evidence, []]);
  expect(stated.confidenceCaps).toContainEqual({ cap: 'DISSENT', atMost: 'MODERATE' });
  const withdrawn = after(...pair, position(11, 'interference/1', 0), position(12, 'interference/2', 1, 'CONCUR'));
  expect(withdrawn.confidenceCaps).not.toContainEqual({ cap: 'DISSENT', atMost: 'MODERATE' });
});
