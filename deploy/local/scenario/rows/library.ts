// Thread 8: the catalogue and a practice.

import type { ExpectedRow } from './expected-row.ts';

/** By row. */
export const LIBRARY: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  '8.01': {
    agency: 'partner-lookout',
    day: -3,
    type: 'TrackedIncident',
    cell: 'open',
    grade: 'C3',
    features: [],
    isWithoutToken: true,
  },
  '8.02': {
    agency: 'partner-lookout',
    day: -3,
    type: 'GoodPractice',
    cell: 'partner',
    grade: 'C3',
    features: [],
    isWithoutToken: true,
  },
});
