// One string for one marking: for caches, maps and content-derived ids.
// Holds: equal keys exactly when the markings are equal on every axis. Not the text form, which shows fewer axes.
// Source: README.md#the-model

import type { Marking } from './model.ts';

/** The canonical key of a marking. Costs about as much as a join: keep it beside what it keys. */
export function markingKey(marking: Marking): string {
  return JSON.stringify([
    marking.classified,
    marking.protected,
    marking.compartments,
    marking.relTo,
    marking.tlp,
    marking.orcon,
    marking.owners,
    marking.origins,
    marking.needToKnow,
  ]);
}

/** True when two markings are equal on every axis. */
export const isSameMarking = (a: Marking, b: Marking): boolean => a === b || markingKey(a) === markingKey(b);
