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
  const place = { line: 1, offset: 0 };
  try {
    parse(content, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      on_record: (record: string[], { bytes }) => {
        passBlankLines(content, place);
        records.push({ record, line: place.line });
        passTo(content, bytes, place);
        return null;
      },
    });
    return { records };
  } catch {
    passBlankLines(content, place);
    return { records, brokenAtLine: place.line }; // a quote that never closes: the parser's own text quotes values
  }
}

const [LF, CR] = [10, 13];

/** The parser counts CRLF within quotes twice; lines are counted here, from the bytes it has passed. */
function passTo(content: Buffer, end: number, place: { line: number; offset: number }): void {
  for (; place.offset < Math.min(end, content.length); place.offset += 1) {
    const byte = content[place.offset];
    if (byte === LF || (byte === CR && content[place.offset + 1] !== LF)) place.line += 1;
  }
}

function passBlankLines(content: Buffer, place: { line: number; offset: number }): void {
  let end = place.offset;
  while (content[end] === LF || content[end] === CR) end += 1;
  passTo(content, end, place);
}

function columnName(header: string, columns: Readonly<Record<string, string>>): string {
  const name = header.normalize('NFC').trim();
  const own = [name, name.toLowerCase()].find((key) => Object.hasOwn(columns, key)); // `toString` is a header like another
  return (own === undefined ? undefined : columns[own]) ?? name.toLowerCase().replace(/[\s-]+/g, '_');
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
