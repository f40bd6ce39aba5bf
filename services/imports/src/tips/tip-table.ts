// A file of tips as rows of the columns that a tip has, and nothing else: what says who called is dropped with every other
// column, before anything of the file is kept or answered.
// Holds: a column that is not listed here leaves in no form; a row or object that cannot be read costs only itself.
// Source: README.md#tips

import { isTooDeep } from '@sitebus/kit';
import { readTable } from '../table.ts';
import { isJsonObject, textsAt, toScalarText } from '../untrusted.ts';

/** The columns of a tip. There is none for a name, an address or a number to call back. */
export const TIP_COLUMNS = [
  'serial',
  'received_at',
  'channel',
  'lang',
  'text',
  'urls',
  'accounts',
  'riding',
  'firsthand',
  'category',
  'marking',
  'tlp',
] as const;

/** One of them. */
export type TipColumn = (typeof TIP_COLUMNS)[number];

/** One tip as it was written down. Columns that are blank are absent. */
export interface TipRow {
  readonly line: number;
  readonly pointer: string;
  /** Undefined where the item is no tip at all. */
  readonly columns?: ReadonlyMap<TipColumn, string>;
}

/** The tips of a file; `brokenAtLine` where a table stops being one, `unreadable` where JSON is none. */
export interface TipTable {
  readonly rows: readonly TipRow[];
  readonly brokenAtLine?: number;
  readonly unreadable?: true;
}

/** Reads a CSV table, or JSON with one tip or a list of them. */
export function readTips(content: Buffer, columns: Readonly<Record<string, string>> = {}): TipTable {
  return isJson(content) ? readJson(content) : readCsv(content, columns);
}

/** The file with the columns of a tip alone, as CSV: what may be kept of it, and can be sent again. */
export function withoutContacts(content: Buffer, columns: Readonly<Record<string, string>> = {}): Buffer {
  const rows = readTips(content, columns).rows.flatMap((row) => row.columns ?? []);
  const lines = [
    TIP_COLUMNS.map(quoted),
    ...rows.map((row) => TIP_COLUMNS.map((column) => quoted(row.get(column) ?? ''))),
  ];
  return Buffer.from(lines.map((cells) => `${cells.join(',')}\r\n`).join(''));
}

function isJson(content: Buffer): boolean {
  return /^\ufeff?\s*[[{]/.test(content.subarray(0, 4_096).toString('utf8'));
}

function readCsv(content: Buffer, columns: Readonly<Record<string, string>>): TipTable {
  const { rows, brokenAtLine } = readTable(content, columns);
  return {
    rows: rows.map((row) => ({ line: row.line, pointer: '', columns: ofTip((column) => row.columns.get(column)) })),
    ...(brokenAtLine !== undefined && { brokenAtLine }),
  };
}

function readJson(content: Buffer): TipTable {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    return { rows: [], unreadable: true };
  }
  const tips = Array.isArray(parsed) ? (parsed as readonly unknown[]) : [parsed];
  return {
    rows: tips.map((tip, index) => ({
      line: index + 1,
      pointer: Array.isArray(parsed) ? `/${index}` : '',
      ...(isJsonObject(tip) &&
        !isTooDeep(tip) && { columns: ofTip((column) => toScalarText(tip[column]) ?? listed(tip, column)) }),
    })),
  };
}

/** A list of texts, as a table writes it. */
function listed(tip: unknown, column: TipColumn): string | undefined {
  const texts = textsAt(tip, column);
  return texts.length === 0 ? undefined : texts.join(' ');
}

function ofTip(read: (column: TipColumn) => string | undefined): ReadonlyMap<TipColumn, string> {
  return new Map(
    TIP_COLUMNS.flatMap((column) => {
      const text = read(column);
      return text === undefined ? [] : [[column, text] as const];
    }),
  );
}

/** RFC 4180 §2.6–2.7. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
