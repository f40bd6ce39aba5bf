// Check 7: the registry of political advertising, as it lies on the bus.

import type { Run } from './checks.ts';

/** What each finding must be: its row, kind and days. */
const FINDINGS: readonly string[] = Object.freeze(['4.05 LATE 1', '4.06 NO_ENTRY -']);
/** Flags that an ad must have, and must not. */
const FLAGS: readonly (readonly [string, string, boolean])[] = [
  ['4.01', 'LATE', false],
  ['4.02', 'LATE', true],
  ['4.03', 'MISSING_AUTHORISER', true],
];

/** What is recorded of the registry. */
export interface AdsRecord {
  /** Flags of each ad, by row. */
  readonly ads: Readonly<Record<string, readonly string[]>>;
  /** Row, kind and days of each finding, sorted. */
  readonly findings: readonly string[];
}

/** Of the play with people. */
export function recordAds({ parts, played }: Run): AdsRecord {
  const ads: Record<string, readonly string[]> = {};
  const findings: string[] = [];
  for (const { topic, value } of played.bus.records()) {
    if (!topic.startsWith('obs.') || value === null) continue;
    const { type, value: record } = parts.codec.decode(value) as { readonly type: string; readonly value: AdRecord };
    const row = played.rowOf(record.envelope.agency, record.envelope.id);
    if (type === 'AdDisclosure') ads[row] = record.flags ?? [];
    if (type === 'AdFinding') findings.push(`${row} ${record.kind ?? ''} ${record.daysLate ?? '-'}`);
  }
  return { ads, findings: findings.sort() };
}

/** Check 7. */
export function adFaults({ ads, findings }: AdsRecord): readonly string[] {
  return [
    ...(JSON.stringify(findings) === JSON.stringify(FINDINGS) ? [] : [`findings are ${findings.join(', ')}`]),
    ...FLAGS.flatMap(([row, flag, has]) => ((ads[row]?.includes(flag) ?? !has) === has ? [] : [`ad ${row}: ${flag} is ${String(!has)}`])),
    ...Object.entries(ads).flatMap(([row, flags]) => (flags.includes('WRONG_PERIOD') ? [`ad ${row} is of no period`] : [])),
  ];
} // prettier-ignore

interface AdRecord {
  readonly envelope: { readonly agency: string; readonly id: string };
  readonly flags?: readonly string[];
  readonly kind?: string;
  readonly daysLate?: number | null;
}
