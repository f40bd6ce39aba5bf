// Tells by one pass over its characters that a value is spelled canonically already, as most values of a feed are.
// Holds: pure; a yes means that the long way of normalise.ts would hand back the very same text (a property test
// compares them); a no means nothing, and the long way decides. Source: README.md#features

/** Whether nothing of it needs composing or trimming: visible ASCII throughout. */
export function isVisibleAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x21 || unit > 0x7e) return false;
  }
  return text.length > 0;
}

/** Whether `text` from `from` to `to` (exclusive) is a host name in lower case that no rule of IDNA or of addresses touches. */
export function isPlainHost(text: string, from = 0, to = text.length): boolean {
  if (to - from > MAX_HOST_CHARS) return false;
  let labelFrom = from;
  let dots = 0;
  for (let at = from; at <= to; at += 1) {
    const unit = at === to ? DOT : text.charCodeAt(at);
    if (unit === DOT) {
      if (!isPlainLabel(text, labelFrom, at)) return false;
      if (at === to) break;
      dots += 1;
      labelFrom = at + 1;
    } else if (CLASSES[unit]! < HYPHEN_CLASS)
      return false; // beyond ASCII: undefined, and not less
    else if (unit > 0x7e) return false;
  }
  return dots > 0 && CLASSES[text.charCodeAt(labelFrom)] === LETTER_CLASS; // all digits at the end: an address
}

/**
 * Where the host of an http or https URL ends, if host, path and query are plain; 0 otherwise. A path is always there.
 * Not for URLs with a port, credentials, a fragment, escapes, or a segment that starts with a dot.
 */
export function plainUrlHostEnd(text: string): number {
  const from = text.startsWith('https://') ? 8 : text.startsWith('http://') ? 7 : 0;
  const end = from === 0 ? -1 : text.indexOf('/', from);
  if (end < 0 || !isPlainHost(text, from, end)) return 0;
  for (let at = end; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7e || CLASSES[unit] === FOREIGN_CLASS) return 0;
    if (unit === SLASH && text.charCodeAt(at + 1) === DOT) return 0;
  }
  return end;
}

/** Whether it is four decimal numbers of one byte each, without leading zeros. */
export function isDottedDecimal(text: string): boolean {
  let number = -1;
  let parts = 1;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === DOT) {
      if (number < 0 || (parts += 1) > 4) return false;
      number = -1;
    } else if (unit < 0x30 || unit > 0x39 || number === 0) return false;
    else if ((number = (number < 0 ? 0 : number * 10) + unit - 0x30) > 255) return false;
  }
  return parts === 4 && number >= 0;
}

/** Whether it is hexadecimal digits in lower case. */
export function isLowerHex(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (!((unit >= 0x30 && unit <= 0x39) || (unit >= 0x61 && unit <= 0x66))) return false;
  }
  return true;
}

const MAX_HOST_CHARS = 253;
const MAX_LABEL_CHARS = 63;
const DOT = 0x2e;
const SLASH = 0x2f;
const HYPHEN = 0x2d;

/** What a URL parser would change, or take for a part of its own. */
const FOREIGN_CLASS = 0;
/** Left as it is in paths and queries. */
const URL_CLASS = 1;
const HYPHEN_CLASS = 2;
const DIGIT_CLASS = 3;
const LETTER_CLASS = 4;
const CLASSES = classes();

function classes(): Uint8Array {
  const table = new Uint8Array(128).fill(FOREIGN_CLASS);
  for (const each of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ_~.=&/?+,;:@!$*') table[each.charCodeAt(0)] = URL_CLASS;
  for (const each of 'abcdefghijklmnopqrstuvwxyz') table[each.charCodeAt(0)] = LETTER_CLASS;
  for (const each of '0123456789') table[each.charCodeAt(0)] = DIGIT_CLASS;
  table[HYPHEN] = HYPHEN_CLASS;
  return table;
}

/** A label with hyphens in its third and fourth place belongs to IDNA. */
function isPlainLabel(text: string, from: number, to: number): boolean {
  const length = to - from;
  if (length < 1 || length > MAX_LABEL_CHARS) return false;
  if (text.charCodeAt(from) === HYPHEN || text.charCodeAt(to - 1) === HYPHEN) return false;
  return length < 4 || text.charCodeAt(from + 2) !== HYPHEN || text.charCodeAt(from + 3) !== HYPHEN;
}
