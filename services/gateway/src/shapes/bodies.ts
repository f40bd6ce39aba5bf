// The JSON of the API as schemas: what OpenAPI prints and what tests validate answers against.
// Holds: records keep the names of schemas/avro; of those the fields every reader relies on are spelled out, the rest is
// open, because a new record type or field needs no change here. Source: README.md#shapes

import { Type } from 'typebox';

const strings = Type.Array(Type.String());
const Bilingual = Type.Object({ en: Type.String(), fr: Type.String() });

/** A marking and its banner. */
export const MarkingBody = Type.Object({
  classified: Type.String(),
  protected: Type.String(),
  compartments: strings,
  relToAll: Type.Boolean(),
  relTo: strings,
  tlp: Type.String(),
  orcon: Type.Boolean(),
  owners: strings,
  origins: strings,
  needToKnow: Type.Array(strings),
  banner: Type.String(),
});

/** An observation; recalled, only id, status, marking and successor are left. */
export const ObservationBody = Type.Object({
  id: Type.String(),
  type: Type.Optional(Type.String()),
  status: Type.String(),
  supersededBy: Type.Optional(Type.String()),
  marking: MarkingBody,
  masked: Type.Optional(Type.Array(Type.String(), { description: 'Fields with values that `reveal` shows.' })),
  envelope: Type.Optional(Type.Object({ id: Type.String(), agency: Type.String(), marking: MarkingBody })),
});

/** Numbers, and the term for them in the reader's lexicon while the assessment is live. */
const LikelihoodBody = Type.Object({
  pMicro: Type.Integer(),
  uMicro: Type.Integer(),
  lo: Type.Integer(),
  hi: Type.Integer(),
  term: Type.Optional(Bilingual),
  lexiconId: Type.Optional(Type.String()),
});

export const AssessmentBody = Type.Object({
  id: Type.String(),
  view: Type.String(),
  version: Type.Integer(),
  status: Type.String(),
  redirectTo: Type.Optional(Type.String()),
  marking: MarkingBody,
  headline: Bilingual,
  members: Type.Array(Type.Object({ id: Type.String(), agency: Type.String(), type: Type.String() })),
  likelihood: LikelihoodBody,
  confidence: Type.String(),
});

/** Where an alert stands on the desk; of one alert alone also the earlier decisions, newest first. */
const Decision = {
  state: Type.String(),
  assignee: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  by: Type.Optional(Type.String()),
  at: Type.Optional(Type.String()),
};
export const TriageBody = Type.Object({
  ...Decision,
  decisions: Type.Integer({ minimum: 0 }),
  earlier: Type.Optional(Type.Array(Type.Object(Decision))),
});

export const AlertBody = Type.Object({
  id: Type.String(),
  view: Type.String(),
  assessmentId: Type.String(),
  version: Type.Integer(),
  reason: Type.String(),
  precedence: Type.String(),
  at: Type.String(),
  marking: MarkingBody,
  triage: Type.Optional(TriageBody),
  headline: Type.Optional(Bilingual),
  why: Type.Array(
    Type.Object({
      a: Type.String(),
      b: Type.String(),
      features: Type.Array(Type.Object({ kind: Type.String(), value: Type.Optional(Type.String()) })),
    }),
  ),
});

/** Enough of an assessment to recompute it by hand. */
export const ExplanationBody = Type.Object({
  id: Type.String(),
  version: Type.Integer(),
  marking: MarkingBody,
  members: Type.Array(Type.Object({ id: Type.String() })),
  links: Type.Array(Type.Object({ a: Type.String(), b: Type.String() })),
  contextValues: Type.Array(
    Type.Object({ kind: Type.String(), value: Type.Optional(Type.String()), why: Type.String() }),
  ),
  copies: Type.Array(
    Type.Object({
      member: Type.String(),
      values: Type.Array(Type.Object({ kind: Type.String(), value: Type.Optional(Type.String()) })),
    }),
  ),
  likelihood: LikelihoodBody,
  evidence: Type.Array(Type.Object({ agency: Type.String() })),
  confidence: Type.String(),
  confidenceCaps: Type.Array(Type.Object({ cap: Type.String() })),
  ruleVersion: Type.Integer(),
  policyVersion: Type.Integer(),
});

export const SourceBody = Type.Object({
  id: Type.String(),
  agency: Type.String(),
  cell: Type.String(),
  observations: Type.Integer(),
  overMarked: Type.Integer({ description: 'Marked above the join of their portions.' }),
  orcon: Type.Integer(),
  withoutTearline: Type.Integer({ description: 'Of which nothing is to go lower, as their agency says.' }),
  lastEvent: Type.Optional(Type.String({ description: 'Absent where there is nothing but a declared gap.' })),
  usualIntervalMs: Type.Optional(Type.Number()),
  ratePerDay: Type.Integer(),
  lagMs: Type.Object({ p50: Type.Number(), p99: Type.Number() }),
  silentSince: Type.Optional(Type.String()),
  gaps: Type.Array(
    Type.Object({
      id: Type.String({ description: 'Of the observation that declares it.' }),
      from: Type.String(),
      to: Type.Optional(Type.String({ description: 'Exclusive; without it the gap lasts.' })),
      reason: Type.String(),
    }),
  ),
  marking: MarkingBody,
});

/** A normalised value. */
export const FeatureBody = Type.Object({ kind: Type.String(), value: Type.String() });

/** One fault in what the caller sent. */
export const FaultBody = Type.Object({
  pointer: Type.Optional(Type.String()),
  index: Type.Optional(Type.Integer()),
  code: Type.String(),
  detail: Type.String(),
  hint: Type.Optional(Type.String()),
});

/** The path parameter of things with ids: any text, since an id that cannot exist is just absent. */
/** Somebody's word on a tearline or a grant. */
export const SignatureBody = Type.Object({
  person: Type.String(),
  agency: Type.Optional(Type.String()),
  at: Type.String(),
  signature: Type.String(),
});

export const ById = Type.Object({ id: Type.String() });
