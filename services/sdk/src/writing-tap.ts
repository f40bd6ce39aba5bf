// Writes Avro primitives into a buffer by the methods with which avsc's types write: its own asks the runtime for the length
// of every text first, however short.
// Holds: past the end nothing is stored, and `pos` says how far it would have gone; the bytes are avsc's (a test compares).
// Source: Apache Avro 1.12 §Binary encoding

const CONTINUES = 0x80;
const LAST_ASCII = 0x7f;
/** Longer texts are left to the runtime, and so is what is not ASCII. */
const SHORT_CHARS = 63;
const FEW_BYTES = 24;

/** A writing position in a buffer. */
export class WritingTap {
  buf: Buffer = NOTHING;
  pos = 0;

  /** The next values go there. */
  moveTo(buf: Buffer, pos: number): void {
    this.buf = buf;
    this.pos = pos;
  }

  /** False once something had no room: all must be written again, elsewhere. */
  get hasRoom(): boolean {
    return this.pos <= this.buf.length;
  }

  /** Bytes as they are. A few are sooner copied here than by the runtime. */
  copy(bytes: Uint8Array): void {
    const { length } = bytes;
    if (!this.#take(length)) return;
    const { buf } = this;
    const at = this.pos - length;
    if (length > FEW_BYTES) buf.set(bytes, at);
    else for (let place = 0; place < length; place += 1) buf[at + place] = bytes[place]!;
  }

  /** Exact for whole numbers up to 2^53 − 1. */
  writeLong(value: number): void {
    const negative = value < 0;
    const magnitude = negative ? -value - 1 : value;
    let digit = (magnitude % 64) * 2 + (negative ? 1 : 0);
    for (let rest = Math.floor(magnitude / 64); rest > 0; rest = Math.floor(rest / 128)) {
      this.buf[this.pos++] = digit | CONTINUES;
      digit = rest % 128;
    }
    this.buf[this.pos++] = digit;
  }

  writeInt(value: number): void {
    this.writeLong(value);
  }

  writeBoolean(value: boolean): void {
    this.buf[this.pos++] = value ? 1 : 0;
  }

  writeFloat(value: number): void {
    if (this.#take(4)) this.buf.writeFloatLE(value, this.pos - 4);
  }

  writeDouble(value: number): void {
    if (this.#take(8)) this.buf.writeDoubleLE(value, this.pos - 8);
  }

  writeString(text: string): void {
    if (text.length <= SHORT_CHARS && this.#writeAscii(text)) return;
    const length = Buffer.byteLength(text);
    this.writeLong(length);
    if (this.#take(length)) this.buf.write(text, this.pos - length, 'utf8');
  }

  writeBytes(bytes: Uint8Array): void {
    this.writeLong(bytes.length);
    this.copy(bytes);
  }

  /** @returns whether there was room. */
  #take(count: number): boolean {
    this.pos += count;
    return this.hasRoom;
  }

  /** @returns false, having gone nowhere, for a text that is not ASCII or has no room. */
  #writeAscii(text: string): boolean {
    const { buf, pos } = this;
    const { length } = text;
    if (pos + length >= buf.length) return false;
    for (let unit = 0; unit < length; unit += 1) {
      const code = text.charCodeAt(unit);
      if (code > LAST_ASCII) return false;
      buf[pos + 1 + unit] = code;
    }
    buf[pos] = length * 2;
    this.pos = pos + 1 + length;
    return true;
  }
}

const NOTHING = Buffer.alloc(0);
