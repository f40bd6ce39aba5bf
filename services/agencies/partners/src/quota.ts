// How much one tenant may send: items over time, in a bucket that refills evenly.
// Holds: a tenant has a bucket of its own, so that no neighbour pays; what is refused costs nothing. Source: policy/partners.json

import type { Clock } from '@sitebus/sdk';

/** One tenant's bucket. */
export interface Quota {
  /** Takes so many items; @returns 0, or after how many seconds they would fit. More than an hour's worth never fits at once: then all must be there. */
  take(items: number): number;
}

const HOUR_S = 3_600;

/** A full bucket. */
export function createQuota(itemsPerHour: number, clock: Clock): Quota {
  let left = itemsPerHour;
  let atMs = clock.now();
  return {
    take(items) {
      const nowMs = Math.max(atMs, clock.now()); // a clock that goes back refills nothing
      left = Math.min(itemsPerHour, left + ((nowMs - atMs) / 1000) * (itemsPerHour / HOUR_S));
      atMs = nowMs;
      const wanted = Math.min(items, itemsPerHour);
      if (wanted > left) return Math.ceil(((wanted - left) * HOUR_S) / itemsPerHour);
      left -= wanted;
      return 0;
    },
  };
}
