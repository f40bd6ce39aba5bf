// Readers of mixed clearances, the alerts raised under them, and who may get which: the oracle of the readers' bench.
// Holds: everything follows from a number; the oracle is naive on purpose and shares no code with the gateway: an alert is
// described by what it demands, a reader by what they hold, and the two are compared word by word.

import { parse } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import type { Alert, Assessment, Person, Policy, WireMarking } from '@sitebus/sdk';

/** One reader: a person, the view they listen to, and the filter of their stream. */
export interface DrawnReader {
  readonly person: string;
  readonly view: string;
  readonly homeView: string;
  readonly groups: readonly string[];
  readonly filter: 'none' | 'immediate' | 'ransomware';
  /** Query string of the stream. */
  readonly query: string;
}

/** One alert of the load. */
export interface DrawnAlert {
  /** 1 and up; it is in the alert's id. */
  readonly seq: number;
  readonly view: string;
  /** Need-to-know beyond the view's own; absent: everyone in the view. */
  readonly group?: string;
  /** Raised under a marking above its view, as no fusion should: nobody may get it. */
  readonly isAbove: boolean;
  readonly precedence: 'ROUTINE' | 'IMMEDIATE';
  readonly category: 'PHISHING' | 'RANSOMWARE';
}

/** Listened to, lowest first; `public` has no stream of its own for people with a token's clearance alone. */
export const READ_VIEWS = ['partner', 'pb-can', 's-fvey', 's-can', 'ts-can'] as const;
const MARKINGS: Readonly<Record<string, { readonly own: string; readonly above: string }>> = {
  'partner': { own: 'UNCLASSIFIED//TLP:AMBER', above: 'SECRET//CANADIAN EYES ONLY' },
  'pb-can': { own: 'PROTECTED B//CANADIAN EYES ONLY', above: 'SECRET//CANADIAN EYES ONLY' },
  's-fvey': { own: 'SECRET//REL TO CAN, AUS, GBR, NZL, USA', above: 'SECRET//CANADIAN EYES ONLY' },
  's-can': { own: 'SECRET//CANADIAN EYES ONLY', above: 'TOP SECRET//SI//CANADIAN EYES ONLY' },
  'ts-can': { own: 'TOP SECRET//SI//CANADIAN EYES ONLY', above: 'TOP SECRET//SI-G//CANADIAN EYES ONLY' },
}; // prettier-ignore
const GROUPS = ['desk-north', 'desk-south'] as const;
const FILTERS: Readonly<Record<DrawnReader['filter'], string>> = {
  none: '',
  immediate: '&precedence=IMMEDIATE',
  ransomware: '&category=RANSOMWARE',
};

/** @returns the n-th reader, from 0. Every fifth of a view reads down from the view above it. */
export function readerAt(n: number): DrawnReader {
  const at = n % READ_VIEWS.length;
  const turn = Math.floor(n / READ_VIEWS.length);
  const homeView = READ_VIEWS[at]!;
  const view = turn % 5 === 4 && homeView === 'ts-can' ? 's-can' : homeView;
  const groups = [[], [GROUPS[0]], [GROUPS[1]], [...GROUPS]][turn % 4] ?? [];
  const filter = (['none', 'none', 'none', 'immediate', 'ransomware'] as const)[Math.floor(turn / 4) % 5] ?? 'none';
  return { person: `reader-${String(n).padStart(4, '0')}`, view, homeView, groups, filter, query: `?view=${view}${FILTERS[filter]}` };
} // prettier-ignore

/** @returns the row of the registry: exactly the clearance of the home view, and the reader's groups beside its own. */
export function personOf({ person, homeView, groups }: DrawnReader, policy: Policy): Person {
  const view = policy.views.find(({ id }) => id === homeView);
  if (view === undefined) throw new Error(`policy has no view ${homeView}`);
  return {
    person,
    name: person,
    issuer: 'urn:sitebus:bench',
    subject: person,
    roles: ['analyst'],
    agency: 'cse',
    homeView,
    clearance: {
      ...view.clearance,
      groups: [...view.clearance.groups, ...groups].sort(), // the kernel's lists are sorted
      validUntil: Date.now() + 86_400_000,
      epoch: 1,
    },
  };
}

/** @returns the alert with this number: a tenth for each desk, one in fifty above its view. */
export function alertAt(seq: number): DrawnAlert {
  const view = READ_VIEWS[seq % READ_VIEWS.length]!;
  const turn = Math.floor(seq / READ_VIEWS.length);
  const group = turn % 10 === 3 ? GROUPS[0] : turn % 10 === 7 ? GROUPS[1] : undefined;
  return {
    seq,
    view,
    ...(group === undefined ? {} : { group }),
    isAbove: turn % 50 === 49,
    precedence: turn % 4 === 0 ? 'IMMEDIATE' : 'ROUTINE',
    category: turn % 3 === 0 ? 'RANSOMWARE' : 'PHISHING',
  };
}

/** Whether the reader may get the alert, and wants it. */
export function isFor(alert: DrawnAlert, reader: DrawnReader): boolean {
  const mayGet =
    alert.view === reader.view && !alert.isAbove && (alert.group === undefined || reader.groups.includes(alert.group));
  const wants =
    reader.filter === 'none' ||
    (reader.filter === 'immediate' ? alert.precedence === 'IMMEDIATE' : alert.category === 'RANSOMWARE');
  return mayGet && wants;
}

/** Hexadecimal digits that an alert's id ends in: its number. */
export const SEQ_DIGITS = 12;

/** The id of an alert of the load. */
export const alertId = (seq: number): string => `5eed0000-0000-4000-8000-${seq.toString(16).padStart(SEQ_DIGITS, '0')}`;

/** The alert as fusion writes it, beside the assessment it is about; `atMs` goes out with it, to be measured from. */
export function recordsOf(drawn: DrawnAlert, atMs: number): { readonly alert: Alert; readonly assessment: Assessment } {
  const texts = MARKINGS[drawn.view]!;
  const marking = wire(drawn.isAbove ? texts.above : texts.own, drawn.group);
  const assessmentId = alertId(drawn.seq).replace('5eed0000', 'a55e0000');
  const [a, b] = [memberId(drawn.seq, 1), memberId(drawn.seq, 2)];
  const member = {
    type: 'IndicatorReport', observedAt: atMs, root: null, discounted: null, copyOf: null, category: drawn.category,
    lifetimeDays: 180, stance: 'ASSERTS', sourceGrade: 'B', infoGrade: 2,
  } as const; // prettier-ignore
  const assessment: Assessment = {
    id: assessmentId, view: drawn.view, version: 1, contentHash: 'f'.repeat(64), status: 'LIVE', redirectTo: null,
    splitFrom: null, marking,
    members: [{ id: a, agency: 'cse', ...member }, { id: b, agency: 'rcmp', ...member }],
    links: [{ a, b, scoreMicro: 700_000, features: [{ kind: 'domain', value: `poll-page-${drawn.seq}.example`, dfBucket: 1, weight: 1, contributionMicro: 700_000 }] }],
    contextValues: [], copies: [], likelihood: { pMicro: 569_000, uMicro: 385_000, lo: 46, hi: 85, band: 5 },
    evidence: [{ agency: 'cse', rMicro: 1, sMicro: 0, pMicro: 569_000, uMicro: 385_000, roots: [] }],
    confidence: 'LOW', confidenceCaps: [], independentRoots: 1, dissents: [], positions: [],
    severity: { score: 55, inputs: [{ name: drawn.category, value: 55 }] },
    categories: [drawn.category], tools: ['CYBER_OPERATIONS'], targets: [], ridings: [], platforms: [], gaps: [],
    firstSeen: atMs, lastSeen: atMs, expiresAt: null, assessedAt: atMs, ruleVersion: 1, policyVersion: 1,
  }; // prettier-ignore
  const alert: Alert = {
    id: alertId(drawn.seq), view: drawn.view, assessmentId, version: 1, reason: 'NEW', at: atMs,
    precedence: drawn.precedence, ackDeadline: null, audience: ['cse', 'rcmp'], marking,
  }; // prettier-ignore
  return { alert, assessment };
}

function memberId(seq: number, n: number): string {
  return alertId(seq).replace('5eed0000', `0b50000${n}`);
}

function wire(text: string, group: string | undefined): WireMarking {
  return {
    ...toWire(parse(text, { homeNation: 'CAN' })),
    owners: ['CAN'],
    origins: ['cse'],
    needToKnow: group === undefined ? [] : [[group]],
  };
}
