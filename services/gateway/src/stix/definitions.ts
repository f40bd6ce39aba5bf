// Objects that say who we are and what our extensions mean; every object that uses them comes after them.
// Holds: pure; constants and policy alone: nothing here depends on a record, and all of it may be seen by everyone.
// Source: STIX 2.1 §7.3; README.md#stix

import { createMarking } from '@sitebus/marking';
import type { Agency } from '@sitebus/sdk';
import { markingDefinitions, markingRefs } from './marking.ts';
import type { MarkingPolicy } from './marking.ts';
import { EXTENSIONS, idOfNamed, SITEBUS_IDENTITY } from './names.ts';
import type { StixId } from './names.ts';
import { FIXED } from './object.ts';
import type { StixObject } from './object.ts';

/** The names of our extensions, as in `/stix/extensions/{name}.json`. */
export type ExtensionName = keyof typeof EXTENSIONS;

/** What the definitions depend on. */
export interface StixPolicy extends MarkingPolicy {
  readonly agencies: readonly Pick<Agency, 'id' | 'name'>[];
}

/** What anyone may see: the marking of identities. */
const OPEN = createMarking({ classified: 'UNCLASSIFIED' });

const MEANINGS: Readonly<Record<ExtensionName, string>> = {
  marking:
    'The full marking of an object: every axis a reader is judged by. Read it as a condition, deny what is absent.',
  assessment: 'How likely, how bad and how independent: what a report of ours says that a report of STIX cannot.',
  alert: 'Why an alert was raised, and how urgently it is to be handled.',
  observation: 'What an agency reported beyond the observables: its type, grades, text and fields.',
};

/** @returns the definition of one of our extensions. */
export function extensionDefinition(name: ExtensionName): StixObject {
  return {
    type: 'extension-definition',
    id: EXTENSIONS[name],
    ...FIXED,
    created_by_ref: SITEBUS_IDENTITY,
    name: `sitebus ${name}`,
    description: MEANINGS[name],
    schema: `/stix/extensions/${name}.json at the origin of this collection`,
    version: '1.0.0',
    extension_types: ['property-extension'],
  };
}

/** @returns the definitions of the marking of identities, then ourselves. */
export function ourselves(policy: StixPolicy): readonly StixObject[] {
  const identity: StixObject = {
    type: 'identity',
    id: SITEBUS_IDENTITY,
    ...FIXED,
    name: 'sitebus',
    identity_class: 'system',
    object_marking_refs: markingRefs(OPEN, policy),
  };
  return [...markingDefinitions(OPEN, policy), identity];
}

/** The id of an agency's identity. */
export function idOfAgency(agency: string): StixId {
  return idOfNamed('identity', 'agency', agency);
}

/** @returns the agency as an organization, under its English name where policy has one. */
export function agencyIdentity(agency: string, policy: StixPolicy): StixObject {
  return {
    type: 'identity',
    id: idOfAgency(agency),
    ...FIXED,
    created_by_ref: SITEBUS_IDENTITY,
    name: policy.agencies.find(({ id }) => id === agency)?.name.en ?? agency,
    identity_class: 'organization',
    object_marking_refs: markingRefs(OPEN, policy),
  };
}
