// Brings lineages, index, links and components up to date after records came and went.
// Holds: at the end every pair of live records is linked exactly when its score reaches the threshold under the counts
// that hold now. Cost: the new records' posting lists, and the postings of values whose weight changed.
// Source: README.md#edges

import type { Turned } from './admit-all.ts';
import { edgeScore } from './edge-weight.ts';
import { CHANGED } from './feature-index.ts';
import type { LineageOf } from './hub.ts';
import { ATTACHED, LIVE, TENANT } from './records.ts';
import type { EngineState } from './state.ts';

/** @returns records whose assessment may read differently now; some may be live no longer. */
export function relink(state: EngineState, { added, removed }: Turned): Set<number> {
  const { records, index, lineages, components } = state;
  const affected = new Set<number>();
  for (const record of removed) withdraw(state, record, affected);
  for (const record of added) place(state, record, affected);
  for (const record of lineages.settle()) {
    affected.add(record);
    touchFeatures(state, record);
  }
  const { commoner, rarer } = index.recount(lineageOf(state));
  for (const feature of commoner) dropWeakLinks(state, feature, affected);
  for (const feature of rarer) linkAll(state, feature, affected);
  for (const record of added) linkNew(state, record);
  for (const record of components.mend((each) => records.is(each, LIVE))) affected.add(record);
  return affected;
}

function withdraw(state: EngineState, record: number, affected: Set<number>): void {
  const { records, index, lineages, copies, components } = state;
  lineages.leave(record);
  if (records.is(record, ATTACHED)) return detach(state, record, affected);
  copies.leave(record);
  const end = records.featureStart[record]! + records.featureCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1) index.remove(records.featurePool[at]!, record);
  components.leave(record);
}

function place(state: EngineState, record: number, affected: Set<number>): void {
  const { records, index, lineages, copies, components } = state;
  lineages.enter(record);
  if (records.is(record, ATTACHED)) return attach(state, record, affected);
  components.enter(record);
  const end = records.featureStart[record]! + records.featureCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1) index.add(records.featurePool[at]!, record);
  copies.enter(record);
  affected.add(record);
}

function touchFeatures({ records, index }: EngineState, record: number): void {
  const end = records.featureStart[record]! + records.featureCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1) index.touch(records.featurePool[at]!, CHANGED);
}

function lineageOf({ records, lineages }: EngineState): LineageOf {
  return {
    lineageOf: (record) => lineages.lineageOf(record),
    agencyOf: (record) => records.agency[record]!,
    isTenant: (record) => records.is(record, TENANT),
  };
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

/** The value means less: each link of its records must still reach the threshold, and reads differently if it does. */
function dropWeakLinks(state: EngineState, feature: number, affected: Set<number>): void {
  const { rules, records, index, components } = state;
  for (let at = index.firstPosting(feature); at !== 0; at = index.nextPosting(at)) {
    const record = index.recordAt(at);
    affected.add(record);
    for (const other of components.neighboursOf(record))
      if (edgeScore(rules, records, index, record, other) === 0) components.unlink(record, other);
  }
}

/** The value means more: each pair of its records may have come to link. */
function linkAll(state: EngineState, feature: number, affected: Set<number>): void {
  const { index } = state;
  for (let at = index.firstPosting(feature); at !== 0; at = index.nextPosting(at)) {
    affected.add(index.recordAt(at));
    if (!index.isHub(feature)) linkThrough(state, feature, index.recordAt(at));
  }
}

function linkNew(state: EngineState, record: number): void {
  const { records, index } = state;
  if (records.is(record, ATTACHED)) return;
  const end = records.featureStart[record]! + records.featureCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1) {
    const feature = records.featurePool[at]!;
    if (index.countOf(feature) > 1 && !index.isHub(feature)) linkThrough(state, feature, record);
  }
}

function linkThrough(state: EngineState, feature: number, record: number): void {
  const { rules, records, index, components } = state;
  for (let at = index.firstPosting(feature); at !== 0; at = index.nextPosting(at)) {
    const other = index.recordAt(at);
    if (other === record || components.isLinked(record, other)) continue;
    if (edgeScore(rules, records, index, record, other) > 0) components.link(record, other);
  }
}
