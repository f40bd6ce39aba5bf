// The values a single STIX object holds, by its type, and the lines of context it leaves.
// Holds: pure; a value that does not normalise is context; no name of a private person. Source: STIX 2.1 §4–6; README.md#stix

import { cut } from '../report.ts';
import type { IndicatorField } from '../indicator-parts.ts';
import { at, listAt, objectAt, textAt, toText, type JsonObject } from '../untrusted.ts';
import { toAccount, toChannel, toFieldValue, toFirstFieldValue, type ValueField } from '../values.ts';
import { equalitiesIn } from './pattern.ts';

export interface ObjectValue {
  readonly field: IndicatorField;
  readonly value: string;
}

const MAX_CONTEXT_CHARS = 4_000;

const SIMPLE: ReadonlyMap<string, ValueField> = new Map([
  ['domain-name', 'domains'],
  ['ipv4-addr', 'ips'],
  ['ipv6-addr', 'ips'],
  ['url', 'urls'],
  ['email-addr', 'emails'],
]);

const FUZZY_ALGORITHMS = new Set(['SSDEEP', 'TLSH']);

/** Types that leave a line of context and nothing else. */
const CONTEXT_TYPES = new Set([
  'autonomous-system',
  'directory',
  'mac-addr',
  'mutex',
  'process',
  'software',
  'windows-registry-key',
  'network-traffic',
  'malware',
  'tool',
  'vulnerability',
  'infrastructure',
  'course-of-action',
  'malware-analysis',
  'opinion',
  'identity',
  'location',
]);

/** True for a type whose objects `valuesOf` reads. */
export function holdsValues(type: string): boolean {
  return (
    SIMPLE.has(type) ||
    CONTEXT_TYPES.has(type) ||
    ['file', 'artifact', 'user-account', 'x509-certificate', 'indicator', 'email-message'].includes(type)
  );
}

/** What one object leaves in a report; at least one line for every type that `holdsValues`. */
export function valuesOf(object: JsonObject, byId: ReadonlyMap<string, JsonObject>): readonly ObjectValue[] {
  const type = textAt(object, 'type') ?? '';
  const simple = SIMPLE.get(type);
  if (simple !== undefined) return [orContext(toFieldValue(simple, textAt(object, 'value') ?? ''), object)];
  switch (type) {
    case 'file':
    case 'artifact':
      return hashesOf(object);
    case 'user-account':
      return [orContext(accountOf(object), object)];
    case 'x509-certificate':
      return [certificateOf(object)];
    case 'email-message':
      return senderOf(object, byId);
    case 'indicator':
      return patternValues(object);
    default:
      return [contextOf(object)];
  }
}

/** A line of context that names an object. */
export function contextOf(object: JsonObject): ObjectValue {
  const named = [
    'value',
    'name',
    'display_name',
    'title',
    'path',
    'key',
    'user_id',
    'account_login',
    'number',
    'command_line',
    'pattern',
  ];
  const name = named.map((key) => textAt(object, key) ?? numberAt(object, key)).find((text) => text !== undefined);
  return {
    field: 'context',
    value: cut(`${textAt(object, 'type') ?? 'object'}: ${name ?? '(unnamed)'}`, MAX_CONTEXT_CHARS),
  };
}

/** `<account_type>:<login or id>`; without a type only a name that is itself `host/handle`. */
export function accountOf(object: JsonObject): ObjectValue | undefined {
  const name = textAt(object, 'account_login') ?? textAt(object, 'user_id');
  if (name === undefined || /\s/.test(name)) return undefined;
  if (name.includes('/')) return toChannel(name);
  const platform = textAt(object, 'account_type');
  return platform === undefined ? undefined : toAccount(platform, name);
}

function hashesOf(object: JsonObject): ObjectValue[] {
  const hashes = Object.entries(objectAt(object, 'hashes') ?? {}).flatMap(([algorithm, written]): ObjectValue[] => {
    const value = toText(written);
    if (value === undefined) return [];
    if (FUZZY_ALGORITHMS.has(algorithm.toUpperCase()))
      return [{ field: 'fuzzyHashes', value: `${algorithm.toLowerCase()}:${value}` }];
    return [
      toFieldValue('hashes', value) ?? {
        field: 'context',
        value: cut(`hash ${algorithm}: ${value}`, MAX_CONTEXT_CHARS),
      },
    ];
  });
  return hashes.length > 0 ? hashes : [contextOf(object)];
}

/** SHA-256 before SHA-1; else issuer and serial number, which name a certificate just as well. */
function certificateOf(object: JsonObject): ObjectValue {
  const hashes = objectAt(object, 'hashes');
  const print = textAt(hashes, 'SHA-256') ?? textAt(hashes, 'SHA-1');
  const [issuer, serial] = [textAt(object, 'issuer'), textAt(object, 'serial_number')];
  const named = print ?? (issuer !== undefined && serial !== undefined ? `${issuer}#${serial}` : undefined);
  return orContext(named === undefined ? undefined : toFieldValue('certificates', named), object);
}

function senderOf(object: JsonObject, byId: ReadonlyMap<string, JsonObject>): ObjectValue[] {
  const senders = ['from_ref', 'sender_ref'].flatMap(
    (key) => textAt(byId.get(textAt(object, key) ?? ''), 'value') ?? [],
  );
  const values = senders.flatMap((sender) => toFieldValue('emails', sender) ?? []);
  return values.length > 0
    ? values
    : [
        {
          field: 'context',
          value: cut(`email-message: ${textAt(object, 'subject') ?? '(no subject)'}`, MAX_CONTEXT_CHARS),
        },
      ];
}

/** The addresses a message was sent to; they are targets, never features. */
export function recipientsOf(object: JsonObject, byId: ReadonlyMap<string, JsonObject>): readonly string[] {
  return ['to_refs', 'cc_refs', 'bcc_refs']
    .flatMap((key) => listAt(object, key))
    .flatMap((ref) => (typeof ref === 'string' ? (textAt(byId.get(ref), 'value') ?? []) : []));
}

function patternValues(object: JsonObject): ObjectValue[] {
  const pattern = textAt(object, 'pattern') ?? '';
  const stix = (textAt(object, 'pattern_type') ?? 'stix') === 'stix';
  const values = stix ? equalitiesIn(pattern).flatMap(({ path, value }) => patternValue(path, value) ?? []) : [];
  return values.length > 0
    ? values
    : [
        {
          field: 'context',
          value: cut(`pattern: ${pattern === '' ? (textAt(object, 'name') ?? '(none)') : pattern}`, MAX_CONTEXT_CHARS),
        },
      ];
}

function patternValue(path: string, value: string): ObjectValue | undefined {
  const [type = '', property = ''] = path.split(/:(.*)/s);
  const simple = property === 'value' ? SIMPLE.get(type) : undefined;
  if (simple !== undefined)
    return toFieldValue(simple, value) ?? { field: 'context', value: cut(`${path} = ${value}`, MAX_CONTEXT_CHARS) };
  const algorithm = /^hashes\.\[?([A-Za-z0-9-]+)\]?$/.exec(property)?.[1]?.toUpperCase();
  if (algorithm === undefined) return { field: 'context', value: cut(`${path} = ${value}`, MAX_CONTEXT_CHARS) };
  if (FUZZY_ALGORITHMS.has(algorithm)) return { field: 'fuzzyHashes', value: `${algorithm.toLowerCase()}:${value}` };
  return (
    toFirstFieldValue(type === 'x509-certificate' ? ['certificates'] : ['hashes'], value) ?? {
      field: 'context',
      value: cut(`${path} = ${value}`, MAX_CONTEXT_CHARS),
    }
  );
}

function orContext(value: ObjectValue | undefined, object: JsonObject): ObjectValue {
  return value ?? contextOf(object);
}

function numberAt(object: JsonObject, key: string): string | undefined {
  const found = at(object, key);
  return typeof found === 'number' ? String(found) : undefined;
}
