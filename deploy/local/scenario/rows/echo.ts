// Thread 6: one source, told again by many.

import type { ExpectedRow } from './expected-row.ts';

/** By row. */
export const ECHO: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  '6.03': {
    agency: 'csis',
    day: -20,
    type: 'CovertActivity',
    cell: 's-can',
    grade: 'C3',
    features: ['n6', 'u6'],
    origin: 'url:https://print-room-notes.example/ballots',
  },
  '6.05': {
    agency: 'rcmp',
    day: -18,
    type: 'InfluenceActivity',
    cell: 'pb-can',
    grade: 'C3',
    features: ['n6', 'u6'],
    origin: 'rep:rcmp/rcmp-demo-0605',
  },
  '6.01': {
    agency: 'partner-lookout',
    day: -22,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'C3',
    features: ['n6', 'u6'],
    origin: 'url:https://print-room-notes.example/ballots',
  },
  '6.04': {
    agency: 'partner-chirrup',
    day: -19,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'C3',
    features: [
      'u6',
      'text The printer of the ballots was secretly sold to a foreign owner in spring, and nobody was told.',
    ],
    isWithoutToken: true,
  },
  '6.02': { agency: 'gac', day: -21, type: 'InfluenceActivity', cell: 'partner', grade: 'C3', features: ['u6', 'n6'] },
});
