// Reads a CSV file into rows by column: BOM, CRLF, quoted newlines, blank and padded headers, trailing columns.
// Holds: never throws; a row keeps the line it begins on; an unreadable row is one row with a fault, the rest stand.
// Source: RFC 4180

import { parse } from 'csv-parse/sync';
import { toText } from './untrusted.ts';

/** One row; columns that are blank are absent. */
export interface TableRow {
  /** Line of the file on which the row begins, from 1. */
  readonly line: number;
  /** By column name. */
  readonly columns: ReadonlyMap<string, string>;
}

export interface Table {
  /** Column names of our format in file order; headers that policy renames are renamed, blank ones are left out. */
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
  /** Set when the text stops being CSV at a line: the rows before it stand. */
  readonly brokenAtLine?: number;
}

/** Renames headers as policy says for the source, exactly as written or in lower case; others become `lower_case`. */
export function readTable(content: Buffer, columns: Readonly<Record<string, string>> = {}): Table {
  const { records, brokenAtLine } = parseRecords(content);
  const [first, ...rest] = records;
  const header = (first?.record ?? []).map((name) => columnName(name, columns));
  return {
    header: header.filter((name) => name !== ''),
    rows: rest.map(({ record, line }) => ({ line, columns: byColumn(header, record) })),
    ...(brokenAtLine !== undefined && { brokenAtLine }),
  };
}

interface LinedRecord {
  readonly record: readonly string[];
  readonly line: number;
}

function parseRecords(content: Buffer): { readonly records: readonly LinedRecord[]; readonly brokenAtLine?: number } {
  const records: LinedRecord[] = [];
  let line = 1;
  try {
    parse(content, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (record: string[], { lines }) => {
        records.push({ record, line });
        line = lines + 1;
        return null;
      },
    });
    return { records };
  } catch {
    return { records, brokenAtLine: line }; // a quote that never closes: answered by line, the parser's text quotes values
  }
}

function columnName(header: string, columns: Readonly<Record<string, string>>): string {
  const name = header.normalize('NFC').trim();
  return columns[name] ?? columns[name.toLowerCase()] ?? name.toLowerCase().replace(/[\s-]+/g, '_');
}

/** A column named twice counts where it first holds something. */
function byColumn(header: readonly string[], record: readonly string[]): Map<string, string> {
  const columns = new Map<string, string>();
  header.forEach((name, index) => {
    const text = toText(record[index]);
    if (name !== '' && text !== undefined && !columns.has(name)) columns.set(name, text);
  });
  return columns;
}
