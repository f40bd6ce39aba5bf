// The detection rules of policy as integer tables: what the engine reads instead of numbers with a fraction.
// Holds: everything is a whole number of micro-units, so that sums are exact and no order of arrival can change them;
// a kind without a weight never links. Source: README.md#rules

import type { AccumulationGroup, Detection, Policy } from '@sitebus/sdk';
import { DERIVATIONS, type Derivation, type DerivationRules } from './values/derived-values.ts';
import { calendarOf, type Calendar } from './judgement/proximity.ts';

export const MICRO = 1_000_000;
/** Where policy names no ceiling. */
const MAX_LIVE_RECORDS = 4_000_000;
const DAY_MS = 86_400_000;
const DECAY_STEPS = 1_024;
/** Records of one value beyond this many times the hub cap make it a hub whatever their lineages: pairs grow with the square. */
const VOLUME_FACTOR = 16;

/** The rules of one view's fusion; frozen, shared by all its parts. */
export interface Rules {
  readonly ruleVersion: number;
  readonly policyVersion: number;
  /** Kinds that can link or from which such follow, sorted; a kind's number in the engine is its place here. */
  readonly kinds: readonly string[];
  /** Kinds that a record can state; those that only follow from others are not among them. */
  readonly kindNumbers: ReadonlyMap<string, number>;
  /** By kind number: 1 where a value is never stated and follows from others. */
  readonly isDerived: Uint8Array;
  /** By kind number: 1 where of what a pair shares only the strongest value counts. */
  readonly countsOnce: Uint8Array;
  /** By number of the kind it follows from; undefined where nothing does. */
  readonly derivations: readonly (NumberedDerivation | undefined)[];
  readonly derivationRules: DerivationRules;
  /** Number of the kind, -1 where policy gives it no weight: then there is no such thing. */
  readonly textKind: number;
  readonly similarTextKind: number;
  readonly placeTimeKind: number;
  /** A reported share, which itself never links, and the pair of accounts that follows from several. */
  readonly shareKind: number;
  readonly coSharePairKind: number;
  readonly texts: Detection['texts'];
  readonly coShares: Detection['coShares'];
  /** By kind number, as in policy (0 to 1). */
  readonly weights: readonly number[];
  /** By kind number, then df bucket; micro-units. */
  readonly contributionsMicro: readonly Int32Array[];
  /** By kind number, days. */
  readonly lifetimeDays: readonly number[];
  readonly defaultLifetimeDays: number;
  /** For records that say something about others. */
  readonly longestLifetimeDays: number;
  /** Records a view holds at most, and by agency how many before it is asked to give some up; `default`, `tenant`. */
  readonly maxLiveRecords: number;
  readonly liveQuota: ReadonlyMap<string, number>;
  /** Times in which nothing leaves, UTC milliseconds: from, inclusive, to, exclusive. */
  readonly holds: readonly { readonly from: number; readonly to: number }[];
  /** By kind number, milliseconds that two sightings may lie apart; Infinity where time does not matter. */
  readonly linkWindowMs: readonly number[];
  /** A value of a kind with a window that was seen at this many separate times is a hub. */
  readonly recurrenceCap: number;
  readonly thresholdMicro: number;
  readonly hubCap: number;
  readonly volumeCap: number;
  readonly tenantLineages: number;
  readonly largeReportFeatures: number;
  readonly containmentMicro: number;
  readonly copyContainmentMicro: number;
  readonly copyMinValues: number;
  readonly copyPresumedMinValues: number;
  readonly copyTextMinChars: number;
  readonly copyTextOtherValues: number;
  readonly baseRateMicro: number;
  readonly priorMicro: number;
  readonly impact: ReadonlyMap<string, number>;
  /** Severity from which a record that nothing links to is an assessment of its own, and rings. */
  readonly assessAloneFrom: number;
  /** Severity from which what names a riding, or a tool, counts towards an accumulation; Infinity where none is counted. */
  readonly countedFrom: Readonly<Record<AccumulationGroup['key'], number>>;
  readonly calendar: Calendar;
  /** decay at t/τ = i / 1,024 (micro); the last entry, for t ≥ τ, is 0. */
  readonly decayMicro: Int32Array;
}

/** A derivation among numbered kinds. */
export interface NumberedDerivation {
  readonly kind: number;
  readonly derive: Derivation['derive'];
}

/** Derived kind → kind it follows from; the last two are made from several records at once. */
const SOURCE_KINDS: ReadonlyMap<string, string> = new Map([
  ...DERIVATIONS.map(({ kind, from }) => [kind, from] as const),
  ['similar-text', 'text'],
  ['co-share-pair', 'co-share'],
]);

const NOTHING_SHARED = () => false;

/**
 * The rules that policy states. `population` must be a power of two; anything else is rounded down to one.
 * `isSharedSuffix` says of which domains the registrable domain means nothing; by default of none.
 */
export function toRules(
  policy: Pick<Policy, 'accumulation' | 'detection' | 'version' | 'impact' | 'proximity' | 'elections'>,
  isSharedSuffix: DerivationRules['isSharedSuffix'] = NOTHING_SHARED,
): Rules {
  const { detection } = policy;
  const weighed = Object.keys(detection.weights).filter((kind) => detection.weights[kind]! > 0);
  const kinds = [...new Set(weighed.flatMap((kind) => [kind, SOURCE_KINDS.get(kind) ?? kind]))].sort();
  const weights = kinds.map((kind) => (kind === 'co-share' ? 0 : (detection.weights[kind] ?? 0)));
  const defaultLifetimeDays = detection.lifetimeDays['default'] ?? 180;
  const lifetimeOf = (kind: string) =>
    detection.lifetimeDays[kind] ?? detection.lifetimeDays[SOURCE_KINDS.get(kind) ?? kind] ?? defaultLifetimeDays;
  return Object.freeze({
    ruleVersion: detection.ruleVersion,
    policyVersion: policy.version,
    kinds: Object.freeze(kinds),
    kindNumbers: new Map(kinds.flatMap((kind, number) => (SOURCE_KINDS.has(kind) ? [] : [[kind, number] as const]))),
    isDerived: Uint8Array.from(kinds, (kind) => (SOURCE_KINDS.has(kind) ? 1 : 0)),
    countsOnce: Uint8Array.from(kinds, (kind) => (COUNTS_ONCE.has(kind) ? 1 : 0)),
    derivations: Object.freeze(kinds.map((from) => derivationOf(kinds, from))),
    derivationRules: Object.freeze({ placeDaysMax: detection.placeDaysMax, isSharedSuffix }),
    textKind: kinds.indexOf('text'),
    similarTextKind: kinds.indexOf('similar-text'),
    placeTimeKind: kinds.indexOf('place-time'),
    shareKind: kinds.includes('co-share-pair') ? kinds.indexOf('co-share') : -1,
    coSharePairKind: kinds.indexOf('co-share-pair'),
    texts: detection.texts,
    coShares: detection.coShares,
    weights: Object.freeze(weights),
    contributionsMicro: Object.freeze(weights.map((weight) => contributionsOf(weight, detection.population))),
    lifetimeDays: Object.freeze(kinds.map(lifetimeOf)),
    defaultLifetimeDays,
    longestLifetimeDays: Math.max(defaultLifetimeDays, ...Object.values(detection.lifetimeDays)),
    maxLiveRecords: detection.maxLiveRecords ?? MAX_LIVE_RECORDS,
    liveQuota: new Map(Object.entries(detection.liveQuota ?? {})),
    holds: (detection.holds ?? []).map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) })),
    linkWindowMs: Object.freeze(kinds.map((kind) => windowMsOf(detection, kind))),
    recurrenceCap: detection.recurrenceCap,
    thresholdMicro: toMicro(detection.linkThreshold),
    hubCap: detection.hubCap,
    volumeCap: detection.hubCap * VOLUME_FACTOR,
    tenantLineages: detection.tenantLineagesPerValue,
    largeReportFeatures: detection.largeReportFeatures,
    containmentMicro: toMicro(detection.containmentMin),
    copyContainmentMicro: toMicro(detection.copyContainment),
    copyMinValues: detection.copyMinValues,
    copyPresumedMinValues: detection.copyPresumedMinValues,
    copyTextMinChars: detection.copyTextMinChars,
    copyTextOtherValues: detection.copyTextOtherValues,
    baseRateMicro: toMicro(detection.baseRate),
    priorMicro: toMicro(detection.priorWeight),
    impact: new Map(Object.entries(policy.impact)),
    assessAloneFrom: detection.assessAloneFrom,
    countedFrom: Object.freeze({ riding: countedFrom(policy, 'riding'), tool: countedFrom(policy, 'tool') }),
    calendar: calendarOf(policy),
    decayMicro: decayTable(detection),
  });
}

/** decay(t) = 1 − (t/τ)^(1/δ) in micro-units, from the table; a record from the future has age 0. */
export const decayAt = (rules: Rules, ageMs: number, lifetimeDays: number): number =>
  rules.decayMicro[decayStepOf(ageMs, lifetimeDays)]!;

/** The table's row for an age: 0 for none, 1,024 from the end of the lifetime on. Equal rows age alike. */
export function decayStepOf(ageMs: number, lifetimeDays: number): number {
  if (ageMs <= 0) return 0;
  return Math.min(DECAY_STEPS, Math.floor((ageMs * DECAY_STEPS) / (lifetimeDays * DAY_MS)));
}

/** The df bucket: floor of log2. `df` is at least 1. */
export const bucketOf = (df: number): number => 31 - Math.clz32(df);

const COUNTS_ONCE: ReadonlySet<string> = new Set(
  DERIVATIONS.filter(({ countsOnce }) => countsOnce).map(({ kind }) => kind),
);

function derivationOf(kinds: readonly string[], from: string): NumberedDerivation | undefined {
  const derivation = DERIVATIONS.find((each) => each.from === from && kinds.includes(each.kind));
  return derivation && Object.freeze({ kind: kinds.indexOf(derivation.kind), derive: derivation.derive });
}

function countedFrom({ accumulation }: Pick<Policy, 'accumulation'>, key: AccumulationGroup['key']): number {
  return Math.min(Infinity, ...accumulation.filter((group) => group.key === key).map(({ minSeverity }) => minSeverity));
}

function windowMsOf({ linkWindowDays }: Detection, kind: string): number {
  const days = linkWindowDays[kind] ?? linkWindowDays[SOURCE_KINDS.get(kind) ?? kind];
  return days === undefined ? Infinity : days * DAY_MS;
}

function contributionsOf(weight: number, population: number): Int32Array {
  const bits = bucketOf(population);
  const weightMicro = toMicro(weight);
  return Int32Array.from({ length: 32 }, (_, bucket) =>
    Math.floor((weightMicro * Math.max(0, bits - bucket)) / (bits - 1)),
  );
}

function decayTable({ decayDelta }: Detection): Int32Array {
  return Int32Array.from({ length: DECAY_STEPS + 1 }, (_, step) =>
    toMicro(1 - Math.pow(step / DECAY_STEPS, 1 / decayDelta)),
  );
}

function toMicro(value: number): number {
  return Math.round(value * MICRO);
}
