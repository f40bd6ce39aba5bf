// Which STIX objects a record becomes, by id, before anything of it is released: what a collection is numbered by.
// Holds: pure; ids and order alone, no content; observation.ts, assessment.ts and alert.ts write exactly these objects
// (mapping.test.ts compares). What an object refers to stands before it. Source: README.md#stix

import { ourselves, idOfAgency } from './definitions.ts';
import type { ExtensionName, StixPolicy } from './definitions.ts';
import type { AssessmentFacts, ObservationFacts } from './facts.ts';
import { markingRefs } from './marking.ts';
import { EXTENSIONS, idOfNamed, idOfRecord } from './names.ts';
import type { StixId } from './names.ts';
import { observableOf } from './observables.ts';
import type { Marking } from '@sitebus/marking';

/** One object to be. */
export interface Outlined {
  readonly id: StixId;
  /** `each`: every record that has it makes a new version. `once`: the first that a reader sees stands. */
  readonly versions: 'each' | 'once';
  /** Objects it is nothing without: it comes when the last of them is there. */
  readonly needs: readonly StixId[];
}

/** From this likelihood on (micro) a linking value becomes an indicator. */
export const INDICATOR_FROM_MICRO = 550_000;

/** Stands where the standard demands an observable and a recall has left none. */
export const WITHDRAWN_PLACEHOLDER: StixId = idOfNamed('software', 'withdrawn content');

/** @returns the objects of an observation. */
export function outlineOfObservation(facts: ObservationFacts, policy: StixPolicy): readonly Outlined[] {
  const { agency, marking, observables, targets, techniques, actors } = facts;
  const self = idOfObservation(facts);
  return [
    ...prelude('observation', marking, policy),
    once(idOfAgency(agency)),
    ...observables.map(({ id }) => once(id)),
    ...targets.map((target) => once(target.identity)),
    ...techniques.map((technique) => once(technique.attackPattern)),
    ...actors.map((actor) => once(actor.intrusionSet)),
    each(self),
    ...relationsOf(facts).map(({ id }) => once(id)),
  ];
}

/** @returns the objects that a recall makes of what it recalls, whatever that was. */
export function outlineOfRecalled(recalled: StixId, marking: Marking, policy: StixPolicy): readonly Outlined[] {
  return [
    ...markingRefs(marking, policy).map((id) => once(id)),
    ...(recalled.startsWith('observed-data--') ? [once(WITHDRAWN_PLACEHOLDER)] : []),
    each(recalled),
  ];
}

/** @returns the objects of one version of an assessment. */
export function outlineOfAssessment(
  facts: AssessmentFacts,
  policy: StixPolicy,
  currentIdOf?: CurrentIdOf,
): readonly Outlined[] {
  const report = idOfRecord('report', facts.id);
  const indicators = indicatorsOf(facts, currentIdOf);
  return [
    ...prelude('assessment', facts.marking, policy),
    ...facts.positions.map(({ agency }) => once(idOfAgency(agency))),
    ...indicators.map(({ id }) => each(id)),
    ...facts.positions.map(({ id }) => once(idOfRecord('opinion', id))),
    ...indicators.flatMap(({ basis }) => basis.map(({ id, needs }) => once(id, needs))),
    each(report),
    ...duplicateOf(facts).map(({ id, survivor }) => once(id, [survivor])),
  ];
}

/** @returns the objects of an alert: a note on its report. */
export function outlineOfAlert(
  facts: { readonly id: string; readonly assessmentId: string; readonly marking: Marking },
  policy: StixPolicy,
): readonly Outlined[] {
  return [
    ...prelude('alert', facts.marking, policy),
    { id: idOfRecord('note', facts.id), versions: 'each', needs: [idOfRecord('report', facts.assessmentId)] },
  ];
}

/** `observed-data` over its observables; without any, a `note`. */
export function idOfObservation({ id, observables }: Pick<ObservationFacts, 'id' | 'observables'>): StixId {
  return idOfRecord(observables.length === 0 ? 'note' : 'observed-data', id);
}

/** A relation of an observation to a technique, an actor or a target. */
export interface Relation {
  readonly id: StixId;
  readonly kind: 'related-to' | 'attributed-to' | 'targets';
  readonly to: StixId;
}

/** @returns its relations, techniques first. */
export function relationsOf(facts: ObservationFacts): readonly Relation[] {
  const from = idOfObservation(facts);
  const relation = (kind: Relation['kind'], to: StixId): Relation => ({
    id: idOfNamed('relationship', from, kind, to),
    kind,
    to,
  });
  return [
    ...facts.techniques.map(({ attackPattern }) => relation('related-to', attackPattern)),
    ...facts.actors.map(({ intrusionSet }) => relation('attributed-to', intrusionSet)),
    ...facts.targets.map(({ identity }) => relation('targets', identity)),
  ];
}

/** A linking value of an assessment as an indicator, and the observations it rests on. */
export interface IndicatorOutline {
  readonly id: StixId;
  readonly feature: { readonly kind: string; readonly value: string };
  readonly basis: readonly { readonly id: StixId; readonly needs: readonly [StixId, StixId] }[];
}

/** Revoked is revoked for good (STIX 2.1 §3.2): a value that comes back to its assessment has another id. */
export type CurrentIdOf = (indicator: StixId) => StixId;

/** @returns one a value that links its members, where the whole is likely enough. */
export function indicatorsOf(
  { id, status, pMicro, links }: AssessmentFacts,
  currentIdOf: CurrentIdOf = (indicator) => indicator,
): readonly IndicatorOutline[] {
  if (status !== 'LIVE' || pMicro < INDICATOR_FROM_MICRO) return [];
  const members = new Map<string, { feature: IndicatorOutline['feature']; members: Set<string> }>();
  for (const { a, b, features } of links) {
    for (const feature of features) {
      const observable = observableOf(feature);
      if (observable === undefined) continue;
      const entry = members.get(observable.id) ?? { feature, members: new Set<string>() };
      members.set(observable.id, entry);
      entry.members.add(a).add(b);
    }
  }
  return [...members].map(([observable, entry]) => {
    const indicator = currentIdOf(idOfNamed('indicator', id, observable));
    return {
      id: indicator,
      feature: { kind: entry.feature.kind, value: entry.feature.value },
      basis: [...entry.members].sort().map((member) => {
        const needs = [indicator, idOfRecord('observed-data', member)] as const;
        return { id: idOfNamed('relationship', needs[0], 'based-on', needs[1]), needs };
      }),
    };
  });
}

/** @returns the relation of a merged assessment to the one under which it goes on. */
export function duplicateOf({ id, redirectTo }: AssessmentFacts): readonly { readonly id: StixId; survivor: StixId }[] {
  if (redirectTo === undefined) return [];
  const survivor = idOfRecord('report', redirectTo);
  return [{ id: idOfNamed('relationship', idOfRecord('report', id), 'duplicate-of', survivor), survivor }];
}

/** Extension definitions, markings, ourselves. */
function prelude(extension: ExtensionName, marking: Marking, policy: StixPolicy): readonly Outlined[] {
  return [
    once(EXTENSIONS.marking),
    once(EXTENSIONS[extension]),
    ...ourselves(policy).map(({ id }) => once(id)),
    ...markingRefs(marking, policy).map((id) => once(id)),
  ];
}

function once(id: StixId, needs: readonly StixId[] = []): Outlined {
  return { id, versions: 'once', needs };
}

function each(id: StixId): Outlined {
  return { id, versions: 'each', needs: [] };
}
