// Markings as others write them: what `parse` refuses for its spelling, read once at the entrance, given whose it is.
// Holds: the result is canonical or a reason, never a guess: no classification from a TLP colour, no audience from a bare
// UNCLASSIFIED; statements that repeat are joined, so none of them widens another. Source: README.md#text-form

import { isSystem, withAncestors } from './compartment.ts';
import { createMarking } from './create.ts';
import * as refuse from './errors.ts';
import { TLP, type Classified, type Marking, type Protected, type Tlp } from './model.ts';
import { higher } from './ladder.ts';
import { isNation } from './nations.ts';
import * as words from './words.ts';

/** Names of nation groups, such as FVEY, and their members. A table of policy, versioned with it. */
export type NationGroups = Readonly<Record<string, readonly string[]>>;

/** What decides the reading, beside the text. */
export interface ImportOptions extends words.TextOptions {
  /** The nation whose information it is; what is classified and names no release is releasable to it alone. */
  readonly owner?: string | undefined;
  readonly nationGroups: NationGroups;
}

/** Why a text could not be read: a code of the catalogue, and where. */
export interface ImportRefusal {
  readonly reason: string;
  readonly index?: number;
}

/** True for the refusal, false for the marking. */
export const isImportRefusal = (result: Marking | ImportRefusal): result is ImportRefusal => 'reason' in result;

/**
 * Reads a marking in any of the spellings met in the field: either case (ASCII only), long or short levels, parts and
 * lists in any order or repeated, group names, NOFORN, TLP:WHITE, no release marking. `owners` becomes the owner.
 * In a batch a refusal is a value. Reasons: as `parse` has codes, and LEVEL_MISSING, OWNER_MISSING.
 */
export function readImportedMarking(text: string, options: ImportOptions): Marking | ImportRefusal {
  try {
    return read(text, options);
  } catch (fault) {
    if (!(fault instanceof refuse.MarkingError)) throw fault;
    return Object.freeze({ reason: fault.code, ...(fault.index === undefined ? {} : { index: fault.index }) });
  }
}

interface Item {
  readonly word: string;
  readonly at: number;
}

interface Statements {
  readonly compartments: string[];
  orcon: boolean;
  relTo?: readonly string[];
  tlp?: Tlp;
}

function read(text: string, { owner, nationGroups }: ImportOptions): Marking {
  if (text.length > words.MAX_MARKING_CHARS) {
    throw refuse.textTooLong({ maxChars: words.MAX_MARKING_CHARS }, words.MAX_MARKING_CHARS);
  }
  const [first, ...parts] = splitAt(withoutParentheses(toAsciiCapitals(text)), '//').map(trimmed);
  const { classified, protected: level, rest } = readLevels(first!, parts);
  const said: Statements = { compartments: [], orcon: false };
  for (const item of rest.flatMap((part) => splitAt(part, '/')).map(trimmed)) take(item, said, nationGroups);
  const isClassified = classified !== 'UNCLASSIFIED';
  if (!isClassified && level === 'NONE' && said.tlp === undefined) throw refuse.tlpMissing({}, text.length);
  const relTo = said.relTo ?? (isClassified ? ownersOnly(owner, text.length) : 'ALL');
  const { compartments, orcon, tlp } = said;
  return createMarking({
    classified,
    protected: level,
    compartments,
    relTo,
    tlp,
    orcon,
    owners: owner === undefined ? [] : [owner],
  });
}

function readLevels(first: Item, parts: readonly Item[]) {
  const alone = fromLevelWord<Exclude<Protected, 'NONE'>>(first.word, words.BANNER.protected, words.PORTION.protected);
  if (alone !== undefined) return { classified: 'UNCLASSIFIED', protected: alone, rest: parts } as const;
  const classified = fromLevelWord<Classified>(first.word, words.BANNER.classified, words.PORTION.classified);
  if (classified === undefined) {
    if (first.word.startsWith(words.TLP_PREFIX)) throw refuse.levelMissing({}, first.at); // a colour is not a classification
    throw refuse.unknownLevel({ field: 'level' }, first.at);
  }
  const [second, ...others] = parts;
  const level =
    second && fromLevelWord<Exclude<Protected, 'NONE'>>(second.word, words.BANNER.protected, words.PORTION.protected);
  return { classified, protected: level ?? 'NONE', rest: level === undefined ? parts : others } as const;
}

function take(item: Item, said: Statements, groups: NationGroups): void {
  const { word, at } = item;
  if (word === words.ORCON || word === 'OC') said.orcon = true;
  else if (word === 'NOFORN' || word === 'NF') narrow(said, ['USA']);
  else if (word === words.CANADIAN_EYES_ONLY || word === 'CEO') narrow(said, [words.CANADA]);
  else if (word === words.REL_TO_NONE) narrow(said, []);
  else if (word.startsWith(words.REL_TO))
    narrow(said, expand({ word: word.slice(words.REL_TO.length), at: at + words.REL_TO.length }, groups));
  else if (word.startsWith(words.TLP_PREFIX)) said.tlp = higher(TLP, said.tlp ?? 'CLEAR', readColour(item));
  else said.compartments.push(...readSystem(item));
}

/** Statements about release are joined: each of them must allow a nation. */
function narrow(said: Statements, nations: readonly string[]): void {
  const allowed = new Set(nations);
  said.relTo = said.relTo === undefined ? nations : said.relTo.filter((nation) => allowed.has(nation));
}

function expand(list: Item, groups: NationGroups): readonly string[] {
  return splitAt(list, ',')
    .map(trimmed)
    .flatMap(({ word, at }) => {
      if (isNation(word)) return [word];
      if (!Object.hasOwn(groups, word)) throw refuse.unknownNation({ field: 'relTo' }, at);
      return groups[word]!;
    });
}

function readColour({ word, at }: Item): Tlp {
  const colour = word.slice(words.TLP_PREFIX.length);
  if (colour === 'WHITE') return 'CLEAR'; // TLP 1.0's word for what TLP 2.0 calls CLEAR
  const known = TLP.find((each) => each === colour);
  if (known === undefined) throw refuse.unknownColour({}, at + words.TLP_PREFIX.length);
  return known;
}

/** `SI-G ABCD EFGH-M` names four compartments: the second word of each is a subdivision of the first. */
function readSystem({ word, at }: Item): readonly string[] {
  const [system, ...comps] = word.split('-');
  if (!isSystem(system!)) throw refuse.unknownPart({}, at);
  const names = comps.flatMap((written) => {
    const [comp, ...subs] = written.split(' ');
    return [`${system}-${comp}`, ...subs.map((sub) => `${system}-${comp} ${sub}`)];
  });
  return [system!, ...names].flatMap((name) => withAncestors(name, at));
}

function ownersOnly(owner: string | undefined, at: number): readonly string[] {
  if (owner === undefined) throw refuse.ownerMissing({}, at);
  return [owner];
}

/** The word a level has in either table. */
function fromLevelWord<L extends string>(
  word: string,
  ...tables: readonly Readonly<Record<L, string>>[]
): L | undefined {
  const entries = tables.flatMap((table) => Object.entries(table) as [L, string][]);
  return entries.find(([, spelled]) => spelled === word)?.[0];
}

/** A portion mark is read like a banner. */
function withoutParentheses(text: string): Item {
  const isPortion = text.startsWith('(') && text.endsWith(')');
  return isPortion ? { word: text.slice(1, -1), at: 1 } : { word: text, at: 0 };
}

/** `a` to `z` alone: elsewhere capitals are not one character each, and ſ would become S. */
const toAsciiCapitals = (text: string): string => text.replace(/[a-z]/g, (letter) => letter.toUpperCase());

function splitAt({ word, at }: Item, separator: string): Item[] {
  let next = at;
  return word.split(separator).map((part) => {
    const item = { word: part, at: next };
    next += part.length + separator.length;
    return item;
  });
}

function trimmed({ word, at }: Item): Item {
  const start = word.length - word.trimStart().length;
  return { word: word.trim(), at: at + start };
}
