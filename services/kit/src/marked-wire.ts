// Whatever has a marking, as it travels between services: the marking as on the bus, everything else as JSON.
// Holds: what arrives is what was sent. Source: README.md#calls-between-services

import type { Marking } from '@sitebus/marking';
import { fromWire, toWire, type WireMarking } from '@sitebus/sdk';

/** Anything with a marking, as it travels. */
export type OnWire<T> = Omit<T, 'marking'> & { readonly marking: WireMarking };

/** @returns it as it travels. */
export const markedToWire = <T extends { readonly marking: Marking }>(value: T): OnWire<T> => ({
  ...value,
  marking: toWire(value.marking),
});

/** @returns it as it was sent. Throws what the kernel refuses. */
export const markedFromWire = <T>(value: OnWire<T>): T => ({ ...value, marking: fromWire(value.marking) }) as T;

/** JSON has no undefined: what was not found travels as null. */
export const orNull = <T, W>(found: T | undefined, toWireForm: (found: T) => W): W | null =>
  found === undefined ? null : toWireForm(found);
