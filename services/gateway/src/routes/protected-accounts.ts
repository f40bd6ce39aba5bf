// /v1/protected-accounts: organisations that want to be told of attacks, and the consent of each of their persons.
// Holds: nothing is decided here; an enrolment is there for its organisation and for the persons in it alone; no answer has an
// identifier. Source: README.md#protected-accounts

import { PROTECTED_ACCOUNT_COMMANDS } from '@sitebus/kit';
import { Type } from 'typebox';
import type { Routes } from '../parts.ts';
import { addMatterRoutes } from './matters.ts';

/** Routes of enrolments, and of the notices that follow. */
export const protectedAccountRoutes: Routes = async (app, parts) => {
  const { open, identifiers, consent, revoke } = PROTECTED_ACCOUNT_COMMANDS;
  const Text = Type.Object({ title: Type.String(), text: Type.String(), steps: Type.Array(Type.String()) });
  addMatterRoutes(app, parts, {
    kind: 'protected-account',
    path: '/v1/protected-accounts',
    summaries: { open: 'Enrols your organisation', list: 'Enrolments that are yours', one: 'One enrolment' },
    open,
    shown: {
      org: Type.String(),
      contacts: Type.Optional(Type.Array(Type.String())),
      identifiers: Type.Optional(Type.Integer({ description: 'How many; what they are is kept as a keyed hash.' })),
      members: Type.Array(Type.Object({ member: Type.String(), consent: Type.String(), identifiers: Type.Integer() })),
    },
    commands: {
      identifiers: { summary: 'Adds an address, an account or a domain', body: identifiers },
      consent: { summary: 'Consents, for yourself alone', body: consent, needsNoBody: true },
      revoke: { summary: 'Withdraws your consent, from this moment', body: revoke, needsNoBody: true },
    },
  });
  addMatterRoutes(app, parts, {
    kind: 'target-message',
    path: '/v1/target-notices',
    summaries: { list: 'What you were told of attacks on you', one: 'One of them' },
    shown: { en: Text, fr: Text, template: Type.Optional(Type.String()), policyVersion: Type.Integer() },
    commands: {},
  });
}; // prettier-ignore
