// Drawn reports as the records their agencies would write: IndicatorReports on the topics of their cells.
// Holds: two values are equal as features exactly when they were drawn as one; every record is admitted by the top view.

import { createHash } from 'node:crypto';
import {
  obsTopic, observationSubject, recordKey,
  type Codec, type IndicatorReport, type OutgoingRecord, type WireMarking,
} from '@sitebus/sdk'; // prettier-ignore
import type { DrawnReport, DrawnValue } from './drawn-reports.ts';

/** Agencies that may write in a level's cell; a report's agency number is taken modulo their count. */
const LEVELS: readonly { readonly cells: readonly string[]; readonly agencies: readonly string[] }[] = [
  { cells: ['open', 'partner'], agencies: ['cse', 'csis', 'rcmp', 'gac', 'elections'] },
  { cells: ['pb-can'], agencies: ['cse', 'csis', 'rcmp', 'gac', 'elections'] },
  { cells: ['s-fvey', 's-can'], agencies: ['cse', 'csis'] },
  { cells: ['ts-can'], agencies: ['cse', 'csis'] },
];

/** Where a report lies; reports of a level with two cells take turns by their id. */
export function placeOf({ id, agency, level }: DrawnReport): { readonly cell: string; readonly agency: string } {
  const { cells, agencies } = LEVELS[level]!;
  return {
    cell: cells[Number.parseInt(id.slice(0, 4), 16) % cells.length]!,
    agency: agencies[agency % agencies.length]!,
  };
}

/** The record of a report. */
export function toRecord(report: DrawnReport, codec: Codec): OutgoingRecord {
  const { cell, agency } = placeOf(report);
  const value = codec.encode(SUBJECT, toIndicatorReport(report, cell, agency));
  return { topic: obsTopic(cell, agency), key: recordKey(report.id, value), value };
}

const SUBJECT = observationSubject('IndicatorReport');

function toIndicatorReport(report: DrawnReport, cell: string, agency: string): IndicatorReport {
  const { id, observedAt, text, values } = report;
  const marking = markingOf(cell, agency);
  const lists: Record<string, string[]> = {};
  for (const value of values) (lists[FIELD[value.kind]] ??= []).push(spell(value));
  return {
    envelope: {
      id, agency, observedAt, marking,
      recordedAt: observedAt + 1_000,
      lineage: { derivedFrom: [], sourceToken: createHash('sha256').update(id).digest('base64url').slice(0, 22) },
      sourceGrade: 'B', infoGrade: 2, supersedes: null, recalls: null,
    },
    report: {
      title: text.slice(0, 48), category: report.category, stance: 'ASSERTS', sourceKind: 'TECHNICAL',
      portions: [{ text, lang: 'en', marking }],
      mandateBasis: 'Mandate of the agency', electionId: null, firstSeen: null, lastSeen: null,
      tools: [], ttps: [], actorClaims: [], targets: [], ridings: [], platforms: [], metrics: null,
      soWhat: 'Campaigns can block it.', releasePlan: 'READABLE_BY_PARTNERS', noTearlineReason: null,
    },
    domains: [], ips: [], urls: [], hashes: [], emails: [], certificates: [], trackers: [], wallets: [], accounts: [],
    fuzzyHashes: [], references: [], context: [], part: 1, parts: 1,
    ...lists,
  } as unknown as IndicatorReport; // prettier-ignore
}

const FIELD: Readonly<Record<DrawnValue['kind'], string>> = {
  domain: 'domains',
  ip: 'ips',
  url: 'urls',
  hash: 'hashes',
  account: 'accounts',
  tracker: 'trackers',
  email: 'emails',
};

/** The value as a feed would have it. */
export function spell({ kind, number }: DrawnValue): string {
  const name = `${scrambled(number).toString(36)}-${number.toString(36)}`;
  switch (kind) {
    case 'domain':
      return `${name}.example`;
    case 'url':
      return `https://${name}.example/sign-in`;
    case 'email':
      return `notice@${name}.example`;
    case 'account':
      return `chirrup:${name}`;
    case 'tracker':
      return `ua:${name}`;
    case 'hash':
      return createHash('sha256').update(name).digest('hex');
    case 'ip':
      return toAddress(number);
  }
}

/** One-to-one on 32 bits: neighbours in number are no neighbours as addresses. */
function scrambled(number: number): number {
  const odd = Math.imul(number ^ (number >>> 16), 0x7feb352d);
  return (odd ^ (odd >>> 15)) >>> 0;
}

/** First parts of addresses of which nothing is reserved, from and to: a listed address links nothing. */
const FIRST_PARTS = [[11, 99], [101, 126], [128, 168], [173, 191], [205, 223]].flatMap(([from, to]) =>
  Array.from({ length: to! - from! + 1 }, (_, n) => from! + n),
); // prettier-ignore
const NETWORKS = FIRST_PARTS.length * 2 ** 16;
/** Prime, and no divisor of the number of networks: neighbours in number are no neighbours as networks. */
const STRIDE = 7_368_787;

/** One-to-one, and a /24 of its own for each of the first twelve million: two in one network would link by it. */
function toAddress(number: number): string {
  const network = (number * STRIDE) % NETWORKS;
  const host = 1 + (Math.floor(number / NETWORKS) % 254);
  return [FIRST_PARTS[network >>> 16]!, (network >>> 8) & 255, network & 255, host].join('.');
}

/** The ceiling of the cell: the lowest cell that dominates it is that cell. */
function markingOf(cell: string, agency: string): WireMarking {
  const [classified, level, compartments, relTo, tlp] = CEILINGS[cell]!;
  return {
    classified, protected: level, compartments, tlp,
    relToAll: relTo.length === 0, relTo, orcon: false, owners: ['CAN'], origins: [agency],
    needToKnow: cell === 'partner' ? [['community']] : [],
  } as unknown as WireMarking; // prettier-ignore
}

const CEILINGS: Readonly<Record<string, readonly [string, string, string[], string[], string]>> = {
  open: ['UNCLASSIFIED', 'NONE', [], [], 'CLEAR'],
  partner: ['UNCLASSIFIED', 'NONE', [], [], 'GREEN'],
  'pb-can': ['UNCLASSIFIED', 'B', [], ['CAN'], 'AMBER'],
  's-fvey': ['SECRET', 'NONE', [], ['AUS', 'CAN', 'GBR', 'NZL', 'USA'], 'AMBER'],
  's-can': ['SECRET', 'B', [], ['CAN'], 'AMBER'],
  'ts-can': ['TOP_SECRET', 'C', ['SI'], ['CAN'], 'AMBER'],
};
