import { describe, expect, test } from '@jest/globals';
import { bandOf, hasLeftBand } from './band.ts';
import { confidenceOf } from './confidence.ts';
import { likelihoodOf, type Testimony } from './likelihood.ts';
import { decayAt } from '../rules.ts';
import { severityOf } from './severity.ts';
import { NOW, someRules } from '../../testing/observations.ts';

const RULES = someRules();

/** What an agency says of lineage `root`, graded as in `B2`. */
function says(agency: string, grade: string, root: number | null, over: Partial<Testimony> = {}): Testimony {
  const [source, info] = grade;
  return {
    agency,
    tenant: false,
    root,
    source: 'ABCDEF'.indexOf(source!),
    info: Number(info),
    denies: false,
    isCopy: false,
    observedAt: NOW,
    lifetimeDays: 180,
    ...over,
  };
}

const at = (members: readonly Testimony[], now = NOW) => likelihoodOf(RULES, members, now);

describe('the worked values of the README', () => {
  test.each<[string, readonly Testimony[], number, number]>([
    ['one B2', [says('cse', 'B2', 1)], 0.569, 0.385],
    [
      'the same B2 through four agencies, one lineage',
      ['cse', 'csis', 'gac', 'rcmp'].map((agency) => says(agency, 'B2', 1)),
      0.569,
      0.385,
    ],
    ['B2 and an independent A1', [says('cse', 'B2', 1), says('gac', 'A1', 2)], 0.735, 0.217],
    ['and a third agency with B2', [says('cse', 'B2', 1), says('gac', 'A1', 2), says('rcmp', 'B2', 3)], 0.752, 0.161],
    ['three lineages of one agency, B2', [1, 2, 3].map((root) => says('cse', 'B2', root)), 0.642, 0.263],
    ['A1 asserts, B2 denies', [says('cse', 'A1', 1), says('gac', 'B2', 2, { denies: true })], 0.526, 0.217],
    ['one C3, as in circular reporting', [says('gac', 'C3', 1)], 0.375, 0.5],
  ])('%s', (_, members, p, u) => {
    const { pMicro, uMicro } = at(members);
    expect([pMicro / 1e6, uMicro / 1e6].map((value) => value.toFixed(3))).toEqual(
      [p, u].map((value) => value.toFixed(3)),
    );
  });

  test('A1 asserts and B2 denies: a dissent of .205, printed beside the likelihood', () => {
    const { dissents } = at([says('cse', 'A1', 1), says('gac', 'B2', 2, { denies: true })]);
    expect(dissents).toEqual([{ a: 'cse', b: 'gac', degreeMicro: 205_128 }]);
  });
});

test('records of unknown origin share one lineage', () => {
  expect(at([says('cse', 'B2', null), says('gac', 'B2', null)]).pMicro).toBe(at([says('cse', 'B2', null)]).pMicro);
});

test('a copy does not raise the likelihood, however late it comes', () => {
  const original = says('gac', 'C3', 1, { observedAt: NOW - 20 * 86_400_000 });
  expect(at([original, says('csis', 'C3', 1)]).pMicro).toBe(at([original]).pMicro);
});

test('beside an equally strong government record a tenant is never the original', () => {
  const tenant = says('partner-a', 'C3', 1, { tenant: true });
  expect(at([tenant, says('gac', 'C3', 1)]).agencies.map(({ agency }) => agency)).toEqual(['gac']);
});

test('which record of a lineage counts is decided by grades alone, so ageing cannot change it', () => {
  const short = says('cse', 'B2', 1, { lifetimeDays: 30 });
  const members = [short, says('gac', 'C3', 1, { lifetimeDays: 730 })];
  expect([...at(members, NOW + 29 * 86_400_000).counted]).toEqual([0]);
});

test('evidence ages to nothing, and a record from the future has no age', () => {
  expect(at([says('cse', 'A1', 1)], NOW + 180 * 86_400_000).pMicro).toBe(200_000);
  expect(at([says('cse', 'A1', 1)], NOW - 86_400_000)).toEqual(at([says('cse', 'A1', 1)]));
  expect([0, 45, 180].map((days) => decayAt(RULES, days * 86_400_000, 180))).toEqual([1_000_000, 500_000, 0]);
});

test('a band is entered at its lower bound, and left only when P is a whole per cent beyond it', () => {
  expect([0, 99_999, 246_000, 395_000, 594_999, 595_000, 745_000, 999_999].map(bandOf)).toEqual([
    1, 2, 3, 4, 4, 5, 6, 7,
  ]);
  expect([600_000, 604_999, 605_000, 390_000, 370_000].map((p) => hasLeftBand(p, 4))).toEqual([
    false,
    false,
    true,
    false,
    true,
  ]);
});

describe('confidence', () => {
  const solid = {
    uMicro: 100_000,
    agencies: 2,
    roots: 2,
    hasReliableRoot: true,
    claimsConfirmed: false,
    dissent: false,
  };
  test.each<[string, Partial<typeof solid>, string, string[]]>([
    ['little is unknown', {}, 'HIGH', []],
    ['some is unknown', { uMicro: 350_000 }, 'MODERATE', []],
    ['much is unknown', { uMicro: 350_001 }, 'LOW', []],
    ['agencies disagree', { dissent: true }, 'MODERATE', ['DISSENT']],
    ['one lineage', { roots: 1 }, 'MODERATE', ['FEW_ROOTS']],
    ['no source graded A or B', { hasReliableRoot: false }, 'LOW', ['NO_RELIABLE_ROOT']],
    ['one agency', { agencies: 1 }, 'MODERATE', ['ONE_AGENCY']],
    ['confirmed, says one lineage', { claimsConfirmed: true, roots: 1 }, 'MODERATE', ['FEW_ROOTS', 'UNCONFIRMED_1']],
  ])('%s', (_, over, confidence, caps) => {
    const result = confidenceOf({ ...solid, ...over });
    expect([result.confidence, result.caps.map(({ cap }) => cap)]).toEqual([confidence, caps]);
  });
});

test('severity adds the worst lineage whole and the others by 1/i^1.5, and shows them', () => {
  const lineages = [
    { category: 'PHISHING', impact: 40 },
    { category: 'CANDIDATE_THREAT', impact: 90 },
    { category: 'OTHER', impact: 0 },
  ];
  expect(severityOf(lineages)).toEqual({
    score: 104,
    inputs: [
      { name: 'CANDIDATE_THREAT', value: 90 },
      { name: 'PHISHING', value: 40 },
    ],
  });
  expect(severityOf(lineages, 150).score).toBe(156);
});
