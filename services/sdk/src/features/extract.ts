// From a decoded record to the features that link it, driven by the schema's annotations.
// Holds: features are normalised, without duplicates, sorted by kind and value; what cannot link is context with its reason;
// a new record type needs no code here. Cost: linear in the values of the record; called once a record by fusion.
// Source: README.md#features

import type { Codec, Decoded } from '../avro-codec.ts';
import { newestFeaturesOf, type SchemaLock } from '../schema-lock.ts';
import { COMPOSITE_FIELDS, type FeatureKind } from './annotations.ts';
import type { FoundStrings } from './found-strings.ts';
import { hostFault, MAX_VALUE_CHARS, normaliseOrExplain, type ContextCause, type Normalised } from './normalise.ts';
import { PlainFeature } from './plain-feature.ts';
import { NO_HOST, NOT_PLAIN, plainHostEnd, plainHostFrom } from './plain-spelling.ts';

/** A typed value by which observations link; equal features are equal strings. */
export interface Feature {
  readonly kind: FeatureKind;
  /**
   * `place-time` is `<place> <from> <to>` and `co-share` is `<object> <account> <at>`, separated by one space,
   * instants in UTC milliseconds; no part contains a space. All other kinds are one value.
   */
  readonly value: string;
}

/** A value that was reported where a feature could be, and links nothing. `value` is as reported. */
export interface ContextFeature {
  readonly kind: FeatureKind;
  readonly value: string;
  readonly reason: ContextCause;
}

/** What one record yields; both lists sorted by kind and value, without duplicates. */
export interface Extracted {
  readonly features: readonly Feature[];
  readonly context: readonly ContextFeature[];
}

/**
 * @returns the features of a record that was decoded whole, or in part (`Codec.lookingAt`: then many are `PlainFeature`s); none
 * for a subject without annotations. Never throws on decoded values.
 */
export function featuresOf(
  schemas: SchemaLock | Pick<Codec, 'lock'>,
  { subject, value, found }: Pick<Decoded, 'subject' | 'value' | 'found'>,
): Extracted {
  const fields = fieldsOf('lock' in schemas ? schemas.lock : schemas, subject);
  if (fields.all.length === 0) return NOTHING;
  const features: Feature[] = [];
  const context: ContextFeature[] = [];
  const read = found === undefined ? fields.all : fields.composite;
  for (let nth = 0; nth < read.length; nth += 1) collect(value, read[nth]!, 0, features, context);
  if (found !== undefined) enterFound(found, features, context);
  return { features: sortedOnce(features), context: sortedOnce(context) };
}

/** The annotated fields of the subject's newest version. */
function fieldsOf(lock: SchemaLock, subject: string): AnnotatedFields {
  let ofLock = compiled.get(lock);
  if (ofLock === undefined) compiled.set(lock, (ofLock = new Map<string, AnnotatedFields>()));
  const known = ofLock.get(subject);
  if (known !== undefined) return known;
  const all = newestFeaturesOf(lock, subject).map(({ path, kind }) => ({ kind, path: path.split('.') }));
  const fields = { all, composite: all.filter(({ kind }) => COMPOSITE_FIELDS[kind] !== undefined) };
  ofLock.set(subject, fields);
  return fields;
}

const compiled = new WeakMap<SchemaLock, Map<string, AnnotatedFields>>();
const NOTHING: Extracted = Object.freeze({ features: Object.freeze([]), context: Object.freeze([]) });

/** Strings that nobody has read yet: most are canonical as they stand. */
function enterFound(found: FoundStrings, features: Feature[], context: ContextFeature[]): void {
  const { bytes } = found;
  for (let nth = 0; nth < found.count; nth += 1) {
    const [kind, from, to] = [found.kindOf(nth), found.fromOf(nth), found.toOf(nth)];
    const hostFrom = to - from > MAX_VALUE_CHARS ? NOT_PLAIN : plainHostFrom(kind, bytes, from, to);
    if (hostFrom === NOT_PLAIN) enter(kind, found.textOf(nth), features, context);
    else if (hostFrom === NO_HOST) features.push(new PlainFeature(kind, bytes, from, to));
    else enterWithHost(new PlainFeature(kind, bytes, from, to), hostFrom, features, context);
  }
}

function enterWithHost(feature: PlainFeature, hostFrom: number, features: Feature[], context: ContextFeature[]): void {
  const { kind, bytes, to } = feature;
  const host =
    kind === 'domain' ? feature : new PlainFeature('domain', bytes, hostFrom, plainHostEnd(bytes, hostFrom, to));
  const reason = hostFault(kind, host.value);
  if (reason !== undefined) {
    context.push({ kind, value: feature.value, reason });
    return;
  }
  features.push(feature);
  if (kind === 'url') features.push(host);
}

interface AnnotatedFields {
  readonly all: readonly AnnotatedField[];
  /** Those whose values are records: of a record read in part, the others lie in its bytes. */
  readonly composite: readonly AnnotatedField[];
}

interface AnnotatedField {
  readonly kind: FeatureKind;
  readonly path: readonly string[];
}

/** Enters every value at the path, through arrays and past nulls. */
function collect(
  value: unknown,
  field: AnnotatedField,
  depth: number,
  features: Feature[],
  context: ContextFeature[],
): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, field, depth, features, context);
    return;
  }
  const key = field.path[depth];
  if (key === undefined) enter(field.kind, value, features, context);
  else collect((value as Record<string, unknown>)[key], field, depth + 1, features, context);
}

function enter(kind: FeatureKind, found: unknown, features: Feature[], context: ContextFeature[]): void {
  const raw = rawOf(kind, found);
  const outcome = normalisedOf(kind, found, raw);
  if ('reason' in outcome) {
    context.push({ kind, value: raw, reason: outcome.reason });
    return;
  }
  const { value, host } = outcome;
  features.push({ kind, value });
  if (host !== undefined) features.push(host);
}

/** Sorts in place and drops what is there twice. */
function sortedOnce<V extends Feature | ContextFeature>(values: V[]): readonly V[] {
  if (values.length < 2) return values;
  if (values.length <= FEW) sortFew(values);
  else values.sort(byKindAndValue);
  let kept = 1;
  for (let at = 1; at < values.length; at += 1) {
    const value = values[at]!;
    if (byKindAndValue(values[kept - 1]!, value) !== 0) values[kept++] = value;
  }
  values.length = kept;
  return values;
}

/** Up to here inserting each in its place costs less than the runtime's sort, which copies the list. */
const FEW = 24;

function sortFew(values: (Feature | ContextFeature)[]): void {
  for (let at = 1; at < values.length; at += 1) {
    const value = values[at]!;
    let to = at;
    for (; to > 0 && byKindAndValue(values[to - 1]!, value) > 0; to -= 1) values[to] = values[to - 1]!;
    values[to] = value;
  }
}

/** The value as reported, for people. */
function rawOf(kind: FeatureKind, found: unknown): string {
  if (typeof found === 'string') return found;
  const record = found as Record<string, unknown>;
  if (kind === 'text') return String(record['text']);
  if (kind === 'place-time') return `${String(record['place'])} ${String(record['from'])} ${String(record['to'])}`;
  return `${String(record['object'])} ${String(record['account'])} ${String(record['at'])}`;
}

function normalisedOf(kind: FeatureKind, found: unknown, raw: string): Normalised {
  if (kind === 'place-time') return placeTime(found as { place: string; from: number; to: number });
  if (kind === 'co-share') return coShare(found as { object: string; account: string; at: number });
  return normaliseOrExplain(kind, raw);
}

function placeTime({ place, from, to }: { place: string; from: number; to: number }): Normalised {
  const slug = place.normalize('NFC').trim().toLowerCase();
  return PLACE.test(slug) && from <= to ? { value: `${slug} ${from} ${to}` } : { reason: 'INVALID' };
}

/** A riding's slug, or a geohash of five characters. */
const PLACE = /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*$/u;

function coShare({ object, account, at }: { object: string; account: string; at: number }): Normalised {
  const url = normaliseOrExplain('url', object);
  const shared = 'value' in url ? url : normaliseOrExplain('media', object);
  const who = normaliseOrExplain('account', account);
  if ('reason' in shared) return shared;
  return 'reason' in who ? who : { value: `${shared.value} ${who.value} ${at}` };
}

function byKindAndValue(a: Feature | ContextFeature, b: Feature | ContextFeature): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  if (a instanceof PlainFeature && b instanceof PlainFeature) return a.compare(b);
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}
