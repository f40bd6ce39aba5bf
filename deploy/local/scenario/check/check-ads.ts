// Check 7: the registry of political advertising, as it lies on the bus.

import type { Checking } from './checks.ts';

/** What each finding must be: its row, kind and days. */
const FINDINGS: readonly string[] = Object.freeze(['4.05 LATE 1', '4.06 NO_ENTRY -']);
/** Flags that an ad must have, and must not. */
const FLAGS: readonly (readonly [string, string, boolean])[] = [
  ['4.01', 'LATE', false],
  ['4.02', 'LATE', true],
  ['4.03', 'MISSING_AUTHORISER', true],
];

/** Check 7. */
export function adFaults({ parts, played }: Checking): readonly string[] {
  const ads = new Map<string, readonly string[]>();
  const findings: string[] = [];
  for (const { topic, value } of played.bus.records()) {
    if (!topic.startsWith('obs.') || value === null) continue;
    const { type, value: record } = parts.codec.decode(value) as { readonly type: string; readonly value: AdRecord };
    const row = played.rowOf(record.envelope.agency, record.envelope.id);
    if (type === 'AdDisclosure') ads.set(row, record.flags ?? []);
    if (type === 'AdFinding') findings.push(`${row} ${record.kind ?? ''} ${record.daysLate ?? '-'}`);
  }
  const wrong = [...ads].flatMap(([row, flags]) => (flags.includes('WRONG_PERIOD') ? [`ad ${row} is of no period`] : []));
  return [
    ...(JSON.stringify(findings.sort()) === JSON.stringify(FINDINGS) ? [] : [`findings are ${findings.join(', ')}`]),
    ...FLAGS.flatMap(([row, flag, has]) => ((ads.get(row)?.includes(flag) ?? !has) === has ? [] : [`ad ${row}: ${flag} is ${String(!has)}`])),
    ...wrong,
  ];
} // prettier-ignore

interface AdRecord {
  readonly envelope: { readonly agency: string; readonly id: string };
  readonly flags?: readonly string[];
  readonly kind?: string;
  readonly daysLate?: number | null;
}
