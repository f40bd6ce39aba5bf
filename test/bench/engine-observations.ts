// Observations for measuring the engine alone: five values each, most of them new, three in ten in a campaign.
// Holds: the n-th is always the same; a campaign is about ten records that name one domain, spread over ten thousand others;
// one in ten derives from another, nine in ten state a source. Addresses lie in networks of their own, or by chance alone
// everything would hang together.

import { createMarking } from '@sitebus/marking';
import { readFileSync } from 'node:fs';
import type { FusionObservation } from '../../services/fusion/src/engine/observation.ts';
import { toRules, type Rules } from '../../services/fusion/src/engine/rules.ts';

const DETECTION = new URL('../../schemas/policy/detection.json', import.meta.url);
const OPEN = createMarking({ classified: 'UNCLASSIFIED', relTo: 'ALL' });
const AGENCIES = ['cse', 'csis', 'rcmp', 'gac', 'elections', 'partner-north'];
const NO_FACETS = { category: 'PHISHING', tools: [], targets: [], ridings: [], platforms: [], gaps: [] };
/** Records among which the members of a campaign lie, and how many campaigns those hold. */
const SPREAD = 20_000;
const CAMPAIGNS = 600;
/** Before this no record refers to an earlier one. */
const FIRST = 1_000;

export const BENCH_VIEW = { id: 'bench', namespace: '5f6d1f0e-0c52-5b6a-9d3f-3a1c7f3a0002' };

/** The rules that ship, but that every kind lives `days`, so that how many are alive is known. */
export function benchRules(days: number): Rules {
  const detection = JSON.parse(readFileSync(DETECTION, 'utf8')) as Parameters<typeof toRules>[0]['detection'];
  return toRules({
    version: 1,
    impact: { PHISHING: 50 },
    proximity: [],
    elections: [],
    accumulation: [],
    detection: { ...detection, lifetimeDays: { default: days }, maxLiveRecords: 8_000_000 },
  });
}

/** The n-th observation, seen and reported at `now`. `hotDomain`: a value that it carries too. */
export function drawnObservation(n: number, now: number, hotDomain?: string): FusionObservation {
  const mixed = mix(n);
  const campaign = Math.floor(n / SPREAD) * CAMPAIGNS + ((mixed >>> 8) % CAMPAIGNS);
  const name = n % 10 < 3 ? `campaign-${campaign.toString(36)}` : `host-${n.toString(36)}`;
  const agency = AGENCIES[mixed % AGENCIES.length]!;
  const features = [
    { kind: 'domain', value: `www.${name}.example` },
    { kind: 'ip', value: `${1 + ((n >>> 16) & 127)}.${(n >>> 8) & 255}.${n & 255}.${mixed & 255}` },
    { kind: 'url', value: `https://login.${name}.example/${mixed.toString(36)}/${n.toString(36)}` },
    { kind: 'hash', value: Array.from({ length: 8 }, (_, at) => hex8(mix(mixed + at))).join('') },
    { kind: 'email', value: `sender-${n.toString(36)}@mail.example` },
  ];
  if (hotDomain !== undefined) features.push({ kind: 'domain', value: hotDomain });
  return {
    id: idOf(n),
    agency,
    tenant: agency.startsWith('partner-'),
    cell: 'open',
    contentHash: hex8(mixed) + hex8(n),
    type: 'IndicatorReport',
    marking: OPEN,
    observedAt: now,
    derivedFrom: n % 10 === 9 && n > FIRST ? [idOf(n - 1 - (mixed % 900))] : [],
    sourceToken: n % 10 === 8 ? null : `source-${n.toString(36)}`,
    sourceGrade: 'B',
    infoGrade: 2,
    supersedes: null,
    recalls: null,
    denies: false,
    facets: NO_FACETS,
    firstSeen: now,
    lastSeen: now,
    features,
    context: [],
  };
}

const idOf = (n: number) => `0190c0de-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const hex8 = (number: number) => number.toString(16).padStart(8, '0');

/** 32 bits that look random and are the same every time. */
function mix(n: number): number {
  let bits = Math.imul(n ^ (n >>> 16), 0x45d9f3b);
  bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
  return (bits ^ (bits >>> 16)) >>> 0;
}
