// What people may command of situation reports, questions, feedback, affected parties and enrolments: the bodies of the API,
// and what protocol checks again.
// Holds: whatever a body does not list is refused. Source: services/protocol/README.md

import { Type, type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const Uuid = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });
const Words = Type.String({ minLength: 1, maxLength: 2_000, pattern: '\\S' });
const Paragraph = Type.String({ minLength: 1, maxLength: 10_000, pattern: '\\S' });
const Person = Type.String({ minLength: 1, maxLength: 64 });
const Agency = Type.String({ minLength: 1, maxLength: 64 });
const Instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$',
});
const Precedence = Type.Union([
  Type.Literal('ROUTINE'),
  Type.Literal('PRIORITY'),
  Type.Literal('IMMEDIATE'),
  Type.Literal('FLASH'),
]);
/** Text form, or the fields of the wire. */
const GivenMarking = Type.Union([Type.String({ maxLength: 2_048 }), Type.Object({}, { additionalProperties: true })]);
const Nothing = Type.Object({}, closed);
/** Its marking stands beside it, or as a portion mark at one of its ends; without either it is refused by its place. */
const Portion = Type.Object(
  {
    section: Type.Optional(Type.String({ maxLength: 64, description: 'Of policy; `gaps`: what could not be seen.' })),
    text: Paragraph,
    lang: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('fr')])),
    marking: Type.Optional(GivenMarking),
  },
  closed,
);
const Recipients = Type.Array(Person, { minItems: 1, maxItems: 200, description: 'Persons by name; no department.' });

/** Of one report; `nil` has no body. */
export const SITREP_COMMANDS = Object.freeze({
  contribute: Type.Object({ portions: Type.Array(Portion, { minItems: 1, maxItems: 100 }) }, closed),
  nil: Nothing,
  approve: Nothing,
  issue: Type.Object(
    {
      recipients: Recipients,
      precedence: Type.Optional(Precedence),
      decision: Type.Object({ reason: Words, marking: Type.Optional(GivenMarking) }, closed),
    },
    closed,
  ),
  correct: Type.Object(
    {
      reason: Words,
      marking: Type.Optional(GivenMarking),
      remove: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 100 })),
      add: Type.Optional(Type.Array(Portion, { maxItems: 100 })),
    },
    closed,
  ),
});

/** Of a series of reports. */
export const SITREP_SERIES_COMMANDS = Object.freeze({
  open: Type.Object({ electionId: Type.String({ maxLength: 64 }), cadence: Type.String({ maxLength: 64 }) }, closed),
  stop: Type.Object({ reason: Words }, closed),
});

/** Of a request for information. */
export const RFI_COMMANDS = Object.freeze({
  open: Type.Object(
    {
      question: Words,
      toAgencies: Type.Array(Agency, { minItems: 1, maxItems: 50 }),
      dueAt: Instant,
      about: Type.Optional(Uuid),
      marking: Type.Optional(GivenMarking),
    },
    closed,
  ),
  answer: Type.Object({ text: Paragraph, marking: Type.Optional(GivenMarking) }, closed),
  close: Type.Object({ reason: Words }, closed),
});

/** Of feedback on a product. */
export const FEEDBACK_COMMANDS = Object.freeze({
  open: Type.Object(
    {
      productId: Uuid,
      useful: Type.Union([Type.Literal('YES'), Type.Literal('PARTLY'), Type.Literal('NO')]),
      action: Type.String({ maxLength: 2_000 }),
      notForwarded: Type.Optional(Type.Object({ reason: Type.String({ maxLength: 2_000 }), reviewBy: Type.Optional(Instant) }, closed)),
    },
    closed,
  ),
  forward: Type.Object({ action: Words }, closed),
  'not-forward': Type.Object({ reason: Words, reviewBy: Instant }, closed),
}); // prettier-ignore

/** Of the decision whether an affected party is told. */
export const AFFECTED_PARTY_COMMANDS = Object.freeze({
  notify: Type.Object(
    {
      en: Type.Optional(Paragraph),
      fr: Type.Optional(Paragraph),
      tearline: Type.Optional({
        ...Uuid,
        description: 'A published tearline: its words are told, and their translation.',
      }),
    },
    closed,
  ),
  withhold: Type.Object({ reason: Words, reviewBy: Instant }, closed),
});

/** Of an organisation's enrolment. */
export const PROTECTED_ACCOUNT_COMMANDS = Object.freeze({
  open: Type.Object({ org: Type.String({ minLength: 3, maxLength: 128 }) }, closed),
  identifiers: Type.Object(
    {
      kind: Type.Union([Type.Literal('email'), Type.Literal('account'), Type.Literal('domain')]),
      value: Type.String({ minLength: 1, maxLength: 512 }),
      member: Type.Optional(Person),
    },
    closed,
  ),
  consent: Nothing,
  revoke: Nothing,
});

/** A paragraph as it was sent. */
export type GivenPortion = Static<typeof Portion>;
/** What `issue` takes. */
export type SitrepIssueArgs = Static<(typeof SITREP_COMMANDS)['issue']>;
/** What `correct` takes. */
export type SitrepCorrectArgs = Static<(typeof SITREP_COMMANDS)['correct']>;
/** What an RFI is opened with. */
export type RfiArgs = Static<(typeof RFI_COMMANDS)['open']>;
/** What feedback is opened with. */
export type FeedbackArgs = Static<(typeof FEEDBACK_COMMANDS)['open']>;
