// What people may command of periods, cases and notices: the bodies of the API, and what protocol checks again.
// Holds: whatever a body does not list is refused. Source: services/protocol/README.md#case

import { Type } from 'typebox';
import type { TObject } from 'typebox';

const closed = { additionalProperties: false } as const;
const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });
const Words = Type.String({ maxLength: 4_000 });
const Name = Type.String({ minLength: 1, maxLength: 64 });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$',
});
const oneOf = (...words: readonly string[]) => Type.Union(words.map((word) => Type.Literal(word)));
const Precedence = oneOf('ROUTINE', 'PRIORITY', 'IMMEDIATE', 'FLASH');
const Agencies = Type.Array(Name, { minItems: 1, maxItems: 50, uniqueItems: true });
const Gaps = Type.Array(Words, {
  maxItems: 50,
  description: 'What is not known or not covered; a brief without is refused.',
});
const Step = Type.String({ maxLength: 500 });
/** The same in French; both are given together or the first stands alone. */
const InFrench = Type.Optional(Type.Object({ summary: Words, gaps: Gaps }, closed));
/** Text form, or the fields of the wire. */
const GivenMarking = Type.Union([Type.String({ maxLength: 2_048 }), Type.Object({}, { additionalProperties: true })]);
/** A notice in one language. */
export const NoticeTextBody = Type.Object(
  { title: Type.String({ maxLength: 160 }), known: Words, steps: Type.Array(Step, { maxItems: 20 }) },
  closed,
);
const Rated = Type.Object({ name: Name, level: oneOf('NONE', 'LOW', 'MODERATE', 'HIGH'), rationale: Words }, closed);
const Draft = Type.Object({ draft: Uuid }, closed);
const Nothing = Type.Object({}, closed);
const Reason = Type.Object({ reason: Words }, closed);
const At = Type.Object({ at: Instant }, closed);

/** Of an election's period. */
export const PERIOD_COMMANDS = Object.freeze({
  dissolution: At,
  'government-sworn-in': At,
  'returning-result-clear': At,
  'independent-review': Type.Object({ body: Words }, closed),
}) satisfies Readonly<Record<string, TObject>>;

/** Of a case. What carries an evidence hash speaks of that evidence and no other. */
export const CASE_COMMANDS = Object.freeze({
  open: Type.Object(
    {
      assessments: Type.Array(Uuid, { minItems: 1, maxItems: 100 }),
      question: Words,
      electionId: Type.Optional(Name),
      precedence: Type.Optional(Precedence),
      successorOf: Type.Optional(Uuid),
    },
    closed,
  ),
  consult: Type.Object({ agencies: Agencies, due: Instant }, closed),
  respond: Type.Object(
    { stance: oneOf('CONCUR', 'DISSENT', 'NO_VIEW'), text: Words, definitionId: Type.Optional(Name) },
    closed,
  ),
  'not-forward': Type.Object({ reason: Words, reviewBy: Instant }, closed),
  inform: Type.Object({ summary: Words, gaps: Gaps, precedence: Type.Optional(Precedence) }, closed),
  scope: Type.Object({ fact: Type.Optional(Words) }, closed),
  finding: Type.Object(
    { finding: oneOf('ELECTION_ADMINISTRATION', 'IN_SCOPE'), reason: Type.Optional(Words) },
    closed,
  ),
  'agency-action': Type.Object({ text: Words }, closed),
  attach: Type.Object({ title: Words, contentHash: Hash }, closed),
  detach: Type.Object({ document: Uuid }, closed),
  close: Reason,
  answer: Nothing,
  'name-issuer': Type.Object({ person: Name }, closed),
  ask: Type.Object({ question: Words, due: Instant, toAgencies: Type.Optional(Agencies) }, closed),
  rate: Type.Object(
    { evidenceHash: Hash, criteria: Type.Array(Rated, { maxItems: 50 }), factors: Type.Array(Rated, { maxItems: 50 }) },
    closed,
  ),
  propose: Type.Object(
    {
      outcome: oneOf('BELOW_MONITOR', 'BELOW_INTERVENTION', 'BELOW_DISCLOSED', 'THRESHOLD_MET', 'UPDATE', 'CORRECT'),
      ladder: Type.Array(
        oneOf('MONITOR', 'BRIEF_AFFECTED', 'BRIEF_PARTIES', 'ENGAGE_PLATFORM', 'ENGAGE_CIVIL_SOCIETY', 'AGENCY_ACTION', 'PUBLIC_ADVISORY', 'PANEL_ANNOUNCEMENT'),
        { maxItems: 8, uniqueItems: true },
      ),
      reviewAt: Type.Optional(Instant),
      draft: Type.Optional(Uuid),
    },
    closed,
  ),
  vote: Type.Object({ evidenceHash: Hash, vote: oneOf('AGREE', 'DISAGREE'), reasons: Words }, closed),
  refresh: Nothing,
  draft: Type.Object(
    { draftId: Type.Optional(Uuid), notice: oneOf('BELOW_THRESHOLD', 'ANNOUNCEMENT'), en: NoticeTextBody, fr: NoticeTextBody },
    closed,
  ),
  disclose: Draft,
  notify: Type.Object(
    {
      draft: Uuid,
      summary: Words,
      gaps: Gaps,
      fr: InFrench,
      announceAt: Instant,
      marking: Type.Optional(GivenMarking),
      released: Type.Optional(
        Type.Array(Uuid, { maxItems: 50, uniqueItems: true, description: 'Tearlines and downgrades, where it is marked below the case.' }),
      ),
      briefs: Type.Optional(Type.Array(Type.Object({ capacity: Name, summary: Words, gaps: Gaps, fr: InFrench }, closed), { maxItems: 20 })),
    },
    closed,
  ),
  announce: Type.Object({ draft: Type.Optional(Uuid) }, closed),
  update: Draft,
  correct: Draft,
}) satisfies Readonly<Record<string, TObject>>; // prettier-ignore
