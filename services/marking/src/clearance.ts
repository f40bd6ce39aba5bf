// What a reader, a service or a channel may hold, and how two of them compare and combine.
// Holds: a clearance is whole or is not made (a partial row of the registry denies); a meet never admits what one of
// its sides would not. Source: README.md#the-model

import { nationsEmpty } from './errors.ts';
import { checkFieldNames, toCompartments, toLevel, toNames, toNations, toNonNegative } from './fields.ts';
import { lower, reaches } from './ladder.ts';
import { CLASSIFIED, PROTECTED, TLP, type Clearance } from './model.ts';
import { UNKNOWN_NATION } from './nations.ts';
import { compareText, intersection, isSubset, union } from './sorted-list.ts';

const CLEARANCE_FIELDS: ReadonlySet<string> = new Set([
  'classified', 'protected', 'compartments', 'nations', 'maxTlp', 'groups', 'validUntil', 'epoch',
]); // prettier-ignore

/**
 * Makes a clearance from all of its fields; none has a default. Compartments are closed: SI-G brings SI.
 * `nations` may name UNKNOWN_NATION; `validUntil` may be Infinity, for a view that ends by policy.
 * Errors, none retriable: MARKING_MISSING, UNKNOWN_FIELD, MALFORMED_FIELD, UNKNOWN_LEVEL, MALFORMED_COMPARTMENT,
 * UNKNOWN_NATION, NATIONS_EMPTY, TOO_MANY.
 */
export function createClearance(fields: Clearance): Clearance {
  checkFieldNames(fields, CLEARANCE_FIELDS);
  const nations = toNations('nations', fields.nations, UNKNOWN_NATION);
  if (nations.length === 0) throw nationsEmpty({ field: 'nations' });
  return Object.freeze({
    classified: toLevel('classified', CLASSIFIED, fields.classified),
    protected: toLevel('protected', PROTECTED, fields.protected),
    compartments: toCompartments(fields.compartments),
    nations,
    maxTlp: toLevel('maxTlp', TLP, fields.maxTlp),
    groups: toNames('groups', fields.groups),
    validUntil: toNonNegative('validUntil', fields.validUntil),
    epoch: toNonNegative('epoch', fields.epoch),
  });
}

/**
 * The effective clearance of one behind another: person ⊓ service ⊓ channel.
 * Nations add up, since all of them are now behind the channel. Whoever dominates a marking by the meet does so by each
 * side; not the reverse, where each side meets a need-to-know by a group of its own.
 */
export function meet(a: Clearance, b: Clearance): Clearance {
  return Object.freeze({
    classified: lower(CLASSIFIED, a.classified, b.classified),
    protected: lower(PROTECTED, a.protected, b.protected),
    compartments: intersection(a.compartments, b.compartments),
    nations: union(a.nations, b.nations, compareText),
    maxTlp: lower(TLP, a.maxTlp, b.maxTlp),
    groups: intersection(a.groups, b.groups),
    validUntil: Math.min(a.validUntil, b.validUntil),
    epoch: Math.max(a.epoch, b.epoch),
  });
}

/**
 * True when `a` reads whatever `b` reads, while both are valid: a reader is served only views whose clearance theirs
 * dominates. Time and epoch are not compared; `dominates` looks at the time of each record.
 */
export function clearanceDominates(a: Clearance, b: Clearance): boolean {
  return (
    reaches(CLASSIFIED, a.classified, b.classified) &&
    reaches(PROTECTED, a.protected, b.protected) &&
    reaches(TLP, a.maxTlp, b.maxTlp) &&
    isSubset(b.compartments, a.compartments) &&
    isSubset(b.groups, a.groups) &&
    isAsReleasable(a.nations, b.nations)
  );
}

/** Fewer nations behind a channel read more; and no list releases to the unknown nation, so its holder reads ALL alone. */
function isAsReleasable(nations: readonly string[], than: readonly string[]): boolean {
  return nations.length > 0 && (isSubset(nations, than) || than.includes(UNKNOWN_NATION));
}
