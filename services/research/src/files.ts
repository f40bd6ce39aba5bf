// Rows as a file: CSV or Parquet, each carrying its marking.
// Holds: pure; the same rows are the same bytes, in every process; both formats hold equal rows: a value that is absent is
// null in one and an empty field in the other, and no value is the empty text. Source: RFC 4180; Apache Parquet format

import { canonicalText } from '@sitebus/kit';
import { stringify } from 'csv-stringify/sync';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { COLUMN_NAMES, COLUMNS, type Cell, type ColumnName } from './columns.ts';
import { inOrder } from './freeze.ts';
import type { ExportReport, SubjectRow } from './k-anonymity.ts';
import type { ExportFormat } from './machine.ts';

/** What a file says beside its rows. */
export interface FileHead {
  /** Printed. */
  readonly marking: string;
  readonly report: ExportReport;
}

/** @returns the bytes of the file, its columns in their own order and its rows by what they say. */
export function toFile(
  format: ExportFormat,
  columns: readonly ColumnName[],
  rows: readonly SubjectRow[],
  head: FileHead,
): Buffer {
  const names = COLUMN_NAMES.filter((name) => columns.includes(name));
  const sorted = inOrder(rows.map(({ cells }) => ({ subject: '', cells }))); // who is who must not order them
  const table = sorted.map(({ cells }) => names.map((name) => cells[name] ?? null));
  return format === 'csv' ? toCsv(names, table, head) : toParquet(names, table, head);
}

/** The first line is the marking, as a comment. */
function toCsv(names: readonly ColumnName[], table: readonly (readonly Cell[])[], { marking }: FileHead): Buffer {
  const body = stringify([[...names], ...table.map((row) => [...row])], { record_delimiter: '\n' });
  return Buffer.from(`# ${marking}\n${body}`, 'utf8');
}

/** Uncompressed: so that what it holds can be looked through byte by byte. */
function toParquet(
  names: readonly ColumnName[],
  table: readonly (readonly Cell[])[],
  { marking, report }: FileHead,
): Buffer {
  const columnData = names.map((name, at) => ({
    name,
    type: COLUMNS[name].is === 'integer' ? ('INT64' as const) : ('STRING' as const),
    data: table.map((row) => (typeof row[at] === 'number' ? BigInt(row[at]) : (row[at] ?? null))),
    nullable: true,
  }));
  const bytes = parquetWriteBuffer({
    columnData,
    codec: 'UNCOMPRESSED',
    statistics: false,
    createdBy: 'sitebus',
    kvMetadata: [
      { key: 'sitebus.marking', value: marking },
      { key: 'sitebus.report', value: canonicalText(report) },
    ],
  });
  return Buffer.from(bytes);
}

/** @returns the name under which a file is handed out: its marking first, in letters that every file system takes. */
export function fileNameOf(marking: string, id: string, edition: number, format: ExportFormat): string {
  const safe = marking.replace(/[^A-Z0-9+]+/g, '-').replace(/^-|-$/g, '');
  return `${safe}_${id}_${edition}.${format}`;
}
