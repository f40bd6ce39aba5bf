// Values too common to mean anything, from lists in the shape of MISP warninglists: they never link, and stay visible.
// Holds: lists of policy itself say COMMON, lists below `warning-lists/` say WARNING_LIST; an unreadable list or one of
// an unknown type refuses all, because a list that silently matches nothing would link strangers; a name registered below
// a provider of names is its registrant's, and no list of hosts reaches it.
// Source: MISP warninglist format; README.md#common-values

import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import ipaddr from 'ipaddr.js';
import { commonValuesInvalid } from './errors.ts';

/** Which list holds a value that never links: the policy's of common values, or a published warning list. */
export type CommonReason = 'COMMON' | 'WARNING_LIST';

/** The lists in force. */
export interface CommonValues {
  /** SHA-256, hex, of all lists. */
  readonly version: string;
  /** Why a normalised feature value never links; undefined where it may. */
  reasonFor(kind: string, value: string): CommonReason | undefined;
  /** True where a host below this domain says nothing of others below it: the domain is common itself. */
  isSharedSuffix(domain: string): boolean;
}

/** One list as MISP publishes it; other properties are ignored. */
export interface WarningList {
  readonly type: 'hostname' | 'cidr' | 'string' | 'substring';
  readonly list: readonly string[];
  /** `email` among them: hosts of the list count for the addresses at them too. Otherwise not looked at. */
  readonly matching_attributes?: readonly string[];
  /** Ours, not MISP's. True: anyone may register a name below these; the entries are matched alone, whatever the type. */
  readonly registrants?: boolean;
}

/** No lists at all. */
export const NO_COMMON_VALUES: CommonValues = Object.freeze({
  version: createHash('sha256').digest('hex'),
  reasonFor: () => undefined,
  isSharedSuffix: () => false,
});

/**
 * Reads every `.json` below a folder.
 * Rejects with COMMON_VALUES_INVALID (not retriable) naming the file. An empty folder is an empty set of lists.
 */
export async function loadCommonValues(dir: string): Promise<CommonValues> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(join(dir, file), 'utf8')] as const));
  return toCommonValues(texts);
}

/** Like `loadCommonValues`, from (file name, JSON text) in a fixed order. */
export function toCommonValues(texts: readonly (readonly [file: string, text: string])[]): CommonValues {
  const digest = createHash('sha256');
  const providers = new Set<string>();
  const own = new Matcher(providers);
  const published = new Matcher(providers);
  for (const [file, text] of texts) {
    digest.update(`${file}\n${text}\n`);
    (file.startsWith('warning-lists/') ? published : own).add(file, parseList(file, text));
  }
  own.finish();
  published.finish();
  const reasonFor = (kind: string, value: string): CommonReason | undefined => {
    if (own.matches(kind, value)) return 'COMMON';
    return published.matches(kind, value) ? 'WARNING_LIST' : undefined;
  };
  return {
    version: digest.digest('hex'),
    reasonFor,
    isSharedSuffix: (domain) => reasonFor('domain', domain) !== undefined,
  };
}

/** Kinds whose whole value a `string` or `substring` entry is compared with. */
const EXACT_KINDS = new Set(['domain', 'ip', 'hash', 'url', 'email']);

/** The published list of providers of names; MISP gives it the type of a list of hosts, which would swallow the names. */
const PUBLISHED_PROVIDERS = /(^|\/)dynamic-dns\//;

class Matcher {
  /** Domains below which anyone may register a name, of all lists. */
  readonly #providers: Set<string>;
  readonly #hosts = new Set<string>();
  /** Hosts whose mail addresses are common too. */
  readonly #mailHosts = new Set<string>();
  readonly #exact = new Set<string>();
  readonly #parts: string[] = [];
  #ranges: Range[] = [];

  constructor(providers: Set<string>) {
    this.#providers = providers;
  }

  add(file: string, { type, list, matching_attributes: attributes, registrants }: WarningList): void {
    const offersNames = registrants === true || PUBLISHED_PROVIDERS.test(file);
    const countsForMail = attributes?.includes('email') === true;
    for (const [index, raw] of list.entries()) {
      const entry = raw.trim().toLowerCase();
      if (entry === '') continue;
      if (offersNames) this.#addProvider(entry);
      else if (type === 'hostname') this.#addHost(entry, countsForMail);
      else if (type === 'string') this.#exact.add(entry);
      else if (type === 'substring') this.#parts.push(entry);
      else this.#ranges.push(toRange(entry, file, index));
    }
  }

  /** Sorts the ranges and merges those that touch; no list may be added afterwards. */
  finish(): void {
    const merged: Range[] = [];
    for (const range of this.#ranges.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
      const last = merged[merged.length - 1];
      if (last !== undefined && range.first <= last.last) {
        if (range.last > last.last) merged[merged.length - 1] = { first: last.first, last: range.last };
      } else merged.push(range);
    }
    this.#ranges = merged;
  }

  #addProvider(entry: string): void {
    const domain = withoutDots(entry);
    this.#providers.add(domain);
    this.#exact.add(domain);
  }

  #addHost(entry: string, countsForMail: boolean): void {
    const host = withoutDots(entry);
    this.#hosts.add(host);
    if (countsForMail) this.#mailHosts.add(host);
  }

  matches(kind: string, value: string): boolean {
    if (!EXACT_KINDS.has(kind)) return false;
    if (kind === 'domain' && this.#isHostOrBelow(this.#hosts, value)) return true;
    if (kind === 'email' && this.#isHostOrBelow(this.#mailHosts, value.slice(value.lastIndexOf('@') + 1))) return true;
    if (kind === 'ip' && this.#isInRange(value)) return true;
    if (this.#exact.size === 0 && this.#parts.length === 0) return false;
    const lower = value.toLowerCase();
    return this.#exact.has(lower) || this.#parts.some((part) => lower.includes(part));
  }

  /** Climbs from the host to the domains above it, and stops below a provider of names. */
  #isHostOrBelow(hosts: ReadonlySet<string>, host: string): boolean {
    if (hosts.size === 0) return false;
    for (let at = 0; ; at = host.indexOf('.', at) + 1) {
      const domain = at === 0 ? host : host.slice(at);
      if (at > 0 && this.#providers.has(domain)) return false;
      if (hosts.has(domain)) return true;
      if (!host.includes('.', at)) return false;
    }
  }

  #isInRange(address: string): boolean {
    if (this.#ranges.length === 0 || !ipaddr.isValid(address)) return false;
    const digits = toDigits(ipaddr.parse(address));
    let low = 0;
    let high = this.#ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = this.#ranges[middle]!;
      if (digits < range.first) high = middle - 1;
      else if (digits > range.last) low = middle + 1;
      else return true;
    }
    return false;
  }
}

const withoutDots = (host: string): string => host.replace(/^\.+|\.+$/g, '');

/** Both ends included; addresses as `toDigits` writes them, so that text order is address order. */
interface Range {
  readonly first: string;
  readonly last: string;
}

/** Version digit and the bytes in hexadecimal: IPv4 before IPv6, each in order. */
function toDigits(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  return (address.kind() === 'ipv4' ? '4' : '6') + Buffer.from(address.toByteArray()).toString('hex');
}

function toRange(entry: string, file: string, index: number): Range {
  const [address, bits] = parseRange(entry, file, index);
  const bytes = address.toByteArray();
  const masked = (fill: number): string => {
    const end = bytes.map((byte, place) => {
      const free = Math.min(8, Math.max(0, (place + 1) * 8 - bits));
      const mask = (1 << free) - 1;
      return (byte & ~mask) | (fill & mask);
    });
    return (address.kind() === 'ipv4' ? '4' : '6') + Buffer.from(end).toString('hex');
  };
  return { first: masked(0x00), last: masked(0xff) };
}

function parseRange(entry: string, file: string, index: number): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  try {
    if (entry.includes('/')) return ipaddr.parseCIDR(entry);
    const address = ipaddr.parse(entry);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch (cause) {
    throw commonValuesInvalid({ file, reason: `/list/${index} is no address range` }, cause);
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
  if (!isType(type)) throw commonValuesInvalid({ file, reason: 'type must be hostname, cidr, string or substring' });
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
  return type === 'hostname' || type === 'cidr' || type === 'string' || type === 'substring';
}
