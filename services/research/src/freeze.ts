// Collected records as the rows that are kept of them: without anybody's name before they are written down.
// Holds: pure but for the key it is given; no identifier of any record of the set stands in any row; the same records and
// key make the same bytes, in whatever order they came. Source: README.md#freezing

import { canonicalText } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import { COLUMN_NAMES, COLUMNS, type Cell, type ColumnName } from './columns.ts';
import { generalise } from './generalise.ts';
import { identifiersOf } from './identifiers.ts';
import type { SubjectRow } from './k-anonymity.ts';
import { pseudonymsOf } from './pseudonym.ts';
import { rowsOf, type CollectedRecord, type DraftRow } from './rows.ts';
import { fold } from './text/fold.ts';
import { createMatcher, type Matcher } from './text/matcher.ts';
import { scrub } from './text/scrub.ts';

/** Rows as they are kept, sorted; and how many identifying values were replaced or dropped for them. */
export interface FrozenRows {
  readonly rows: readonly SubjectRow[];
  readonly removed: number;
}

/** `columns`: those of the definition; nothing else is kept. */
export function freeze(
  records: readonly CollectedRecord[],
  columns: readonly ColumnName[],
  key: Uint8Array,
  policy: Pick<Policy, 'research' | 'vocabulary'>,
): FrozenRows {
  const pseudonym = pseudonymsOf(key);
  const matcher = createMatcher(
    (function* () {
      for (const { value, features } of records) yield* identifiersOf(value, features);
    })(),
  );
  const known = new Set(Object.values(policy.vocabulary).flat());
  const scrubbed = new Map<string, ReturnType<typeof scrub>>();
  const cleaned = (text: string): ReturnType<typeof scrub> => {
    let clean = scrubbed.get(text);
    if (clean === undefined) scrubbed.set(text, (clean = scrub(text, matcher)));
    return clean;
  };
  let removed = 0;
  const keep = ({ subject, cells, text }: DraftRow): SubjectRow => {
    const kept: Partial<Record<ColumnName, Cell>> = {};
    for (const name of COLUMN_NAMES) {
      if (name === 'text' || cells[name] === null) continue;
      const { role, is } = COLUMNS[name];
      if (role === 'token') removed += String(cells[name]).split(' ').length;
      if (!columns.includes(name)) continue;
      const first = policy.research.levels[name]?.[0] ?? 'exact';
      const coarse = role === 'token' ? cells[name] : generalise(cells[name], first);
      kept[name] = is === 'string' && role !== 'token' && name !== 'time' ? labelOf(coarse, known, matcher) : coarse;
    }
    if (columns.includes('text') && text !== undefined) {
      const clean = cleaned(text);
      removed += clean.removed;
      kept.text = clean.text;
    }
    return { subject, cells: Object.fromEntries(columns.map((name) => [name, kept[name] ?? null])) };
  };
  const rows = records.flatMap((record) => rowsOf(record, pseudonym).map(keep));
  return { rows: inOrder(rows), removed };
}

/** @returns the rows by what they say, so that nothing is learnt from where one stands. */
export function inOrder(rows: readonly SubjectRow[]): readonly SubjectRow[] {
  return rows
    .map((row) => ({ row, text: canonicalText([row.cells, row.subject]) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ row }) => row);
}

/** A word of policy says nobody; any other is dropped where somebody is called so. */
function labelOf(value: Cell, known: ReadonlySet<string>, matcher: Matcher): Cell {
  if (typeof value !== 'string' || known.has(value)) return value;
  return matcher.isIn(fold(value).folded) ? null : value;
}

/** @returns the bytes in which rows are kept: one canonical JSON text a line. */
export function toBytes(rows: readonly SubjectRow[]): Buffer {
  return Buffer.from(rows.map((row) => `${canonicalText(row)}\n`).join(''), 'utf8');
}

/** Reads what `toBytes` wrote. */
export function fromBytes(bytes: Uint8Array): readonly SubjectRow[] {
  return Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SubjectRow);
}
