// What each row of the scenario becomes: the observations' table as data, one entry for each file under `in/`.
// Holds: no row without a file and no file without a row (rows.test.ts); features are stated in full, but for hosts of
// addresses, which follow, and hosts of platforms, which are common values.

import type { ObservationType } from '@sitebus/sdk';
import type { SharedName } from './shared-values.ts';

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
  /** Rows of the same agency that must have come before, in this order. */
  readonly after?: readonly string[];
}

/** By row. */
export const ROWS: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  '1.01': {
    agency: 'cse',
    day: -31,
    type: 'IndicatorReport',
    cell: 'partner',
    grade: 'B2',
    features: ['d1', 'ip1', 'h1', 'cdn'],
  },
  '1.03': {
    agency: 'cse',
    day: -30,
    type: 'IndicatorReport',
    cell: 's-fvey',
    grade: 'A2',
    features: ['d1', 'c1', 'ip2'],
  },
  '1.04': { agency: 'gac', day: -30, type: 'IndicatorReport', cell: 'partner', grade: 'C3', features: ['d1'] },
  '1.07': {
    agency: 'gac',
    day: -12,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'B3',
    features: ['d2', 'u1', 'n1', 'a1'],
  },
  '1.11': { agency: 'cse', day: -10, type: 'CyberIncident', cell: 's-fvey', grade: 'A2', features: ['d2', 'h2'] },
  '2.05': {
    agency: 'gac',
    day: -23,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'B3',
    features: ['clearVoices', 'u2', 'n2'],
  },
});
