// What a view has published under each id: version, content, fate, and what was last rung for.
// Holds: an id is its anchor's identity; every id ever issued is LIVE, REDIRECTED to one that is not redirected, or CLOSED.
// An entry outlives the record it is named after, so its number is its own. The committed assess.<view> is the authority;
// this is its image. Source: README.md#identity

import { DepartedIds, REMEMBERED_DAYS, type Departed } from '../records/departed.ts';
import { writeNameUuid } from './name-uuid.ts';
import type { RecordTable } from '../records/records.ts';
import { RedirectLists } from './redirect-lists.ts';
import { grown, lengthFor } from '../growing-columns.ts';
import { uuidText } from '../values/uuid-text.ts';

export const LIVE_ID = 1;
export const REDIRECTED_ID = 2;
export const CLOSED_ID = 3;

/** What alerts compare with. */
export interface Shown {
  /** 0 before anything was shown. */
  readonly band: number;
  /** 0 LOW, 1 MODERATE, 2 HIGH. */
  readonly confidence: number;
  readonly severity: number;
  readonly dissentKey: string;
}

const NOTHING_SHOWN: Shown = { band: 0, confidence: 0, severity: 0, dissentKey: '' };
const ID_BYTES = 16;
/** Of the SHA-256: enough to tell whether the content is another, half the memory. */
const HASH_BYTES = 16;
/** The id that is asked for. */
const asked = Buffer.alloc(ID_BYTES);

/** What a record's assessment id is the UUID of. */
export const identityOf = (records: RecordTable, record: number): string =>
  `${records.agencyOf(record)}/${records.cellOf(record)}/${records.idOf(record)}`;

/** Published ids, by entry number from 1. */
export class IssuedTable {
  readonly #namespace: Uint8Array;
  status = new Uint8Array(1_024);
  version = new Int32Array(1_024);
  redirectTo = new Int32Array(1_024);
  /** Band and confidence of the last version, for the daily look at what has aged. */
  band = new Uint8Array(1_024);
  confidence = new Uint8Array(1_024);
  /** 1 once an alert has been raised under this id. */
  alerted = new Uint8Array(1_024);
  /** Number of the marking of the last version. */
  marking = new Int32Array(1_024);
  /** Entry → the present record of the identity it is named after. */
  anchor = new Int32Array(1_024);
  /** Record → entry named after its identity, 0 for none. */
  entryOf = new Int32Array(1_024);
  /** Record → entry under whose id it was last published, 0 for none. */
  owner = new Int32Array(1_024);
  /** Entry → id it parted from. */
  readonly splitFrom = new Map<number, string>();
  #shownBand = new Uint8Array(1_024);
  #shownConfidence = new Uint8Array(1_024);
  #shownSeverity = new Int32Array(1_024);
  readonly #shownDissent = new Map<number, string>();
  readonly #redirects = new RedirectLists();
  #ids = Buffer.alloc(1_024 * ID_BYTES);
  #hashes = Buffer.alloc(1_024 * HASH_BYTES);
  readonly #departed = new DepartedIds();
  #free: number[] = [];
  #count = 0;

  constructor(namespace: Uint8Array) {
    this.#namespace = namespace;
  }

  /** The greatest entry number. */
  get count(): number {
    return this.#count;
  }

  /** Bytes it takes, but for those of ids that are remembered. */
  get byteLength(): number {
    let bytes = this.#redirects.byteLength + this.#ids.length + this.#hashes.length;
    for (const column of Object.values(this)) if (ArrayBuffer.isView(column)) bytes += column.byteLength;
    return bytes + this.#shownBand.byteLength + this.#shownConfidence.byteLength + this.#shownSeverity.byteLength;
  }

  /** Bytes that ids take which are remembered after their record. */
  get departedBytes(): number {
    return this.#departed.byteLength;
  }

  /** Makes room for records up to this number. */
  reach(record: number): void {
    if (record < this.owner.length) return;
    const length = lengthFor(record + 1, this.owner.length);
    this.owner = grown(this.owner, new Int32Array(length));
    this.entryOf = grown(this.entryOf, new Int32Array(length));
  }

  /** Entries that stand for something, ascending. */
  *entries(): Generator<number> {
    for (let entry = 1; entry <= this.#count; entry += 1) if (this.status[entry] !== 0) yield entry;
  }

  /** The entry of a record's identity, new if it has none; `name` is `agency/cell/id`. */
  entryFor(record: number, name: string): number {
    const known = this.entryOf[record]!;
    if (known !== 0) return known;
    let entry = this.#open();
    writeNameUuid(name, this.#namespace, this.#ids, entry * ID_BYTES);
    const before = this.#departed.size === 0 ? 0 : this.#departed.take(this.#highOf(entry), this.#lowOf(entry));
    if (before > 0) this.version[entry] = before;
    if (before < 0) {
      this.#release(entry);
      entry = -before;
    }
    this.assign(entry, record);
    return entry;
  }

  /**
   * The record an entry is named after leaves its number. Of a closed id the last version is enough; one that leads to
   * another must follow where that goes.
   */
  depart(record: number, day: number): void {
    const entry = this.entryOf[record]!;
    if (entry === 0) return;
    this.entryOf[record] = 0;
    this.anchor[entry] = 0;
    const isPlain = this.status[entry] === CLOSED_ID && !this.#redirects.has(entry);
    this.#departed.add(this.#highOf(entry), this.#lowOf(entry), isPlain ? this.version[entry]! : -entry, day);
    if (isPlain) this.#release(entry);
  }

  /** Forgets ids that departed too long ago, but for those to which another still leads. */
  forgetBefore(today: number): void {
    const leadsHere = (value: number) => value < 0 && this.#redirects.has(-value);
    this.#departed.dropBefore(today - REMEMBERED_DAYS, (value) => {
      if (leadsHere(value)) return true;
      if (value < 0) this.#release(-value);
      return false;
    });
  }

  /** Whether the identity `agency/cell/id` had an id that is remembered after its record. */
  isDeparted(name: string): boolean {
    writeNameUuid(name, this.#namespace, asked, 0);
    return this.#departed.has(asked.readInt32BE(0), asked.readInt32BE(12));
  }

  /** Departed ids, in no order. */
  departed(): Iterable<Departed> {
    return this.#departed;
  }

  /** How many ids are remembered after their record. */
  get departedCount(): number {
    return this.#departed.size;
  }

  /** Takes over a departed id from an image. */
  restoreDeparted({ high, low, value, day }: Departed): void {
    this.#departed.add(high, low, value, day);
  }

  /** An entry under an id that was issued before. */
  reopen(id: string): number {
    const entry = this.#open();
    this.#ids.write(id.replaceAll('-', ''), entry * ID_BYTES, ID_BYTES, 'hex');
    return entry;
  }

  /** Names an entry after a record: its first, or another content of the same identity. */
  assign(entry: number, record: number): void {
    this.entryOf[this.anchor[entry]!] = 0;
    this.anchor[entry] = record;
    this.entryOf[record] = entry;
  }

  /** The public id. */
  idOf(entry: number): string {
    return uuidText(this.#ids, entry * ID_BYTES);
  }

  /** The first 32 digits of the content hash of the last version. */
  hashOf(entry: number): string {
    return this.#hashes.toString('hex', entry * HASH_BYTES, (entry + 1) * HASH_BYTES);
  }

  hasHash(entry: number, contentHash: string): boolean {
    return this.hashOf(entry) === contentHash.slice(0, HASH_BYTES * 2);
  }

  setHash(entry: number, contentHash: string): void {
    this.#hashes.write(contentHash, entry * HASH_BYTES, HASH_BYTES, 'hex');
  }

  /** False before anything was shown. */
  hasShown(entry: number): boolean {
    return this.#shownBand[entry] !== 0;
  }

  shownOf(entry: number): Shown {
    return {
      band: this.#shownBand[entry]!,
      confidence: this.#shownConfidence[entry]!,
      severity: this.#shownSeverity[entry]!,
      dissentKey: this.#shownDissent.get(entry) ?? '',
    };
  }

  setShown(entry: number, { band, confidence, severity, dissentKey }: Shown): void {
    this.#shownBand[entry] = band;
    this.#shownConfidence[entry] = confidence;
    this.#shownSeverity[entry] = severity;
    if (dissentKey === '') this.#shownDissent.delete(entry);
    else this.#shownDissent.set(entry, dissentKey);
  }

  setLive(entry: number): void {
    this.#leaveTarget(entry);
    this.status[entry] = LIVE_ID;
  }

  setRedirect(entry: number, to: number): void {
    this.#leaveTarget(entry);
    this.status[entry] = REDIRECTED_ID;
    this.redirectTo[entry] = to;
    this.#redirects.add(entry, to);
  }

  setClosed(entry: number): void {
    this.#leaveTarget(entry);
    this.status[entry] = CLOSED_ID;
  }

  /** Entries that redirect to this one; in no order. */
  redirectedTo(entry: number): number[] {
    return this.#redirects.leadingTo(entry);
  }

  #leaveTarget(entry: number): void {
    const to = this.redirectTo[entry]!;
    if (to === 0) return;
    this.#redirects.remove(entry, to);
    this.redirectTo[entry] = 0;
  }

  /** A whole number drawn from the id, below 2^32. */
  drawOf(entry: number): number {
    return this.#ids.readUInt32BE(entry * ID_BYTES);
  }

  #highOf(entry: number): number {
    return this.#ids.readInt32BE(entry * ID_BYTES);
  }

  #lowOf(entry: number): number {
    return this.#ids.readInt32BE(entry * ID_BYTES + 12);
  }

  #release(entry: number): void {
    this.#leaveTarget(entry);
    this.status[entry] = 0;
    this.version[entry] = 0;
    this.alerted[entry] = 0;
    this.splitFrom.delete(entry);
    this.setShown(entry, NOTHING_SHOWN);
    this.#free.push(entry);
  }

  #open(): number {
    const freed = this.#free.pop();
    if (freed !== undefined) return freed;
    const entry = (this.#count += 1);
    if (entry >= this.status.length) this.#grow();
    return entry;
  }

  #grow(): void {
    const length = lengthFor(this.#count + 1, this.status.length);
    const wider = (column: Int32Array<ArrayBuffer>) => grown(column, new Int32Array(length));
    const wide = (column: Uint8Array<ArrayBuffer>) => grown(column, new Uint8Array(length));
    this.status = wide(this.status);
    this.band = wide(this.band);
    this.confidence = wide(this.confidence);
    this.alerted = wide(this.alerted);
    this.#shownBand = wide(this.#shownBand);
    this.#shownConfidence = wide(this.#shownConfidence);
    this.version = wider(this.version);
    this.redirectTo = wider(this.redirectTo);
    this.marking = wider(this.marking);
    this.anchor = wider(this.anchor);
    this.#shownSeverity = wider(this.#shownSeverity);
    this.#ids = longer(this.#ids, length * ID_BYTES);
    this.#hashes = longer(this.#hashes, length * HASH_BYTES);
  }
}

function longer(bytes: Buffer, length: number): Buffer<ArrayBuffer> {
  const larger = Buffer.alloc(length);
  bytes.copy(larger);
  return larger;
}
