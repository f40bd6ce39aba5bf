// Rows made coarse until at least k different accounts or persons share each combination of quasi-identifiers.
// Holds: pure and deterministic, whatever the order of rows; a subject counts once in a group, however many rows it has;
// what is too small is left out whole; where even the coarsest does not reach k, nothing leaves but the sizes.
// Source: Sweeney, Achieving k-anonymity privacy protection using generalization and suppression (2002); README.md#k-anonymity

import type { ResearchLevel, ResearchPolicy } from '@sitebus/sdk';
import type { Cell, ColumnName } from './columns.ts';
import { generalise } from './generalise.ts';

/** One row before it is made coarse; `subject` is whom it is about, as a pseudonym, and is never exported. */
export interface SubjectRow {
  readonly subject: string;
  readonly cells: Readonly<Partial<Record<ColumnName, Cell>>>;
}

/** What was done to the rows that leave. */
export interface ExportReport {
  /** Identifying values that stand in none of the rows: replaced by pseudonyms, or dropped out of texts. */
  readonly removed: number;
  /** Columns that were made coarser than they are kept, with the step. */
  readonly generalised: readonly { readonly column: ColumnName; readonly level: ResearchLevel }[];
  /** Rows left out because their group was too small. */
  readonly suppressed: number;
  /** Different subjects in the smallest group that leaves. */
  readonly k: number;
  /** Rows that leave. */
  readonly rows: number;
}

/** Rows that may leave, or the sizes of the groups that stand in the way, ascending. */
export type Anonymised =
  | { readonly rows: readonly SubjectRow[]; readonly report: Omit<ExportReport, 'removed'> }
  | { readonly sizes: readonly number[] };

/** `quasi`: columns by which people could be found again. Cost: rows × columns × steps. */
export function anonymise(
  rows: readonly SubjectRow[],
  quasi: readonly ColumnName[],
  { k, maxSuppressedPerMille, levels }: Pick<ResearchPolicy, 'k' | 'maxSuppressedPerMille' | 'levels'>,
): Anonymised {
  const steps = quasi.map((column) => levels[column] ?? DEFAULT_STEPS);
  const at = quasi.map(() => 0);
  for (;;) {
    const coarse = rows.map((row) => madeCoarse(row, quasi, steps, at));
    const groups = groupsOf(coarse, quasi);
    const small = [...groups.values()].filter(({ subjects }) => subjects.size < k);
    const suppressed = small.reduce((sum, { rows: of }) => sum + of.length, 0);
    const kept = [...groups.values()].filter(({ subjects }) => subjects.size >= k);
    if (kept.length > 0 && suppressed * 1_000 <= maxSuppressedPerMille * rows.length) {
      const generalised = quasi.flatMap((column, i) => (at[i]! > 0 ? [{ column, level: steps[i]![at[i]!]! }] : []));
      const leaving = kept.flatMap((group) => group.rows);
      const smallest = Math.min(...kept.map(({ subjects }) => subjects.size));
      return { rows: leaving, report: { generalised, suppressed, k: smallest, rows: leaving.length } };
    }
    const next = coarserNext(coarse, quasi, steps, at);
    if (next === undefined) return { sizes: small.map(({ subjects }) => subjects.size).sort((a, b) => a - b) };
    at[next]! += 1;
  }
}

/** Of a column that policy has no steps for: all or nothing. */
const DEFAULT_STEPS: readonly ResearchLevel[] = ['exact', 'none'];

function madeCoarse(
  { subject, cells }: SubjectRow,
  quasi: readonly ColumnName[],
  steps: readonly (readonly ResearchLevel[])[],
  at: readonly number[],
): SubjectRow {
  const coarse = quasi.map((column, i) => [column, generalise(cells[column] ?? null, steps[i]![at[i]!]!)] as const);
  return { subject, cells: { ...cells, ...Object.fromEntries(coarse) } };
}

interface Group {
  readonly rows: SubjectRow[];
  readonly subjects: Set<string>;
}

function groupsOf(rows: readonly SubjectRow[], quasi: readonly ColumnName[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const key = JSON.stringify(quasi.map((column) => row.cells[column] ?? null));
    const group = groups.get(key) ?? { rows: [], subjects: new Set() };
    groups.set(key, group);
    group.rows.push(row);
    group.subjects.add(row.subject);
  }
  return groups;
}

/** The column with the most different values, of those that can be made coarser; of equals the first. */
function coarserNext(
  rows: readonly SubjectRow[],
  quasi: readonly ColumnName[],
  steps: readonly (readonly ResearchLevel[])[],
  at: readonly number[],
): number | undefined {
  let best: { readonly index: number; readonly values: number } | undefined;
  for (const [index, column] of quasi.entries()) {
    if (at[index]! + 1 >= steps[index]!.length) continue;
    const values = new Set(rows.map(({ cells }) => cells[column] ?? null)).size;
    if (best === undefined || values > best.values) best = { index, values };
  }
  return best?.index;
}
