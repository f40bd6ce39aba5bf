// Ids of STIX objects: what exists once keeps one id for ever, in every view and after every restart.
// Holds: pure; no id depends on time or order; our own records keep their UUID, observables get the id that the standard
// gives to equal ones everywhere, all else is UUIDv5 in our namespace. Source: STIX 2.1 §2.9; README.md#stix

import { canonicalText } from '@sitebus/kit';
import { v5 } from 'uuid';

/** `<type>--<UUID>`. */
export type StixId = string;

/** The namespace the standard gives to observables. */
const OBSERVABLES = '00abedb4-aa42-466c-9c01-fed23315a9b7';
/** Ours, for whatever has no UUID of its own. */
const SITEBUS = '1f77097f-c3a9-5483-bc0f-307d36c76245';

/** We, as the creator of definitions. */
export const SITEBUS_IDENTITY: StixId = 'identity--56a5759b-e45d-52f8-8a42-538b049fefc2';

/** Our extension definitions. The marking's is read by the import room as well. */
export const EXTENSIONS = Object.freeze({
  marking: 'extension-definition--3aafae74-5459-5d3e-84a0-9b2f1b0c649e',
  assessment: 'extension-definition--a45684fb-f83a-5bad-a317-494a3f2d0eb9',
  alert: 'extension-definition--4aa21f94-cec0-5e68-835a-91d34d12a102',
  observation: 'extension-definition--3a7fd43c-6eae-5aa6-bcfd-59a14f2c8518',
});

/** One of our records under its own UUID. */
export function idOfRecord(type: string, uuid: string): StixId {
  return `${type}--${uuid}`;
}

/** An observable, by the properties that make it what it is. */
export function idOfObservable(type: string, contributing: object): StixId {
  return `${type}--${v5(canonicalText(contributing), OBSERVABLES)}`;
}

/** Anything else, by what it is called among its kind; the parts are told apart whatever they contain. */
export function idOfNamed(type: string, ...parts: readonly unknown[]): StixId {
  return `${type}--${v5(canonicalText([type, ...parts]), SITEBUS)}`;
}

/** @returns the type an id names. */
export function typeOf(id: StixId): string {
  return id.slice(0, id.indexOf('--'));
}
