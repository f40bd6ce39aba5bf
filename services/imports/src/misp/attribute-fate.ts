// What becomes of one MISP attribute, by its type and category: features, context, a target, a claim, or nothing.
// Holds: pure; a type that neither this table nor policy lists is not guessed at; nothing about a private person passes.
// Source: MISP core format, attribute types; README.md#misp

import { cut } from '../report.ts';
import { toAccount, toFieldValue, type ValueField } from '../values.ts';

/** An attribute as far as its fate depends on it. */
export interface AttributeFacts {
  readonly type: string;
  readonly category: string;
  readonly value: string;
  /** Name within its object, such as `tracking-id`; undefined outside one. */
  readonly relation?: string | undefined;
  /** The producer says it is no detection value, or not to be correlated. */
  readonly contextOnly: boolean;
}

/** Further types and relations that policy lists for the source. */
export interface AttributeRules {
  readonly contextTypes: readonly string[];
  readonly trackingRelations: readonly string[];
}

export type AttributeOutcome =
  | {
      readonly kind: 'value';
      readonly field: ValueField | 'fuzzyHashes' | 'references' | 'context';
      readonly value: string;
    }
  | { readonly kind: 'target'; readonly ref: string }
  | { readonly kind: 'actor'; readonly actor: string }
  | { readonly kind: 'personal' }
  | { readonly kind: 'unmapped' };

/** A type's values: for each side of a composite value, left first, the list it belongs to. */
type Sides = readonly (ValueField | 'context' | 'account' | 'wallet')[];

const SIDES: ReadonlyMap<string, Sides> = new Map<string, Sides>([
  ['domain', ['domains']],
  ['hostname', ['domains']],
  ['domain|ip', ['domains', 'ips']],
  ['hostname|port', ['domains', 'context']],
  ['ip-src', ['ips']],
  ['ip-dst', ['ips']],
  ['ip-src|port', ['ips', 'context']],
  ['ip-dst|port', ['ips', 'context']],
  ['url', ['urls']],
  ['uri', ['urls']],
  ...['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'authentihash'].flatMap((hash): [string, Sides][] => [
    [hash, ['hashes']],
    [`filename|${hash}`, ['context', 'hashes']],
  ]),
  ['malware-sample', ['context', 'hashes']],
  ['email-src', ['emails']],
  ['email-reply-to', ['emails']],
  ['whois-registrant-email', ['emails']],
  ['dns-soa-email', ['emails']],
  ['x509-fingerprint-md5', ['certificates']],
  ['x509-fingerprint-sha1', ['certificates']],
  ['x509-fingerprint-sha256', ['certificates']],
]);

const FUZZY = new Set(['ssdeep', 'tlsh', 'imphash', 'impfuzzy', 'pehash', 'telfhash']);
const WALLET_SCHEMES: ReadonlyMap<string, string> = new Map([
  ['btc', 'btc'],
  ['xmr', 'xmr'],
  ['iban', 'iban'],
  ['bank-account-nr', 'bank'],
]);
const ACCOUNT_PLATFORMS: ReadonlyMap<string, string> = new Map([
  ['twitter-id', 'twitter'],
  ['github-username', 'github'],
  ['jabber-id', 'jabber'],
]);
const CLAIMS = new Set(['threat-actor', 'campaign-name']);
const REFERENCE_CATEGORIES = new Set(['external analysis', 'internal reference']);
const CONTEXT_TYPES = new Set([
  'AS',
  'filename',
  'regkey',
  'regkey|value',
  'mutex',
  'pdb',
  'port',
  'user-agent',
  'vulnerability',
  'yara',
  'sigma',
  'mac-address',
  'mac-eui-64',
  'text',
  'comment',
  'other',
  'datetime',
  'size-in-bytes',
  'float',
  'counter',
  'mime-type',
  'ja3-fingerprint-md5',
  'jarm-fingerprint',
]);

const MAX_CONTEXT_CHARS = 4_000;

/** Decides the fate of one attribute: at least one outcome; a composite value may have two. */
export function fateOf(attribute: AttributeFacts, rules: AttributeRules): readonly AttributeOutcome[] {
  const { type, value } = attribute;
  if (attribute.category.toLowerCase() === 'person') return [{ kind: 'personal' }];
  if (type === 'email-dst' || type.startsWith('target-')) return [{ kind: 'target', ref: value }];
  if (CLAIMS.has(type)) return [{ kind: 'actor', actor: value }];
  if (type === 'link' || isReference(attribute))
    return [{ kind: 'value', field: 'references', value: cut(value, MAX_CONTEXT_CHARS) }];
  if (
    attribute.relation !== undefined &&
    rules.trackingRelations.includes(attribute.relation) &&
    !attribute.contextOnly
  )
    return [asFeature('trackers', attribute, value)];
  if (!isKnown(type, rules)) return [{ kind: 'unmapped' }];
  if (attribute.contextOnly) return [asContext(type, value)];
  return known(attribute);
}

/** True when a value of this type can be carried at all. */
function isKnown(type: string, rules: AttributeRules): boolean {
  const patterned = type.startsWith('pattern-') || type.startsWith('mac-') || type.startsWith('regkey');
  return (
    SIDES.has(type) ||
    FUZZY.has(type) ||
    WALLET_SCHEMES.has(type) ||
    ACCOUNT_PLATFORMS.has(type) ||
    CONTEXT_TYPES.has(type) ||
    patterned ||
    rules.contextTypes.includes(type)
  );
}

function known(attribute: AttributeFacts): readonly AttributeOutcome[] {
  const { type, value } = attribute;
  if (FUZZY.has(type)) return [{ kind: 'value', field: 'fuzzyHashes', value: `${type}:${value}` }];
  const scheme = WALLET_SCHEMES.get(type);
  if (scheme !== undefined) return [asFeature('wallets', attribute, `${scheme}:${value}`)];
  const platform = ACCOUNT_PLATFORMS.get(type);
  if (platform !== undefined) return [accountOf(platform, attribute)];
  const sides = SIDES.get(type);
  if (sides === undefined) return [asContext(type, value)];
  return sides.length === 1 ? [asFeature(sides[0] as ValueField, attribute, value)] : compositeOf(sides, attribute);
}

/** The last bar divides: a file name may hold one, a hash or an address may not. */
function compositeOf(sides: Sides, attribute: AttributeFacts): readonly AttributeOutcome[] {
  const bar = attribute.value.lastIndexOf('|');
  const types = attribute.type === 'malware-sample' ? ['filename', 'hash'] : attribute.type.split('|');
  const values = bar < 0 ? [attribute.value] : [attribute.value.slice(0, bar), attribute.value.slice(bar + 1)];
  if (values.length < 2) return [asContext(attribute.type, attribute.value)];
  return sides.map((side, index) => {
    const [type, value] = [types[index] ?? attribute.type, (values[index] ?? '').trim()];
    return side === 'context' ? asContext(type, value) : asFeature(side as ValueField, { ...attribute, type }, value);
  });
}

function asFeature(field: ValueField, attribute: AttributeFacts, value: string): AttributeOutcome {
  const found = toFieldValue(field, value);
  return found === undefined ? asContext(attribute.type, value) : { kind: 'value', ...found };
}

function accountOf(platform: string, attribute: AttributeFacts): AttributeOutcome {
  const found = toAccount(platform, attribute.value);
  return found === undefined ? asContext(attribute.type, attribute.value) : { kind: 'value', ...found };
}

function asContext(type: string, value: string): AttributeOutcome {
  return { kind: 'value', field: 'context', value: cut(`${type}: ${value}`, MAX_CONTEXT_CHARS) };
}

function isReference({ type, category }: AttributeFacts): boolean {
  return (type === 'url' || type === 'uri') && REFERENCE_CATEGORIES.has(category.toLowerCase());
}
