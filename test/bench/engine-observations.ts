// Observations for measuring the engine alone: mostly new values, some that link, some that copy.
// Holds: the n-th is always the same; one in five shares a domain with an earlier one, one in ten derives from another.

import { createMarking } from '@sitebus/marking';
import { readFileSync } from 'node:fs';
import type { FusionObservation } from '../../services/fusion/src/engine/observation.ts';
import { toRules, type Rules } from '../../services/fusion/src/engine/rules.ts';

const DETECTION = new URL('../../schemas/policy/detection.json', import.meta.url);
const OPEN = createMarking({ classified: 'UNCLASSIFIED', relTo: 'ALL' });
const AGENCIES = ['cse', 'csis', 'rcmp', 'gac', 'elections', 'partner-north'];
/** Ageing is published; here it would be measured instead of memory. */
const NEVER_AGES = Date.UTC(2099, 0, 1);
const NO_FACETS = { category: 'PHISHING', tools: [], targets: [], ridings: [], platforms: [], gaps: [] };

export const BENCH_VIEW = { id: 'bench', namespace: '5f6d1f0e-0c52-5b6a-9d3f-3a1c7f3a0002' };

/** The rules that ship, but that every kind lives two days, so that how many are alive is known. */
export function benchRules(): Rules {
  const detection = JSON.parse(readFileSync(DETECTION, 'utf8')) as Parameters<typeof toRules>[0]['detection'];
  return toRules({
    version: 1,
    impact: { PHISHING: 50 },
    proximity: [],
    elections: [],
    detection: { ...detection, lifetimeDays: { default: 2 } },
  });
}

/** The n-th observation. `hotDomain`: a value that it carries too. */
export function drawnObservation(n: number, now: number, hotDomain?: string): FusionObservation {
  const mixed = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d) >>> 0;
  const linked = n % 5 === 0 && n > 1_000 ? n - 1 - (mixed % 900) : n;
  const agency = AGENCIES[mixed % AGENCIES.length]!;
  const features = [
    { kind: 'domain', value: `host-${linked.toString(36)}.campaign-${(linked % 50_000).toString(36)}.example` },
    { kind: 'ip', value: `198.${(mixed >>> 8) & 255}.${(mixed >>> 16) & 255}.${n & 255}` },
    { kind: 'url', value: `https://host-${linked.toString(36)}.example/${mixed.toString(36)}` },
  ];
  if (hotDomain !== undefined) features.push({ kind: 'domain', value: hotDomain });
  return {
    id: idOf(n),
    agency,
    tenant: agency.startsWith('partner-'),
    cell: 'open',
    contentHash: mixed.toString(16).padStart(8, '0') + n.toString(16).padStart(8, '0'),
    type: 'IndicatorReport',
    marking: OPEN,
    observedAt: NEVER_AGES,
    derivedFrom: n % 10 === 0 && n > 1_000 ? [idOf(n - 1 - (mixed % 900))] : [],
    sourceToken: `source-${n.toString(36)}`,
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
