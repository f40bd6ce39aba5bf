// Tells by one pass over its bytes that a value is spelled canonically already, as most values of a feed are.
// Holds: pure; a yes means that the rules of normalise.ts would hand back the very same text (a property test compares
// them); a no means nothing, and the rules decide. Source: README.md#features

import type { FeatureKind } from './annotations.ts';

/** The value has no host in it. */
export const NO_HOST = -1;
/** The value is not plain, or of a kind whose values are never told by a glance. */
export const NOT_PLAIN = -2;

/**
 * Looks at the bytes from `from` to `to` (exclusive). @returns NOT_PLAIN; NO_HOST for a value that is canonical; where the
 * host begins for one that is canonical if its host is more than a public suffix: it ends at `plainHostEnd`.
 */
export function plainHostFrom(kind: FeatureKind, bytes: Uint8Array, from: number, to: number): number {
  switch (kind) {
    case 'domain':
      return isPlainHost(bytes, from, to) ? from : NOT_PLAIN;
    case 'url':
      return plainUrlHostFrom(bytes, from, to);
    case 'email':
      return plainMailHostFrom(bytes, from, to);
    case 'ip':
      return isDottedDecimal(bytes, from, to) ? NO_HOST : NOT_PLAIN;
    case 'hash':
      return HASH_CHARS.has(to - from) && isLowerHex(bytes, from, to) ? NO_HOST : NOT_PLAIN;
    case 'tracker':
    case 'wallet':
      return schemeEnd(bytes, from, to) > 0 && isVisible(bytes, from, to) ? NO_HOST : NOT_PLAIN;
    case 'account':
      return isPlainAccount(bytes, from, to) ? NO_HOST : NOT_PLAIN;
    default:
      return NOT_PLAIN;
  }
}

/** One past the host that begins at `hostFrom`. */
export function plainHostEnd(bytes: Uint8Array, hostFrom: number, to: number): number {
  let end = hostFrom;
  while (end < to && bytes[end] !== SLASH) end += 1;
  return end;
}

/** Lengths of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512 in hexadecimal. */
export const HASH_CHARS: ReadonlySet<number> = new Set([32, 40, 56, 64, 96, 128]);

/** A host name in lower case that no rule of IDNA or of addresses touches. */
function isPlainHost(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > MAX_HOST_CHARS) return false;
  let labelFrom = from;
  for (let at = from; ; at += 1) {
    if (at === to || bytes[at] === DOT) {
      if (!isPlainLabel(bytes, labelFrom, at)) return false;
      if (at === to) break;
      labelFrom = at + 1;
    } else if (CLASSES[bytes[at]!]! < HYPHEN_CLASS) return false;
  }
  return labelFrom > from && CLASSES[bytes[labelFrom]!] === LETTER_CLASS; // all digits at the end: an address
}

/** A label with hyphens in its third and fourth place belongs to IDNA. */
function isPlainLabel(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length < 1 || length > MAX_LABEL_CHARS) return false;
  if (bytes[from] === HYPHEN || bytes[to - 1] === HYPHEN) return false;
  return length < 4 || bytes[from + 2] !== HYPHEN || bytes[from + 3] !== HYPHEN;
}

/**
 * An http or https URL whose host, path and query are plain; a path is always there. Not one with a port, credentials, a
 * fragment, escapes, or a segment that starts with a dot.
 */
function plainUrlHostFrom(bytes: Uint8Array, from: number, to: number): number {
  const isHttps = startsWith(bytes, from, to, HTTPS);
  if (!isHttps && !startsWith(bytes, from, to, HTTP)) return NOT_PLAIN;
  const hostFrom = from + (isHttps ? HTTPS : HTTP).length;
  const end = plainHostEnd(bytes, hostFrom, to);
  if (end === to || !isPlainHost(bytes, hostFrom, end)) return NOT_PLAIN;
  for (let at = end; at < to; at += 1) {
    if (CLASSES[bytes[at]!] === FOREIGN_CLASS) return NOT_PLAIN;
    if (bytes[at] === SLASH && at + 1 < to && bytes[at + 1] === DOT) return NOT_PLAIN;
  }
  return hostFrom;
}

/** Letters in lower case, digits and what hosts have besides, then `@` and a plain host. */
function plainMailHostFrom(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (CLASSES[bytes[at]!]! >= HYPHEN_CLASS || bytes[at] === DOT || bytes[at] === UNDERSCORE)) at += 1;
  const isLocal = at > from && at - from <= MAX_LOCAL_CHARS && at < to && bytes[at] === AT_SIGN;
  return isLocal && isPlainHost(bytes, at + 1, to) ? at + 1 : NOT_PLAIN;
}

/** Four decimal numbers of one byte each, without leading zeros. */
function isDottedDecimal(bytes: Uint8Array, from: number, to: number): boolean {
  let number = -1;
  let parts = 1;
  for (let at = from; at < to; at += 1) {
    const unit = bytes[at]!;
    if (unit === DOT) {
      if (number < 0 || (parts += 1) > 4) return false;
      number = -1;
    } else if (CLASSES[unit] !== DIGIT_CLASS || number === 0) return false;
    else if ((number = (number < 0 ? 0 : number * 10) + unit - ZERO) > 255) return false;
  }
  return parts === 4 && number >= 0;
}

function isLowerHex(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (IS_HEX[bytes[at]!] === 0) return false;
  return true;
}

/** A scheme in lower case and a handle that has neither capitals nor an @ in front. */
function isPlainAccount(bytes: Uint8Array, from: number, to: number): boolean {
  const end = schemeEnd(bytes, from, to);
  if (end === 0 || bytes[end + 1] === AT_SIGN || !isVisible(bytes, from, to)) return false;
  for (let at = end + 1; at < to; at += 1) if (bytes[at]! >= FIRST_CAPITAL && bytes[at]! <= LAST_CAPITAL) return false;
  return true;
}

/** Where the colon behind a scheme in lower case is, with something behind it; 0 where it is not so. */
function schemeEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  for (; at < to && bytes[at] !== COLON; at += 1) {
    const unit = bytes[at]!;
    const isInside = at > from && (unit === DOT || unit === UNDERSCORE || unit === HYPHEN);
    if (CLASSES[unit]! < DIGIT_CLASS && !isInside) return 0;
  }
  return at > from && at + 1 < to ? at : 0;
}

/** Nothing of it needs composing or trimming: visible ASCII throughout. */
function isVisible(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (bytes[at]! <= BLANK || bytes[at]! >= DELETE) return false;
  return true;
}

function startsWith(bytes: Uint8Array, from: number, to: number, beginning: Uint8Array): boolean {
  if (to - from < beginning.length) return false;
  for (let at = 0; at < beginning.length; at += 1) if (bytes[from + at] !== beginning[at]) return false;
  return true;
}

const MAX_HOST_CHARS = 253;
const MAX_LABEL_CHARS = 63;
const MAX_LOCAL_CHARS = 64;
const HTTP = Buffer.from('http://');
const HTTPS = Buffer.from('https://');
const BLANK = 0x20;
const HYPHEN = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const COLON = 0x3a;
const AT_SIGN = 0x40;
const FIRST_CAPITAL = 0x41;
const LAST_CAPITAL = 0x5a;
const UNDERSCORE = 0x5f;
const DELETE = 0x7f;

/** What a URL parser would change, or take for a part of its own. */
const FOREIGN_CLASS = 0;
/** Left as it is in paths and queries. */
const URL_CLASS = 1;
const HYPHEN_CLASS = 2;
const DIGIT_CLASS = 3;
const LETTER_CLASS = 4;
const CLASSES = classes();
const IS_HEX = new Uint8Array(256);
for (const each of Buffer.from('0123456789abcdef')) IS_HEX[each] = 1;

function classes(): Uint8Array {
  const table = new Uint8Array(256).fill(FOREIGN_CLASS);
  for (const each of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ_~.=&/?+,;:@!$*')) table[each] = URL_CLASS;
  for (const each of Buffer.from('abcdefghijklmnopqrstuvwxyz')) table[each] = LETTER_CLASS;
  for (const each of Buffer.from('0123456789')) table[each] = DIGIT_CLASS;
  table[HYPHEN] = HYPHEN_CLASS;
  return table;
}
