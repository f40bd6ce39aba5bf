// Recognises typed values as people write them: defanged, with a scheme too much, as a page of an account.
// Holds: a value is normalised by the contract's own normaliser or it is none: then it is kept as context.
// Source: README.md#values

import { normalise, refang } from '@sitebus/sdk';

/** The lists of an IndicatorReport that hold features, with the kind each is normalised as. */
export const VALUE_KINDS = Object.freeze({
  domains: 'domain',
  ips: 'ip',
  urls: 'url',
  hashes: 'hash',
  emails: 'email',
  certificates: 'certificate',
  trackers: 'tracker',
  wallets: 'wallet',
  accounts: 'account',
} as const);

export type ValueField = keyof typeof VALUE_KINDS;

/** One recognised value, and the list it belongs to. */
export interface FieldValue {
  readonly field: ValueField;
  readonly value: string;
}

/** The normalised value for a list, or undefined when it is not valid there. */
export function toFieldValue(field: ValueField, raw: string): FieldValue | undefined {
  const value = normalise(VALUE_KINDS[field], refang(raw));
  return value === undefined ? undefined : { field, value };
}

/** The first of the lists under which the text is valid. */
export function toFirstFieldValue(fields: readonly ValueField[], raw: string): FieldValue | undefined {
  for (const field of fields) {
    const found = toFieldValue(field, raw);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Hosts whose first label is not the platform's name. */
const PLATFORM_OF_HOST: ReadonlyMap<string, string> = new Map([
  ['t.me', 'telegram'],
  ['x.com', 'twitter'],
  ['fb.com', 'facebook'],
]);

/**
 * Reads a channel by its name: `vk.example/page` is platform and handle, a bare host is a domain.
 * @returns undefined for anything else, a longer path included: that is a page, not an account.
 */
export function toChannel(name: string): FieldValue | undefined {
  const bare = refang(name.trim())
    .replace(/^https?:\/\//i, '')
    .replace(/^www\./i, '')
    .replace(/\/$/, '');
  const [host = '', handle, rest] = bare.split('/');
  if (rest !== undefined || /\s/.test(bare)) return undefined;
  if (handle === undefined) return toFieldValue('domains', host);
  const domain = normalise('domain', host);
  if (domain === undefined) return undefined;
  return toAccount(PLATFORM_OF_HOST.get(domain) ?? domain.split('.')[0] ?? domain, handle);
}

/** `<platform>:<handle>`, the handle in lower case without `@`. */
export function toAccount(platform: string, handle: string): FieldValue | undefined {
  const name = handle.trim().replace(/^@/, '');
  return name === '' || platform.trim() === '' ? undefined : toFieldValue('accounts', `${platform.trim()}:${name}`);
}

/** The host of an address that names a site and no page of it; undefined when it has a path, a query or is no address. */
export function toSiteDomain(raw: string): FieldValue | undefined {
  const text = refang(raw.trim());
  if (!/^https?:\/\//i.test(text)) return toFieldValue('domains', text.replace(/\/$/, ''));
  if (!URL.canParse(text)) return undefined;
  const { hostname, pathname, search } = new URL(text);
  return pathname === '/' && search === '' ? toFieldValue('domains', hostname) : undefined;
}
