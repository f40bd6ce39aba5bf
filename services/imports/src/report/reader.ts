// Structured reports, in JSON or as Markdown with front matter: sightings by category, and the three kinds of record that
// speak of other records (position, lineage link, recall).
// Holds: an item is a report; a report stands or falls as a whole, and costs only itself; nothing undeclared is ignored in
// silence. Source: README.md#report

import type { FormatReader, ReadingContext } from '../reading.ts';
import { createTally, type ItemEntry } from '../tally.ts';
import { isJsonObject } from '../untrusted.ts';
import { readDocuments, type ReportDocument } from './document.ts';
import { readLineageLink } from './lineage-link.ts';
import { readPosition } from './position.ts';
import { openProperties, ReportRefused, type Properties } from './properties.ts';
import { readRecall } from './recall.ts';
import { readSighting } from './sighting.ts';

const KINDS = ['sighting', 'position', 'lineage-link', 'recall'] as const;

/** Reads structured reports. */
export const reportReader: FormatReader = {
  format: 'report',
  read(content, context) {
    const tally = createTally();
    const documents = readDocuments(content);
    if ('unreadable' in documents) {
      const { unreadable: reason, fix, line } = documents;
      tally.item('', line).refuse({ code: 'UNREADABLE', reason, fix });
      return tally.reading();
    }
    for (const document of documents) readDocument(document, tally.item(document.pointer), context);
    return tally.reading();
  },
};

function readDocument({ value, pointer, lineOf }: ReportDocument, item: ItemEntry, context: ReadingContext): void {
  if (!isJsonObject(value))
    return void item.refuse({
      code: 'NOT_AN_OBJECT',
      reason: 'a report is an object with named values',
      fix: 'correct the report',
    });
  try {
    readKind(openProperties(value), item, context);
  } catch (cause) {
    if (!(cause instanceof ReportRefused)) throw cause;
    const { why } = cause;
    const line = lineOf(why.pointer);
    item.refuse({ ...why, pointer: `${pointer}${why.pointer}`, ...(line !== undefined && { line }) });
  }
}

function readKind(report: Properties, item: ItemEntry, context: ReadingContext): void {
  const kind = report.word('kind', KINDS) ?? 'sighting';
  if (kind === 'recall') {
    const withdrawal = readRecall(report, context);
    report.refuseUnread();
    item.withdraw(withdrawal);
    return;
  }
  const read = { sighting: readSighting, position: readPosition, 'lineage-link': readLineageLink }[kind];
  const draft = read(report, context);
  report.refuseUnread();
  item.carriedBy(draft);
}
