// What a row of the scenario must become, and the days of which the table is written out.

import type { ObservationType } from '@sitebus/sdk';
import type { SharedName } from '../shared-values.ts';

/** Polling day for which the table is written out, UTC midnight in milliseconds. */
export const TABLE_POLLING_DAY_MS = Date.UTC(2031, 9, 20);

/** A feature: a shared value by name, or kind and value. */
export type ExpectedFeature = SharedName | `${string} ${string}`;

export interface ExpectedRow {
  readonly agency: string;
  /** Of `observedAt`, relative to polling day; not always the day on which the file is dropped. */
  readonly day: number;
  readonly type: ObservationType;
  readonly cell: string;
  /** Source and information grade, such as `B2`. */
  readonly grade: string;
  readonly features: readonly ExpectedFeature[];
  /** True where the record has no origin of its own; others carry a source token. */
  readonly isWithoutToken?: true;
  /** Canonical origin where the table says whose it is; its token is what the record must carry. */
  readonly origin?: string;
  /** Rows of the same agency that must have come before, in this order. */
  readonly after?: readonly string[];
  /** True where the agency's service makes the record by itself from the rows before: no file. */
  readonly isMade?: true;
  /** True where the record comes when it is due, and not when the file before it is taken in. */
  readonly isDue?: true;
}

/** An hour of a scenario day, UTC milliseconds. */
export function at(day: number, hour: number): number {
  return TABLE_POLLING_DAY_MS + (day * 24 + hour) * 3_600_000;
}
