// The one way to make a marking from fields: everything else gets its markings here, or by `join` of two of them.
// Holds: what is returned is whole, valid and deeply frozen, and shares nothing with its input; a classified marking has
// a release list. Source: README.md#the-model

import { releaseMissing } from './errors.ts';
import { checkFieldNames, toBoolean, toCompartments, toDemands, toLevel, toNames, toNations } from './fields.ts';
import { CLASSIFIED, PROTECTED, TLP, type Classified, type Marking } from './model.ts';

/** The fields of a marking; what is left out stands at the bottom of its axis, but for `relTo` (see `createMarking`). */
export type MarkingFields = { readonly [Field in keyof Marking]?: Marking[Field] | undefined } & {
  readonly classified: Classified;
};

const MARKING_FIELDS: ReadonlySet<string> = new Set([
  'classified', 'protected', 'compartments', 'relTo', 'tlp', 'orcon', 'owners', 'origins', 'needToKnow',
]); // prettier-ignore

/**
 * Makes a marking. `relTo` left out is ALL on an unclassified marking and refused on a classified one: a record without
 * a release marking is its owner's only, which `readImportedMarking` can say and this cannot.
 * Errors, none retriable: MARKING_MISSING, UNKNOWN_FIELD, MALFORMED_FIELD, UNKNOWN_LEVEL, MALFORMED_COMPARTMENT,
 * UNKNOWN_NATION (nation groups are not expanded here), RELEASE_MISSING, ANY_OF_EMPTY, TOO_MANY.
 */
export function createMarking(fields: MarkingFields): Marking {
  checkFieldNames(fields, MARKING_FIELDS);
  // Defaults by destructuring stand in for undefined alone: a null from JSON is refused, not read as ALL.
  const { protected: level = 'NONE', compartments = [], relTo = 'ALL', tlp = 'CLEAR', orcon = false } = fields;
  const { owners = [], origins = [], needToKnow = [] } = fields;
  const classified = toLevel('classified', CLASSIFIED, fields.classified);
  return Object.freeze({
    classified,
    protected: toLevel('protected', PROTECTED, level),
    compartments: toCompartments(compartments),
    relTo: toRelease(classified, relTo),
    tlp: toLevel('tlp', TLP, tlp),
    orcon: toBoolean('orcon', orcon),
    owners: toNations('owners', owners),
    origins: toNames('origins', origins),
    needToKnow: toDemands('needToKnow', needToKnow),
  });
}

function toRelease(classified: Classified, relTo: unknown): Marking['relTo'] {
  if (relTo !== 'ALL') return toNations('relTo', relTo);
  if (classified !== 'UNCLASSIFIED') throw releaseMissing({});
  return relTo;
}
