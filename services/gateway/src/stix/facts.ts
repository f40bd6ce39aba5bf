// What of a record decides which STIX objects it becomes, read alike from the record and from what was released of it.
// Holds: pure; a suppressed identity is never among it, only the name that is printed for it. Source: README.md#stix

import type { Marking } from '@sitebus/marking';
import { idOfNamed } from './names.ts';
import type { StixId } from './names.ts';
import { observablesOf } from './observables.ts';
import type { Feature, Observable } from './observables.ts';

/** Of an observation. */
export interface ObservationFacts {
  readonly id: string;
  readonly agency: string;
  readonly marking: Marking;
  readonly observables: readonly Observable[];
  readonly techniques: readonly Technique[];
  readonly actors: readonly Actor[];
  readonly targets: readonly Target[];
}

/** A technique of a published framework. */
export interface Technique {
  readonly attackPattern: StixId;
  readonly framework: string;
  readonly id: string;
}

/** Whom an agency claims to be behind it. */
export interface Actor {
  readonly intrusionSet: StixId;
  readonly name: string;
}

/** Whom it is aimed at, as printed. */
export interface Target {
  readonly identity: StixId;
  readonly kind: string;
  readonly name: string;
}

/** Of one version of an assessment. */
export interface AssessmentFacts {
  readonly id: string;
  readonly status: string;
  readonly marking: Marking;
  readonly pMicro: number;
  readonly redirectTo: string | undefined;
  readonly members: readonly { readonly id: string }[];
  readonly links: readonly {
    readonly a: string;
    readonly b: string;
    readonly features: readonly Feature[];
  }[];
  readonly positions: readonly { readonly id: string; readonly agency: string }[];
}

/** The parts of an observation that are read; a decoded record and a released body both have them. */
export interface ObservationLike {
  readonly [field: string]: unknown;
}

/** @returns the facts; `marking` and `features` are of the same record. */
export function factsOfObservation(
  value: ObservationLike,
  { marking, features }: { readonly marking: Marking; readonly features: readonly Feature[] },
): ObservationFacts {
  const { id, agency } = value['envelope'] as { readonly id: string; readonly agency: string };
  const report = (value['report'] ?? {}) as ReportLike;
  return {
    id,
    agency,
    marking,
    observables: observablesOf(features),
    techniques: distinct((report.ttps ?? []).map(toTechnique), ({ attackPattern }) => attackPattern),
    actors: distinct((report.actorClaims ?? []).map(toActor), ({ intrusionSet }) => intrusionSet),
    targets: distinct(
      (report.targets ?? []).map((target) => toTarget(target, id)),
      ({ identity }) => identity,
    ),
  };
}

/** An assessment as decoded or as released. */
export interface AssessmentLike {
  readonly id: string;
  readonly status: string;
  readonly likelihood: { readonly pMicro: number };
  readonly redirectTo?: string | null | undefined;
  readonly members?: AssessmentFacts['members'];
  readonly links?: AssessmentFacts['links'];
  readonly positions?: AssessmentFacts['positions'];
}

/** @returns the facts of one version. */
export function factsOfAssessment(value: AssessmentLike, marking: Marking): AssessmentFacts {
  const { id, status, likelihood, redirectTo, members = [], links = [], positions = [] } = value;
  return {
    id,
    status,
    marking,
    pMicro: likelihood.pMicro,
    redirectTo: redirectTo ?? undefined,
    members,
    links,
    positions,
  };
}

interface ReportLike {
  readonly ttps?: readonly { readonly framework: string; readonly id: string }[];
  readonly actorClaims?: readonly { readonly actor: string }[];
  readonly targets?: readonly TargetLike[];
}

interface TargetLike {
  readonly kind: string;
  readonly ref?: string;
  readonly suppressedAs?: string | null;
}

function toTechnique({ framework, id }: { readonly framework: string; readonly id: string }): Technique {
  return { attackPattern: idOfNamed('attack-pattern', framework, id), framework, id };
}

function toActor({ actor }: { readonly actor: string }): Actor {
  return { intrusionSet: idOfNamed('intrusion-set', actor), name: actor };
}

/** The name printed for a suppressed identity means somebody else in the next report: it is that record's own. */
function toTarget({ kind, ref = '', suppressedAs }: TargetLike, record: string): Target {
  return typeof suppressedAs === 'string'
    ? { identity: idOfNamed('identity', 'suppressed', record, suppressedAs), kind, name: suppressedAs }
    : { identity: idOfNamed('identity', 'target', kind, ref), kind, name: ref };
}

function distinct<T>(items: readonly T[], idOf: (item: T) => string): readonly T[] {
  return [...new Map(items.map((item) => [idOf(item), item])).values()];
}
