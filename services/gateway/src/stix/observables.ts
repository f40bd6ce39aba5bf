// Normalised values as STIX cyber-observables.
// Holds: pure; a value becomes one observable or none, and equal values the same id as anywhere else in the world.
// Source: STIX 2.1 §6

import { isIPv4 } from 'node:net';
import { idOfObservable } from './names.ts';
import type { StixId } from './names.ts';

/** A normalised value of a kind that links. */
export interface Feature {
  readonly kind: string;
  readonly value: string;
}

/** An observable without its markings, and the pattern an indicator finds it by. */
export interface Observable {
  readonly id: StixId;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly pattern: string;
}

/** @returns undefined for a value that STIX has no observable for; it stays in our extension. */
export function observableOf({ kind, value }: Feature): Observable | undefined {
  switch (kind) {
    case 'domain':
      return withValue('domain-name', value);
    case 'ip':
      return withValue(isIPv4(value) ? 'ipv4-addr' : 'ipv6-addr', value);
    case 'url':
      return withValue('url', value);
    case 'email':
      return withValue('email-addr', value);
    case 'hash':
      return fileOf(value);
    case 'certificate':
      return certificateOf(value);
    case 'account':
      return accountOf(value);
    default:
      return undefined;
  }
}

/** @returns the observables of the values, each once, in the order of the values. */
export function observablesOf(features: readonly Feature[]): readonly Observable[] {
  const found = features.flatMap((feature) => observableOf(feature) ?? []);
  return [...new Map(found.map((each) => [each.id, each])).values()];
}

function withValue(type: string, value: string): Observable {
  return make(type, { value }, [['value', value]]);
}

function fileOf(hash: string): Observable | undefined {
  const algorithm = HASH_BY_CHARS.get(hash.length);
  if (algorithm === undefined) return undefined;
  return make('file', { hashes: { [algorithm]: hash } }, [[`hashes.'${algorithm}'`, hash]]);
}

/** SHA-224 and SHA-384 have no name in STIX's vocabulary of hashes. */
const HASH_BY_CHARS: ReadonlyMap<number, string> = new Map([
  [32, 'MD5'],
  [40, 'SHA-1'],
  [64, 'SHA-256'],
  [128, 'SHA-512'],
]);

/** A fingerprint, or issuer and serial number joined by `#`. */
function certificateOf(value: string): Observable | undefined {
  const cut = value.lastIndexOf('#');
  if (cut < 0) {
    const algorithm = HASH_BY_CHARS.get(value.length);
    if (algorithm === undefined) return undefined;
    return make('x509-certificate', { hashes: { [algorithm]: value } }, [[`hashes.'${algorithm}'`, value]]);
  }
  const issuer = value.slice(0, cut);
  const serial = value.slice(cut + 1);
  const observable = make('x509-certificate', { serial_number: serial, issuer }, [
    ['issuer', issuer],
    ['serial_number', serial],
  ]);
  // The issuer names the certificate for us, and does not contribute to the id that the standard gives it; with the
  // serial number alone, two issuers' certificates would be one.
  return { ...observable, id: idOfObservable('x509-certificate', { issuer, serial_number: serial }) };
}

function accountOf(value: string): Observable {
  const cut = value.indexOf(':');
  const platform = value.slice(0, cut);
  const login = value.slice(cut + 1);
  return make('user-account', { account_type: platform, account_login: login }, [
    ['account_type', platform],
    ['account_login', login],
  ]);
}

function make(
  type: string,
  properties: Readonly<Record<string, unknown>>,
  compared: readonly (readonly [path: string, value: string])[],
): Observable {
  const terms = compared.map(([path, value]) => `${type}:${path} = '${escaped(value)}'`);
  return { id: idOfObservable(type, properties), type, properties, pattern: `[${terms.join(' AND ')}]` };
}

/** STIX 2.1 §9.2: a backslash and a quote are escaped inside a string. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
