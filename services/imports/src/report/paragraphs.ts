// The paragraphs of a report, each with the marking that its portion mark states.
// Holds: a paragraph without a mark refuses the whole report, by its pointer: nothing is marked by its neighbours; the
// report's marking is at least the join of its paragraphs'. Source: README.md#report; marking README.md#text-form

import { createMarking, isAtLeast, joinAll, MarkingError, parse, parseParagraph, type Marking } from '@sitebus/marking';
import { toWire, type Observation } from '@sitebus/sdk';
import { decideMarking, isMarkingRefused } from '../marking-decision.ts';
import type { ReadingContext } from '../reading.ts';
import { isJsonObject, textAt, toText } from '../untrusted.ts';
import { refuseReport, type Properties } from './properties.ts';

const MAX_PARAGRAPHS = 50; // README.md#report

/** Paragraphs as a record holds them, in reading order. */
export type Portions = Observation<'IndicatorReport'>['report']['portions'];

/** What is said, and what protects it. */
export interface MarkedText {
  readonly portions: Portions;
  readonly marking: Marking;
}

/**
 * Reads `paragraphs`, and the report's own `marking` where one is stated, which may be higher. `groups` narrow all of them.
 * @returns undefined where the report has neither paragraphs nor a marking.
 */
export function readMarkedText(report: Properties, context: ReadingContext): MarkedText | undefined {
  const groups = report.texts('groups');
  const lang = report.text('lang') ?? 'und';
  const stated = report.text('marking');
  const banner =
    stated === undefined
      ? undefined
      : ownMarking(() => parse(stated, context.policy), report.pointerOf('marking'), groups, context);
  const paragraphs = report.items('paragraphs');
  if (paragraphs.length > MAX_PARAGRAPHS)
    return refuseReport(
      'TOO_MANY',
      report.pointerOf('paragraphs'),
      'a report has more paragraphs than a record holds',
      `divide it: at most ${MAX_PARAGRAPHS}`,
    );
  const read = paragraphs.map((item, index) => {
    const pointer = `${report.pointerOf('paragraphs')}/${index}`;
    const text = toText(isJsonObject(item) ? item['text'] : item);
    if (text === undefined)
      return refuseReport(
        'BAD_VALUE',
        pointer,
        'a paragraph is a text, or an object with text and lang',
        'correct the paragraph',
      );
    const paragraph = readParagraph(text, pointer, groups, context);
    return { ...paragraph, lang: textAt(item, 'lang') ?? lang };
  });
  const join = read.length === 0 ? undefined : joinAll(read.map(({ marking }) => marking));
  if (join !== undefined && banner !== undefined && !isAtLeast(banner, join))
    return refuseReport(
      'MARKING_TOO_LOW',
      report.pointerOf('marking'),
      'the report’s marking protects less than one of its paragraphs',
      'raise it, or leave it out',
    );
  const marking = banner ?? join;
  if (marking === undefined) return undefined;
  return {
    marking,
    portions: read.map((each) => ({ text: each.text, lang: each.lang, marking: toWire(each.marking) })),
  };
}

function readParagraph(
  text: string,
  pointer: string,
  groups: readonly string[],
  context: ReadingContext,
): { readonly text: string; readonly marking: Marking } {
  let unmarked = '';
  const marking = ownMarking(
    () => {
      const paragraph = parseParagraph(text, context.policy);
      unmarked = paragraph.text;
      return paragraph.marking;
    },
    pointer,
    groups,
    context,
  );
  return { text: unmarked, marking };
}

/** A stated marking with this agency as its origin, narrowed to the groups. */
function ownMarking(read: () => Marking, pointer: string, groups: readonly string[], context: ReadingContext): Marking {
  const decided = decideMarking({ full: kernelRead(read, pointer) }, context, context.policy, context.nowMs);
  if (isMarkingRefused(decided)) return refuseReport(decided.code, pointer, decided.reason, decided.fix);
  return groups.length === 0 ? decided : createMarking({ ...decided, needToKnow: [...decided.needToKnow, groups] });
}

function kernelRead(read: () => Marking, pointer: string): Marking {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof MarkingError)) throw cause;
    return cause.code === 'PORTION_MISSING'
      ? refuseReport(
          'PORTION_MISSING',
          pointer,
          'the paragraph begins and ends without a portion mark',
          'mark it, as in: text (S//CANADIAN EYES ONLY)',
        )
      : refuseReport(
          'MARKING_UNREADABLE',
          pointer,
          `the mark is none that this system writes: ${cause.code}`,
          'correct the mark; it is never guessed',
        );
  }
}
