// Canonical JSON as the bytes that are hashed, put together piece by piece.
// Holds: the UTF-8 of what the runtime's own JSON gives for each piece (a test compares); what was put together is valid
// until the next `begin`. A text that needs no escape, as nearly all do, is one look at each unit: a string put together
// from as many pieces costs several times that once it is made flat. Source: RFC 8785

const FEWEST_BYTES = 16_384;
/** A UTF-16 unit is at most this many bytes of UTF-8. */
const MAX_UNIT_BYTES = 3;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const LAST_ASCII = 0x7f;
const COMMA = 0x2c;
const ZERO = 0x30;
const MAX_DIGITS = 16;
/** Below it numbers are divided as 32 bits are. */
const SMALL = 2 ** 30;

/** One text of JSON in the making; written over by the next. */
export class CanonicalBytes {
  #bytes = Buffer.allocUnsafeSlow(FEWEST_BYTES);
  #at = 0;

  begin(): this {
    this.#at = 0;
    return this;
  }

  /** What was put together; belongs to this object. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** What is canonical JSON already, or a part of it. */
  raw(json: string): this {
    this.#reserve(json.length * MAX_UNIT_BYTES);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let unit = 0; unit < json.length; unit += 1) {
      const code = json.charCodeAt(unit);
      if (code > LAST_ASCII) return this.#rawAsUtf8(json);
      bytes[at++] = code;
    }
    this.#at = at;
    return this;
  }

  /** The same in bytes. */
  piece(json: Uint8Array): this {
    this.#reserve(json.length);
    this.#bytes.set(json, this.#at);
    this.#at += json.length;
    return this;
  }

  /** A string. */
  text(value: string): this {
    this.#reserve(value.length + 2);
    const bytes = this.#bytes;
    let at = this.#at;
    bytes[at++] = QUOTE;
    for (let unit = 0; unit < value.length; unit += 1) {
      const code = value.charCodeAt(unit);
      if (code < FIRST_PRINTABLE || code > LAST_ASCII || code === QUOTE || code === BACKSLASH)
        return this.raw(JSON.stringify(value));
      bytes[at++] = code;
    }
    bytes[at++] = QUOTE;
    this.#at = at;
    return this;
  }

  /** A number; most are whole and not negative. */
  number(value: number): this {
    if (value < 0 || value > Number.MAX_SAFE_INTEGER || !Number.isInteger(value)) return this.raw(String(value));
    this.#reserve(MAX_DIGITS);
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits += 1;
    const end = this.#at + digits;
    let rest = value;
    let at = end;
    for (; rest >= SMALL; at -= 1) {
      const tenth = Math.floor(rest / 10);
      this.#bytes[at - 1] = ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    for (let small = rest | 0; at > this.#at; at -= 1) {
      this.#bytes[at - 1] = ZERO + (small % 10);
      small = (small / 10) | 0;
    }
    this.#at = end;
    return this;
  }

  /** A string, or null. */
  textOrNull(value: string | null): this {
    return value === null ? this.raw('null') : this.text(value);
  }

  /** Items of a list, each as `write` has it. */
  list<T>(items: readonly T[], write: (to: CanonicalBytes, item: T) => void): this {
    this.raw('[');
    for (let place = 0; place < items.length; place += 1) {
      if (place > 0) this.#bytes[this.#at++] = COMMA; // an item leaves room for it
      write(this, items[place]!);
    }
    return this.raw(']');
  }

  #rawAsUtf8(json: string): this {
    this.#at += this.#bytes.write(json, this.#at, 'utf8');
    return this;
  }

  /** Room for so many bytes, and for a comma behind them. */
  #reserve(count: number): void {
    const end = this.#at + count + 1;
    if (end <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(end * 2);
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
