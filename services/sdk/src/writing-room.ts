// Bytes of records that are being written one after another: each is handed out where it was written, without a copy.
// Holds: what was handed out is never written again; a record lies in one piece, whatever it grows to.

/** Room is taken in pieces of so many bytes: small enough that a record which is kept keeps little else. */
const PIECE_BYTES = 65_536;
/** Of a number in Avro's variable length. */
const MAX_NUMBER_BYTES = 10;
/** A UTF-16 unit is at most this many bytes of UTF-8. */
const MAX_UNIT_BYTES = 3;
/** Longer texts are left to the runtime. */
const SHORT_CHARS = 63;

/** A record in the making. `bytes` may be another after any call that writes. */
export class WritingRoom {
  bytes = Buffer.allocUnsafeSlow(PIECE_BYTES);
  /** Where the record in hand goes on. */
  at = 0;
  #start = 0;

  /** Makes sure of room for so many bytes more. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const written = this.at - this.#start;
    const larger = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, (written + count) * 2));
    this.bytes.copy(larger, 0, this.#start, this.at);
    this.bytes = larger;
    this.#start = 0;
    this.at = written;
  }

  /** Bytes of the record in hand. */
  get written(): number {
    return this.at - this.#start;
  }

  /** The record; the next one begins behind it. */
  finish(): Buffer {
    const record = this.bytes.subarray(this.#start, this.at);
    this.#start = this.at;
    return record;
  }

  /** Gives up the record in hand. */
  drop(): void {
    this.at = this.#start;
  }

  copy(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** An Avro int or long; exact for whole numbers up to 2^53 − 1. */
  writeLong(value: number): void {
    this.reserve(MAX_NUMBER_BYTES);
    const negative = value < 0;
    const magnitude = negative ? -value - 1 : value;
    let digit = (magnitude % 64) * 2 + (negative ? 1 : 0);
    for (let rest = Math.floor(magnitude / 64); rest > 0; rest = Math.floor(rest / 128)) {
      this.bytes[this.at++] = digit | 0x80;
      digit = rest % 128;
    }
    this.bytes[this.at++] = digit;
  }

  /** An Avro string. Ids are short and ASCII: unit by unit they cost less than a call into the runtime. */
  writeText(text: string): void {
    const { length } = text;
    this.reserve(MAX_NUMBER_BYTES + length * MAX_UNIT_BYTES);
    if (length <= SHORT_CHARS && this.#writeAscii(text, length)) return;
    this.writeLong(Buffer.byteLength(text));
    this.at += this.bytes.write(text, this.at, 'utf8');
  }

  #writeAscii(text: string, length: number): boolean {
    const { bytes, at } = this;
    for (let unit = 0; unit < length; unit += 1) {
      const code = text.charCodeAt(unit);
      if (code > 0x7f) return false;
      bytes[at + 1 + unit] = code;
    }
    bytes[at] = length * 2;
    this.at = at + 1 + length;
    return true;
  }
}
