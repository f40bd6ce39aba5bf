// Values too common to mean anything, from lists in the shape of MISP warninglists: they never link, and stay visible.
// Holds: lists of policy itself say COMMON, lists below `warning-lists/` say WARNING_LIST; an unreadable list or one of
// an unknown type refuses all, because a list that silently matches nothing would link strangers; a name registered below
// a provider of names is its registrant's, and no list of hosts reaches it.
// Source: MISP warninglist format; README.md#common-values

import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { RE2JS } from 're2js';
import { AddressRanges, toAddressRange, type AddressRange } from './address-ranges.ts';
import { commonValuesInvalid } from './errors.ts';
import { HostNames } from './host-names.ts';
import type { PlainFeature } from '@sitebus/sdk';
import { toContainsPart } from './text-parts.ts';

/** Which list holds a value that never links: the policy's of common values, or a published warning list. */
export type CommonReason = 'COMMON' | 'WARNING_LIST';

/** The lists in force. */
export interface CommonValues {
  /** SHA-256, hex, of all lists. */
  readonly version: string;
  /** What they were made of, as `toCommonValues` takes it. */
  readonly texts: readonly (readonly [file: string, text: string])[];
  /** Why a normalised feature value never links; undefined where it may. */
  reasonFor(kind: string, value: string): CommonReason | undefined;
  /** False: `reasonFor` would say undefined of it. A glance at its bytes, which spares most values becoming a text. */
  mayHold(feature: PlainFeature): boolean;
  /** True where a host below this domain says nothing of others below it: the domain is common itself. */
  readonly isSharedSuffix: (domain: string) => boolean;
}

/** One list as MISP publishes it; other properties are ignored. */
export interface WarningList {
  readonly type: 'hostname' | 'cidr' | 'string' | 'substring' | 'regex';
  readonly list: readonly string[];
  /**
   * `email` among them: hosts of the list count for the addresses at them too. A list of parts or of expressions is
   * compared with the kinds they name; others are compared with what their entries can be.
   */
  readonly matching_attributes?: readonly string[];
  /** Ours, not MISP's. True: anyone may register a name below these; the entries are matched alone, whatever the type. */
  readonly registrants?: boolean;
}

/** No lists at all. */
export const NO_COMMON_VALUES: CommonValues = Object.freeze({
  version: createHash('sha256').digest('hex'),
  texts: [],
  reasonFor: () => undefined,
  mayHold: () => false,
  isSharedSuffix: () => false,
});

/**
 * Reads every `.json` below a folder.
 * Rejects with COMMON_VALUES_INVALID (not retriable) naming the file. An empty folder is an empty set of lists.
 */
export async function loadCommonValues(dir: string): Promise<CommonValues> {
  return toCommonValues(await readLists(dir));
}

/** The texts of every `.json` below a folder, by their place in it, sorted. Rejects with what the file system says. */
export async function readLists(dir: string): Promise<(readonly [file: string, text: string])[]> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  return Promise.all(files.map(async (file) => [file, await readFile(join(dir, file), 'utf8')] as const));
}

/**
 * Reads the folder again. @returns the lists as they are now, undefined where not a byte is another. Other lists are other
 * rules: whoever takes them decides all records anew (`sortAgain`), and every cut names their version.
 */
export async function reloadCommonValues(dir: string, inForce: CommonValues): Promise<CommonValues | undefined> {
  const values = await loadCommonValues(dir);
  return values.version === inForce.version ? undefined : values;
}

/** Like `loadCommonValues`, from (file name, JSON text) in a fixed order. */
export function toCommonValues(texts: readonly (readonly [file: string, text: string])[]): CommonValues {
  const digest = createHash('sha256');
  const providers = new HostNames();
  const own = new Matcher(providers);
  const published = new Matcher(providers);
  for (const [file, text] of texts) {
    digest.update(`${file}\n${text}\n`);
    (file.startsWith('warning-lists/') ? published : own).add(file, parseList(file, text));
  }
  own.finish();
  published.finish();
  const reasonFor = (kind: string, value: string): CommonReason | undefined => {
    if (!LISTED_KINDS.has(kind)) return undefined;
    if (own.matches(kind, value)) return 'COMMON';
    return !published.isEmpty && published.matches(kind, value) ? 'WARNING_LIST' : undefined;
  };
  return {
    version: digest.digest('hex'),
    texts,
    reasonFor,
    mayHold: (feature) => LISTED_KINDS.has(feature.kind) && (own.mayMatch(feature) || published.mayMatch(feature)),
    isSharedSuffix: (domain) => reasonFor('domain', domain) !== undefined,
  };
}

/** Kinds that a list can hold values of. */
const LISTED_KINDS: ReadonlySet<string> = new Set(['domain', 'ip', 'hash', 'url', 'email']);

/** The published list of providers of names; MISP gives it the type of a list of hosts, which would swallow the names. */
const PUBLISHED_PROVIDERS = /(^|\/)dynamic-dns\//;

class Matcher {
  /** Domains below which anyone may register a name, of all lists. */
  readonly #providers: HostNames;
  readonly #hosts = new HostNames();
  /** Hosts whose mail addresses are common too. */
  readonly #mailHosts = new HostNames();
  readonly #exact = new HostNames();
  /** Whether one of the exact ones could be a URL. */
  #hasUrls = false;
  readonly #ranges: AddressRange[] = [];
  readonly #partsOf = new Map<string, string[]>();
  readonly #patternsOf = new Map<string, RE2JS[]>();
  #inRange = new AddressRanges([]);
  isEmpty = true;
  readonly #containsPartOf = new Map<string, (value: string) => boolean>();

  constructor(providers: HostNames) {
    this.#providers = providers;
  }

  add(file: string, { type, list, matching_attributes: attributes, registrants }: WarningList): void {
    const offersNames = registrants === true || PUBLISHED_PROVIDERS.test(file);
    const countsForMail = attributes?.includes('email') === true;
    const kinds = kindsOf(attributes);
    this.isEmpty &&= list.length === 0;
    for (const [index, raw] of list.entries()) {
      const trimmed = raw.trim();
      const entry = trimmed.toLowerCase();
      if (entry === '') continue;
      if (offersNames) this.#addProvider(entry);
      else if (type === 'hostname') this.#addHost(entry, countsForMail);
      else if (type === 'string') this.#addExact(entry);
      else if (type === 'cidr') this.#ranges.push(rangeAt(entry, file, index));
      else if (type === 'substring') for (const kind of kinds) put(this.#partsOf, kind, entry);
      else for (const kind of kinds) put(this.#patternsOf, kind, patternAt(trimmed, file, index));
    }
  }

  /** Makes the lists fit for asking; none may be added afterwards. */
  finish(): void {
    this.#inRange = new AddressRanges(this.#ranges);
    for (const [kind, parts] of this.#partsOf) this.#containsPartOf.set(kind, toContainsPart(parts));
  }

  #addProvider(entry: string): void {
    const domain = withoutDots(entry);
    this.#providers.add(domain);
    this.#addExact(domain);
  }

  #addExact(entry: string): void {
    this.#exact.add(entry);
    this.#hasUrls ||= entry.includes('://');
  }

  #addHost(entry: string, countsForMail: boolean): void {
    const host = withoutDots(entry);
    this.#hosts.add(host);
    if (countsForMail) this.#mailHosts.add(host);
  }

  matches(kind: string, value: string): boolean {
    if (kind === 'domain' && this.#isHostOrBelow(this.#hosts, value)) return true;
    if (kind === 'email' && this.#isHostOrBelow(this.#mailHosts, value, value.lastIndexOf('@') + 1)) return true;
    if (kind === 'ip' && this.#inRange.has(value)) return true;
    const lower = kind === 'url' ? value.toLowerCase() : value; // the others have one spelling, in lower case
    if (this.#exact.hasFrom(lower, 0) || this.#containsPartOf.get(kind)?.(lower) === true) return true;
    return (
      this.#patternsOf.size > 0 && this.#patternsOf.get(kind)?.some((pattern) => pattern.matcher(value).find()) === true
    );
  }

  /** False: `matches` would say no. */
  mayMatch({ kind, bytes, from, to }: PlainFeature): boolean {
    if (this.#partsOf.size > 0 || this.#patternsOf.size > 0) return true;
    if (kind === 'ip' && this.#inRange.hasDecimal(bytes, from, to)) return true;
    if (kind === 'url') return this.#hasUrls;
    if (kind === 'domain' && mayBeHostOrBelow(this.#hosts, bytes, from, to)) return true;
    if (kind === 'email' && mayBeHostOrBelow(this.#mailHosts, bytes, bytes.indexOf(AT_SIGN, from) + 1, to)) return true;
    return this.#exact.mayHave(bytes, from, to);
  }

  /** Climbs from the host to the domains above it, and stops below a provider of names. */
  #isHostOrBelow(hosts: HostNames, host: string, from = 0): boolean {
    if (hosts.size === 0) return false;
    for (let at = from; ;) {
      if (at > from && this.#providers.hasFrom(host, at)) return false;
      if (hosts.hasFrom(host, at)) return true;
      const dot = host.indexOf('.', at);
      if (dot < 0) return false;
      at = dot + 1;
    }
  }
}

/** The host or a domain above it, as far as a glance tells. */
function mayBeHostOrBelow(hosts: HostNames, bytes: Uint8Array, from: number, to: number): boolean {
  if (hosts.size === 0) return false;
  for (let at = from; at < to; at += 1)
    if ((at === from || bytes[at - 1] === DOT) && hosts.mayHave(bytes, at, to)) return true;
  return false;
}

const AT_SIGN = 0x40;
const DOT = 0x2e;

const withoutDots = (host: string): string => host.replace(/^\.+|\.+$/g, '');

function put<T>(into: Map<string, T[]>, kind: string, entry: T): void {
  const entries = into.get(kind);
  if (entries === undefined) into.set(kind, [entry]);
  else entries.push(entry);
}

/** Kinds by the words MISP has for them; a list of parts or expressions is looked at for these alone. */
const KIND_OF_ATTRIBUTE: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^(?:domain|hostname|domain\|ip|hostname\|port)$/, 'domain'],
  [/^(?:ip|ip-(?:src|dst)(?:\|port)?)$/, 'ip'],
  [/^(?:url|uri|link)$/, 'url'],
  [/^(?:email|email-(?:src|dst)|target-email|whois-registrant-email|dns-soa-email)$/, 'email'],
  [/^(?:filename\|)?(?:md5|sha(?:1|224|256|384|512))$/, 'hash'],
];

/** All of them where the list does not say. */
function kindsOf(attributes: readonly string[] | undefined): ReadonlySet<string> {
  const kinds = (attributes ?? []).flatMap((attribute) =>
    KIND_OF_ATTRIBUTE.filter(([pattern]) => pattern.test(attribute)).map(([, kind]) => kind),
  );
  return kinds.length === 0 ? LISTED_KINDS : new Set(kinds);
}

function rangeAt(entry: string, file: string, index: number): AddressRange {
  try {
    return toAddressRange(entry);
  } catch (cause) {
    throw commonValuesInvalid({ file, reason: `/list/${index} is no address range` }, cause);
  }
}

/** `/expression/flags`, as MISP writes it, or the bare expression; always without regard to case. */
function patternAt(entry: string, file: string, index: number): RE2JS {
  const [, delimited] = /^\/(.*)\/[a-z]*$/su.exec(entry) ?? [];
  try {
    return RE2JS.compile(delimited ?? entry, RE2JS.CASE_INSENSITIVE);
  } catch (cause) {
    throw commonValuesInvalid({ file, reason: `/list/${index} is no expression of linear time (RE2)` }, cause);
  }
}

function parseList(file: string, text: string): WarningList {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw commonValuesInvalid({ file, reason: 'is not JSON' }, cause);
  }
  const { type, list, matching_attributes, registrants } = (value ?? {}) as Record<keyof WarningList, unknown>;
  if (!isType(type))
    throw commonValuesInvalid({ file, reason: 'type must be hostname, cidr, string, substring or regex' });
  if (!isTexts(list)) throw commonValuesInvalid({ file, reason: 'list must be a list of strings' });
  return {
    type,
    list,
    ...(isTexts(matching_attributes) && { matching_attributes }),
    ...(typeof registrants === 'boolean' && { registrants }),
  };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

function isType(type: unknown): type is WarningList['type'] {
  return ['hostname', 'cidr', 'string', 'substring', 'regex'].some((known) => known === type);
}
