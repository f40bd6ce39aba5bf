// Coordinated sharing kept up to date: which shares stand in a row that counts, as shares come and go.
// Holds: after any comings and goings the rows are those that `coShareRows` gives for the shares that are there, each share
// being a content of its own. Cost: a share is compared with those in its time slot and the two beside, of which a crowd of
// more than `crowdCap` is not looked at. Source: README.md#co-shares

import { accountPairOf, slotOf } from './co-share-rows.ts';

/** A share is reported as `<object> <account> <at>`: what was shared, by whom, and when (UTC milliseconds). */
interface Known {
  readonly object: string;
  readonly account: string;
  readonly at: number;
  readonly slot: number;
  /** Shares with which it makes a row. */
  readonly rows: Set<number>;
}

interface Account {
  readonly shares: Set<number>;
  /** Those that stand in a row. */
  readonly inRows: Set<number>;
}

/** Shares of one object in one slot of time. */
interface Slot {
  readonly shares: Set<number>;
}

/** The live shares of one view. Shares are numbers of the index. */
export class CoShares {
  readonly #windowMs: number;
  readonly #minParticipation: number;
  readonly #crowdCap: number;
  readonly #textOf: (share: number) => string;
  readonly #shares = new Map<number, Known>();
  readonly #accounts = new Map<string, Account>();
  readonly #slots = new Map<string, Map<number, Slot>>();
  #changed = new Set<number>();

  constructor(
    rules: { readonly windowSeconds: number; readonly minParticipation: number; readonly crowdCap: number },
    textOf: (share: number) => string,
  ) {
    this.#windowMs = rules.windowSeconds * 1_000;
    this.#minParticipation = rules.minParticipation;
    this.#crowdCap = rules.crowdCap;
    this.#textOf = textOf;
  }

  get isEmpty(): boolean {
    return this.#shares.size === 0;
  }

  isHere(share: number): boolean {
    return this.#shares.has(share);
  }

  /** A share that nothing live reported is now reported. */
  enter(share: number): void {
    const known = this.#toKnown(share);
    this.#shares.set(share, known);
    const account = this.#accounts.get(known.account) ?? { shares: new Set<number>(), inRows: new Set<number>() };
    this.#accounts.set(known.account, account);
    account.shares.add(share);
    this.#slotFor(known).shares.add(share);
    this.#fillChanged(known, 1);
    if (account.shares.size === this.#minParticipation) for (const each of account.shares) this.#pairUp(each);
    else this.#pairUp(share);
  }

  /** Nothing live reports the share any more. */
  leave(share: number): void {
    const known = this.#shares.get(share)!;
    this.#unpair(share);
    this.#shares.delete(share);
    const account = this.#accounts.get(known.account)!;
    account.shares.delete(share);
    if (account.shares.size === 0) this.#accounts.delete(known.account);
    else if (account.shares.size === this.#minParticipation - 1) for (const each of account.shares) this.#unpair(each);
    const slots = this.#slots.get(known.object)!;
    const slot = slots.get(known.slot)!;
    slot.shares.delete(share);
    this.#fillChanged(known, -1);
    if (slot.shares.size === 0) slots.delete(known.slot);
    if (slots.size === 0) this.#slots.delete(known.object);
  }

  /** Shares whose pairs may be others than when this was last asked; some may be gone. */
  takeChanged(): ReadonlySet<number> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }

  /** Pairs of accounts that the share's rows stand for, as `accountPairOf` names them; distinct. */
  pairsOf(share: number): ReadonlySet<string> {
    const known = this.#shares.get(share);
    const pairs = new Set<string>();
    if (known === undefined) return pairs;
    for (const other of known.rows) {
      const { account } = this.#shares.get(other)!;
      if (this.#takesPart(known.account) || this.#takesPart(account)) pairs.add(accountPairOf(known.account, account));
    }
    return pairs;
  }

  /** Times are compared in milliseconds; a slot is one window. */
  #toKnown(share: number): Known {
    const [object = '', account = '', at] = this.#textOf(share).split(' ');
    return { object, account, at: Number(at), slot: slotOf(Number(at), this.#windowMs), rows: new Set() };
  }

  #slotFor({ object, slot }: Known): Slot {
    const slots = this.#slots.get(object) ?? new Map<number, Slot>();
    this.#slots.set(object, slots);
    const found = slots.get(slot) ?? { shares: new Set<number>() };
    slots.set(slot, found);
    return found;
  }

  #sharesIn(object: string, slot: number): ReadonlySet<number> {
    return this.#slots.get(object)?.get(slot)?.shares ?? NOBODY;
  }

  #crowdAt(object: string, slot: number): number {
    let crowd = 0;
    for (let each = slot - 1; each <= slot + 1; each += 1) crowd += this.#sharesIn(object, each).size;
    return crowd;
  }

  /** A slot has one share more, or one less: with it or beside it a crowd may have gathered, or have broken up. */
  #fillChanged({ object, slot }: Known, by: 1 | -1): void {
    for (let each = slot - 1; each <= slot + 1; each += 1) {
      const crowd = this.#crowdAt(object, each);
      if (by === 1 && crowd === this.#crowdCap + 1) for (const one of this.#sharesIn(object, each)) this.#unpair(one);
      if (by === -1 && crowd === this.#crowdCap) for (const one of this.#sharesIn(object, each)) this.#pairUp(one);
    }
  }

  #mayPair({ account, object, slot }: Known): boolean {
    return (
      this.#accounts.get(account)!.shares.size >= this.#minParticipation &&
      this.#crowdAt(object, slot) <= this.#crowdCap
    );
  }

  /** Makes the rows in which the share stands now. */
  #pairUp(share: number): void {
    const known = this.#shares.get(share)!;
    if (!this.#mayPair(known)) return;
    for (let slot = known.slot - 1; slot <= known.slot + 1; slot += 1) {
      if (slot !== known.slot && this.#crowdAt(known.object, slot) > this.#crowdCap) continue;
      for (const other of this.#sharesIn(known.object, slot)) {
        const { account, at, rows } = this.#shares.get(other)!;
        if (account === known.account || known.rows.has(other) || Math.abs(at - known.at) > this.#windowMs) continue;
        if (this.#accounts.get(account)!.shares.size < this.#minParticipation) continue;
        known.rows.add(other);
        rows.add(share);
        this.#noteRows(share);
        this.#noteRows(other);
      }
    }
  }

  /** Takes the share out of all its rows. */
  #unpair(share: number): void {
    const known = this.#shares.get(share)!;
    const others = [...known.rows];
    known.rows.clear();
    for (const other of others) this.#shares.get(other)!.rows.delete(share);
    if (others.length > 0) for (const each of [share, ...others]) this.#noteRows(each);
  }

  /** The share's rows are others: so are its pairs, and its account may take part now, or no longer. */
  #noteRows(share: number): void {
    this.#changed.add(share);
    const { account, rows } = this.#shares.get(share)!;
    const { inRows } = this.#accounts.get(account)!;
    const before = inRows.size;
    if (rows.size > 0) inRows.add(share);
    else inRows.delete(share);
    const least = this.#minParticipation;
    if (before >= least === inRows.size >= least) return;
    for (const each of inRows) {
      this.#changed.add(each);
      for (const other of this.#shares.get(each)!.rows) this.#changed.add(other);
    }
  }

  #takesPart(account: string): boolean {
    return this.#accounts.get(account)!.inRows.size >= this.#minParticipation;
  }
}

const NOBODY: ReadonlySet<number> = new Set();
