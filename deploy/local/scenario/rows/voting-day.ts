// Thread 3: a wrong voting day.

import type { ExpectedRow } from './expected-row.ts';

/** By row. */
export const VOTING_DAY: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  '3.04': {
    agency: 'cse',
    day: -9,
    type: 'IndicatorReport',
    cell: 'partner',
    grade: 'B2',
    features: ['d3', 'u3', 'cdn'],
  },
  '3.06': {
    agency: 'partner-lookout',
    day: -8,
    type: 'InfluenceActivity',
    cell: 'open',
    grade: 'C3',
    features: ['text Le vote a été déplacé à mardi; présentez-vous ce jour-là avec votre carte.'],
  },
  '3.01': {
    agency: 'elections',
    day: -9,
    type: 'VotingInterference',
    cell: 'open',
    grade: 'A2',
    features: ['d3', 'u3', 'n3'],
  },
  '3.02': {
    agency: 'elections',
    day: -9,
    type: 'PublicTip',
    cell: 'pb-can',
    grade: 'F6',
    features: ['u3', 'text Mon voisin m’a montré cette page sur le jour du vote. CANARY-3.02'],
  },
  '3.03': {
    agency: 'elections',
    day: -9,
    type: 'PublicTip',
    cell: 'pb-can',
    grade: 'F6',
    features: ['u3', 'text Somebody in a group said there is a page with another voting day. CANARY-3.03'],
    isWithoutToken: true,
  },
  '3.05': { agency: 'gac', day: -8, type: 'InfluenceActivity', cell: 'partner', grade: 'C3', features: ['u3', 'n3'] },
});
