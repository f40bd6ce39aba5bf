// Brings lineages, index, links and components up to date after records came and went.
// Holds: at the end every pair of live records is linked exactly when its score reaches the threshold under the counts
// that hold now. Cost: the new records' posting lists, and the postings of values whose weight changed.
// Source: README.md#edges

import type { Turned } from './admit-all.ts';
import { edgeScore } from './edge-weight.ts';
import type { LineageOf } from './hub.ts';
import { ATTACHED, LIVE, TENANT } from './records.ts';
import type { EngineState } from './state.ts';

/** @returns records whose assessment may read differently now; some may be live no longer. */
export function relink(state: EngineState, { added, removed }: Turned): Set<number> {
  const affected = new Set<number>();
  /** Value → whether it only gained postings. */
  const counted = new Map<number, boolean>();
  for (const record of removed) withdraw(state, record, counted, affected);
  for (const record of added) place(state, record, counted, affected);
  for (const record of state.lineages.settle()) {
    affected.add(record);
    forEachFeature(state, record, (feature) => counted.set(feature, false));
  }
  const { rarer, commoner } = recount(state, counted, affected);
  for (const feature of commoner) dropWeakLinks(state, feature);
  for (const feature of rarer) linkAll(state, feature);
  linkAdded(state, added);
  for (const record of state.components.mend((each) => state.records.is(each, LIVE))) affected.add(record);
  return affected;
}

function withdraw(state: EngineState, record: number, counted: Map<number, boolean>, affected: Set<number>): void {
  state.lineages.leave(record);
  if (state.records.is(record, ATTACHED)) return detach(state, record, affected);
  forEachFeature(state, record, (feature) => {
    state.index.remove(feature, record);
    counted.set(feature, false);
  });
  state.components.leave(record);
}

function place(state: EngineState, record: number, counted: Map<number, boolean>, affected: Set<number>): void {
  state.lineages.enter(record);
  if (state.records.is(record, ATTACHED)) return attach(state, record, affected);
  state.components.enter(record);
  forEachFeature(state, record, (feature) => {
    state.index.add(feature, record);
    if (!counted.has(feature)) counted.set(feature, true);
  });
  affected.add(record);
}

function attach(state: EngineState, record: number, affected: Set<number>): void {
  const about = aboutOf(state, record);
  if (about !== undefined) {
    const set = state.positionsAbout.get(about) ?? new Set();
    state.positionsAbout.set(about, set.add(record));
  }
  affectNamed(state, record, affected);
}

function detach(state: EngineState, record: number, affected: Set<number>): void {
  const about = aboutOf(state, record);
  if (about !== undefined) {
    const set = state.positionsAbout.get(about);
    set?.delete(record);
    if (set?.size === 0) state.positionsAbout.delete(about);
  }
  affectNamed(state, record, affected);
}

function aboutOf({ records }: EngineState, record: number): number | undefined {
  const position = records.positions.get(record);
  return position === undefined ? undefined : records.ids.find(0, position.about);
}

/** Records that a position or a LineageLink names: their assessment shows it, or is marked by it. */
function affectNamed(state: EngineState, record: number, affected: Set<number>): void {
  const { records } = state;
  const link = records.links.get(record);
  const about = aboutOf(state, record);
  for (const id of [link?.child, link?.parent, about])
    for (let each = id === undefined ? 0 : records.firstWithId(id); each !== 0; each = records.nextWithId[each]!)
      affected.add(each);
}

function recount(
  state: EngineState,
  counted: ReadonlyMap<number, boolean>,
  affected: Set<number>,
): { readonly rarer: readonly number[]; readonly commoner: readonly number[] } {
  const { index, records, lineages } = state;
  const of: LineageOf = {
    lineageOf: (record) => lineages.lineageOf(record),
    agencyOf: (record) => records.agency[record]!,
    isTenant: (record) => records.is(record, TENANT),
  };
  const rarer: number[] = [];
  const commoner: number[] = [];
  for (const [feature, grewOnly] of counted) {
    const change = index.recount(feature, of, grewOnly);
    if (change === 0) continue;
    (change > 0 ? rarer : commoner).push(feature);
    forEachPosting(state, feature, (record) => affected.add(record));
  }
  return { rarer, commoner };
}

function dropWeakLinks(state: EngineState, feature: number): void {
  const { rules, records, index, components } = state;
  forEachPosting(state, feature, (record) => {
    for (const other of components.neighboursOf(record))
      if (edgeScore(rules, records, index, record, other) === 0) components.unlink(record, other);
  });
}

/** Every pair of the value's records, where sharing it has come to mean more. */
function linkAll(state: EngineState, feature: number): void {
  if (state.index.isHub(feature)) return;
  forEachPosting(state, feature, (record) => linkThrough(state, feature, record, () => true));
}

function linkAdded(state: EngineState, added: readonly number[]): void {
  for (const record of added) {
    if (state.records.is(record, ATTACHED)) continue;
    const seen = new Set<number>();
    forEachFeature(state, record, (feature) => {
      if (!state.index.isHub(feature)) linkThrough(state, feature, record, (other) => isNew(seen, other));
    });
  }
}

function linkThrough(state: EngineState, feature: number, record: number, isWanted: (other: number) => boolean): void {
  const { rules, records, index, components } = state;
  for (let posting = index.firstPosting(feature); posting !== 0; posting = index.nextPosting(posting)) {
    const other = index.recordAt(posting);
    if (other === record || !isWanted(other) || components.isLinked(record, other)) continue;
    if (edgeScore(rules, records, index, record, other) > 0) components.link(record, other);
  }
}

function isNew(seen: Set<number>, record: number): boolean {
  if (seen.has(record)) return false;
  seen.add(record);
  return true;
}

function forEachFeature({ records }: EngineState, record: number, act: (feature: number) => void): void {
  const start = records.featureStart[record]!;
  const end = start + records.featureCount[record]!;
  for (let at = start; at < end; at += 1) act(records.featurePool[at]!);
}

function forEachPosting({ index }: EngineState, feature: number, act: (record: number) => void): void {
  for (let posting = index.firstPosting(feature); posting !== 0; posting = index.nextPosting(posting))
    act(index.recordAt(posting));
}
