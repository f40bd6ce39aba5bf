// Valid records for the gateway's tests, mentioning only what a test is about.

import { createHash } from 'node:crypto';
import { parse } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import type { Alert, Assessment, WireMarking } from '@sitebus/sdk';

/** A moment like any other: the clock of a world stands here. */
export const NOW_MS = Date.UTC(2031, 9, 2, 14, 5);

/** @returns the wire form of a printed marking, of Canada's, from `agency`; `groups` become one any-of set. */
export function wireMarking(text: string, agency: string, groups: readonly string[] = []): WireMarking {
  const owners = ['CAN'];
  return {
    ...toWire(parse(text, { homeNation: 'CAN' })),
    owners,
    origins: [agency],
    needToKnow: groups.length === 0 ? [] : [groups],
  };
}

/** A stable UUID of a name. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What a test may say of an observation. */
export interface ObservationWish {
  readonly id?: string;
  readonly agency?: string;
  readonly marking?: string;
  readonly groups?: readonly string[];
  readonly title?: string;
  readonly domains?: readonly string[];
  readonly derivedFrom?: readonly string[];
  readonly supersedes?: string;
  readonly sourceToken?: string;
  readonly targets?: readonly { kind: string; ref: string; suppressedAs: string | null }[];
}

/** An IndicatorReport as it is encoded. */
export function anIndicatorReport(wish: ObservationWish = {}) {
  const { agency = 'cse', domains = ['mirror-check.example'] } = wish;
  const marking = wireMarking(wish.marking ?? 'UNCLASSIFIED//TLP:CLEAR', agency, wish.groups);
  return {
    envelope: envelopeOf(wish, agency, marking),
    report: {
      title: wish.title ?? 'A look-alike of a polling page',
      category: 'PHISHING',
      portions: [{ text: wish.title ?? 'It copies a sign-in page.', lang: 'en', marking }],
      stance: 'ASSERTS',
      sourceKind: 'TECHNICAL',
      mandateBasis: 'mandate',
      electionId: null,
      firstSeen: null,
      lastSeen: null,
      tools: ['CYBER_OPERATIONS'],
      ttps: [],
      actorClaims: [],
      targets: wish.targets ?? [],
      ridings: [],
      platforms: [],
      languages: ['en'],
      labels: [],
      abcde: null,
      soWhat: 'Block it.',
      definitionId: null,
      metrics: null,
      releasePlan: 'READABLE_BY_PARTNERS',
      noTearlineReason: null,
    },
    domains,
    ips: [], urls: [], hashes: [], emails: [], certificates: [], trackers: [], wallets: [], accounts: [],
    fuzzyHashes: [], references: [], context: [], part: 1, parts: 1,
  }; // prettier-ignore
}

/** A Recall of an earlier observation. */
export function aRecall(of: string, wish: ObservationWish = {}) {
  const { agency = 'cse' } = wish;
  const marking = wireMarking(wish.marking ?? 'UNCLASSIFIED//TLP:CLEAR', agency, wish.groups);
  return {
    envelope: { ...envelopeOf(wish, agency, marking), recalls: of },
    reason: 'sent by mistake',
    replacement: null,
  };
}

function envelopeOf(wish: ObservationWish, agency: string, marking: WireMarking) {
  return {
    id: wish.id ?? uuidOf(JSON.stringify(wish)),
    agency,
    observedAt: NOW_MS - 3_600_000,
    recordedAt: NOW_MS - 1_800_000,
    marking,
    lineage: { derivedFrom: wish.derivedFrom ?? [], sourceToken: wish.sourceToken ?? null },
    sourceGrade: 'B',
    infoGrade: 2,
    supersedes: wish.supersedes ?? null,
    recalls: null as string | null,
  };
}

/** An assessment of a view, two observations linked by one domain unless told otherwise. */
export function anAssessment(
  wish: Partial<Omit<Assessment, 'marking'>> & { readonly marking?: string; readonly groups?: readonly string[] } = {},
): Assessment {
  const { marking = 'UNCLASSIFIED//TLP:CLEAR', groups, ...rest } = wish;
  const [a, b] = [uuidOf('member a'), uuidOf('member b')];
  const member = {
    type: 'IndicatorReport',
    observedAt: NOW_MS,
    root: null,
    discounted: null,
    copyOf: null,
    category: 'PHISHING',
    lifetimeDays: 180,
    stance: 'ASSERTS',
    sourceGrade: 'B',
    infoGrade: 2,
  } as const;
  return {
    id: uuidOf('assessment'),
    view: 's-can',
    version: 1,
    contentHash: 'f'.repeat(64),
    status: 'LIVE',
    redirectTo: null,
    splitFrom: null,
    marking: wireMarking(marking, 'cse', groups),
    members: [{ id: a, agency: 'cse', ...member }, { id: b, agency: 'rcmp', ...member }],
    links: [{ a, b, scoreMicro: 700_000, features: [{ kind: 'domain', value: 'mirror-check.example', dfBucket: 1, weight: 1, contributionMicro: 700_000 }] }],
    contextValues: [{ kind: 'ip', value: '192.0.2.10', why: 'HUB' }],
    copies: [],
    likelihood: { pMicro: 569_000, uMicro: 385_000, lo: 46, hi: 85, band: 5 },
    evidence: [{ agency: 'cse', rMicro: 1, sMicro: 0, pMicro: 569_000, uMicro: 385_000, roots: [] }],
    confidence: 'LOW',
    confidenceCaps: [{ cap: 'FEW_ROOTS', atMost: 'MODERATE' }],
    independentRoots: 1,
    dissents: [],
    positions: [],
    severity: { score: 55, inputs: [{ name: 'PHISHING', value: 55 }] },
    categories: ['PHISHING'],
    tools: [],
    targets: [],
    ridings: [],
    platforms: [],
    gaps: [],
    firstSeen: NOW_MS,
    lastSeen: NOW_MS,
    expiresAt: null,
    assessedAt: NOW_MS,
    ruleVersion: 1,
    policyVersion: 1,
    ...rest,
  }; // prettier-ignore
}

/** An alert about an assessment. */
export function anAlert(about: Assessment, wish: Partial<Alert> = {}): Alert {
  return {
    id: uuidOf(`alert ${about.id} ${about.version}`),
    view: about.view,
    assessmentId: about.id,
    version: about.version,
    reason: 'NEW',
    at: NOW_MS,
    precedence: 'ROUTINE',
    ackDeadline: null,
    audience: ['cse', 'rcmp'],
    marking: about.marking,
    ...wish,
  };
}
