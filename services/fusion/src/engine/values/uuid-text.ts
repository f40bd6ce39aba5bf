// UUIDs as text: the one spelling, from the sixteen bytes.
// Holds: lower case, hyphens where RFC 9562 has them; one flat string, made at once, because ids are compared, hashed and
// written many times. Source: RFC 9562 §4

/** What `toString('latin1', …)` calls after looking at its arguments; present on every Node, absent from its types. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice: (this: Buffer, start: number, end: number) => string;
};

const BYTES = 16;
const CHARS = 36;
const HYPHEN = 0x2d;
/** A hyphen comes before these bytes. */
const GROUPS = new Uint8Array(BYTES);
for (const at of [4, 6, 8, 10]) GROUPS[at] = 1;
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const scratch = Buffer.alloc(CHARS);

/** The UUID whose bytes begin at `from`. */
export function uuidText(bytes: Uint8Array, from = 0): string {
  let to = 0;
  for (let at = 0; at < BYTES; at += 1) {
    if (GROUPS[at] === 1) scratch[to++] = HYPHEN;
    const byte = bytes[from + at]!;
    scratch[to++] = DIGITS[byte >> 4]!;
    scratch[to++] = DIGITS[byte & 15]!;
  }
  return latin1Slice.call(scratch, 0, CHARS);
}
