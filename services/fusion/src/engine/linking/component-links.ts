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
  const links: AssessmentBody['links'][number][] = [];
  for (let rank = 0; rank < order.length; rank += 1) {
    const place = order[rank]!;
    const others: number[] = [];
    for (const neighbour of state.components.neighboursOf(members[place]!)) {
      const other = ranks.get(neighbour)!;
      if (other > rank) others.push(other);
    }
    if (others.length > 1) others.sort((a, b) => a - b);
    for (const other of others) links.push(linkOf(state, members, ids, place, order[other]!));
  }
  return links;
}

const NO_LINKS: AssessmentBody['links'] = [];
Object.freeze(NO_LINKS);

/** Places by id, then as members are: ids of two agencies may be equal. */
function inOrderOfNames(ids: readonly string[]): number[] {
  return Array.from(ids.keys()).sort((a, b) => compareText(ids[a]!, ids[b]!) || a - b);
}

function linkOf(
  state: EngineState,
  members: readonly number[],
  ids: readonly string[],
  from: number,
  to: number,
): AssessmentBody['links'][number] {
  const features = sharedOf(state, members[from]!, members[to]!);
  let scoreMicro = 0;
  for (const { contributionMicro } of features) scoreMicro += contributionMicro;
  return { a: ids[from]!, b: ids[to]!, features, scoreMicro };
}

function sharedOf({ scores, index, rules }: EngineState, a: number, b: number) {
  const shared = scores.shared(a, b).map(({ feature, kind, contributionMicro, dfBucket }) => ({
    contributionMicro,
    dfBucket,
    kind: rules.kinds[kind]!,
    value: index.values.textOf(feature),
    weight: rules.weights[kind]!,
  }));
  return shared.length > 1 ? shared.sort(byKindAndValue) : shared;
}

/** Values of the members that link nothing, with the reason, each once, sorted. */
export function contextOf(
  { records, index, rules }: EngineState,
  members: readonly number[],
): AssessmentBody['contextValues'] {
  if (!members.some((member) => records.context[member] !== 0 || hasHub(records, index, member))) return NO_CONTEXT;
  const found = new Map<string, AssessmentBody['contextValues'][number]>();
  const hubs = new Set<number>();
  for (const member of members) {
    for (const { kind, value, why } of records.contextOf(member))
      found.set(`${kind} ${why} ${value}`, { kind, value, why });
    noteHubs(records, index, member, hubs);
  }
  for (const hub of hubs) {
    const [kind, value] = [rules.kinds[index.values.kindOf(hub)]!, index.values.textOf(hub)];
    found.set(`${kind} HUB ${value}`, { kind, value, why: 'HUB' });
  }
  return [...found.values()].sort((a, b) => byKindAndValue(a, b) || compareText(a.why, b.why));
}

/** What most assessments have; frozen. */
export const NO_CONTEXT: AssessmentBody['contextValues'] = [];
Object.freeze(NO_CONTEXT);

function hasHub(records: RecordTable, index: FeatureIndex, record: number): boolean {
  const end = records.featureStart[record]! + records.featureCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1)
    if (index.isHub(records.featurePool[at]!)) return true;
  return false;
}

/** Notes hubs among a record's values, but for those that are hubs because another of its values is one. */
function noteHubs(records: RecordTable, index: FeatureIndex, record: number, into: Set<number>): void {
  if (!hasHub(records, index, record)) return;
  const start = records.featureStart[record]!;
  const own = records.featurePool.subarray(start, start + records.featureCount[record]!);
  const hubs = new Set(own.filter((feature) => index.isHub(feature)));
  for (const hub of [...hubs])
    for (let at = index.derivedStart(hub); at < index.derivedEnd(hub); at += 1) hubs.delete(index.derivedAt(at));
  for (const hub of hubs) into.add(hub);
}

interface KindAndValue {
  readonly kind: string;
  readonly value: string;
}

function byKindAndValue(a: KindAndValue, b: KindAndValue): number {
  return compareText(a.kind, b.kind) || compareText(a.value, b.value);
}
