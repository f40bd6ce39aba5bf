// An analyst's check: from one published assessment, as JSON, and policy, every figure comes out again.
// Holds: shares no code with the engine; reads nothing but the record and the policy's numbers. Source: README.md#likelihood

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Assessment } from '@sitebus/sdk';
import { NOW, VIEW, anId, collidingObservation, someRules } from '../../testing/observations.ts';
import type { FusionObservation } from '../observation.ts';
import { calendarOf } from '../judgement/proximity.ts';
import type { Rules } from '../rules.ts';
import { createState } from '../state.ts';
import { step } from '../step.ts';

const POLICY = {
  weights: {
    ...{ domain: 1, ip: 0.8, faint: 0.3, 'registrable-domain': 0.7, subnet: 0.35, 'place-day': 0.6 },
    ...{ text: 0.8, 'similar-text': 0.8, 'co-share-pair': 1 },
  } as Record<string, number>,
  linkThreshold: 0.55,
  impact: { PHISHING: 50, OTHER: 20 } as Record<string, number>,
  proximity: [{ fromDays: 30, percent: 150 }],
  elections: [
    {
      id: 'ge',
      name: { en: 'e', fr: 'é' },
      kind: 'GENERAL_FIXED' as const,
      timeZone: 'UTC',
      pollingDay: '2031-10-20',
      ridings: [],
    },
  ],
};
const RULES: Rules = {
  ...someRules({ hubCap: 4 }),
  impact: new Map(Object.entries(POLICY.impact)),
  calendar: calendarOf(POLICY),
};
const micro = (value: number) => Math.round(value * 1e6);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

test('every figure of every assessment can be recomputed by hand from the record and policy alone', () => {
  const seen = { links: 0, dissents: 0, copies: 0, several: 0, aged: 0 };
  fc.assert(
    fc.property(
      fc.array(collidingObservation(), { minLength: 4, maxLength: 24 }),
      fc.nat({ max: 60 }),
      (given, days) => {
        const state = createState(VIEW, RULES);
        for (const now of [NOW, NOW + days * 86_400_000]) {
          const { changes } = step(state, {
            now,
            observations: now === NOW ? [...given, ...given.slice(0, 3).map(toldAgain)] : [],
          });
          for (const published of changes.assessments) {
            if (published.status !== 'LIVE') continue;
            const record = JSON.parse(JSON.stringify(published)) as Assessment;
            checkLinks(record);
            checkCounting(record);
            checkCopies(record, given);
            checkLikelihood(record);
            checkConfidence(record);
            checkSeverity(record);
            seen.links += record.links.length;
            seen.dissents += record.dissents.length;
            seen.copies += record.members.filter(({ copyOf }) => copyOf !== null).length;
            seen.several += record.members.length > 2 ? 1 : 0;
            seen.aged += now > NOW ? 1 : 0;
          }
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(Object.entries(seen).filter(([, count]) => count < 3)).toEqual([]); // or it would have proved nothing
});

/** A sighting again, by an agency that does not say where it has it from. */
function toldAgain(each: FusionObservation, n: number): FusionObservation {
  const unsaid = { sourceToken: null, derivedFrom: [], recalls: null, supersedes: null, observedAt: NOW };
  return { ...each, ...unsaid, id: anId(500 + n), contentHash: `${n}`.repeat(16), agency: 'rcmp', tenant: false };
}

/** contribution = w · log2(N/df) / log2(N/2), N = 2^16, df its bucket's power of two. */
function checkLinks({ links }: Assessment): void {
  for (const { features, scoreMicro } of links) {
    for (const { kind, weight, dfBucket, contributionMicro } of features) {
      expect(weight).toBe(POLICY.weights[kind]);
      expect(contributionMicro).toBe(Math.floor((micro(weight) * (16 - dfBucket)) / 15));
    }
    expect(scoreMicro).toBe(sum(features.map(({ contributionMicro }) => contributionMicro)));
    expect(scoreMicro).toBeGreaterThanOrEqual(micro(POLICY.linkThreshold));
  }
}

const RELIABILITY: Record<string, number> = { A: 1, B: 0.8, C: 0.5, D: 0.25, E: 0, F: 0.25 };
const PROBABILITY = [0.95, 0.8, 0.55, 0.3, 0.1, 0.5];

type Member = Assessment['members'][number];
const isTenant = ({ agency }: Member) => agency.startsWith('partner-');
const strength = ({ sourceGrade, infoGrade }: Member) => {
  const p = PROBABILITY[infoGrade - 1]!;
  return Math.round(RELIABILITY[sourceGrade]! * Math.max(p, 1 - p) * 1e6);
};

/** Lineage → its members that are no copies, and the one of them that counts. */
function lineagesOf({ members }: Assessment) {
  const lineages = new Map<string | null, Member[]>();
  for (const member of members)
    if (member.copyOf === null) lineages.set(member.root, [...(lineages.get(member.root) ?? []), member]);
  return [...lineages].map(([root, those]) => {
    const [counted] = [...those].sort(
      (a, b) =>
        strength(b) - strength(a) || Number(isTenant(a)) - Number(isTenant(b)) || those.indexOf(a) - those.indexOf(b),
    );
    return { root, counted: counted!, since: Math.min(...those.map(({ observedAt }) => observedAt)) };
  });
}

function checkCounting(record: Assessment): void {
  const counted = new Set(lineagesOf(record).map((lineage) => lineage.counted));
  const roots = new Set(record.members.flatMap(({ root }) => root ?? []));
  expect(record.independentRoots).toBe(roots.size);
  // Two agencies may use one id: what is compared is how often each reason occurs.
  const why = (member: Member) =>
    [...counted].some(
      ({ id, agency, observedAt, infoGrade }) =>
        id === member.id &&
        agency === member.agency &&
        observedAt === member.observedAt &&
        infoGrade === member.infoGrade,
    )
      ? null
      : member.copyOf !== null
        ? 'COPY'
        : member.root === null
          ? 'NO_PROVENANCE'
          : 'SAME_ROOT';
  for (const member of record.members) if (member.discounted !== why(member)) expect(sameIds(record)).toBe(true);
  for (const { copyOf } of record.members)
    if (copyOf !== null) expect(record.members.some(({ id, copyOf: of }) => id === copyOf && of === null)).toBe(true);
}

/** Nine in ten of what a copy states is the other's, at least two values; those that are named are the copy's own. */
function checkCopies(record: Assessment, given: readonly FusionObservation[]): void {
  const copies = record.members.filter(({ copyOf }) => copyOf !== null);
  expect(record.copies.map(({ member }) => member)).toEqual(copies.map(({ id }) => id));
  const all = [...given, ...given.slice(0, 3).map(toldAgain)];
  for (const [place, { member, of, stated, shared, values }] of record.copies.entries()) {
    expect((stated - shared) * 10).toBeLessThanOrEqual(stated);
    expect(shared).toBeGreaterThanOrEqual(2);
    expect(values).toHaveLength(Math.min(16, shared));
    const own = all.filter(({ id }) => id === member).flatMap(({ features }) => features);
    for (const { kind, value } of values)
      expect(own).toContainEqual({ kind: kind === 'similar-text' ? 'text' : kind, value });
    const between = record.copies.some((other) => other.member === of);
    expect(of === null || between || of === copies[place]!.copyOf).toBe(true);
  }
}

/** One agency may publish one id in two cells, which an assessment does not tell apart. */
function sameIds({ members }: Assessment): boolean {
  return new Set(members.map(({ id, agency }) => `${agency} ${id}`)).size < members.length;
}

/** decay(t) = 1 − √(t/τ), in steps of τ/1,024. */
function decay(ageMs: number, lifetimeDays: number): number {
  const steps = Math.min(1_024, Math.floor((Math.max(0, ageMs) * 1_024) / (lifetimeDays * 86_400_000)));
  return micro(1 - Math.sqrt(steps / 1_024));
}

function evidenceOf({ counted, since }: ReturnType<typeof lineagesOf>[number], at: number) {
  const n = Math.floor(RELIABILITY[counted.sourceGrade]! * 4 * decay(at - since, counted.lifetimeDays));
  const forMicro = Math.floor((n * Math.round(PROBABILITY[counted.infoGrade - 1]! * 100)) / 100);
  const [r, s] = counted.stance === 'DENIES' ? [n - forMicro, forMicro] : [forMicro, n - forMicro];
  return { r, s, agency: counted.agency };
}

function opinion(r: number, s: number) {
  const total = 2e6 + r + s;
  return {
    b: Math.round((r * 1e6) / total),
    u: Math.round(2e12 / total),
    p: Math.round(((r + 400_000) * 1e6) / total),
  };
}

function checkLikelihood(record: Assessment): void {
  const inOrder = lineagesOf(record).sort(
    (a, b) => record.members.indexOf(a.counted) - record.members.indexOf(b.counted),
  );
  const lineages = inOrder.map((lineage) => evidenceOf(lineage, record.assessedAt));
  const agencies = [...new Set(lineages.map(({ agency }) => agency))].sort().map((agency) => {
    const own = lineages
      .filter((each) => each.agency === agency)
      .sort((a, b) => Math.max(b.r, b.s) - Math.max(a.r, a.s));
    const r = sum(own.map((each, i) => Math.floor(each.r / 2 ** i)));
    const s = sum(own.map((each, i) => Math.floor(each.s / 2 ** i)));
    return { agency, r, s, ...opinion(r, s) };
  });
  expect(
    record.evidence.map(({ agency, rMicro, sMicro, pMicro, uMicro }) => [agency, rMicro, sMicro, pMicro, uMicro]),
  ).toEqual(agencies.map(({ agency, r, s, p, u }) => [agency, r, s, p, u]));
  const { b, u, p } = opinion(sum(agencies.map(({ r }) => r)), sum(agencies.map(({ s }) => s)));
  const percent = Math.min(99, Math.max(1, Math.round(p / 1e4)));
  expect(record.likelihood).toEqual({
    pMicro: p,
    uMicro: u,
    lo: Math.round(b / 1e4),
    hi: Math.round((b + u) / 1e4),
    band: [1, 10, 25, 40, 60, 75, 90].filter((lower) => lower <= percent).length,
  });
  const pairs = agencies.flatMap((x, i) =>
    agencies.slice(i + 1).map((y) => {
      const certainty = Math.floor(((1e6 - x.u) * (1e6 - y.u)) / 1e6);
      return { a: x.agency, b: y.agency, degreeMicro: Math.floor((Math.abs(x.p - y.p) * certainty) / 1e6) };
    }),
  );
  expect(record.dissents).toEqual(pairs.filter(({ degreeMicro }) => degreeMicro >= 150_000));
}

function checkConfidence(record: Assessment): void {
  const counted = lineagesOf(record);
  const roots = record.independentRoots;
  const caps = [
    ...(record.dissents.length > 0 || record.positions.some(({ stance }) => stance === 'DISSENT') ? ['DISSENT'] : []),
    ...(roots <= 1 ? ['FEW_ROOTS'] : []),
    ...(counted.some(({ root, counted: { sourceGrade } }) => root !== null && 'AB'.includes(sourceGrade))
      ? []
      : ['NO_RELIABLE_ROOT']),
    ...(record.evidence.length < 2 ? ['ONE_AGENCY'] : []),
    ...(roots < 2 && counted.some(({ counted: { infoGrade } }) => infoGrade === 1) ? ['UNCONFIRMED_1'] : []),
  ];
  expect(record.confidenceCaps.map(({ cap }) => cap)).toEqual(caps);
  const { uMicro } = record.likelihood;
  const uncapped = uMicro <= 150_000 ? 'HIGH' : uMicro <= 350_000 ? 'MODERATE' : 'LOW';
  const ladder = ['LOW', 'MODERATE', 'HIGH'];
  const least = Math.min(
    ...[uncapped, ...record.confidenceCaps.map(({ atMost }) => atMost)].map((level) => ladder.indexOf(level)),
  );
  expect(record.confidence).toBe(ladder[least]);
}

function checkSeverity(record: Assessment): void {
  const worst = new Map<string | null, { name: string; value: number }>();
  for (const { root, category, copyOf } of record.members) {
    if (category === null || copyOf !== null) continue;
    const value = POLICY.impact[category]!;
    if (value > (worst.get(root)?.value ?? 0)) worst.set(root, { name: category, value });
  }
  const inputs = [...worst.values()].sort((a, b) => b.value - a.value);
  const day = Math.floor(record.assessedAt / 86_400_000);
  const polling = Date.UTC(2031, 9, 20) / 86_400_000;
  const percent = day >= polling - 30 && day <= polling ? 150 : 100;
  expect(record.severity.inputs).toEqual(percent === 100 ? inputs : [...inputs, { name: 'PROXIMITY', value: percent }]);
  const whole = sum(inputs.map(({ value }, i) => value / (i + 1) ** 1.5)) * (percent / 100);
  expect(Math.abs(record.severity.score - whole)).toBeLessThanOrEqual(0.501);
}
