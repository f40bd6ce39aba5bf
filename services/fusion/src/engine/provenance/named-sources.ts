// Which records others name as their source: a record is no copy of what comes from it.
// Holds: `derivedFrom` of live records alone; where several records bear the id that is named, the first is meant, government
// before partners, so that nobody takes the place of another by repeating an id. A partner's date proves nothing; that a
// government record has its words from it does: whatever government record comes after that one is not what it copies.
// Source: README.md#copies

import { ATTACHED, LIVE, TENANT, type RecordTable } from '../records/records.ts';
import type { Retellings } from './retelling.ts';

/** Who names whom, among live records that are no attachments. */
export class NamedSources {
  readonly #records: RecordTable;
  readonly #retellings: Retellings;
  /** Id → records that name it. */
  readonly #naming = new Map<number, Set<number>>();
  /** Ids of which something has changed. */
  readonly #touched = new Set<number>();

  constructor(records: RecordTable, retellings: Retellings) {
    this.#records = records;
    this.#retellings = retellings;
  }

  /** A record has become live. */
  enter(record: number): void {
    for (const parent of this.#records.parents.get(record) ?? []) {
      const naming = this.#naming.get(parent);
      if (naming === undefined) this.#naming.set(parent, new Set([record]));
      else naming.add(record);
      this.#touched.add(parent);
    }
    this.#touchOwn(record);
  }

  /** A record is live no longer. */
  leave(record: number): void {
    for (const parent of this.#records.parents.get(record) ?? []) {
      const naming = this.#naming.get(parent)!;
      naming.delete(record);
      if (naming.size === 0) this.#naming.delete(parent);
      this.#touched.add(parent);
    }
    this.#touchOwn(record);
  }

  /** Live records of which what is said here may be different since this was last asked. */
  takeChanged(): number[] {
    const changed: number[] = [];
    for (const id of this.#touched) for (const record of this.#bearersOf(id)) changed.push(record);
    this.#touched.clear();
    return changed;
  }

  /** Whether `other` says that it has its words from the record. */
  names(other: number, record: number): boolean {
    if (this.#naming.size === 0) return false;
    return this.#naming.get(this.#records.id[record]!)?.has(other) === true && this.#isMeant(record);
  }

  /** The first government record that tells the record again and says so; 0 for none. */
  boundOf(record: number): number {
    const naming = this.#naming.size === 0 ? undefined : this.#naming.get(this.#records.id[record]!);
    if (naming === undefined || !this.#isMeant(record)) return 0;
    let bound = 0;
    for (const other of naming) {
      if (other === record || this.#records.is(other, TENANT)) continue;
      if (bound !== 0 && this.#records.compareAnchors(bound, other) < 0) continue;
      if (this.#retellings.tellsAgain(record, other)) bound = other;
    }
    return bound;
  }

  /** Whether a government record comes after the bound, or is it. */
  isAfter(other: number, bound: number): boolean {
    if (bound === 0 || this.#records.is(other, TENANT)) return false;
    return other === bound || this.#records.compareAnchors(bound, other) < 0;
  }

  /** Who bears the id of the record may be another now. */
  #touchOwn(record: number): void {
    const id = this.#records.id[record]!;
    if (this.#naming.has(id)) this.#touched.add(id);
  }

  #isMeant(record: number): boolean {
    return this.#bearersOf(this.#records.id[record]!).every(
      (other) => other === record || this.#records.compareAnchors(record, other) < 0,
    );
  }

  #bearersOf(id: number): number[] {
    const { nextWithId, flags } = this.#records;
    const found: number[] = [];
    for (let record = this.#records.firstWithId(id); record !== 0; record = nextWithId[record]!)
      if ((flags[record]! & (LIVE | ATTACHED)) === LIVE) found.push(record);
    return found;
  }
}
