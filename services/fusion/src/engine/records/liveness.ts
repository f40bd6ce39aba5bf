// Which records count now: present, not recalled, not superseded.
// Holds: a function of the set of records, never of their order; a reference may arrive before what it names.
// A recall stands for ever (a Recall itself cannot be recalled); a recalled record supersedes nothing. Both reach only
// records of the same agency in the same cell; superseding also needs the same marking. Source: README.md#retraction

import { LIVE, PRESENT, type RecordTable } from './records.ts';

/** Keeps liveness up to date as records come. */
export class Liveness {
  readonly #records: RecordTable;
  readonly #recallers = new Map<number, number[]>();
  readonly #superseders = new Map<number, number[]>();

  constructor(records: RecordTable) {
    this.#records = records;
  }

  /**
   * Takes notice of a record that was added, or whose content gave way to another.
   * `onChange` is called for every record whose liveness changed, once its flag is set.
   */
  noticed(record: number, onChange: (record: number, live: boolean) => void): void {
    const { recalls, supersedes } = this.#records;
    if (recalls.size === 0 && supersedes.size === 0) return this.#evaluate(record, onChange);
    const recalled = recalls.get(record);
    const superseded = supersedes.get(record);
    if (recalled !== undefined) add(this.#recallers, recalled, record);
    if (superseded !== undefined) add(this.#superseders, superseded, record);
    this.#evaluate(record, onChange);
    if (superseded !== undefined) this.#evaluateAll(superseded, onChange);
    if (recalled === undefined) return;
    this.#evaluateAll(recalled, onChange);
    for (let each = this.#records.firstWithId(recalled); each !== 0; each = this.#records.nextWithId[each]!) {
      const next = supersedes.get(each);
      if (next !== undefined) this.#evaluateAll(next, onChange);
    }
  }

  /** Lets go of a record that is about to leave its number. */
  forget(record: number): void {
    const { recalls, supersedes } = this.#records;
    takeOut(this.#recallers, recalls.get(record), record);
    takeOut(this.#superseders, supersedes.get(record), record);
  }

  isRecalled(record: number): boolean {
    const by = this.#recallers.get(this.#records.id[record]!);
    if (by === undefined || this.#records.typeOf(record) === 'Recall') return false;
    return by.some((each) => this.#reaches(each, record));
  }

  /** The record that supersedes this one, the least where there are several; 0 for none. */
  successorOf(record: number): number {
    const { marking } = this.#records;
    const by = this.#superseders.get(this.#records.id[record]!);
    if (by === undefined) return 0;
    return by
      .filter((each) => this.#reaches(each, record) && marking[each] === marking[record] && !this.isRecalled(each))
      .reduce((least, each) => (least === 0 || this.#records.compare(each, least) < 0 ? each : least), 0);
  }

  #reaches(from: number, to: number): boolean {
    const { agency, cell } = this.#records;
    return (
      this.#records.is(from, PRESENT) &&
      agency[from] === agency[to] &&
      cell[from] === cell[to] &&
      !this.#records.isSameIdentity(from, to)
    );
  }

  #evaluateAll(id: number, onChange: (record: number, live: boolean) => void): void {
    for (let each = this.#records.firstWithId(id); each !== 0; each = this.#records.nextWithId[each]!)
      this.#evaluate(each, onChange);
  }

  #evaluate(record: number, onChange: (record: number, live: boolean) => void): void {
    const live = this.#records.is(record, PRESENT) && !this.isRecalled(record) && this.successorOf(record) === 0;
    if (live === this.#records.is(record, LIVE)) return;
    this.#records.flags[record]! ^= LIVE;
    onChange(record, live);
  }
}

function add(into: Map<number, number[]>, key: number, value: number): void {
  const list = into.get(key);
  if (list === undefined) into.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
}

function takeOut(from: Map<number, number[]>, key: number | undefined, value: number): void {
  const list = key === undefined ? undefined : from.get(key)?.filter((each) => each !== value);
  if (list === undefined) return;
  if (list.length === 0) from.delete(key!);
  else from.set(key!, list);
}
