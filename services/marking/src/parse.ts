// The banner as a marking. Strict: it takes the one spelling that `print` writes, repairs nothing, and says where the
// first fault is. Holds: print(parse(s)) = s; linear in the text; no regular expression sees more than one word.
// Source: README.md#text-form

import { isSubdivision, isSystem } from './compartment.ts';
import { createMarking } from './create.ts';
import * as refuse from './errors.ts';
import { TLP, type Classified, type Marking, type Protected, type Tlp } from './model.ts';
import { MAX_COMPARTMENTS } from './fields.ts';
import { isNation } from './nations.ts';
import { accept, acceptSlash, matchedChars, stands, takeWord, type Cursor } from './text-cursor.ts';
import * as words from './words.ts';

/**
 * Reads a banner. Owners, origins and need-to-know have no text form and come out empty.
 * Not for what others wrote in their own spelling: `readImportedMarking` takes that, given whose it is.
 * Errors, none retriable, each with `index`: TEXT_TOO_LONG, UNKNOWN_LEVEL, UNKNOWN_PART, UNKNOWN_NATION, UNKNOWN_COLOUR,
 * UNEXPECTED_TEXT, MALFORMED_COMPARTMENT, TOO_MANY, DISORDER, DUPLICATE, NOT_CANONICAL, RELEASE_MISSING,
 * TLP_MISSING.
 */
export function parse(text: string, { homeNation }: words.TextOptions): Marking {
  if (text.length > words.MAX_MARKING_CHARS) {
    throw refuse.textTooLong({ maxChars: words.MAX_MARKING_CHARS }, words.MAX_MARKING_CHARS);
  }
  const cursor = { text, at: 0 };
  const marking = readMarking(cursor, words.BANNER, homeNation);
  if (cursor.at < text.length) throw refuse.unexpectedText({}, cursor.at);
  return marking;
}

/**
 * Reads one marking from the cursor on, levels spelled by `spelling`, and leaves the cursor after it. The marking ends at
 * the end of the text or before `)`; anything else there is UNEXPECTED_TEXT.
 */
export function readMarking(cursor: Cursor, spelling: words.LevelWords, homeNation: string): Marking {
  const { classified, protected: level } = readLevels(cursor, spelling);
  const { compartments = [], dissemination = {}, tlp } = readParts(cursor, homeNation);
  if (cursor.at < cursor.text.length && !stands(cursor, ')')) throw refuse.unexpectedText({}, cursor.at);
  const { orcon = false, relTo } = dissemination;
  const isClassified = classified !== 'UNCLASSIFIED';
  if (isClassified && relTo === undefined) throw refuse.releaseMissing({}, tlp?.at ?? cursor.at);
  const spellsClear = !isClassified && level === 'NONE';
  if (spellsClear && tlp === undefined) throw refuse.tlpMissing({}, cursor.at);
  if (!spellsClear && tlp?.colour === 'CLEAR') throw refuse.notCanonical({ expected: 'no TLP:CLEAR' }, tlp.at);
  return createMarking({ classified, protected: level, compartments, relTo, tlp: tlp?.colour, orcon });
}

interface Parts {
  compartments?: readonly string[];
  dissemination?: Dissemination;
  tlp?: { readonly colour: Tlp; readonly at: number };
}

interface Dissemination {
  readonly orcon?: boolean;
  readonly relTo?: readonly string[];
}

function readLevels(cursor: Cursor, spelling: words.LevelWords): { classified: Classified; protected: Protected } {
  const alone = takeLevel(cursor, spelling.protected);
  if (alone !== undefined) return { classified: 'UNCLASSIFIED', protected: alone };
  const classified = takeLevel(cursor, spelling.classified);
  if (classified === undefined) throw refuse.unknownLevel({ field: 'level' }, faultOf(cursor, spelling));
  const second: Cursor = { text: cursor.text, at: cursor.at };
  const level = accept(second, '//') ? takeLevel(second, spelling.protected) : undefined;
  if (level === undefined) return { classified, protected: 'NONE' };
  if (classified === 'UNCLASSIFIED') throw refuse.notCanonical({ expected: spelling.protected[level] }, cursor.at);
  cursor.at = second.at;
  return { classified, protected: level };
}

/** A level word, whole: `PA` does not stand at the start of `PARK`. */
function takeLevel<L extends string>(cursor: Cursor, spelling: Readonly<Record<L, string>>): L | undefined {
  for (const [level, word] of Object.entries(spelling) as [L, string][]) {
    if (!stands(cursor, word)) continue;
    const next = cursor.text[cursor.at + word.length];
    if (next !== undefined && next !== '/' && next !== ')') continue;
    cursor.at += word.length;
    return level;
  }
  return undefined;
}

/** The first character that no level word has there. */
function faultOf(cursor: Cursor, spelling: words.LevelWords): number {
  const known = [...Object.values(spelling.classified), ...Object.values(spelling.protected)];
  return cursor.at + Math.max(...known.map((word) => matchedChars(cursor, word)));
}

const PART_ORDER = ['compartments', 'dissemination', 'TLP'] as const;
type PartKind = (typeof PART_ORDER)[number];

function readParts(cursor: Cursor, homeNation: string): Parts {
  const parts: Parts = {};
  let last = -1;
  while (accept(cursor, '//')) {
    const at = cursor.at;
    const kind = kindOfPart(cursor);
    if (kind === undefined) throw refuse.unknownPart({}, at);
    const place = PART_ORDER.indexOf(kind);
    if (place === last) throw refuse.duplicate({}, at);
    if (place < last) throw refuse.disorder({}, at);
    if (kind === 'compartments') parts.compartments = readCompartments(cursor);
    else if (kind === 'dissemination') parts.dissemination = readDissemination(cursor, homeNation);
    else parts.tlp = { colour: readColour(cursor), at };
    last = place;
  }
  return parts;
}

function kindOfPart(cursor: Cursor): PartKind | undefined {
  if (stands(cursor, words.TLP_PREFIX)) return 'TLP';
  if (stands(cursor, words.ORCON) || standsRelease(cursor)) return 'dissemination';
  return isSystem(takeWord({ text: cursor.text, at: cursor.at }, 4)) ? 'compartments' : undefined;
}

function readCompartments(cursor: Cursor): readonly string[] {
  const found: string[] = [];
  let system: string | undefined;
  do {
    system = takeNext(cursor, system, isSystem);
    found.push(system);
    let comp: string | undefined;
    while (accept(cursor, '-')) {
      comp = takeNext(cursor, comp, isSubdivision);
      found.push(`${system}-${comp}`);
      let sub: string | undefined;
      while (accept(cursor, ' ')) {
        sub = takeNext(cursor, sub, isSubdivision);
        found.push(`${system}-${comp} ${sub}`);
      }
    }
    if (found.length > MAX_COMPARTMENTS)
      throw refuse.tooMany({ field: 'compartments', max: MAX_COMPARTMENTS }, cursor.at);
  } while (acceptSlash(cursor));
  return found;
}

/** The next word, which must be of the right kind and come after its elder sibling, if it has one. */
function takeNext(cursor: Cursor, elder: string | undefined, isRightKind: (word: string) => boolean): string {
  const at = cursor.at;
  const word = takeWord(cursor, 9); // one more than the longest word, so that a longer one is refused and not cut
  if (!isRightKind(word)) throw refuse.malformedCompartment({ field: 'compartments' }, at);
  checkAscends(elder, word, at);
  return word;
}

function readDissemination(cursor: Cursor, homeNation: string): Dissemination {
  if (accept(cursor, words.ORCON)) {
    return acceptSlash(cursor) ? { orcon: true, relTo: readRelease(cursor, homeNation, true) } : { orcon: true };
  }
  return { relTo: readRelease(cursor, homeNation, false) };
}

function readRelease(cursor: Cursor, homeNation: string, isAfterOrcon: boolean): readonly string[] {
  if (isAfterOrcon && stands(cursor, words.ORCON)) throw refuse.duplicate({}, cursor.at);
  if (!standsRelease(cursor)) throw refuse.unknownPart({}, cursor.at);
  const relTo = readNations(cursor, homeNation);
  if (!acceptSlash(cursor)) return relTo;
  if (standsRelease(cursor)) throw refuse.duplicate({}, cursor.at);
  if (!stands(cursor, words.ORCON)) throw refuse.unknownPart({}, cursor.at);
  throw isAfterOrcon ? refuse.duplicate({}, cursor.at) : refuse.disorder({}, cursor.at);
}

const standsRelease = (cursor: Cursor): boolean =>
  stands(cursor, words.REL_TO) || stands(cursor, words.CANADIAN_EYES_ONLY);

function readNations(cursor: Cursor, homeNation: string): readonly string[] {
  const start = cursor.at;
  if (accept(cursor, words.CANADIAN_EYES_ONLY)) {
    if (homeNation === words.CANADA) return [words.CANADA];
    throw refuse.notCanonical({ expected: words.REL_TO + words.CANADA }, start);
  }
  if (accept(cursor, words.REL_TO_NONE)) return [];
  accept(cursor, words.REL_TO);
  const nations: string[] = [];
  let previous: string | undefined;
  do {
    const at = cursor.at;
    const nation = takeWord(cursor, 4); // one more than a code has: CANA is refused, not read as CAN
    if (!isNation(nation)) throw refuse.unknownNation({ field: 'relTo' }, at);
    const place = nation === homeNation ? '' : nation; // home stands before A
    checkAscends(previous, place, at);
    previous = place;
    nations.push(nation);
  } while (accept(cursor, ', '));
  const isEyesOnly =
    homeNation === words.CANADA && nations.length === 1 && nations[0] === homeNation && endsPart(cursor);
  if (isEyesOnly) throw refuse.notCanonical({ expected: words.CANADIAN_EYES_ONLY }, start);
  return nations;
}

/** Where it does not end, what goes on is the fault, not the spelling. */
const endsPart = (cursor: Cursor): boolean =>
  cursor.at === cursor.text.length || stands(cursor, '/') || stands(cursor, ')');

function readColour(cursor: Cursor): Tlp {
  accept(cursor, words.TLP_PREFIX);
  const colour = COLOURS_LONGEST_FIRST.find((known) => accept(cursor, known));
  if (colour === undefined) throw refuse.unknownColour({}, cursor.at);
  return colour;
}

const COLOURS_LONGEST_FIRST: readonly Tlp[] = [...TLP].sort((a, b) => b.length - a.length); // AMBER begins AMBER+STRICT

function checkAscends(previous: string | undefined, word: string, at: number): void {
  if (previous === undefined) return;
  if (word === previous) throw refuse.duplicate({}, at);
  if (word < previous) throw refuse.disorder({}, at);
}
