// Why the members of a component belong together, and what they share that links nothing.
// Holds: each link once, from the lower id to the higher; features by kind and value; sorted, whatever came first.
// Source: README.md#edges, README.md#hubs

import type { AssessmentBody } from '../publishing/assessment.ts';
import { compareText } from '../records/records.ts';
import type { EngineState } from '../state.ts';

/** The links between members, sorted; each with the features that make it and what they contribute. */
export function linksOf(state: EngineState, members: readonly number[]): AssessmentBody['links'] {
  const { records, components } = state;
  const byNames = (x: readonly number[], y: readonly number[]) =>
    compareNames(state, x[0]!, y[0]!) || compareNames(state, x[1]!, y[1]!);
  return members
    .flatMap((member) =>
      components
        .neighboursOf(member)
        .filter((other) => compareNames(state, member, other) < 0)
        .map((other) => [member, other]),
    )
    .sort(byNames)
    .map(([from, to]) => {
      const features = sharedOf(state, from!, to!);
      const scoreMicro = features.reduce((sum, { contributionMicro }) => sum + contributionMicro, 0);
      return { a: records.idOf(from!), b: records.idOf(to!), features, scoreMicro };
    });
}

/** By id, then as members are: ids of two agencies may be equal. */
function compareNames({ records }: EngineState, a: number, b: number): number {
  return compareText(records.idOf(a), records.idOf(b)) || records.compare(a, b);
}

function sharedOf({ scores, index, rules }: EngineState, a: number, b: number) {
  return scores
    .shared(a, b)
    .map(({ feature, kind, contributionMicro, dfBucket }) => ({
      contributionMicro,
      dfBucket,
      kind: rules.kinds[kind]!,
      value: index.values.textOf(feature),
      weight: rules.weights[kind]!,
    }))
    .sort(byKindAndValue);
}

/** Values of the members that link nothing, with the reason, each once, sorted. */
export function contextOf(
  { records, index, rules }: EngineState,
  members: readonly number[],
): AssessmentBody['contextValues'] {
  const found = new Map<string, AssessmentBody['contextValues'][number]>();
  const note = (value: AssessmentBody['contextValues'][number]) =>
    void found.set(`${value.kind} ${value.why} ${value.value}`, value);
  for (const member of members) {
    for (const { kind, value, why } of records.contextOf(member)) note({ kind, value, why });
    for (const feature of hubsOf({ records, index }, member))
      note({ kind: rules.kinds[index.values.kindOf(feature)]!, value: index.values.textOf(feature), why: 'HUB' });
  }
  return [...found.values()].sort((a, b) => byKindAndValue(a, b) || compareText(a.why, b.why));
}

/** Hubs among a record's values, but for those that are hubs because a value they follow from is one. */
function hubsOf({ records, index }: Pick<EngineState, 'records' | 'index'>, record: number): Set<number> {
  const start = records.featureStart[record]!;
  const own = records.featurePool.subarray(start, start + records.featureCount[record]!);
  const hubs = new Set(own.filter((feature) => index.isHub(feature)));
  for (const hub of [...hubs])
    for (let at = index.derivedStart(hub); at < index.derivedEnd(hub); at += 1) hubs.delete(index.derivedAt(at));
  return hubs;
}

interface KindAndValue {
  readonly kind: string;
  readonly value: string;
}

function byKindAndValue(a: KindAndValue, b: KindAndValue): number {
  return compareText(a.kind, b.kind) || compareText(a.value, b.value);
}
