// The one way from a gateway to the guard: commands of people on tearlines, downgrades and identity releases.
// Holds: the caller has authenticated the person and judged that they may see what they name; the guard looks the person up
// itself, judges again, and believes no caller about roles, markings or signatures. An answer is not released by being
// answered: the gateway's monitor does that. Source: README.md#the-guard

import type { Marking } from '@sitebus/marking';
import { Type, type Static } from 'typebox';

/** What lets something go below what it was made from, or out of its suppression. */
export type DisclosureKind = 'tearline' | 'downgrade' | 'identity-release';

/** One of them as it stands now, for the person who asked. */
export interface Disclosure {
  readonly kind: DisclosureKind;
  readonly id: string;
  /** Of the record it is about: who does not dominate it learns nothing of it. */
  readonly marking: Marking;
  /** When it was asked for, UTC milliseconds. */
  readonly atMs: number;
  /** JSON of the API, without id and marking. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Who asks, in which view. */
export interface GuardCaller {
  readonly person: string;
  readonly view: string;
}

/** A record as the caller was shown it; its id alone may name others too. */
export interface NamedRecord {
  readonly id: string;
  readonly agency: string;
  readonly cell: string;
  readonly marking: Marking;
}

/**
 * The guard, in process or over HTTP. Each call rejects with COMMAND_REFUSED {code, possible, faults} where it was judged and
 * refused, with DISCLOSURE_UNKNOWN, and with retriable refusals where it could not be judged.
 */
export interface GuardPort {
  /** `args`: as the schema of `GUARD_COMMANDS[kind].request` says. */
  request(kind: DisclosureKind, record: NamedRecord, args: unknown, by: GuardCaller): Promise<Disclosure>;
  /** `name`: a command of `GUARD_COMMANDS[kind]`. */
  command(kind: DisclosureKind, id: string, name: string, args: unknown, by: GuardCaller): Promise<Disclosure>;
  find(kind: DisclosureKind, id: string, by: GuardCaller): Promise<Disclosure | undefined>;
  /** Newest first, without identities. */
  list(kind: DisclosureKind, by: GuardCaller): Promise<readonly Disclosure[]>;
}

const closed = { additionalProperties: false } as const;
const Id = Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });
const Words = Type.String({ minLength: 1, maxLength: 1_000 });
const Instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?(Z|[+-]\\d{2}:\\d{2})$',
});
/** Text form, or the fields of the wire. */
const GivenMarking = Type.Union([Type.String({ maxLength: 2_048 }), Type.Object({}, { additionalProperties: true })]);
const Reason = Type.Object({ reason: Words }, closed);
const Nothing = Type.Object({}, closed);
/** Ed25519 over the text in `toSign`, base64url. */
const Signed = Type.Object({ signature: Type.String({ pattern: '^[A-Za-z0-9_-]{86}$' }) }, closed);

/** What each command takes: the bodies of the API, and what the guard checks again. */
export const GUARD_COMMANDS = Object.freeze({
  tearline: {
    request: Type.Object({ source: Id, for: Words, by: Type.Optional(Instant) }, closed),
    draft: Type.Object(
      {
        text: Type.String({ minLength: 1, maxLength: 10_000 }),
        lang: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('fr')])),
        title: Type.Optional(Type.String({ minLength: 1, maxLength: 160 })),
        category: Type.Optional(Type.String({ maxLength: 64 })),
        soWhat: Type.Optional(Type.String({ maxLength: 400 })),
        values: Type.Array(
          Type.Object({ kind: Type.String({ maxLength: 32 }), value: Type.String({ maxLength: 2_048 }) }, closed),
          { maxItems: 200 },
        ),
        marking: GivenMarking,
      },
      closed,
    ),
    submit: Nothing,
    approve: Signed,
    refuse: Reason,
    publish: Nothing,
    withdraw: Reason,
  },
  downgrade: {
    request: Type.Object({ record: Id, to: GivenMarking, reason: Words, expires: Instant }, closed),
    sign: Signed,
    refuse: Reason,
    apply: Nothing,
  },
  'identity-release': {
    request: Type.Object({ suppressedRef: Words, product: Id }, closed),
    justify: Type.Object({ authority: Words, text: Words }, closed),
    approve: Nothing,
    refuse: Reason,
    review: Type.Object({ finding: Words }, closed),
  },
});

/** What a tearline's draft says. */
export type TearlineDraftArgs = Static<(typeof GUARD_COMMANDS)['tearline']['draft']>;
