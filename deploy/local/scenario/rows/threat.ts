// Thread 5: a threat to a candidate.

import { at, type ExpectedRow } from './expected-row.ts';

/** By row. */
export const THREAT: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  '5.01': {
    agency: 'rcmp',
    day: -18,
    type: 'ThreatToPerson',
    cell: 'pb-can',
    grade: 'A2',
    features: ['oakhollow', 'greyHeron', `place-time cedar-narrows ${at(-16, 22)} ${at(-15, 2)}`],
  },
  '5.02': {
    agency: 'rcmp',
    day: -18,
    type: 'PublicTip',
    cell: 'pb-can',
    grade: 'F6',
    features: ['greyHeron', 'text The caller read out a post of this account: "we know where she speaks". CANARY-5.02'],
  },
  '5.04': { agency: 'csis', day: -16, type: 'CovertActivity', cell: 's-can', grade: 'C3', features: ['greyHeron'] },
  '5.03': {
    agency: 'partner-chirrup',
    day: -17,
    type: 'ThreatToPerson',
    cell: 'partner',
    grade: 'B2',
    features: ['greyHeron'],
    origin: 'plat:chirrup/CH-5030',
  },
});
