// What may stand in one field of a marking or a clearance, checked at run time: types end where the wire begins.
// Holds: every result is frozen, sorted and without duplicates; lists are bounded, so that no record can make the
// checks behind it slow. Source: README.md#the-model

import { withAncestors } from './compartment.ts';
import {
  anyOfEmpty,
  malformedField,
  markingMissing,
  tooMany,
  unknownField,
  unknownLevel,
  unknownNation,
} from './errors.ts';
import { isNation } from './nations.ts';
import { compareLists, compareText, toSorted } from './sorted-list.ts';

/** Members of one list, ancestors of compartments included; every nation of ISO 3166-1 fits. */
export const MAX_MEMBERS = 256;
/** Compartments of one marking or clearance: more would not fit the text form. */
export const MAX_COMPARTMENTS = 64;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/; // an agency or a group: ASCII, so that no two look alike by script

/** Refuses what is not an object, and names that are not in `known`: `relto` for `relTo` must not pass as absence. */
export function checkFieldNames(fields: unknown, known: ReadonlySet<string>): void {
  if (typeof fields !== 'object' || fields === null) throw markingMissing({});
  for (const field of Object.keys(fields)) if (!known.has(field)) throw unknownField({ field });
}

/** A level of `ladder`. Errors: UNKNOWN_LEVEL. */
export function toLevel<L extends string>(field: string, ladder: readonly L[], value: unknown): L {
  const level = ladder[ladder.indexOf(value as L)]; // -1 where it is no word of the ladder, whatever its type
  if (level === undefined) throw unknownLevel({ field });
  return level;
}

/** Compartments with all they lie in. Errors: MALFORMED_FIELD, MALFORMED_COMPARTMENT, TOO_MANY. */
export function toCompartments(value: unknown): readonly string[] {
  const closed = toSorted(
    toTexts('compartments', value).flatMap((each) => withAncestors(each)),
    compareText,
  );
  if (closed.length > MAX_COMPARTMENTS) throw tooMany({ field: 'compartments', max: MAX_COMPARTMENTS });
  return closed;
}

/** Assigned nations, and `also` where a field allows one more. Errors: MALFORMED_FIELD, UNKNOWN_NATION, TOO_MANY. */
export function toNations(field: string, value: unknown, also?: string): readonly string[] {
  const codes = toTexts(field, value);
  if (!codes.every((code) => isNation(code) || code === also)) throw unknownNation({ field });
  return toSorted(codes, compareText);
}

/** Names of agencies or groups. Errors: MALFORMED_FIELD, TOO_MANY. */
export function toNames(field: string, value: unknown): readonly string[] {
  const names = toTexts(field, value);
  if (!names.every((name) => NAME.test(name))) throw malformedField({ field });
  return toSorted(names, compareText);
}

/** A conjunction of any-of sets. Errors: MALFORMED_FIELD, ANY_OF_EMPTY (nobody could satisfy it), TOO_MANY. */
export function toDemands(field: string, value: unknown): readonly (readonly string[])[] {
  const demands = toList(field, value).map((anyOf) => toNames(field, anyOf));
  if (demands.some((anyOf) => anyOf.length === 0)) throw anyOfEmpty({ field });
  return toSorted(demands, compareLists);
}

/** True or false, nothing that merely looks like it. Errors: MALFORMED_FIELD. */
export function toBoolean(field: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw malformedField({ field });
  return value;
}

/** A number at or above zero, Infinity included, NaN not. Errors: MALFORMED_FIELD. */
export function toNonNegative(field: string, value: unknown): number {
  if (typeof value !== 'number' || !(value >= 0)) throw malformedField({ field });
  return value;
}

function toTexts(field: string, value: unknown): readonly string[] {
  return toList(field, value).map((member) => {
    if (typeof member !== 'string') throw malformedField({ field });
    return member;
  });
}

function toList(field: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw malformedField({ field });
  if (value.length > MAX_MEMBERS) throw tooMany({ field, max: MAX_MEMBERS });
  return value;
}
