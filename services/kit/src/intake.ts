// The one way into an agency's own service from another process: the gateway forwards, the agency's service writes.
// Holds: no gateway writes obs.*; the agency's service checks again and is the only producer of its topics.

import type { DeadLetters } from './dead-letters.ts';
import type { BatchSummary, Fault, ItemAnswer } from '@sitebus/sdk';

/** On whose behalf something is submitted; the caller has authenticated them. */
export interface OnBehalfOf {
  readonly person: string;
  readonly agency: string;
  /**
   * Cells of the view they publish in: what lies in another is refused with NO_CELL, as what lies in none. Absent only
   * where nobody's view is concerned, such as a file drop: every cell of the agency.
   */
  readonly cells?: readonly string[];
}

/** One observation as JSON, in the shape of POST /v1/observations: `{type, envelope, report?, …fields}`. */
export type ObservationJson = Readonly<Record<string, unknown>>;

/** Deeper than any record type, and far from where serialising a value would run out of stack. */
const MAX_DEPTH = 32;

/** True for JSON that no record can hold and that nothing behind an entrance should have to walk: refuse it as TOO_DEEP. */
export function isTooDeep(value: unknown, levels = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}

/** Implemented by every agency service; reached in process in the local stack, over HTTP between containers. */
export interface AgencyIntake {
  readonly agency: string;
  /** One answer an item, in input order, after acks=all. Rejects only when nothing could be decided (UNREACHABLE, NOT_DURABLE). */
  submit(items: readonly ObservationJson[], onBehalfOf: OnBehalfOf): Promise<readonly ItemAnswer[]>;
  /**
   * What `submit` would refuse, each item's faults in input order; nothing is stored. A service without it leaves the
   * preview to what the gateway can say by itself.
   */
  check?(items: readonly ObservationJson[], onBehalfOf: OnBehalfOf): Promise<readonly (readonly Fault[])[]>;
  /** What was refused, for its own operators; a service without it has none to show. */
  readonly deadLetters?: DeadLetters;
  /**
   * One record that the guard hands down, under the id and with the source token it has: of the guard alone, who has
   * verified every consent. A service without it takes none.
   */
  takeReleased?(item: ObservationJson): Promise<ItemAnswer>;
  /**
   * Writes the tombstone of a spilled record under its key, on a signed order that the service verifies itself: the only
   * erasure there is, done when the broker compacts. @returns false for an order that is not in force or has no key. A
   * service without it erases nothing; the record is skipped all the same.
   */
  erase?(note: string): Promise<boolean>;
  /** A whole file of `format` (misp, stix, posts, …) from `source`; answers as they are decided, the summary last. */
  importFile(
    format: string,
    source: string,
    content: Buffer,
    onBehalfOf: OnBehalfOf,
  ): AsyncIterable<ItemAnswer | { readonly summary: BatchSummary }>;
}
