// The records of one cell that everybody skips, as its topic says it: orders in force, and the one that waits for a second
// person. Holds: pure; an order counts when two distinct pinned persons signed exactly its text and it follows the order
// before it; repeated, it changes nothing; whatever else lies there is a fault, and a list with a fault is of no use to
// anybody: it never heals by itself. Source: README.md#spills

import { isJsonObject } from '@sitebus/sdk';
import { parseNote, signersOf, type VerifierKey } from '@sitebus/sdk/merkle';
import { SPILL_SIGNERS, spillHash, spillOrderIn, type SpillOrder } from './spill-order.ts';

/** Why a list is of no use. */
export type SpillFault =
  /** Is none of what belongs there. */
  | 'UNREADABLE'
  /** A pinned person's signature is not of this text. */
  | 'BAD_SIGNATURE'
  /** Nobody who is pinned has signed it. */
  | 'UNKNOWN_SIGNER'
  /** Two orders in one place. */
  | 'FORKED'
  /** It does not follow the order that lies before it. */
  | 'ORDER_MISSING';

/** An order as it lies on the topic. */
export interface SpillEntry {
  readonly order: SpillOrder;
  /** The text with its signatures. */
  readonly note: string;
  /** `Person.person` of who asked and, in force, who confirmed. */
  readonly by: readonly string[];
  /** When the last of them did, UTC milliseconds. */
  readonly at: number;
}

/** The list of one cell; `fault` closes whoever reads the cell. */
export interface SkipList {
  readonly cell: string;
  /** By place: the first is number 1. */
  readonly orders: readonly SpillEntry[];
  /** Waits for a second person; undefined where nothing does. */
  readonly proposal: SpillEntry | undefined;
  readonly fault: { readonly why: SpillFault; readonly offset: bigint } | undefined;
}

/** @returns the list of a cell before anything was read. */
export function emptySkipList(cell: string): SkipList {
  return { cell, orders: [], proposal: undefined, fault: undefined };
}

/** @returns the list after one more record of `spill.<cell>`; the same object where that changes nothing. */
export function withRecord(
  list: SkipList,
  { value, offset }: { readonly value: Buffer | null; readonly offset: bigint },
  keys: readonly VerifierKey[],
): SkipList {
  if (list.fault !== undefined) return list;
  const read = readEntry(value, list.cell, keys);
  if (typeof read === 'string') return { ...list, fault: { why: read, offset } };
  const { entry, signers } = read;
  return signers >= SPILL_SIGNERS ? withOrder(list, entry, offset) : withProposal(list, entry);
}

/** @returns the bytes of an entry, as the topic has them. */
export function toSpillValue({ note, by, at }: Omit<SpillEntry, 'order'>): Buffer {
  return Buffer.from(JSON.stringify({ note, by, at }));
}

/** @returns distinct pinned persons who signed the note; undefined where one of their signatures is bad. */
export function spillSigners(note: string, keys: readonly VerifierKey[]): readonly string[] | undefined {
  const parsed = parseNote(note);
  const signers = parsed && signersOf(parsed, keys);
  return signers && [...new Set(signers.map(({ name }) => name))];
}

function withOrder(list: SkipList, entry: SpillEntry, offset: bigint): SkipList {
  const { orders } = list;
  const { seq, previous } = entry.order;
  const textAt = (place: number): string => textOf(orders[place - 1]);
  if (seq <= orders.length)
    return textAt(seq) === textOf(entry) ? list : { ...list, fault: { why: 'FORKED', offset } };
  const follows = seq === orders.length + 1 && previous === previousOf(orders);
  if (!follows) return { ...list, fault: { why: 'ORDER_MISSING', offset } };
  return { ...list, orders: [...orders, entry], proposal: undefined };
} // prettier-ignore

/** One that does not follow the newest order was overtaken, and can never come into force. */
function withProposal(list: SkipList, entry: SpillEntry): SkipList {
  const { seq, previous } = entry.order;
  const follows = seq === list.orders.length + 1 && previous === previousOf(list.orders);
  return follows ? { ...list, proposal: entry } : list;
}

/** What the next order of these must say as `previous`. */
export function previousOf(orders: readonly SpillEntry[]): string {
  const last = orders.at(-1);
  return last === undefined ? '' : spillHash(textOf(last));
}

function textOf(entry: SpillEntry | undefined): string {
  return parseNote(entry?.note ?? '')?.text ?? '';
}

function readEntry(
  value: Buffer | null,
  cell: string,
  keys: readonly VerifierKey[],
): { readonly entry: SpillEntry; readonly signers: number } | SpillFault {
  const given = jsonIn(value);
  if (!isJsonObject(given)) return 'UNREADABLE';
  const { note, by, at } = given;
  if (typeof note !== 'string' || typeof at !== 'number' || !isNames(by)) return 'UNREADABLE';
  const order = spillOrderIn(note);
  if (order?.cell !== cell) return 'UNREADABLE';
  const signers = spillSigners(note, keys);
  if (signers === undefined) return 'BAD_SIGNATURE';
  if (signers.length === 0) return 'UNKNOWN_SIGNER';
  return { entry: { order, note, by, at }, signers: signers.length };
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function jsonIn(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString('utf8') ?? '');
  } catch {
    return undefined; // not JSON: UNREADABLE
  }
}
