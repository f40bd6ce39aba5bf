// What a record's marking must be: one the kernel can make, high enough for its portions, in a cell the agency may write,
// and, for a partner, within what tenants may mark.
// Holds: pure; the kernel decides, this only asks it. Source: README.md#what-an-observation-is-checked-for

import { cellOf, isAtLeast, joinAll, type Marking } from '@sitebus/marking';
import { isRefusal } from '../errors.ts';
import type { Fault } from '../fault.ts';
import type { Marking as WireMarking } from '../generated/observation.ts';
import { fromWire } from '../marking-wire.ts';
import type { Policy } from '../policy.ts';
import type { CheckContext } from './envelope.ts';
import { fault } from './faults.ts';
import { toFields, toItems, type Fields } from './shape.ts';

/** Faults of the envelope's marking and of the portions'. A marking the kernel refuses hides what would follow from it. */
export function checkMarkings(value: Fields, policy: Policy, context: CheckContext): Fault[] {
  const whole = readMarking('/envelope/marking', toFields(value['envelope'])['marking']);
  const portions = portionsOf(value).map(({ pointer, marking }) => readMarking(pointer, marking));
  const unreadable = [whole, ...portions].flatMap((read) => read.faults);
  if (whole.marking === undefined || unreadable.length > 0) return unreadable;
  const { marking } = whole;
  const floor = portions.flatMap((portion) => portion.marking ?? []);
  return [
    ...(floor.length === 0 || isAtLeast(marking, joinAll(floor))
      ? []
      : [fault('MARKING_TOO_LOW', '/envelope/marking')]),
    ...(marking.orcon && marking.origins.length === 0
      ? [fault('ORCON_WITHOUT_ORIGIN', '/envelope/marking/origins')]
      : []),
    ...checkPlace(marking, policy, context),
    ...checkGroups(marking, policy),
    ...checkTenancy(marking, policy, context),
  ];
}

/**
 * True when the envelope protects more than the join of its portions: accepted, and counted for its agency.
 * False for a record without portions or with a marking the kernel refuses.
 */
export function isOverMarked(value: unknown): boolean {
  const record = toFields(value);
  const { marking } = readMarking('', toFields(record['envelope'])['marking']);
  const floor = portionsOf(record).flatMap(({ marking: portion }) => readMarking('', portion).marking ?? []);
  return marking !== undefined && floor.length > 0 && !isAtLeast(joinAll(floor), marking);
}

/** Portions stand in the report of a sighting, and at the top of an agency's position. */
function portionsOf(value: Fields): { readonly pointer: string; readonly marking: unknown }[] {
  const inReport = toItems(toFields(value['report'])['portions']);
  const [portions, at] =
    inReport.length > 0 ? [inReport, '/report/portions'] : [toItems(value['portions']), '/portions'];
  return portions.map((portion, index) => ({
    pointer: `${at}/${index}/marking`,
    marking: toFields(portion)['marking'],
  }));
}

interface ReadMarking {
  readonly marking?: Marking;
  readonly faults: readonly Fault[];
}

/** A marking of the wrong shape is no fault here: the codec names it field by field. */
function readMarking(pointer: string, wire: unknown): ReadMarking {
  if (!hasShape(wire)) return { faults: [] };
  try {
    return { marking: fromWire(wire), faults: [] };
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const { pointer: inner, reason } = cause.details;
    return { faults: [fault('INVALID_MARKING', `${pointer}${String(inner)}`, `the kernel says ${String(reason)}`)] };
  }
}

function hasShape(wire: unknown): wire is WireMarking {
  const fields = toFields(wire);
  const lists = ['compartments', 'relTo', 'owners', 'origins', 'needToKnow'].every((field) =>
    Array.isArray(fields[field]),
  );
  const flags = ['relToAll', 'orcon'].every((field) => typeof fields[field] === 'boolean');
  return lists && flags && ['classified', 'protected', 'tlp'].every((field) => typeof fields[field] === 'string');
}

function checkPlace(marking: Marking, { cells, agencies }: Policy, { agency }: CheckContext): Fault[] {
  const cell = cellOf(marking, cells);
  if (cell === undefined) return [fault('NO_CELL', '/envelope/marking')];
  const may = agencies.find(({ id }) => id === agency)?.cells ?? [];
  if (may.includes(cell.id)) return [];
  return [
    fault('NOT_ALLOWED', '/envelope/marking', `this marking lies in ${cell.id}; ${agency} may write ${may.join(', ')}`),
  ];
}

function checkGroups({ needToKnow }: Marking, { views, agencies }: Policy): Fault[] {
  const groups = new Set([
    ...views.flatMap(({ clearance }) => clearance.groups),
    ...agencies.flatMap((agency) => agency.groups),
  ]);
  const unknown = needToKnow.some((anyOf) => anyOf.some((group) => !groups.has(group) && group !== PANEL));
  return unknown ? [fault('UNKNOWN_GROUP', '/envelope/marking/needToKnow')] : [];
}

/** The group of the five seats; no view holds it, so that what it protects is never fused. */
const PANEL = 'panel';

function checkTenancy(marking: Marking, { agencies }: Policy, { agency }: CheckContext): Fault[] {
  if (agencies.find(({ id }) => id === agency)?.kind !== 'partner') return [];
  const { classified, protected: level, compartments, relTo, tlp, needToKnow } = marking;
  const plain = classified === 'UNCLASSIFIED' && level === 'NONE' && compartments.length === 0 && relTo === 'ALL';
  if (!plain) return [fault('MARKING_NOT_ALLOWED', '/envelope/marking')];
  return tlp === 'CLEAR' || needToKnow.length > 0 ? [] : [fault('GROUP_REQUIRED', '/envelope/marking/needToKnow')];
}
