// Good practices as a list in JSON, `{"practices": […]}`, as GoodPractice records.
// Holds: an item is a practice; nothing undeclared is ignored in silence; what it cites are ids of notices, never of cases.
// Source: README.md#catalogue

import { decideWritten } from '../row-marking.ts';
import { contentName } from '../ids.ts';
import { toInstantMs } from '../instants.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import type { ReadingContext } from '../reading.ts';
import { distinct } from '../report.ts';
import type { ItemEntry } from '../tally.ts';
import { at, isJsonObject, listAt, sortedJson, textAt, textsAt } from '../untrusted.ts';

const KNOWN = new Set([
  'area', 'title', 'text', 'lang', 'noticesLinked', 'contact', 'observedAt', 'marking', 'tlp', 'groups',
]); // prettier-ignore

/** The practices of a parsed file; undefined where it is no list of them. */
export function practicesIn(parsed: unknown): readonly unknown[] | undefined {
  return Array.isArray(at(parsed, 'practices')) ? listAt(parsed, 'practices') : undefined;
}

/** Reads one; its checks are those of every GoodPractice. */
export function readPractice(practice: unknown, item: ItemEntry, context: ReadingContext): void {
  if (!isJsonObject(practice))
    return void item.refuse({
      code: 'NOT_AN_OBJECT',
      reason: 'a practice is a JSON object',
      fix: 'correct the export',
    });
  if (Object.keys(practice).some((key) => !KNOWN.has(key)))
    return void item.refuse({
      code: 'UNKNOWN_PROPERTY',
      reason: 'the practice has a property that no rule reads',
      fix: 'remove it, or check its spelling',
    });
  const missing = ['area', 'title', 'text', 'lang'].find((key) => textAt(practice, key) === undefined);
  if (missing !== undefined)
    return void item.refuse({ code: 'MISSING_PROPERTY', reason: `${missing} is empty`, fix: `give ${missing}` });
  const observedAtMs = toInstantMs(textAt(practice, 'observedAt') ?? '');
  if (textAt(practice, 'observedAt') !== undefined && observedAtMs === undefined)
    return void item.refuse({
      code: 'BAD_INSTANT',
      reason: 'observedAt is an instant with an offset',
      fix: 'write it as 2031-10-02T14:05:15Z',
    });
  const marking = decideWritten(
    { marking: textAt(practice, 'marking'), tlp: textAt(practice, 'tlp'), groups: textsAt(practice, 'groups') },
    context,
  );
  if (isMarkingRefused(marking)) return void item.refuse(marking);
  const [area, title, text, lang] = ['area', 'title', 'text', 'lang'].map((key) => textAt(practice, key) ?? '');
  item.carriedBy({
    type: 'GoodPractice',
    native: {
      format: 'catalogue',
      nativeId: contentName(['practice', area ?? '', title ?? '']),
      revision: contentName([sortedJson(practice)]),
      part: '1',
    },
    fields: {
      area,
      title,
      text,
      lang,
      noticesLinked: distinct(textsAt(practice, 'noticesLinked')),
      contact: textAt(practice, 'contact') ?? null,
    },
    marking,
    ...(observedAtMs !== undefined && { observedAtMs }),
    sourceGrade: context.mapping.sourceGrade ?? 'F',
    infoGrade: context.mapping.infoGrade ?? 6,
  });
}
