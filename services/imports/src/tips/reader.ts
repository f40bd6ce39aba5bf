// What people outside report, as PublicTips: a table of the tip line, or one tip as JSON.
// Holds: nobody has judged source or content, so the grade is F6; first-hand makes a tip its own origin, anything else has
// none; who called is read by nothing here and kept nowhere (tip-table.ts). Source: README.md#tips

import { isMarkingRefused } from '../marking-decision.ts';
import { decideWritten } from '../row-marking.ts';
import { contentName } from '../ids.ts';
import { toDayMs, toInstantMs } from '../instants.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { buildReport, distinct } from '../report.ts';
import { createTally, unreadableFile, type ItemEntry, type NotCarriedReason } from '../tally.ts';
import { toFlag } from '../untrusted.ts';
import { toFieldValue, type ValueField } from '../values.ts';
import { readTips, withoutContacts, type TipColumn, type TipRow } from './tip-table.ts';

const REQUIRED = ['received_at', 'channel', 'text', 'firsthand'] as const;

type Columns = NonNullable<TipRow['columns']>;

/** Reads tips. */
export const tipsReader: FormatReader = {
  format: 'tips',
  toKeep: (content, { columns }) => withoutContacts(content, columns),
  read(content, context) {
    const table = readTips(content, context.mapping.columns);
    if (table.unreadable === true)
      return unreadableFile('the file is not JSON', 'send one tip, a list of tips, or a table');
    const tally = createTally();
    for (const row of table.rows) readTip(row, tally.item(row.pointer, row.line), context);
    if (table.brokenAtLine !== undefined)
      tally.item('', table.brokenAtLine).refuse({
        code: 'BROKEN_TABLE',
        reason: 'from this line on the file is no CSV: a quote does not close',
        fix: 'close the quote',
      });
    return tally.reading();
  },
};

function readTip({ columns }: TipRow, item: ItemEntry, context: ReadingContext): void {
  if (columns === undefined)
    return void item.refuse({ code: 'NOT_AN_OBJECT', reason: 'a tip is a JSON object', fix: 'correct the export' });
  if (columns.size === 0)
    return void item.skip({ code: 'BLANK_ROW', reason: 'the row says nothing of a tip', fix: 'nothing' });
  const missing = REQUIRED.find((column) => !columns.has(column));
  if (missing !== undefined)
    return void item.refuse(refusal('MISSING_COLUMN', missing, `${missing} is empty`, `give ${missing}`));
  const receivedAtMs = receivedAt(columns, context);
  if (receivedAtMs === undefined)
    return void item.refuse(
      refusal(
        'BAD_INSTANT',
        'received_at',
        'received_at is an instant with an offset, or a day as declared for the source',
        'write it as 2031-10-02T14:05:15Z',
      ),
    );
  const firsthand = toFlag(columns.get('firsthand'));
  if (firsthand === undefined)
    return void item.refuse(
      refusal('BAD_VALUE', 'firsthand', 'firsthand is true or false', 'say whether the caller saw it'),
    );
  const marking = decideWritten({ marking: columns.get('marking'), tlp: columns.get('tlp'), groups: [] }, context);
  if (isMarkingRefused(marking)) return void item.refuse(marking);
  item.carriedBy(draftOf({ columns, receivedAtMs, firsthand, marking }, item, context));
}

function receivedAt(columns: Columns, { mapping: { dateFormat } }: ReadingContext): number | undefined {
  const text = columns.get('received_at') ?? '';
  return toInstantMs(text) ?? (dateFormat === undefined ? undefined : toDayMs(text, dateFormat));
}

interface Tip {
  readonly columns: Columns;
  readonly receivedAtMs: number;
  readonly firsthand: boolean;
  readonly marking: ImportDraft['marking'];
}

function draftOf(
  { columns, receivedAtMs, firsthand, marking }: Tip,
  item: ItemEntry,
  context: ReadingContext,
): ImportDraft {
  const { agency, mapping } = context;
  const [text, lang] = [columns.get('text') ?? '', columns.get('lang') ?? 'und'];
  const serial =
    columns.get('serial') ?? contentName([`${receivedAtMs}`, columns.get('channel') ?? '', text]).slice(0, 32);
  const { values, others } = readValues(columns, ['urls', 'accounts']);
  if (others.length > 0) item.warn('a part of urls or accounts is none: it is a label, and links nothing');
  return {
    type: 'PublicTip',
    native: {
      format: 'tips',
      nativeId: serial,
      revision: contentName([...columns].map((pair) => pair.join('='))),
      part: '1',
    },
    fields: {
      report: buildReport(
        {
          title: `Tip by ${columns.get('channel') ?? ''}: ${text}`,
          marking,
          facts: [
            { kind: 'portion', text, lang },
            { kind: 'seen', firstMs: receivedAtMs, lastMs: receivedAtMs },
            ...others.map((label) => ({ kind: 'label', label }) as const),
          ],
          category: columns.get('category'),
          ridings: partsOf(columns, 'riding'),
        },
        mapping,
      ),
      texts: [{ text, lang }],
      ...values,
      firsthand,
      channel: columns.get('channel'),
    },
    marking,
    observedAtMs: receivedAtMs,
    sourceGrade: 'F', // nobody has judged source or content yet
    infoGrade: 6,
    ...(firsthand && { origin: `tip:${agency}/${serial}` }),
  };
}

/** The values of two columns, and what stands there and is none. */
function readValues(
  columns: Columns,
  fields: readonly (ValueField & TipColumn)[],
): { readonly values: Readonly<Record<string, readonly string[]>>; readonly others: readonly string[] } {
  const read = fields.map((field) => ({
    field,
    found: partsOf(columns, field).map((raw) => ({ raw, value: toFieldValue(field, raw)?.value })),
  }));
  return {
    values: Object.fromEntries(
      read.map(({ field, found }) => [field, distinct(found.flatMap(({ value }) => value ?? []))]),
    ),
    others: read.flatMap(({ field, found }) =>
      found.flatMap(({ raw, value }) => (value === undefined ? `${field}: ${raw}` : [])),
    ),
  };
}

function partsOf(columns: Columns, column: TipColumn): readonly string[] {
  return (columns.get(column) ?? '').split(/[\s|;]+/).filter((part) => part !== '');
}

function refusal(code: string, pointer: TipColumn, reason: string, fix: string): NotCarriedReason {
  return { code, pointer, reason, fix };
}
