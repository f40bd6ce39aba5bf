// One canonical spelling for each value by which observations link, so that equal things compare equal as strings.
// Holds: pure; normalising twice changes nothing; nothing is guessed: what is not plainly of its kind becomes context
// with a reason. Private, reserved and documentation addresses are values like others.
// Source: README.md#features; WHATWG URL §Host parsing; RFC 5952 §4

import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { getDomain, parse as parseHost } from 'tldts';
import type { FeatureKind } from './annotations.ts';
import { HASH_CHARS, NOT_PLAIN, NO_HOST, plainHostEnd, plainHostFrom } from './plain-spelling.ts';

/** Why a value links nothing. */
export type ContextCause = 'INVALID' | 'TOO_LONG' | 'RANGE' | 'PUBLIC_SUFFIX' | 'COMMON';

/** A URL brings its host along, as a value of its own kind. */
export type Normalised = { readonly value: string; readonly host?: UrlHost } | { readonly reason: ContextCause };

/** The host of a URL as a feature of its own. */
export interface UrlHost {
  readonly kind: 'domain' | 'ip';
  readonly value: string;
}

/** Characters a value may have; a longer one is context. */
export const MAX_VALUE_CHARS = 2_048;
/** Characters a text may have. */
export const MAX_TEXT_CHARS = 65_536;

/**
 * @returns the canonical spelling, or undefined where the value is none of its kind (`normaliseOrExplain` says why).
 * Composite kinds (`place-time`, `co-share`) are normalised by the extractor, from their fields.
 */
export function normalise(kind: string, raw: string): string | undefined {
  const outcome = normaliseOrExplain(kind, raw);
  return 'value' in outcome ? outcome.value : undefined;
}

/** Like `normalise`, with the reason in place of undefined. An unknown kind is INVALID. */
export function normaliseOrExplain(kind: string, raw: string): Normalised {
  if (raw.length > (kind === 'text' ? MAX_TEXT_CHARS : MAX_VALUE_CHARS)) return TOO_LONG;
  const rule = Object.hasOwn(RULES, kind) ? RULES[kind as keyof typeof RULES] : undefined;
  if (rule === undefined) return INVALID;
  const plain = kind === 'text' ? undefined : plainly(kind as FeatureKind, raw);
  if (plain !== undefined) return plain;
  const tidy = raw.normalize('NFC').trim();
  return tidy === '' ? INVALID : rule(tidy);
}

/** Why a value that is plain but for its host links nothing; undefined where something lies below a public suffix. */
export function hostFault(kind: FeatureKind, host: string): ContextCause | undefined {
  if (getDomain(host, PLAIN_HOST) !== null) return undefined;
  return kind === 'domain' ? 'PUBLIC_SUFFIX' : 'INVALID';
}

/** What is made of a value that is spelled canonically; undefined where the rules decide. */
function plainly(kind: FeatureKind, raw: string): Normalised | undefined {
  const { length } = raw;
  let all = 0;
  for (let at = 0; at < length; at += 1) {
    const unit = raw.charCodeAt(at);
    UNITS[at] = unit;
    all |= unit;
  }
  const from = all > LAST_ASCII ? NOT_PLAIN : plainHostFrom(kind, UNITS, 0, length);
  if (from === NOT_PLAIN) return undefined;
  if (from === NO_HOST) return { value: raw };
  const host = raw.slice(from, plainHostEnd(UNITS, from, length));
  const reason = hostFault(kind, host);
  if (reason !== undefined) return { reason };
  return kind === 'url' ? { value: raw, host: { kind: 'domain', value: host } } : { value: raw };
}

/** Undoes what people do to links so that nobody clicks them: `hxxp`, `[.]`, `(dot)`, `[at]`, `[:]`. */
export function refang(text: string): string {
  if (!DEFANGED.test(text)) return text;
  return text
    .replace(/^(?:h[xX*]{2}p|hXXp|HXXP)(?=s?(?::|\[:))/i, 'http')
    .replace(/(?<!\s)\s*[[({]\s*(?:\.|dot)\s*[\])}]\s*/gi, '.') // looked for once a run of blanks: linear
    .replace(/(?<!\s)\s*[[({]\s*(?:@|at)\s*[\])}]\s*/gi, '@')
    .replace(/[[({]\s*:\/\/\s*[\])}]/g, '://')
    .replace(/[[({]\s*:\s*[\])}]/g, ':');
}

/** Looked for first: most values are not defanged, and five replacements cost more than all else here. */
const DEFANGED = /[[({]|^h[x*]{2}p/i;

/** A value in bytes, for the time of one look. */
const UNITS = new Uint8Array(MAX_VALUE_CHARS);
const LAST_ASCII = 0x7f;

const INVALID = Object.freeze({ reason: 'INVALID' } as const);
const TOO_LONG = Object.freeze({ reason: 'TOO_LONG' } as const);
const RANGE = Object.freeze({ reason: 'RANGE' } as const);
const PUBLIC_SUFFIX = Object.freeze({ reason: 'PUBLIC_SUFFIX' } as const);
const COMMON = Object.freeze({ reason: 'COMMON' } as const);

const RULES: Readonly<Partial<Record<FeatureKind, (tidy: string) => Normalised>>> = {
  domain: toDomain,
  ip: toIp,
  url: toUrl,
  hash: toHash,
  email: toEmail,
  certificate: toCertificate,
  tracker: (tidy) => toSchemed(tidy, (value) => value),
  wallet: (tidy) => toSchemed(tidy, (value) => value),
  account: (tidy) => toSchemed(tidy, (handle) => handle.replace(/^@/, '').toLowerCase()),
  person: toPerson,
  media: toMedia,
  text: (tidy) => ({ value: tidy.replace(/\s+/gu, ' ') }),
};

const HEX = /^[0-9a-f]+$/;
const FINGERPRINT = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Groups of digits are told apart by their colons alone: read in two ways, a serial would take exponential time. */
const ISSUER_AND_SERIAL = /^(.*\S)\s*#\s*([0-9a-f]+(?::[0-9a-f]+)*:?)$/i;
const SCHEME = /^[a-z0-9][a-z0-9._-]*$/i;
/** Keyed token of a private person, or the public id of a candidate, an organisation or a party. */
export const PERSON = /^(?:prs_[0-9a-f]{8,128}|cand:[a-z0-9-]+\/[a-z0-9-]+\/[a-z0-9-]+|(?:org|party):[a-z0-9-]+)$/;
const CONTROL = /[\u0000-\u001f\u007f]/;
const BLANK_OR_CONTROL = /[\s\u0000-\u001f\u007f]/u;

const NOT_IN_HOST = /[\s/?#@:\\*%[\]]/u;

function toMatch(value: string, pattern: RegExp): Normalised {
  return pattern.test(value) ? { value } : INVALID;
}

function toHash(tidy: string): Normalised {
  const lower = tidy.toLowerCase();
  return HASH_CHARS.has(lower.length) && HEX.test(lower) ? { value: lower } : INVALID;
}

function toDomain(tidy: string): Normalised {
  const host = refang(tidy).replace(/[.\u3002\uFF0E\uFF61]$/u, '');
  if (NOT_IN_HOST.test(host)) return INVALID; // domainToASCII would cut a path off rather than refuse it
  const ascii = domainToASCII(host);
  if (ascii === '' || ascii.length > 253) return INVALID;
  const { domain, hostname, isIp } = parseHost(ascii, { extractHostname: false, validateHostname: true });
  if (isIp === true || hostname === null) return INVALID;
  if (ascii.split('.').some((label) => label === '' || label.length > 63)) return INVALID;
  if (!ascii.includes('.')) return INVALID;
  return domain === null ? PUBLIC_SUFFIX : { value: ascii };
}

const PLAIN_HOST = Object.freeze({ extractHostname: false, validateHostname: false, detectIp: false });

function toIp(tidy: string): Normalised {
  const [address = '', prefix, more] = refang(tidy)
    .replace(/^\[(.*)\]$/, '$1')
    .split('/');
  const parsed = toAddress(address);
  if (parsed === undefined || more !== undefined) return INVALID;
  if (prefix !== undefined) {
    const width = parsed.bits;
    if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > width) return INVALID;
    if (Number(prefix) < width) return RANGE;
  }
  return { value: parsed.text };
}

/** A zone (%eth0) belongs to one machine alone. Looked at first because the library's own test is slow on host names. */
const IPV6_CHARS = /^[0-9a-f:.]*:[0-9a-f:.]*$/i;

/** Whether it is four decimal numbers of one byte each, without leading zeros; the address library's own test takes far longer. */
export function isDottedDecimal(text: string): boolean {
  return DOTTED_DECIMAL.test(text);
}

const DOTTED_DECIMAL = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Decimal dotted IPv4 only: octal and short forms mean different addresses to different readers. */
function toAddress(text: string): { readonly text: string; readonly bits: number } | undefined {
  if (isDottedDecimal(text)) return { text, bits: 32 }; // the library's own test throws and catches, a hundred times the cost
  if (!IPV6_CHARS.test(text) || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress()
    ? { text: address.toIPv4Address().toString(), bits: 128 }
    : { text: address.toRFC5952String(), bits: 128 };
}

const WEB_SCHEMES = new Set(['http:', 'https:', 'ftp:', 'ws:', 'wss:']);

function toUrl(tidy: string): Normalised {
  const text = refang(tidy);
  const url = CONTROL.test(text) ? undefined : parseUrl(text);
  if (url === undefined || !WEB_SCHEMES.has(url.protocol)) return INVALID;
  const host = hostOf(url.hostname);
  if (host === undefined) return INVALID;
  const hostname = host.kind === 'ip' && host.value.includes(':') ? `[${host.value}]` : host.value;
  if (url.hostname !== hostname) url.hostname = hostname;
  if (url.hash !== '' || url.href.endsWith('#')) url.hash = '';
  const value = url.href;
  return value.length > MAX_VALUE_CHARS ? TOO_LONG : { value, host };
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined; // no URL: to the caller that is an answer
  }
}

function hostOf(hostname: string): UrlHost | undefined {
  const ip = toIp(hostname);
  if ('value' in ip) return { kind: 'ip', value: ip.value };
  const domain = toDomain(hostname);
  return 'value' in domain ? { kind: 'domain', value: domain.value } : undefined;
}

function toEmail(tidy: string): Normalised {
  const text = refang(tidy).replace(/^mailto:/i, '');
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at).toLowerCase();
  const domain = toDomain(text.slice(at + 1));
  if (at < 1 || local.length > 64 || /[\s"<>()[\]\\,;:@]/u.test(local) || CONTROL.test(local)) return INVALID;
  return 'value' in domain ? { value: `${local}@${domain.value}` } : INVALID;
}

function toCertificate(tidy: string): Normalised {
  const fingerprint = tidy.toLowerCase().replace(/[:\s]/g, '');
  if (FINGERPRINT.test(fingerprint)) return { value: fingerprint };
  const [, issuer, serial] = ISSUER_AND_SERIAL.exec(tidy) ?? [];
  return issuer === undefined || serial === undefined || CONTROL.test(issuer)
    ? INVALID
    : { value: `${issuer.toLowerCase()}#${serial.toLowerCase().replaceAll(':', '')}` };
}

function toSchemed(tidy: string, spell: (value: string) => string): Normalised {
  const colon = tidy.indexOf(':');
  const scheme = tidy.slice(0, Math.max(colon, 0));
  const given = tidy.slice(colon + 1);
  if (!SCHEME.test(scheme) || BLANK_OR_CONTROL.test(given)) return INVALID;
  const value = spell(given);
  const lower = scheme.toLowerCase();
  if (value === '') return INVALID;
  return { value: value === given && lower === scheme ? tidy : `${lower}:${value}` };
}

/** A registered party is named in much that has nothing to do with each other: it is never a link. */
function toPerson(tidy: string): Normalised {
  const value = tidy.toLowerCase();
  if (!PERSON.test(value)) return INVALID;
  return value.startsWith('party:') ? COMMON : { value };
}

function toMedia(tidy: string): Normalised {
  const lower = tidy.toLowerCase();
  return toMatch(/^[0-9a-f]{64}$/.test(lower) ? `sha256:${lower}` : lower, /^[a-z0-9][a-z0-9-]*:[0-9a-f]{8,256}$/);
}
