// Everything a view's engine remembers: what is linked, and what was published.
// Holds: `linked` (records, lineages, index, components) is a function of the live set, whatever its order; `issued` is
// what the cuts made of it. One state belongs to one view and one caller. Source: README.md#engine

import { createHash } from 'node:crypto';
import { parse as parseUuid } from 'uuid';
import { canonicalJson } from './publishing/content-hash.ts';
import { Components } from './linking/components.ts';
import { CoSharePairs } from './values/co-share-pairs.ts';
import { Copies } from './provenance/copies.ts';
import { PairScores } from './linking/edge-weight.ts';
import { FeatureIndex } from './linking/feature-index.ts';
import { IssuedTable } from './publishing/issued.ts';
import { Lineages } from './provenance/lineage.ts';
import { LoneMoulds } from './publishing/lone.ts';
import { Retellings } from './provenance/retelling.ts';
import { Liveness } from './records/liveness.ts';
import { ATTACHED, LIVE, RecordTable, compareText } from './records/records.ts';
import type { Rules } from './rules.ts';
import { SimilarTexts } from './values/similar-texts.ts';

export interface EngineState {
  readonly view: { readonly id: string; readonly namespace: string };
  /** The bytes of the view's namespace. */
  readonly namespace: Uint8Array;
  readonly rules: Rules;
  /** By which texts are hashed. */
  readonly seed: number;
  readonly records: RecordTable;
  readonly liveness: Liveness;
  readonly lineages: Lineages;
  readonly index: FeatureIndex;
  readonly scores: PairScores;
  readonly similarTexts: SimilarTexts;
  readonly coSharePairs: CoSharePairs;
  readonly copies: Copies;
  readonly retellings: Retellings;
  readonly components: Components;
  readonly issued: IssuedTable;
  moulds: LoneMoulds;
  /** Id number → live AgencyPositions about it. */
  readonly positionsAbout: Map<number, Set<number>>;
  /** Records that are present no longer and leave their number at the end of the step. */
  readonly leaving: number[];
  /** Whole days since 1970 of the last cut; -1 before the first. */
  day: number;
  /** Whole minutes since 1970 of the last cut; -1 before the first. */
  minute: number;
  /** Whole hours since 1970 of the last cut; -1 before the first. */
  hour: number;
  /** The hour up to which values and records have left: behind `hour` while a hold stands. */
  expiredTo: number;
}

/**
 * An empty state. `seed` moves hash slots and nothing that leaves the engine: give a secret one where input is hostile.
 */
export function createState(view: EngineState['view'], rules: Rules, seed = 0): EngineState {
  const records = new RecordTable(seed);
  const namespace = parseUuid(view.namespace);
  const index = new FeatureIndex(rules, seed);
  const similarTexts = new SimilarTexts(rules.texts, (text) => index.values.textOf(text));
  const retellings = new Retellings(rules, records, index, similarTexts);
  const copies = new Copies(rules, records, index, retellings);
  const coSharePairs = new CoSharePairs(rules, records, index);
  return {
    view,
    namespace,
    rules,
    seed: seed | 0,
    records,
    liveness: new Liveness(records),
    lineages: new Lineages(records, copies),
    index,
    scores: new PairScores(rules, records, index, coSharePairs, similarTexts),
    similarTexts,
    coSharePairs,
    copies,
    retellings,
    components: new Components(records),
    issued: new IssuedTable(namespace),
    moulds: new LoneMoulds(),
    positionsAbout: new Map(),
    leaving: [],
    day: -1,
    minute: -1,
    hour: -1,
    expiredTo: -1,
  };
}

/** What is linked, in names and sorted: for tests and for comparing two instances. Cost: the whole state. */
export function linkedOf(state: EngineState): LinkedImage {
  const { records, components, copies, index, lineages, rules } = state;
  const live = liveRecords(state).sort((a, b) => compareText(nameOf(state, a), nameOf(state, b)));
  const members = live.filter((record) => !records.is(record, ATTACHED));
  const lineage = groups(
    live,
    (record) => lineages.lineageOf(record),
    (record) => nameOf(state, record),
  );
  return {
    live: live.map((record) => nameOf(state, record)),
    rootless: live.filter((record) => lineages.isRootless(record)).map((record) => nameOf(state, record)),
    lineages: lineage,
    copies: members
      .filter((record) => copies.isCopy(record))
      .map((record) => `${nameOf(state, record)} ${nameOf(state, copies.firstOf(record))}`),
    components: groups(
      members,
      (record) => components.find(record),
      (record) => nameOf(state, record),
    ),
    anchors: members
      .filter((record) => components.anchorOf(components.find(record)) === record)
      .map((record) => nameOf(state, record)),
    links: members
      .flatMap((a) => components.neighboursOf(a).map((b) => `${nameOf(state, a)} ${nameOf(state, b)}`))
      .sort(compareText),
    values: Array.from({ length: index.values.size }, (_, at) => at + 1)
      .filter((feature) => index.countOf(feature) > 0)
      .map((feature) => {
        const name = `${rules.kinds[index.values.kindOf(feature)]} ${index.values.textOf(feature)}`;
        return `${name} ${index.isHub(feature) ? 'HUB' : index.dfOf(feature)}`;
      })
      .sort(compareText),
  };
}

/** A comparable picture of what is linked. Records are named `agency/cell/id/hash`. */
export interface LinkedImage {
  readonly live: readonly string[];
  readonly rootless: readonly string[];
  readonly lineages: readonly (readonly string[])[];
  /** "copy original", the original being the first of its chain. */
  readonly copies: readonly string[];
  readonly components: readonly (readonly string[])[];
  readonly anchors: readonly string[];
  readonly links: readonly string[];
  readonly values: readonly string[];
}

/** SHA-256 of the linked image; equal for equal live sets, in whatever order they came. */
export function hashOfLinked(state: EngineState): string {
  return createHash('sha256')
    .update(canonicalJson(linkedOf(state)))
    .digest('hex');
}

function liveRecords({ records }: EngineState): number[] {
  return Array.from({ length: records.count }, (_, at) => at + 1).filter((record) => records.is(record, LIVE));
}

function nameOf({ records }: EngineState, record: number): string {
  return `${records.agencyOf(record)}/${records.cellOf(record)}/${records.idOf(record)}/${records.hashOf(record)}`;
}

function groups(
  members: readonly number[],
  keyOf: (record: number) => number,
  name: (record: number) => string,
): string[][] {
  const byKey = new Map<number, string[]>();
  for (const member of members) {
    const group = byKey.get(keyOf(member)) ?? [];
    group.push(name(member));
    byKey.set(keyOf(member), group);
  }
  return [...byKey.values()].sort((a, b) => compareText(a[0]!, b[0]!));
}
