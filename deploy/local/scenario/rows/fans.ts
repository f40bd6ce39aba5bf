// Thread 9: innocent fans.

import type { ExpectedRow } from './expected-row.ts';

/** By row. */
export const FANS: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  '9.01': {
    agency: 'partner-lookout',
    day: -24,
    type: 'CoordinatedSharing',
    cell: 'partner',
    grade: 'C3',
    features: [
      'g1',
      'g2',
      'g3',
      'url https://otters-hockey.example/tickets',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_one 1948212004000',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_two 1948212019000',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_three 1948212047000',
    ],
  },
  '9.02': {
    agency: 'partner-lookout',
    day: -24,
    type: 'CoordinatedSharing',
    cell: 'partner',
    grade: 'C3',
    features: [
      'g1',
      'g2',
      'g3',
      'url https://otters-hockey.example/tickets',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_one 1948219204000',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_two 1948219219000',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_three 1948219247000',
    ],
  },
});
