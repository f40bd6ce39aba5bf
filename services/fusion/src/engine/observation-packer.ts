// Packs observations: what a record states becomes words, once, wherever it is read.
// Holds: a function of the observations, the rules and the seed; kinds that policy does not weigh are left out; what says too
// little to link by is context, with its reason. Source: README.md#packed-records, README.md#features

import type { Marking } from '@sitebus/marking';
import { PlainFeature } from '@sitebus/sdk';
import type { CommonValue, Facets, FusionObservation, LinkingValue } from './observation.ts';
import { RECORD_WORDS, WORD, type Keyed, type PackedObservations, type References } from './packed-observations.ts';
import { ATTACHED, DENIES, GRADES, PRESENT, REPORT, TENANT } from './records/records.ts';
import type { Rules } from './rules.ts';
import { isVaguePlaceTime } from './values/derived-values.ts';
import { isTooShort, toComparableText } from './values/text-shape.ts';
import { WordRow } from './values/text-words.ts';
import { writePlainValue, writeValue } from './values/value-words.ts';

/** Words to begin with: some hundred records. */
const FEWEST_WORDS = 16_384;

/** Packs observations, one a place. */
export function pack(rules: Rules, seed: number, observations: Iterable<FusionObservation>): PackedObservations {
  const packer = new ObservationPacker(rules, seed);
  for (const observation of observations) packer.add(observation);
  return packer.packed();
}

/** A row that some hundred records fit into. */
export function roomyRow(seed: number): WordRow {
  return new WordRow(seed, FEWEST_WORDS);
}

/** Packs one after the other. */
export class ObservationPacker {
  readonly #rules: Rules;
  readonly #row: WordRow;
  readonly #starts: number[] = [];
  readonly #times: number[] = [];
  readonly #names = new Listed<string, string>();
  /** By the object: equal ones may come twice. */
  readonly #markings = new Listed<Marking, Marking>();
  readonly #facets = new Listed<string, Keyed<Facets>>();
  readonly #contexts = new Listed<string, Keyed<readonly CommonValue[]>>();
  readonly #references = new Map<number, References>();

  /** `row` is of the same seed, and taken over: a fresh one costs as much as some hundred records. */
  constructor(rules: Rules, seed: number, row: WordRow = roomyRow(seed)) {
    this.#rules = rules;
    this.#row = row;
    row.length = 0;
  }

  /** The next place has no observation. */
  skip(): void {
    this.#starts.push(-1);
    this.#times.push(0, 0, 0);
  }

  /** The next place's observation. */
  add(observation: FusionObservation): void {
    const row = this.#row;
    const start = row.length;
    const { marking, contentHash, sourceToken } = observation;
    this.#starts.push(start);
    this.#times.push(observation.observedAt, observation.firstSeen, observation.lastSeen);
    row.skip(RECORD_WORDS);
    const { vague, count, lifetimeDays } = this.#addValues(observation.features);
    row.addText(0, observation.id);
    if (sourceToken !== null) row.addText(0, sourceToken);
    const { words } = row;
    words[start + WORD.agency] = this.#nameOf(observation.agency);
    words[start + WORD.cell] = this.#nameOf(observation.cell);
    words[start + WORD.type] = this.#nameOf(observation.type);
    words[start + WORD.marking] = this.#markings.placeOf(marking, () => marking);
    words[start + WORD.facets] = this.#facetNumber(observation.facets);
    words[start + WORD.context] = this.#contextNumber(observation.context, vague);
    words[start + WORD.grades] = GRADES.indexOf(observation.sourceGrade) * 8 + observation.infoGrade;
    words[start + WORD.flags] = flagsOf(observation);
    words[start + WORD.hashHigh] = parseInt(contentHash.slice(0, 8), 16);
    words[start + WORD.hashLow] = parseInt(contentHash.slice(8, 16), 16);
    words[start + WORD.lifetimeDays] = lifetimeDays;
    words[start + WORD.hasToken] = sourceToken === null ? 0 : 1;
    words[start + WORD.values] = count;
    if (saysSomethingOfOthers(observation)) this.#references.set(this.#starts.length - 1, referencesOf(observation));
  }

  /** All of them; nothing may be added afterwards. */
  packed(): PackedObservations {
    return {
      count: this.#starts.length,
      seed: this.#row.seed,
      starts: Int32Array.from(this.#starts),
      words: this.#row.taken(),
      times: Float64Array.from(this.#times),
      names: this.#names.objects,
      markings: this.#markings.objects,
      facets: this.#facets.objects,
      contexts: this.#contexts.objects,
      references: this.#references,
    };
  }

  #addValues(features: readonly LinkingValue[]): Values {
    const rules = this.#rules;
    let count = 0;
    let lifetimeDays = 0;
    let vague: CommonValue[] | undefined;
    for (const feature of features) {
      const number = rules.kindNumbers.get(feature.kind);
      if (number === undefined) continue;
      if (feature instanceof PlainFeature && number !== rules.textKind && number !== rules.placeTimeKind) {
        count += 1;
        lifetimeDays = Math.max(lifetimeDays, writePlainValue(this.#row, rules, number, feature));
        continue;
      }
      const { kind, value } = feature;
      const spelled = number === rules.textKind ? toComparableText(value) : value;
      if (isVague(rules, number, spelled)) {
        (vague ??= []).push({ kind, value, why: 'VAGUE' });
        continue;
      }
      count += 1;
      lifetimeDays = Math.max(lifetimeDays, writeValue(this.#row, rules, number, spelled));
    }
    return { vague, count, lifetimeDays: lifetimeDays === 0 ? rules.defaultLifetimeDays : lifetimeDays };
  }

  #nameOf(name: string): number {
    return this.#names.placeOf(name, () => name);
  }

  #facetNumber(facets: Facets | null): number {
    if (facets === null) return 0;
    const { category, tools, targets, ridings, platforms, gaps } = facets;
    const isPlain = tools.length + targets.length + ridings.length + platforms.length + gaps.length === 0;
    const key = isPlain ? category : JSON.stringify([category, tools, targets, ridings, platforms, gaps]);
    return this.#facets.placeOf(key, () => ({ key, object: facets })) + 1;
  }

  #contextNumber(stated: readonly CommonValue[], vague: readonly CommonValue[] | undefined): number {
    const context = vague === undefined ? stated : [...stated, ...vague];
    if (context.length === 0) return 0;
    const key = JSON.stringify(context);
    return this.#contexts.placeOf(key, () => ({ key, object: context })) + 1;
  }
}

/** What a record's values come to. */
interface Values {
  readonly vague: readonly CommonValue[] | undefined;
  readonly count: number;
  readonly lifetimeDays: number;
}

/** Objects in the order in which they were first named; equal ones, told by a key, once. */
class Listed<K, T> {
  readonly objects: T[] = [];
  readonly #places = new Map<K, number>();

  placeOf(key: K, make: () => T): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.objects.push(make()) - 1;
    this.#places.set(key, place);
    return place;
  }
}

function isVague(rules: Rules, kind: number, value: string): boolean {
  if (kind === rules.textKind) return isTooShort(value, rules.texts.minChars);
  return kind === rules.placeTimeKind && isVaguePlaceTime(value, rules.derivationRules);
}

function flagsOf({ facets, denies, tenant, type, position, lineageLink }: FusionObservation): number {
  const attached = type === 'Recall' || position !== undefined || lineageLink !== undefined;
  return (
    PRESENT | (facets === null ? 0 : REPORT) | (denies ? DENIES : 0) | (tenant ? TENANT : 0) | (attached ? ATTACHED : 0)
  );
}

function saysSomethingOfOthers({
  derivedFrom,
  supersedes,
  recalls,
  position,
  lineageLink,
}: FusionObservation): boolean {
  return (
    derivedFrom.length > 0 ||
    supersedes !== null ||
    recalls !== null ||
    position !== undefined ||
    lineageLink !== undefined
  );
}

function referencesOf({ derivedFrom, supersedes, recalls, position, lineageLink }: FusionObservation): References {
  return {
    derivedFrom,
    supersedes,
    recalls,
    ...(position !== undefined && { position }),
    ...(lineageLink !== undefined && { lineageLink }),
  };
}
