// Why the members of a component belong together, and what they share that links nothing.
// Holds: each link once, from the lower id to the higher; features by kind and value; sorted, whatever came first.
// Source: README.md#edges, README.md#hubs

import type { AssessmentBody } from '../publishing/assessment.ts';
import { compareText, type RecordTable } from '../records/records.ts';
import type { EngineState } from '../state.ts';
import type { FeatureIndex } from './feature-index.ts';

/**
 * The links between members, sorted; each with the features that make it and what they contribute. `ids` are the members',
 * place by place.
 */
export function linksOf(
  state: EngineState,
  members: readonly number[],
  ids: readonly string[],
): AssessmentBody['links'] {
  if (members.length === 1) return NO_LINKS;
  const order = inOrderOfNames(ids);
  const ranks = new Map<number, number>();
  for (let rank = 0; rank < order.length; rank += 1) ranks.set(members[order[rank]!]!, rank);
  const known = new Map<number, Feature>();
  const links: AssessmentBody['links'][number][] = [];
  for (let rank = 0; rank < order.length; rank += 1) {
    const place = order[rank]!;
    const others: number[] = [];
    for (const neighbour of state.components.neighboursOf(members[place]!)) {
      const other = ranks.get(neighbour)!;
      if (other > rank) others.push(other);
    }
    if (others.length > 1) others.sort((a, b) => a - b);
    for (const other of others) links.push(linkOf(state, members, ids, place, order[other]!, known));
  }
  return links;
}

type Feature = AssessmentBody['links'][number]['features'][number];

const NO_LINKS: AssessmentBody['links'] = [];
Object.freeze(NO_LINKS);

/** Places by id, then as members are: ids of two agencies may be equal. */
function inOrderOfNames(ids: readonly string[]): number[] {
  const places: number[] = [];
  for (let place = 0; place < ids.length; place += 1) places.push(place);
  return places.sort((a, b) => compareText(ids[a]!, ids[b]!) || a - b);
}

function linkOf(
  state: EngineState,
  members: readonly number[],
  ids: readonly string[],
  from: number,
  to: number,
  known: Map<number, Feature>,
): AssessmentBody['links'][number] {
  const features = sharedOf(state, members[from]!, members[to]!, known);
  let scoreMicro = 0;
  for (const { contributionMicro } of features) scoreMicro += contributionMicro;
  return { a: ids[from]!, b: ids[to]!, features, scoreMicro };
}

/** What a value adds is the same in every link: it is said once. A value that counts as another kind is said anew. */
function sharedOf({ scores, index, rules }: EngineState, a: number, b: number, known: Map<number, Feature>): Feature[] {
  const features: Feature[] = [];
  for (const { feature, kind, contributionMicro, dfBucket } of scores.shared(a, b)) {
    const isItself = kind === index.values.kindOf(feature);
    let said = isItself ? known.get(feature) : undefined;
    if (said === undefined) {
      const value = index.values.textOf(feature);
      said = { contributionMicro, dfBucket, kind: rules.kinds[kind]!, value, weight: rules.weights[kind]! };
      if (isItself) known.set(feature, said);
    }
    features.push(said);
  }
  return features.length > 1 ? features.sort(byKindAndValue) : features;
}

/** Values of the members that link nothing, with the reason, each once, sorted. */
export function contextOf(
  { records, index, rules }: EngineState,
  members: readonly number[],
): AssessmentBody['contextValues'] {
  const hubs: number[] = [];
  let saysSo = false;
  for (const member of members) {
    if (records.context[member] !== 0) saysSo = true;
    noteHubs(records, index, member, hubs);
  }
  if (hubs.length === 0 && !saysSo) return NO_CONTEXT;
  const found = saysSo ? statedContext(records, members) : [];
  for (const hub of hubs.length > 1 ? new Set(hubs) : hubs)
    found.push({ kind: rules.kinds[index.values.kindOf(hub)]!, value: index.values.textOf(hub), why: 'HUB' });
  return found.sort((a, b) => byKindAndValue(a, b) || compareText(a.why, b.why));
}

/** What most assessments have; frozen. */
export const NO_CONTEXT: AssessmentBody['contextValues'] = [];
Object.freeze(NO_CONTEXT);

/** What the records themselves say is common, each once. */
function statedContext(records: RecordTable, members: readonly number[]): AssessmentBody['contextValues'][number][] {
  const found = new Map<string, AssessmentBody['contextValues'][number]>();
  for (const member of members)
    for (const { kind, value, why } of records.contextOf(member))
      found.set(`${kind} ${why} ${value}`, { kind, value, why });
  return [...found.values()];
}

/** Notes hubs among a record's values, but for those that are hubs because another of its values is one. */
function noteHubs(records: RecordTable, index: FeatureIndex, record: number, into: number[]): void {
  const before = into.length;
  const end = records.featureStart[record]! + records.featureCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1)
    if (index.isHub(records.featurePool[at]!)) into.push(records.featurePool[at]!);
  if (into.length - before < 2) return;
  const hubs = new Set(into.splice(before));
  for (const hub of [...hubs])
    for (let at = index.derivedStart(hub); at < index.derivedEnd(hub); at += 1) hubs.delete(index.derivedAt(at));
  for (const hub of hubs) into.push(hub);
}

interface KindAndValue {
  readonly kind: string;
  readonly value: string;
}

function byKindAndValue(a: KindAndValue, b: KindAndValue): number {
  return compareText(a.kind, b.kind) || compareText(a.value, b.value);
}
