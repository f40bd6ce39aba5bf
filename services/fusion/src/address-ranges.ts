// Ranges of addresses of both families, and whether an address lies in one.
// Holds: overlapping ranges are one; a look-up is a binary search, in whole numbers for IPv4. Source: RFC 4632 §3.1

import ipaddr from 'ipaddr.js';

/** A range as it is collected; `AddressRanges` makes many fit for asking. */
export interface AddressRange {
  readonly family: 4 | 6;
  /** Both ends included: a whole number for IPv4, 32 hexadecimal digits for IPv6. */
  readonly first: number | string;
  readonly last: number | string;
}

/** The range that an address or a prefix stands for. Throws whatever the parser throws for anything else. */
export function toAddressRange(entry: string): AddressRange {
  const [address, bits] = entry.includes('/') ? ipaddr.parseCIDR(entry) : [ipaddr.parse(entry), 128];
  const bytes = address.toByteArray();
  const end = (fill: number) => bytes.map((byte, place) => withHostBits(byte, (place + 1) * 8 - bits, fill));
  return address.kind() === 'ipv4'
    ? { family: 4, first: toWhole(end(0)), last: toWhole(end(0xff)) }
    : { family: 6, first: toDigits(end(0)), last: toDigits(end(0xff)) };
}

/** Ranges in any order, overlapping or not, to be asked. Cost of a question: a binary search. */
export class AddressRanges {
  readonly #v4: readonly Ends<number>[];
  readonly #v6: readonly Ends<string>[];

  constructor(ranges: readonly AddressRange[]) {
    this.#v4 = merged(ranges.filter(({ family }) => family === 4) as readonly Ends<number>[]);
    this.#v6 = merged(ranges.filter(({ family }) => family === 6) as readonly Ends<string>[]);
  }

  /** Whether a normalised address lies in one of them; what is no address lies in none. */
  has(address: string): boolean {
    const whole = wholeOf(address);
    if (whole >= 0) return isWithin(this.#v4, whole);
    return (
      this.#v6.length > 0 &&
      ipaddr.IPv6.isValid(address) &&
      isWithin(this.#v6, toDigits(ipaddr.IPv6.parse(address).toByteArray()))
    );
  }

  /** The same of four decimal parts as they lie in bytes. */
  hasDecimal(bytes: Uint8Array, from: number, to: number): boolean {
    let [whole, part] = [0, 0];
    for (let at = from; at < to; at += 1) {
      const isDot = bytes[at] === DOT;
      if (isDot) whole = whole * 256 + part;
      part = isDot ? 0 : part * 10 + bytes[at]! - ZERO;
    }
    return isWithin(this.#v4, whole * 256 + part);
  }
}

interface Ends<T extends number | string> {
  readonly first: T;
  readonly last: T;
}

function merged<T extends number | string>(ranges: readonly Ends<T>[]): readonly Ends<T>[] {
  const found: Ends<T>[] = [];
  for (const range of [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const last = found[found.length - 1];
    if (last === undefined || range.first > last.last) found.push(range);
    else if (range.last > last.last) found[found.length - 1] = { first: last.first, last: range.last };
  }
  return found;
}

function isWithin<T extends number | string>(ranges: readonly Ends<T>[], address: T): boolean {
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { first, last } = ranges[middle]!;
    if (address < first) high = middle - 1;
    else if (address > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** `free` bits from the right are those of hosts. */
function withHostBits(byte: number, free: number, fill: number): number {
  const mask = (1 << Math.min(8, Math.max(0, free))) - 1;
  return (byte & ~mask) | (fill & mask);
}

const toWhole = (bytes: readonly number[]): number => bytes.reduce((whole, byte) => whole * 256 + byte, 0);
const toDigits = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');

/** Four decimal parts as one whole number, −1 for anything else. */
function wholeOf(address: string): number {
  let whole = 0;
  let part = -1;
  let parts = 1;
  for (let at = 0; at < address.length; at += 1) {
    const code = address.charCodeAt(at);
    if (code === DOT) {
      if (part < 0) return -1;
      whole = whole * 256 + part;
      part = -1;
      parts += 1;
    } else if (code >= ZERO && code <= NINE) part = Math.max(0, part) * 10 + code - ZERO;
    else return -1;
    if (part > 255) return -1;
  }
  return parts === 4 && part >= 0 ? whole * 256 + part : -1;
}

const DOT = 46;
const ZERO = 48;
const NINE = 57;
