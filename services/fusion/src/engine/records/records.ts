// The observations of one view, by number: who a record is, what it says of others, and how records are ordered.
// Holds: identity is (agency, cell, id); of two contents of one identity the one with the lesser content hash counts,
// whichever came first; nothing is ever renumbered, so a number may stand in other tables. Source: README.md#identity

import type { Marking } from '@sitebus/marking';
import { InternedObjects } from './interned-objects.ts';
import { MarkingTable } from './marking-table.ts';
import { RecordColumns } from './record-columns.ts';
import { RecordReferences } from './record-references.ts';
import type { CommonValue, Facets } from '../observation.ts';
import { TIMES, WORD, type Keyed, type PackedObservations } from '../packed-observations.ts';
import { grown, lengthFor } from '../growing-columns.ts';
import { TextTable } from '../values/text-table.ts';
import { endOfText } from '../values/text-words.ts';

/** Source grades, best first; F cannot be judged. */
export const GRADES = 'ABCDEF';

/** Bits of `flags`. */
export const REPORT = 1;
export const DENIES = 2;
export const TENANT = 4;
/** The record's content is the one that counts for its identity. */
export const PRESENT = 8;
/** Present, and neither recalled nor superseded. */
export const LIVE = 16;
/** An AgencyPosition, LineageLink or Recall: says something about others, is never a member. */
export const ATTACHED = 32;

const DAY_MS = 86_400_000;
/** Texts and objects a record may have beside values and parents: id, token, facets, context, and what it speaks of. */
const OWN = 6;
/** They stand in columns of two bytes. */
const MAX_NAMES = 0xffff;
const NO_CONTEXT: readonly CommonValue[] = Object.freeze([]);

/** All records ever admitted, by number from 1. */
export class RecordTable extends RecordColumns {
  readonly ids: TextTable;
  readonly tokens: TextTable;
  readonly names: TextTable;
  readonly markings = new MarkingTable();
  readonly #references = new RecordReferences();
  readonly positions = this.#references.positions;
  readonly recalls = this.#references.recalls;
  readonly supersedes = this.#references.supersedes;
  readonly parents = this.#references.parents;
  readonly links = this.#references.links;
  readonly #nameTexts: string[] = [];
  readonly #nameNumbers = new Map<string, number>();
  /** What `facets` and `context` are numbers of; 0 for none. */
  readonly facetTable = new InternedObjects<Facets>();
  readonly contextTable = new InternedObjects<readonly CommonValue[]>();
  #firstWithId = new Int32Array(1_024);
  #count = 0;
  #present = 0;
  #passed = 0;
  readonly #free: number[] = [];

  constructor(seed: number) {
    super();
    this.ids = new TextTable(seed);
    this.tokens = new TextTable(seed);
    this.names = new TextTable(seed, 64);
  }

  /** The greatest number in use. */
  get count(): number {
    return this.#count;
  }

  /** How many are present. */
  get present(): number {
    return this.#present;
  }

  /** The record that counts for an identity, or 0. Numbers are those of `ids` and `names`. */
  presentOf(id: number, agency: number, cell: number): number {
    for (let record = this.firstWithId(id); record !== 0; record = this.nextWithId[record]!)
      if (this.agency[record] === agency && this.cell[record] === cell && this.is(record, PRESENT)) return record;
    return 0;
  }

  /** The record that counts for the identity of this one, or 0. */
  presentLike(record: number): number {
    return this.presentOf(this.id[record]!, this.agency[record]!, this.cell[record]!);
  }

  isSameIdentity(a: number, b: number): boolean {
    return this.id[a] === this.id[b] && this.agency[a] === this.agency[b] && this.cell[a] === this.cell[b];
  }

  firstWithId(id: number): number {
    return id < this.#firstWithId.length ? this.#firstWithId[id]! : 0;
  }

  /** Less than 0 when a content hash of these digits precedes that of the record, 0 when it is the same. */
  compareHash(high: number, low: number, record: number): number {
    const difference = (high >>> 0) - (this.hashHigh[record]! >>> 0);
    return difference !== 0 ? difference : (low >>> 0) - (this.hashLow[record]! >>> 0);
  }

  /**
   * Adds the record at a place as the present one of its identity: its id begins at `idAt` of the words, and `features`
   * are its values as numbers of the index, distinct, ascending.
   * @returns its number, and that of the content it replaces or 0; undefined where the identity already has this
   * content, or one that goes before it.
   */
  add(
    packed: PackedObservations,
    place: number,
    idAt: number,
    features: readonly number[],
    admittedAt: number,
  ): { readonly record: number; readonly replaced: number } | undefined {
    const { words, names, seed, references } = packed;
    const start = packed.starts[place]!;
    const agency = this.#nameNumber(names[words[start + WORD.agency]!]!);
    const cell = this.#nameNumber(names[words[start + WORD.cell]!]!);
    const id = this.ids.internWords(words, idAt, seed);
    const replaced = this.presentOf(id, agency, cell);
    if (
      replaced !== 0 &&
      this.compareHash(words[start + WORD.hashHigh]!, words[start + WORD.hashLow]!, replaced) >= 0
    ) {
      this.#passed += features.length;
      return undefined;
    }
    const record = this.#take();
    this.#present += 1;
    if (replaced !== 0) this.withdraw(replaced);
    this.agency[record] = agency;
    this.cell[record] = cell;
    this.#chainId(record, id);
    this.#fill(record, packed, place, idAt);
    this.admittedAt[record] = admittedAt;
    this.lifetimeDays[record] = words[start + WORD.lifetimeDays]!;
    this.keepFeatures(record, features);
    const said = references.size === 0 ? undefined : references.get(place);
    if (said !== undefined) this.#references.keep(record, said, this.ids);
    return { record, replaced };
  }

  /** The record's content counts for its identity no longer. */
  withdraw(record: number): void {
    this.flags[record]! &= ~PRESENT;
    this.#present -= 1;
  }

  /** Gives a number back. Nothing may refer to it any more. */
  release(record: number): void {
    this.#unchainId(record);
    this.flags[record] = 0;
    this.#passed +=
      this.featureCount[record]! + this.wornCount[record]! + (this.parents.get(record)?.length ?? 0) + OWN;
    this.#references.drop(record);
    this.dropFeatures(record);
    this.#free.push(record);
  }

  /** How many texts and objects came to stand for nothing at most, since `startSweep`. */
  get passed(): number {
    return this.#passed;
  }

  startSweep(): void {
    this.#passed = 0;
  }

  /** Closes the gaps in the pool of values. Cost: the whole pool. */
  closeGaps(): void {
    this.packFeatures(this.#count);
  }

  is(record: number, flag: number): boolean {
    return (this.flags[record]! & flag) !== 0;
  }

  idOf(record: number): string {
    return this.ids.textOf(this.id[record]!);
  }

  /** The 16 digits of its content hash that count. */
  hashOf(record: number): string {
    return hex(this.hashHigh[record]!) + hex(this.hashLow[record]!);
  }

  agencyOf(record: number): string {
    return this.#nameOf(this.agency[record]!);
  }

  cellOf(record: number): string {
    return this.#nameOf(this.cell[record]!);
  }

  typeOf(record: number): string {
    return this.#nameOf(this.type[record]!);
  }

  contextOf(record: number): readonly CommonValue[] {
    return this.contextTable.objectOf(this.context[record]!) ?? NO_CONTEXT;
  }

  /** Undefined for a record without `report`. */
  facetsOf(record: number): Facets | undefined {
    return this.facetTable.objectOf(this.facets[record]!);
  }

  markingOf(record: number): Marking {
    return this.markings.markingOf(this.marking[record]!);
  }

  /** When it is over by its lifetime, UTC milliseconds; it leaves at the first full hour from then on. */
  expiresAt(record: number): number {
    return this.admittedAt[record]! + this.lifetimeDays[record]! * DAY_MS;
  }

  /** Canonical order of members: (observedAt, id, agency, cell). */
  compare(a: number, b: number): number {
    const difference = this.observedAt[a]! - this.observedAt[b]!;
    if (difference !== 0) return difference;
    if (a === b) return 0;
    return (
      this.ids.compare(this.id[a]!, this.id[b]!) ||
      compareText(this.agencyOf(a), this.agencyOf(b)) ||
      compareText(this.cellOf(a), this.cellOf(b))
    );
  }

  /** Order of anchors: any government record before any tenant's, then as members. */
  compareAnchors(a: number, b: number): number {
    return (this.flags[a]! & TENANT) - (this.flags[b]! & TENANT) || this.compare(a, b);
  }

  /** Names are few and asked for often: each is made into a string, and looked up, once. */
  #nameOf(number: number): string {
    return (this.#nameTexts[number] ??= this.names.textOf(number));
  }

  #nameNumber(name: string): number {
    const known = this.#nameNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.names.intern(0, name);
    if (number > MAX_NAMES) throw new RangeError('names of agencies, cells and types of one view: more than 65,535');
    this.#nameNumbers.set(name, number);
    return number;
  }

  #take(): number {
    const freed = this.#free.pop();
    if (freed !== undefined) return freed;
    this.#count += 1;
    this.reach(this.#count);
    return this.#count;
  }

  #unchainId(record: number): void {
    const id = this.id[record]!;
    if (this.#firstWithId[id] === record) this.#firstWithId[id] = this.nextWithId[record]!;
    else {
      let before = this.#firstWithId[id]!;
      while (this.nextWithId[before] !== record) before = this.nextWithId[before]!;
      this.nextWithId[before] = this.nextWithId[record]!;
    }
  }

  #chainId(record: number, id: number): void {
    if (id >= this.#firstWithId.length)
      this.#firstWithId = grown(this.#firstWithId, new Int32Array(lengthFor(id + 1, this.#firstWithId.length)));
    this.id[record] = id;
    const next = this.#firstWithId[id]!;
    if (this.nextWithId[record] !== next) this.nextWithId[record] = next;
    this.#firstWithId[id] = record;
  }

  #fill(record: number, packed: PackedObservations, place: number, idAt: number): void {
    const { words, times, names, markings, facets, contexts, seed } = packed;
    const start = packed.starts[place]!;
    const [facetsAt, contextAt] = [words[start + WORD.facets]!, words[start + WORD.context]!];
    this.type[record] = this.#nameNumber(names[words[start + WORD.type]!]!);
    this.token[record] =
      words[start + WORD.hasToken] === 0 ? 0 : this.tokens.internWords(words, endOfText(words, idAt), seed);
    this.hashHigh[record] = words[start + WORD.hashHigh]!;
    this.hashLow[record] = words[start + WORD.hashLow]!;
    this.marking[record] = this.markings.numberOf(markings[words[start + WORD.marking]!]!);
    const context = contextAt === 0 ? 0 : numberIn(this.contextTable, contexts[contextAt - 1]!);
    if (this.context[record] !== context) this.context[record] = context;
    this.facets[record] = facetsAt === 0 ? 0 : numberIn(this.facetTable, facets[facetsAt - 1]!);
    this.grades[record] = words[start + WORD.grades]!;
    this.observedAt[record] = times[place * TIMES]!;
    this.firstSeen[record] = times[place * TIMES + 1]!;
    this.lastSeen[record] = times[place * TIMES + 2]!;
    this.flags[record] = words[start + WORD.flags]!;
  }
}

function numberIn<T>(table: InternedObjects<T>, { key, object }: Keyed<T>): number {
  return table.numberOf(key, object);
}

const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, '0');

/** Order of UTF-16 code units, as RFC 8785 sorts. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
