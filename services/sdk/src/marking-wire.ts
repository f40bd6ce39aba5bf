// Between the kernel's marking and its Avro shape.
// Holds: nothing is lost either way; a wire marking that the kernel could not construct is refused, never repaired.
// Source: README.md#marking-on-the-wire

import { createMarking, type Marking, type Tlp } from '@sitebus/marking';
import { invalidMarking, isRefusal } from './errors.ts';
import type { Marking as WireMarking, Tlp as WireTlp } from './generated/observation.ts';

/**
 * @returns the marking as the kernel has it, frozen.
 * Throws INVALID_MARKING (not retriable) where a field is absent (the kernel would take the bottom of its axis), where the
 * kernel refuses, or where `relToAll` stands beside a list.
 */
export function fromWire(wire: WireMarking): Marking {
  const given: Readonly<Record<string, unknown>> = { ...wire };
  for (const field of WIRE_FIELDS)
    if (given[field] === undefined || given[field] === null)
      throw invalidMarking({ pointer: `/${field}`, reason: 'MISSING' });
  const { tlp, relToAll, relTo, ...same } = wire;
  if (!Object.hasOwn(FROM_WIRE_TLP, tlp)) throw invalidMarking({ pointer: '/tlp', reason: 'UNKNOWN_LEVEL' });
  if (typeof relToAll !== 'boolean') throw invalidMarking({ pointer: '/relToAll', reason: 'MALFORMED_FIELD' });
  if (!Array.isArray(relTo)) throw invalidMarking({ pointer: '/relTo', reason: 'MALFORMED_FIELD' });
  if (relToAll && relTo.length > 0) throw invalidMarking({ pointer: '/relTo', reason: 'REL_TO_ALL_WITH_LIST' });
  try {
    return createMarking({ ...same, tlp: FROM_WIRE_TLP[tlp], relTo: relToAll ? 'ALL' : relTo });
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    throw invalidMarking({ pointer: '', reason: cause.code }, cause);
  }
}

/** @returns the marking as Avro has it. */
export function toWire(marking: Marking): WireMarking {
  const { tlp, relTo, ...same } = marking;
  const all = relTo === 'ALL';
  return { ...same, tlp: TO_WIRE_TLP[tlp], relToAll: all, relTo: all ? [] : relTo };
}

const WIRE_FIELDS = [
  'classified', 'protected', 'compartments', 'relToAll', 'relTo', 'tlp', 'orcon', 'owners', 'origins', 'needToKnow',
] as const; // prettier-ignore

const FROM_WIRE_TLP: Readonly<Record<WireTlp, Tlp>> = Object.freeze({
  CLEAR: 'CLEAR',
  GREEN: 'GREEN',
  AMBER: 'AMBER',
  AMBER_STRICT: 'AMBER+STRICT',
  RED: 'RED',
});

const TO_WIRE_TLP: Readonly<Record<Tlp, WireTlp>> = Object.freeze({
  CLEAR: 'CLEAR',
  GREEN: 'GREEN',
  AMBER: 'AMBER',
  'AMBER+STRICT': 'AMBER_STRICT',
  RED: 'RED',
});
