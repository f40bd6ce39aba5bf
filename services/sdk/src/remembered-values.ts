// Values by the bytes they were read from: what lies at a place again is handed back instead of being read again.
// Holds: an Avro value ends where its bytes say, so bytes that begin with those of a known value are that value; values are
// frozen at every level, because many hold them; bounded, because somebody may send ever new ones.

/** A value and exactly the bytes it is read from. */
export interface Remembered {
  readonly bytes: Uint8Array;
  readonly value: object;
}

/** More are forgotten together. */
const MAX_VALUES = 1_024;
/** Longer ones are read each time. */
const MAX_BYTES = 512;
/** Values that begin alike and are told apart by comparing; more are not kept. */
const MAX_ALIKE = 64;
const PREFIX_BYTES = 4;

/** The values of one type. */
export class RememberedValues {
  /** By their first four bytes. */
  readonly #byPrefix = new Map<number, Remembered[]>();
  #count = 0;

  /** The known value whose bytes lie at `pos`; undefined where none does. */
  at(buf: Buffer, pos: number): Remembered | undefined {
    if (pos + PREFIX_BYTES > buf.length) return undefined;
    const alike = this.#byPrefix.get(prefixOf(buf, pos));
    if (alike === undefined) return undefined;
    for (const known of alike) if (liesAt(known.bytes, buf, pos)) return known;
    return undefined;
  }

  /** Keeps a value with a copy of its bytes, if there is room. @returns the value, frozen. */
  add(bytes: Buffer, value: object): object {
    deepFreeze(value);
    if (bytes.length < PREFIX_BYTES || bytes.length > MAX_BYTES) return value;
    if (this.#count >= MAX_VALUES) {
      this.#byPrefix.clear();
      this.#count = 0;
    }
    const prefix = prefixOf(bytes, 0);
    const alike = this.#byPrefix.get(prefix) ?? [];
    if (alike.length >= MAX_ALIKE) return value;
    this.#byPrefix.set(prefix, alike);
    alike.push({ bytes: Uint8Array.from(bytes), value });
    this.#count += 1;
    return value;
  }
}

function prefixOf(buf: Uint8Array, pos: number): number {
  return buf[pos]! | (buf[pos + 1]! << 8) | (buf[pos + 2]! << 16) | (buf[pos + 3]! << 24);
}

/** Compared from the end: values that begin alike differ there. */
function liesAt(bytes: Uint8Array, buf: Buffer, pos: number): boolean {
  if (pos + bytes.length > buf.length) return false;
  for (let at = bytes.length - 1; at >= 0; at -= 1) if (bytes[at] !== buf[pos + at]) return false;
  return true;
}

function deepFreeze(value: object): void {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  Object.freeze(value);
}
