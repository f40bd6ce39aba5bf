// An organisation that wants to be told of attacks, and the persons of it who want the same for accounts of their own.
// Holds: pure; a personal account counts only while its owner consents, and only the owner says so; values are kept as keyed
// hashes; who else is enrolled is shown to the organisation alone. Source: README.md#protected-accounts

import { PROTECTED_ACCOUNT_COMMANDS } from '@sitebus/kit';
import { toWire, type ProtectedAccountEvent } from '@sitebus/sdk';
import type { Refused } from '../errors.ts';
import type { Asking, Frame } from '../machine.ts';
import { refuse } from '../machine.ts';
import type { Command, Facts, Outcome, ProtocolMachine, Viewer } from '../protocol-machine.ts';
import { reportMarking } from '../sitrep/renditions.ts';
import { identifierHash, type IdentifierKind } from './identifiers.ts';

/** A person of the organisation. */
export interface EnrolledMember {
  readonly consent: 'PENDING_CONSENT' | 'CONSENTED' | 'REVOKED';
  readonly hashes: readonly string[];
}

/** An enrolment. */
export interface Enrolment {
  readonly state?: ProtectedAccountEvent['to'];
  readonly org: string;
  readonly contacts: readonly string[];
  /** Of the organisation itself. */
  readonly hashes: readonly string[];
  /** By name of the registry. */
  readonly members: Readonly<Record<string, EnrolledMember>>;
}

export const PROTECTED_ACCOUNT_SUBJECT = 'ca.sitebus.protocol.ProtectedAccountEvent';
export const EMPTY_PROTECTED_ACCOUNT: Omit<ProtectedAccountEvent, keyof Frame<string>> = Object.freeze({
  org: null, contacts: [], member: null, identifierKind: null, identifierHash: null,
}); // prettier-ignore

/** Before anything happened. */
export const NO_ENROLMENT: Enrolment = Object.freeze({ org: '', contacts: [], hashes: [], members: {} });

/** What an enrolment is decided with: the key of its hashes, which no event and no answer holds. */
export interface EnrolmentParts {
  readonly identifierKey: Uint8Array;
}

/** @returns what happens, or why nothing does. */
export function decideEnrolment(enrolment: Enrolment, { name, args }: Command, by: Asking, facts: Facts, { identifierKey }: EnrolmentParts): Outcome<ProtectedAccountEvent> | Refused {
  const possible = possibleForEnrolment(enrolment);
  if (!possible.includes(name)) return refuse('ILLEGAL_TRANSITION', possible);
  const marking = toWire(reportMarking(facts.policy));
  const isContact = enrolment.contacts.includes(by.person);
  switch (name) {
    case 'open': {
      const { org } = args as { readonly org: string };
      if (!speaksFor(by, org, facts)) return refuse('ROLE_NOT_ALLOWED', possible);
      return { events: [{ kind: 'enrolled', to: 'ENROLLED', org, contacts: [by.person], marking }] };
    }
    case 'identifiers': {
      const { kind, value, member = null } = args as { readonly kind: IdentifierKind; readonly value: string; readonly member?: string };
      if (!isContact && member !== by.person) return refuse('NOT_THE_HOLDER', possible);
      if (member !== null && kind === 'domain') return { ...refuse('INVALID_DRAFT', possible), faults: [{ pointer: '/kind', code: 'NOT_PERSONAL', detail: 'a domain is no person’s' }] };
      const hash = identifierHash(identifierKey, kind, value);
      if (hash === undefined) return { ...refuse('INVALID_DRAFT', possible), faults: [{ pointer: '/value', code: 'INVALID', detail: `is no ${kind}` }] };
      return { events: [{ kind: 'identifier-added', to: 'ENROLLED', member, identifierKind: kind, identifierHash: hash, marking }] };
    }
    default: {
      const own = enrolment.members[by.person];
      if (own === undefined) return refuse('NOT_THE_HOLDER', possible);
      if ((own.consent === 'CONSENTED') === (name === 'consent')) return { events: [] };
      return { events: [{ kind: name === 'consent' ? 'consented' : 'revoked', to: 'ENROLLED', member: by.person, marking }] };
    }
  }
} // prettier-ignore

/** @returns the enrolment with one event taken in. */
export function evolveEnrolment(enrolment: Enrolment, event: ProtectedAccountEvent): Enrolment {
  const { to: state, member, by } = event;
  switch (event.kind) {
    case 'enrolled':
      return { ...enrolment, state, org: event.org!, contacts: event.contacts };
    case 'identifier-added': {
      if (member === null) return { ...enrolment, state, hashes: [...enrolment.hashes, event.identifierHash!] };
      const before = enrolment.members[member] ?? { consent: 'PENDING_CONSENT', hashes: [] };
      // Whoever names an account of their own consents by that; nobody consents for another.
      const consent = by.person === member ? 'CONSENTED' : before.consent;
      return withMember(enrolment, member, { consent, hashes: [...before.hashes, event.identifierHash!] });
    }
    case 'consented':
    case 'revoked': {
      const before = enrolment.members[member!] ?? { consent: 'PENDING_CONSENT', hashes: [] };
      return withMember(enrolment, member!, { ...before, consent: event.kind === 'consented' ? 'CONSENTED' : 'REVOKED' });
    }
    default:
      return { ...enrolment, state };
  }
} // prettier-ignore

/** True while the person consents. */
export function isConsenting({ members }: Enrolment, person: string): boolean {
  return Object.hasOwn(members, person) && members[person]?.consent === 'CONSENTED';
}

/** @returns the names of the commands that people may give in this state. */
export function possibleForEnrolment({ state }: Enrolment): readonly string[] {
  if (state === undefined) return ['open'];
  return state === 'ENROLLED' ? ['identifiers', 'consent', 'revoke'] : [];
}

/** The enrolment as proceedings run it. */
export function createEnrolmentMachine(parts: EnrolmentParts): ProtocolMachine<Enrolment, ProtectedAccountEvent> {
  return {
    kind: 'protected-account',
    subject: PROTECTED_ACCOUNT_SUBJECT,
    empty: EMPTY_PROTECTED_ACCOUNT,
    start: NO_ENROLMENT,
    commands: PROTECTED_ACCOUNT_COMMANDS,
    openedAs: reportMarking,
    decide: (enrolment, command, by, facts) => decideEnrolment(enrolment, command, by, facts, parts),
    evolve: evolveEnrolment,
    isThereFor: ({ contacts, members }, { asking }) =>
      contacts.includes(asking.person) || Object.hasOwn(members, asking.person),
    shown: (enrolment, viewer) => ({
      marking: reportMarking(viewer.facts.policy),
      body: bodyFor(enrolment, viewer),
    }),
  };
}

/** The organisation sees who is enrolled and who consents; a member sees their own line. */
function bodyFor(enrolment: Enrolment, { asking: { person } }: Viewer): Readonly<Record<string, unknown>> {
  const { state, org, contacts, hashes, members } = enrolment;
  const isContact = contacts.includes(person);
  const seen = Object.entries(members).filter(([member]) => isContact || member === person);
  return {
    state,
    org,
    ...(isContact ? { contacts, identifiers: hashes.length } : {}),
    members: seen.map(([member, own]) => ({ member, consent: own.consent, identifiers: own.hashes.length })),
    possible: possibleForEnrolment(enrolment),
  };
}

/** A cleared representative speaks for their party, an administrator of a tenant for that partner. */
function speaksFor({ person, agency, roles }: Asking, org: string, facts: Facts): boolean {
  if (roles.includes('cleared-rep') && facts.person(person)?.party === org) return true;
  return roles.includes('partner-admin') && agency === org;
}

function withMember(enrolment: Enrolment, name: string, member: EnrolledMember): Enrolment {
  return { ...enrolment, members: { ...enrolment.members, [name]: member } };
}
