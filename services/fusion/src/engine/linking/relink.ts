// Brings lineages, index, links and components up to date after records came and went.
// Holds: at the end every pair of live records is linked exactly when its score reaches the threshold under the counts
// that hold now. Cost: the new records' posting lists, and the postings of values whose weight changed.
// Source: README.md#edges

import type { Turned } from '../records/admit-all.ts';
import { CHANGED, GAINED } from './feature-index.ts';
import type { LineageOf } from './hub.ts';
import { ATTACHED, LIVE, TENANT } from '../records/records.ts';
import type { AlikeChanges } from '../values/similar-texts.ts';
import type { EngineState } from '../state.ts';

/** @returns records whose assessment may read differently now; some may be live no longer. */
export function relink(state: EngineState, { added, removed }: Turned): Set<number> {
  const { records, index, lineages, components, similarTexts, coSharePairs } = state;
  const affected = new Set<number>();
  for (const record of removed) withdraw(state, record, affected);
  for (const record of added) place(state, record, affected);
  const texts = compareTexts(state); // first: what is a copy goes by texts that are alike
  for (const record of lineages.settle()) {
    affected.add(record);
    touchFeatures(state, record);
  }
  touchAlike(state, texts);
  const pairs = coSharePairs.settle(added.filter((record) => !records.is(record, ATTACHED)));
  const { commoner, rarer } = index.recount(lineageOf(state), (text) => similarTexts.alikeOf(text));
  for (const feature of commoner) dropWeakLinks(state, feature, affected);
  for (const [text] of texts.lost) dropWeakLinks(state, text, affected);
  for (const record of pairs.lost) dropWeakLinksOf(state, record, affected);
  for (const feature of rarer) linkAll(state, feature, affected);
  for (const record of added) linkNew(state, record);
  for (const [text, other] of texts.gained) linkAcross(state, text, other, affected);
  for (const [record, feature] of pairs.gained) {
    affected.add(record);
    linkThrough(state, feature, record);
  }
  for (const record of components.mend((each) => records.is(each, LIVE))) affected.add(record);
  return affected;
}

function withdraw(state: EngineState, record: number, affected: Set<number>): void {
  const { records, index, lineages, copies, coSharePairs, components } = state;
  lineages.leave(record);
  if (records.is(record, ATTACHED)) return detach(state, record, affected);
  copies.leave(record);
  coSharePairs.leave(record);
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

function touchFeatures({ records, index, coSharePairs }: EngineState, record: number): void {
  const end = records.featureStart[record]! + records.featureCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1) index.touch(records.featurePool[at]!, CHANGED);
  for (const feature of coSharePairs.valuesOf(record) ?? NONE) index.touch(feature, CHANGED);
}

const NONE: readonly number[] = Object.freeze([]);

/** Texts that came are compared with those that are here, and texts that went are forgotten. */
function compareTexts(state: EngineState): AlikeChanges {
  const { rules, index, similarTexts } = state;
  if (rules.similarTextKind < 0) return { gained: [], lost: [] };
  for (const text of touchedTexts(state)) {
    const isCarried = index.countOf(text) > 0;
    if (isCarried === similarTexts.isHere(text)) continue;
    if (isCarried) similarTexts.enter(text);
    else similarTexts.leave(text);
  }
  return similarTexts.takeChanges();
}

/** Texts near to one that is counted again are counted again too. */
function touchAlike(state: EngineState, { gained, lost }: AlikeChanges): void {
  const { rules, index, similarTexts } = state;
  if (rules.similarTextKind < 0 || (similarTexts.isEmpty && lost.length === 0)) return;
  for (const text of touchedTexts(state)) for (const other of similarTexts.alikeOf(text)) index.touch(other, CHANGED);
  for (const pair of lost) for (const text of pair) index.touch(text, CHANGED);
  for (const pair of gained) for (const text of pair) index.touch(text, GAINED);
}

function touchedTexts({ rules, index }: EngineState): number[] {
  const { touched, values } = index;
  const texts: number[] = [];
  for (let at = 0; at < touched.length; at += 1)
    if (values.kindOf(touched[at]!) === rules.textKind) texts.push(touched[at]!);
  return texts;
}

function lineageOf({ records, lineages }: EngineState): LineageOf {
  return {
    times: records,
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
  const { index } = state;
  for (let at = index.firstPosting(feature); at !== 0; at = index.nextPosting(at))
    dropWeakLinksOf(state, index.recordAt(at), affected);
}

function dropWeakLinksOf({ scores, components }: EngineState, record: number, affected: Set<number>): void {
  affected.add(record);
  for (const other of components.neighboursOf(record))
    if (scores.score(record, other) === 0) components.unlink(record, other);
}

/** The value means more: each pair of its records may have come to link, and each with one of a text near it. */
function linkAll(state: EngineState, feature: number, affected: Set<number>): void {
  const { index } = state;
  for (let at = index.firstPosting(feature); at !== 0; at = index.nextPosting(at)) {
    affected.add(index.recordAt(at));
    if (!index.isHub(feature)) linkNear(state, feature, index.recordAt(at));
  }
}

/** Most values are carried by one record, and link nothing where no text is near another. */
function linkNew(state: EngineState, record: number): void {
  const { records, index, similarTexts } = state;
  const fewest = similarTexts.isEmpty ? 2 : 1;
  if (records.is(record, ATTACHED)) return;
  const end = records.featureStart[record]! + records.featureCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1) {
    const feature = records.featurePool[at]!;
    if (index.countOf(feature) >= fewest && index.contributionMicro(feature) > 0) linkNear(state, feature, record);
  }
}

/** Links the record to others with the value, and to those with one that is near to it. */
function linkNear(state: EngineState, feature: number, record: number): void {
  const { rules, index, similarTexts } = state;
  if (index.countOf(feature) > 1) linkThrough(state, feature, record);
  if (similarTexts.isEmpty || index.values.kindOf(feature) !== rules.textKind) return;
  for (const other of similarTexts.alikeOf(feature)) linkThrough(state, other, record);
}

function linkAcross(state: EngineState, text: number, other: number, affected: Set<number>): void {
  const { index } = state;
  for (let at = index.firstPosting(text); at !== 0; at = index.nextPosting(at)) {
    affected.add(index.recordAt(at));
    linkThrough(state, other, index.recordAt(at));
  }
}

function linkThrough(state: EngineState, feature: number, record: number): void {
  const { scores, index, components } = state;
  if (index.isHub(feature)) return;
  for (let at = index.firstPosting(feature); at !== 0; at = index.nextPosting(at)) {
    const other = index.recordAt(at);
    if (other === record || components.isLinked(record, other)) continue;
    if (scores.score(record, other) > 0) components.link(record, other);
  }
}
