// Claims that somebody has taken apart and published, one a row, as InfluenceActivities of kind NARRATIVE.
// Holds: an item is a row; countries and outlets that a claim mentions are labels, and an outlet's own host a domain; none of
// them is ever an actor claim; the refutation's address is context, not a feature. Source: README.md#debunks

import { contentName } from '../ids.ts';
import { toDayMs } from '../instants.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import type { FormatReader, ImportDraft, ReadingContext } from '../reading.ts';
import { buildReport, distinct } from '../report.ts';
import { readTable, type TableRow } from '../table.ts';
import { createTally, type ItemEntry } from '../tally.ts';
import { sortedJson } from '../untrusted.ts';
import { toSiteDomain } from '../values.ts';
import { decideWritten } from '../row-marking.ts';

const REQUIRED = ['date', 'id', 'title'];
/** Language of the titles: the refutations are published in English. */
const LANG = 'en';

/** Reads tables of refuted claims. */
export const debunksReader: FormatReader = {
  format: 'debunks',
  read(content, context) {
    const tally = createTally();
    const table = readTable(content, context.mapping.columns);
    for (const row of table.rows) readClaim(row, tally.item('', row.line), context);
    if (table.brokenAtLine !== undefined)
      tally.item('', table.brokenAtLine).refuse({
        code: 'BROKEN_TABLE',
        reason: 'from this line on the file is no CSV: a quote does not close',
        fix: 'close the quote',
      });
    return tally.reading();
  },
};

function readClaim({ columns }: TableRow, item: ItemEntry, context: ReadingContext): void {
  const missing = REQUIRED.find((column) => !columns.has(column));
  if (missing !== undefined)
    return void item.refuse({
      code: 'MISSING_COLUMN',
      reason: `${missing} is empty`,
      fix: `give ${missing}`,
      pointer: missing,
    });
  const observedAtMs = toDayMs(columns.get('date') ?? '', context.mapping.dateFormat ?? 'yyyy-mm-dd');
  if (observedAtMs === undefined)
    return void item.refuse({
      code: 'BAD_DAY',
      reason: 'date is no day',
      fix: 'write it as declared',
      pointer: 'date',
    });
  if (observedAtMs > context.nowMs)
    return void item.refuse({ code: 'FUTURE', reason: 'the claim is dated after now', fix: 'correct the day' });
  const marking = decideWritten({ marking: columns.get('marking'), tlp: columns.get('tlp'), groups: [] }, context);
  if (isMarkingRefused(marking)) return void item.refuse(marking);
  item.carriedBy(draftOf(columns, observedAtMs, marking, context));
}

function draftOf(
  columns: ReadonlyMap<string, string>,
  observedAtMs: number,
  marking: ImportDraft['marking'],
  { mapping }: ReadingContext,
): ImportDraft {
  const [id, title] = [columns.get('id') ?? '', columns.get('title') ?? ''];
  const outlets = listIn(columns, 'outlets');
  const label = (kind: string, column: string) =>
    listIn(columns, column).map((value) => ({ kind: 'label', label: `${kind}:${value}` }) as const);
  const fields = {
    report: buildReport(
      {
        title,
        marking,
        facts: [
          { kind: 'portion', text: `${title} (refuted: ${id})`, lang: LANG },
          ...label('mentioned', 'countries'),
          ...label('keyword', 'keywords'),
          ...label('language', 'languages'),
          ...label('outlet', 'outlets'),
        ],
      },
      mapping,
    ),
    kind: 'NARRATIVE',
    texts: [{ text: title, lang: LANG }],
    accounts: [],
    domains: distinct(outlets.flatMap((outlet) => toSiteDomain(outlet)?.value ?? [])),
    urls: [],
    media: [],
    hashtags: [],
    narrativeTypes: [],
    channelTypes: [],
    eventTypes: [],
    operation: null,
    startTime: null,
    stopTime: null,
    synthetic: null,
  };
  return {
    type: 'InfluenceActivity',
    native: { format: 'debunks', nativeId: id, revision: contentName([sortedJson(fields)]), part: '1' },
    fields,
    marking,
    observedAtMs,
    sourceGrade: mapping.sourceGrade ?? 'F',
    infoGrade: mapping.infoGrade ?? 6,
    origin: `url:${id}`,
  };
}

/** Several values of one column, plus signs between. */
function listIn(columns: ReadonlyMap<string, string>, column: string): readonly string[] {
  return distinct(
    (columns.get(column) ?? '')
      .split('+')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}
