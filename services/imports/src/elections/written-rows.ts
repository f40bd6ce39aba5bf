// The rows of the election administration's formats: a CSV table, or the same properties as JSON.
// Holds: every row is one item; a fault names the column, or the JSON pointer, it stands in; nothing is guessed.
// Source: README.md#ads

import type { ReadingContext } from '../reading.ts';
import { readTable } from '../table.ts';
import type { ItemEntry, Tally } from '../tally.ts';
import { at, isJsonObject, textsAt, toScalarText } from '../untrusted.ts';

/** One row; columns that are blank are absent. */
export interface WrittenRow {
  readonly item: ItemEntry;
  readonly text: (column: string) => string | undefined;
  /** Several values of one column: a JSON list, or written with bars or semicolons between. */
  readonly list: (column: string) => readonly string[];
  /** Refuses the row for one of its columns. */
  readonly refuse: (column: string, code: string, reason: string, fix: string) => null;
}

/** The rows of a file, each entered into the tally; what cannot be read is entered and refused. */
export function readRows(content: Buffer, context: ReadingContext, tally: Tally): readonly WrittenRow[] {
  const start = content.toString('utf8', 0, 64).replace(/^\ufeff/, '').trimStart(); // prettier-ignore
  return start.startsWith('[') || start.startsWith('{') ? jsonRows(content, tally) : tableRows(content, context, tally);
}

/** Values in one column, bars or semicolons between: names of ridings hold blanks and commas. */
function parts(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(/[|;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function tableRows(content: Buffer, { mapping }: ReadingContext, tally: Tally): readonly WrittenRow[] {
  const table = readTable(content, mapping.columns);
  const rows = table.rows.map(({ line, columns }) =>
    rowOf(tally.item('', line), {
      text: (column) => columns.get(column),
      list: (column) => parts(columns.get(column)),
      pointerOf: (column) => column,
    }),
  );
  if (table.brokenAtLine !== undefined)
    tally.item('', table.brokenAtLine).refuse({
      code: 'BROKEN_TABLE',
      reason: 'from this line on the file is no CSV: a quote does not close',
      fix: 'close the quote',
    });
  return rows;
}

function jsonRows(content: Buffer, tally: Tally): readonly WrittenRow[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(content.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    tally.item('').refuse({ code: 'UNREADABLE', reason: 'the file is not JSON', fix: 'send a list, or CSV' });
    return [];
  }
  const values: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return values.flatMap((value, index): readonly WrittenRow[] => {
    const item = tally.item(`/${index}`);
    if (!isJsonObject(value))
      return item.refuse({ code: 'NOT_AN_OBJECT', reason: 'an entry is a JSON object', fix: 'correct the export' });
    const text = (column: string): string | undefined => toScalarText(at(value, column));
    return [
      rowOf(item, {
        text,
        list: (column) => (Array.isArray(value[column]) ? textsAt(value, column) : parts(text(column))),
        pointerOf: (column) => `/${index}/${column}`,
      }),
    ];
  });
}

function rowOf(
  item: ItemEntry,
  { pointerOf, ...values }: Pick<WrittenRow, 'text' | 'list'> & { readonly pointerOf: (column: string) => string },
): WrittenRow {
  return {
    ...values,
    item,
    refuse: (column, code, reason, fix) => {
      item.refuse({ code, reason, fix, pointer: pointerOf(column) });
      return null;
    },
  };
}
