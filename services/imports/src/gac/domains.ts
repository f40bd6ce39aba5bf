// A list of domains, often defanged, with optional days, as one IndicatorReport a file.
// Holds: an item is a row; days are read in the format declared for the source or refused; the order of rows changes
// nothing. Source: README.md#lists

import type { Marking } from '@sitebus/marking';
import { isMarkingRefused } from '../marking-decision.ts';
import { contentName } from '../ids.ts';
import { dealIntoParts, type IndicatorEntry, type MarkedFact } from '../indicator-parts.ts';
import { toDayMs } from '../instants.ts';
import type { FormatReader, ReadingContext } from '../reading.ts';
import { readTable, type TableRow } from '../table.ts';
import { createTally, type ItemEntry } from '../tally.ts';
import { toFieldValue, toSiteDomain } from '../values.ts';
import { decideWritten } from '../row-marking.ts';

const DAY_COLUMNS = ['first_seen', 'created_on'];

/** Reads domain lists. */
export const domainsReader: FormatReader = {
  format: 'domains',
  read(content, context) {
    const tally = createTally();
    const table = readTable(content, context.mapping.columns);
    if (!table.header.includes('domain')) {
      tally.item('', 1).refuse({
        code: 'MISSING_COLUMN',
        reason: 'the file has no column `domain`',
        fix: 'name the column, or declare it in the mapping of this source',
      });
      return tally.reading();
    }
    const read = table.rows.flatMap((row) => readRow(row, tally.item('domain', row.line), context));
    if (table.brokenAtLine !== undefined)
      tally.item('', table.brokenAtLine).refuse({
        code: 'BROKEN_TABLE',
        reason: 'from this line on the file is no CSV: a quote does not close',
        fix: 'close the quote',
      });
    dealOut(read, context);
    return tally.reading();
  },
};

interface ReadRow extends IndicatorEntry {
  readonly dayMs: number | undefined;
}

function readRow({ columns }: TableRow, item: ItemEntry, context: ReadingContext): readonly ReadRow[] {
  const written = columns.get('domain');
  if (written === undefined) return item.skip({ code: 'BLANK_ROW', reason: 'the row has no domain', fix: 'nothing' });
  const dayTexts = DAY_COLUMNS.flatMap((column) => columns.get(column) ?? []);
  const { dateFormat } = context.mapping;
  if (dayTexts.length > 0 && dateFormat === undefined)
    return item.refuse({
      code: 'NO_DATE_FORMAT',
      reason: 'the source declares no date format, and 03/04 has no meaning of its own',
      fix: 'declare dateFormat in the mapping of this source',
    });
  const days = dayTexts.map((text) => toDayMs(text, dateFormat ?? 'yyyy-mm-dd'));
  if (days.includes(undefined))
    return item.refuse({
      code: 'BAD_DAY',
      reason: `a day is not in the declared format ${dateFormat ?? ''}`,
      fix: 'correct the day',
    });
  const marking = decideWritten({ marking: columns.get('marking'), tlp: columns.get('tlp'), groups: [] }, context);
  if (isMarkingRefused(marking)) return item.refuse(marking);
  const dayMs = days
    .filter((day) => day !== undefined)
    .sort((a, b) => a - b)
    .at(-1);
  return [{ ...valueOf(written), marking, item, dayMs }];
}

/** A site is a domain, a page an address; what is neither stays readable. */
function valueOf(written: string): Pick<IndicatorEntry, 'field' | 'value'> {
  return toSiteDomain(written) ?? toFieldValue('urls', written) ?? { field: 'context', value: `domain: ${written}` };
}

function dealOut(rows: readonly ReadRow[], context: ReadingContext): void {
  const [first] = rows;
  if (first === undefined) return;
  const name = contentName(rows.map(({ field, value, dayMs }) => `${field} ${value} ${dayMs ?? ''}`).sort());
  const days = rows.flatMap(({ dayMs }) => dayMs ?? []);
  const facts: MarkedFact[] = rows.flatMap((row) =>
    row.dayMs === undefined
      ? []
      : [{ fact: { kind: 'seen', firstMs: row.dayMs, lastMs: row.dayMs }, marking: row.marking, item: row.item }],
  );
  dealIntoParts(
    {
      title: `Domain list of source ${context.source}`,
      native: { format: 'domains', nativeId: name, revision: '0' },
      marking: lowestOf(rows),
      observedAtMs: days.length > 0 ? Math.max(...days) : undefined,
      sourceGrade: context.mapping.sourceGrade ?? 'F',
      infoGrade: context.mapping.infoGrade ?? 6,
      origin: `rep:${context.agency}/domains-${name.slice(0, 16)}`,
      mapping: context.mapping,
    },
    rows,
    facts,
  );
}

/** The title tells nothing, so the first marking that every row's covers would do; the least by its text is stable. */
function lowestOf(rows: readonly ReadRow[]): Marking {
  const [least] = rows.map(({ marking }) => marking).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (least === undefined) throw new Error('a list without rows has no marking');
  return least;
}
