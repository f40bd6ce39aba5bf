// Thread 4: political advertising, findings, a foreign arrangement.

import { createHash } from 'node:crypto';
import type { ExpectedRow } from './expected-row.ts';

/** By row. */
export const ADVERTISING: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  '4.08': {
    agency: 'csis',
    day: -12,
    type: 'FinancialActivity',
    cell: 's-can',
    grade: 'B2',
    features: ['northernVoices', 'w2'],
  },
  '4.01': {
    agency: 'elections',
    day: -19,
    type: 'AdDisclosure',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.01'), 'text A plan for every riding.'],
  },
  '4.02': {
    agency: 'elections',
    day: -19,
    type: 'AdDisclosure',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.02'), 'text Notre port reste à nous.'],
  },
  '4.03': {
    agency: 'elections',
    day: -18,
    type: 'AdDisclosure',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.03'), 'person org:harbour-friends', 'text Ask every candidate about the harbour.'],
  },
  '4.04': {
    agency: 'elections',
    day: -17,
    type: 'AdDisclosure',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.04'), 'northernVoices', 'url https://northern-voices.example/act', 'text Your voice, louder.'],
  },
  '4.05': {
    agency: 'elections',
    day: -19,
    type: 'AdFinding',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.02')],
    after: ['4.02'],
    isMade: true,
  },
  '4.06': {
    agency: 'elections',
    day: -16,
    type: 'AdFinding',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.06'), 'url https://northern-voices.example/again'],
  },
  '4.07': {
    agency: 'elections',
    day: -15,
    type: 'ForeignArrangement',
    cell: 'open',
    grade: 'A2',
    features: ['northernVoices'],
    isWithoutToken: true,
  },
});

/** The copy of an ad of the scenario. */
function copyOf(row: string): `media ${string}` {
  return `media sha256:${createHash('sha256').update(`scenario ad ${row}`).digest('hex')}`;
}
