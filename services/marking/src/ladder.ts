// Order on the three ladders (classified, protected, TLP): which of two levels is the higher.
// Holds: a word that is not on its ladder never compares: `reaches` says no, `higher` and `lower` refuse.
// Source: README.md#the-model

import { unknownLevel } from './errors.ts';

/** True when `held` is at or above `needed`; false too when either is not on the ladder. */
export function reaches<L extends string>(ladder: readonly L[], held: L, needed: L): boolean {
  const rank = ladder.indexOf(needed);
  return rank !== -1 && ladder.indexOf(held) >= rank;
}

/** The higher of two levels. Errors: UNKNOWN_LEVEL. */
export function higher<L extends string>(ladder: readonly L[], a: L, b: L): L {
  return rankOf(ladder, a) >= rankOf(ladder, b) ? a : b;
}

/** The lower of two levels. Errors: UNKNOWN_LEVEL. */
export function lower<L extends string>(ladder: readonly L[], a: L, b: L): L {
  return rankOf(ladder, a) <= rankOf(ladder, b) ? a : b;
}

function rankOf<L extends string>(ladder: readonly L[], level: L): number {
  const rank = ladder.indexOf(level);
  if (rank === -1) throw unknownLevel({ field: ladder.join(' < ') }); // a silent -1 would lower a join
  return rank;
}
