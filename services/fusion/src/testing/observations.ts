// Observations for tests: valid, deterministic, mentioning only what the test is about; and generators that collide.
// Holds: few agencies, ids, tokens and values, or nothing would ever link.

import { createMarking } from '@sitebus/marking';
import fc from 'fast-check';
import type { FusionObservation, LinkingValue } from '../engine/observation.ts';
import { toRules, type Rules } from '../engine/rules.ts';

const OPEN = createMarking({ classified: 'UNCLASSIFIED', relTo: 'ALL' });
const GREEN = createMarking({ classified: 'UNCLASSIFIED', relTo: 'ALL', tlp: 'GREEN' });

/** Noon of a day on which every test observation is fresh. */
export const NOW = Date.UTC(2031, 9, 1, 12);
export const VIEW = { id: 'partner', namespace: '5f6d1f0e-0c52-5b6a-9d3f-3a1c7f3a0002' };

/** The n-th of the ids tests use. */
export const anId = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** Every report that stands alone is an assessment: for tests of what links and of how it is judged. */
export const EVERY_REPORT = Object.freeze({ assessAloneFrom: 0 });

/** Rules as shipped, with what the test changes. */
export const someRules = (over: Partial<Parameters<typeof toRules>[0]['detection']> = {}): Rules =>
  toRules({
    version: 1,
    impact: { PHISHING: 50, OTHER: 0 },
    proximity: [],
    elections: [],
    accumulation: [],
    detection: {
      ruleVersion: 1,
      weights: {
        hash: 1,
        domain: 1,
        ip: 0.8,
        url: 1,
        email: 1,
        account: 1,
        person: 1,
        media: 0.9,
        faint: 0.3,
        'registrable-domain': 0.7,
        subnet: 0.35,
        'place-day': 0.6,
        text: 0.8,
        'similar-text': 0.8,
        'co-share-pair': 1,
      },
      lifetimeDays: { default: 180, url: 30, ip: 60, hash: 730 },
      linkWindowDays: {},
      recurrenceCap: 3,
      linkThreshold: 0.55,
      hubCap: 12,
      population: 65_536,
      placeDaysMax: 7,
      texts: { minChars: 24, similarMinChars: 24, similarityMin: 0.69, bucketCap: 32 },
      coShares: { windowSeconds: 30, minParticipation: 2, crowdCap: 64 },
      largeReportFeatures: 40,
      containmentMin: 0.2,
      copyContainment: 0.9,
      copyMinValues: 5,
      copyPresumedMinValues: 2,
      copyTextMinChars: 40,
      copyTextOtherValues: 1,
      tenantLineagesPerValue: 3,
      assessAloneFrom: 40,
      decayDelta: 2,
      baseRate: 0.2,
      priorWeight: 2,
      ...over,
    },
  });

/** A sighting by `cse`, graded B2, with a token of its own, seen just now; `over` says what differs. */
export function anObservation(n: number, over: Partial<FusionObservation> = {}): FusionObservation {
  const observedAt = over.observedAt ?? NOW;
  const agency = over.agency ?? 'cse';
  return {
    id: anId(n),
    agency,
    tenant: agency.startsWith('partner-'),
    cell: 'partner',
    contentHash: n.toString(16).padStart(16, '0'),
    type: 'IndicatorReport',
    marking: OPEN,
    observedAt,
    derivedFrom: [],
    sourceToken: `token-${n}`,
    sourceGrade: 'B',
    infoGrade: 2,
    supersedes: null,
    recalls: null,
    denies: false,
    facets: { category: 'OTHER', tools: [], targets: [], ridings: [], platforms: [], gaps: [] },
    firstSeen: observedAt,
    lastSeen: observedAt,
    features: [],
    context: [],
    ...over,
  };
}

/** A domain as a feature. */
export const domain = (value: string) => ({ kind: 'domain', value });

/** Observations that share ids, tokens, parents and values as often as not. */
export function collidingObservation(): fc.Arbitrary<FusionObservation> {
  const id = fc.integer({ min: 1, max: 14 });
  const ref = fc.option(id.map(anId), { nil: null, freq: 4 });
  return fc
    .record({
      id,
      agency: fc.constantFrom('cse', 'gac', 'partner-a', 'partner-b'),
      cell: fc.constantFrom('open', 'partner'),
      content: fc.integer({ min: 0, max: 3 }),
      green: fc.boolean(),
      day: fc.integer({ min: 0, max: 3 }),
      derivedFrom: fc.array(id.map(anId), { maxLength: 2 }),
      token: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null, freq: 3 }),
      sourceGrade: fc.constantFrom('A' as const, 'B' as const, 'C' as const, 'F' as const),
      infoGrade: fc.constantFrom(1, 2, 3, 6),
      recalls: ref,
      supersedes: ref,
      denies: fc.boolean(),
      report: fc.boolean(),
      category: fc.constantFrom('OTHER', 'OTHER', 'PHISHING'),
      features: fc.uniqueArray(fc.constantFrom('a.example', 'b.example', 'c.example', 'd.example'), { maxLength: 2 }),
      faint: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
      others: fc.uniqueArray(otherValue(), { maxLength: 3, selector: ({ kind, value }) => `${kind} ${value}` }),
      role: fc.constantFrom('sighting', 'sighting', 'sighting', 'sighting', 'position', 'link', 'recall'),
      other: id.map(anId),
    })
    .map((drawn) => {
      const { content, green, day, token, report, category, features, faint, others, role, other, ...same } = drawn;
      const recalling = role === 'recall' ? { type: 'Recall', recalls: other } : { recalls: null };
      const base = anObservation(drawn.id, {
        ...same,
        id: anId(drawn.id),
        ...recalling,
        contentHash: String(content).padStart(16, '0'),
        marking: green ? GREEN : OPEN,
        observedAt: NOW - day * 86_400_000,
        sourceToken: token === null ? null : `token-${token}`,
        features: [...features.map(domain), ...faint.map((value) => ({ kind: 'faint', value })), ...others],
        facets: { category, tools: [], targets: [], ridings: [], platforms: [], gaps: [] },
        context: features.length > 1 ? [{ kind: 'domain', value: 'host.example', why: 'COMMON' as const }] : [],
      });
      if (role === 'recall' || role === 'link' || role === 'position') {
        const attached = { ...base, facets: null, features: [] };
        if (role === 'link')
          return withContent({
            ...attached,
            type: 'LineageLink',
            lineageLink: { child: other, parent: anId((content % 5) + 1) },
          });
        if (role === 'recall') return withContent(attached);
        const stance = denyingStance(drawn.denies);
        const position = { about: other, stance, definitionId: 'd1', likelihood: null, confidence: null };
        return withContent({ ...attached, type: 'AgencyPosition', position });
      }
      return withContent(report ? base : { ...base, type: 'StateMediaPost', facets: null });
    });
}

/** Values from which others follow, that are near to each other, or that link by what several records say together. */
function otherValue(): fc.Arbitrary<LinkingValue> {
  const day = fc.integer({ min: 0, max: 9 }).map((days) => NOW + days * 43_200_000);
  return fc.oneof(
    fc.constantFrom('x.shop.example', 'y.shop.example', 'shop.example', 'x.github.io', 'y.github.io').map(domain),
    fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.1').map((value) => ({ kind: 'ip', value })),
    fc
      .tuple(
        fc.constantFrom('cedar-narrows', 'river-bend'),
        day,
        fc.constantFrom(0, 3_600_000, 86_400_000, 9 * 86_400_000),
      )
      .map(([place, from, ms]) => ({ kind: 'place-time', value: `${place} ${from} ${from + ms}` })),
    fc.constantFrom(...NEAR_TEXTS).map((value) => ({ kind: 'text', value })),
    fc
      .tuple(fc.constantFrom('u', 'v'), fc.constantFrom('a', 'b', 'c'), fc.constantFrom(0, 20_000, 45_000, 200_000))
      .map(([object, account, at]) => ({ kind: 'co-share', value: `sha256:${object} chirrup:${account} ${at}` })),
  );
}

/** Near to each other in some bands; the last says too little. */
const NEAR_TEXTS = [
  ...['', ' again', ' now', ' they say', ' and nobody was told'].map(
    (tail) => `ballots were counted twice at the harbour${tail}`,
  ),
  'the old bridge is closed on polling day',
  'the old bridge is shut on polling day',
  'count them all',
];

const denyingStance = (denies: boolean) => (denies ? ('DISSENT' as const) : ('CONCUR' as const));

/** Equal hash, equal content: the hash is drawn from the content, so that a duplicate is a true one. */
function withContent(observation: FusionObservation): FusionObservation {
  const { contentHash, ...content } = observation;
  let hash = 0x811c9dc5;
  for (const unit of JSON.stringify(content)) hash = Math.imul(hash ^ unit.charCodeAt(0), 0x01000193) >>> 0;
  return { ...observation, contentHash: `${contentHash.slice(8)}${hash.toString(16).padStart(8, '0')}` };
}
