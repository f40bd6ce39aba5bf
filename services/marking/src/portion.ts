// Portion marks: the short form in parentheses, alone or at one end of its paragraph.
// Holds: read leading or trailing, written trailing; parentheses that begin like a mark are read as one or refused, so that
// a spoiled mark is never taken for prose. Source: README.md#text-form

import * as refuse from './errors.ts';
import type { Marking } from './model.ts';
import { readMarking } from './parse.ts';
import { printWith } from './print.ts';
import { accept, type Cursor } from './text-cursor.ts';
import { PORTION, type TextOptions } from './words.ts';

/** A paragraph without its mark, and what the mark said. */
export interface MarkedParagraph {
  readonly text: string;
  readonly marking: Marking;
}

/** The portion mark, such as `(S//REL TO CAN, GBR)`. */
export function printPortion(marking: Marking, options: TextOptions): string {
  return `(${printWith(PORTION, marking, options)})`;
}

/**
 * Reads a portion mark that stands alone; for one on its paragraph use `parseParagraph`.
 * Errors: as `parse`, and PORTION_MISSING where no `(` opens or no `)` closes it.
 */
export function parsePortion(text: string, options: TextOptions): Marking {
  const cursor = { text, at: 0 };
  const marking = readPortion(cursor, options);
  if (cursor.at < text.length) throw refuse.unexpectedText({}, cursor.at);
  return marking;
}

/** The paragraph with its mark trailing, one space between. */
export function printParagraph({ text, marking }: MarkedParagraph, options: TextOptions): string {
  return `${text} ${printPortion(marking, options)}`;
}

/**
 * Reads a paragraph whose mark leads or trails it, one space between.
 * Errors: as `parsePortion`, with indexes into the paragraph; PORTION_MISSING where neither end bears a mark, and
 * DUPLICATE where both do.
 */
export function parseParagraph(paragraph: string, options: TextOptions): MarkedParagraph {
  const leads = OPENS_LIKE_A_MARK.test(paragraph);
  const trailingAt = paragraph.endsWith(')') ? paragraph.lastIndexOf('(') : -1;
  const trails = trailingAt > 0 && OPENS_LIKE_A_MARK.test(paragraph.slice(trailingAt, trailingAt + LONGEST_OPENING));
  if (leads && trails) throw refuse.duplicate({}, trailingAt);
  if (!leads && !trails) throw refuse.portionMissing({}, paragraph.length);
  const cursor = { text: paragraph, at: leads ? 0 : trailingAt };
  const marking = readPortion(cursor, options);
  if (leads && !accept(cursor, ' ')) throw refuse.unexpectedText({}, cursor.at);
  if (trails && paragraph[trailingAt - 1] !== ' ') throw refuse.unexpectedText({}, trailingAt - 1);
  return Object.freeze({ text: leads ? paragraph.slice(cursor.at) : paragraph.slice(0, trailingAt - 1), marking });
}

const OPENS_LIKE_A_MARK = /^\((?:U|P[ABC]|C|S|TS)(?:\)|\/)/i;
const LONGEST_OPENING = '(TS/'.length;

function readPortion(cursor: Cursor, { homeNation }: TextOptions): Marking {
  if (!accept(cursor, '(')) throw refuse.portionMissing({}, cursor.at);
  const marking = readMarking(cursor, PORTION, homeNation);
  if (!accept(cursor, ')')) throw refuse.portionMissing({}, cursor.at);
  return marking;
}
