// When sightings lie too far apart to be of one event, and when a value comes back so often that it is nobody's.
// Holds: a record's time is all it says from first to last seen; counted over live records, so that order changes nothing;
// partner tenants open no time of their own, or one could make a place of what a government agency sees.
// Source: README.md#window

import type { LineageOf, Postings } from './hub.ts';

/** When records were seen; UTC milliseconds. */
export interface SeenTimes {
  readonly firstSeen: Float64Array;
  readonly lastSeen: Float64Array;
}

/** Milliseconds between the times of two records, 0 where they touch. */
export function apartMs({ firstSeen, lastSeen }: SeenTimes, a: number, b: number): number {
  return Math.max(0, firstSeen[b]! - lastSeen[a]!, firstSeen[a]! - lastSeen[b]!);
}

/**
 * How many separate times a value was seen: sightings belong to one time while none of them is further than `windowMs`
 * from those before. Cost: the posting list, sorted only where it spans more than one window.
 */
export function countSeparateTimes(
  postings: Postings,
  feature: number,
  of: Pick<LineageOf, 'isTenant'>,
  times: SeenTimes,
  windowMs: number,
): number {
  const records: number[] = [];
  let first = Infinity;
  let last = -Infinity;
  for (let at = postings.firstPosting(feature); at !== 0; at = postings.nextPosting(at)) {
    const record = postings.recordAt(at);
    if (of.isTenant(record)) continue;
    records.push(record);
    first = Math.min(first, times.lastSeen[record]!);
    last = Math.max(last, times.firstSeen[record]!);
  }
  if (records.length === 0) return 0;
  if (last - first <= windowMs) return 1;
  records.sort((a, b) => times.firstSeen[a]! - times.firstSeen[b]!);
  let count = 0;
  let until = -Infinity;
  for (const record of records) {
    if (times.firstSeen[record]! - until > windowMs) count += 1;
    until = Math.max(until, times.lastSeen[record]!);
  }
  return count;
}
