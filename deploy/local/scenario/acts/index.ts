// Everything that people do in the scenario, in the order in which it is done.

import type { Acts } from './act.ts';
import { CASE_1 } from './case-1.ts';
import { CASE_2 } from './case-2.ts';
import { CASE_3 } from './case-3.ts';
import { DISCLOSURES } from './disclosures.ts';
import { PROTECTION } from './protection.ts';
import { RESEARCH } from './research.ts';
import { SITREPS } from './sitreps.ts';
import { WRIT } from './writ.ts';

export type { Act, Acts } from './act.ts';

/** Minutes from the midnight of polling day to an instant such as `D-4T12:00Z`. */
export function minutesOf(at: string): number {
  const match = /^D([+-]?\d{1,3})T(\d{2}):(\d{2})Z$/.exec(at);
  if (match === null) throw new Error(`"${at}" is no instant of the scenario; write D-4T12:00Z`);
  return (Number(match[1]) * 24 + Number(match[2])) * 60 + Number(match[3]);
}

/** All acts; of two at one instant the one that is listed first. */
export const ACTS: Acts = Object.freeze(
  [WRIT, RESEARCH, SITREPS, PROTECTION, CASE_1, CASE_2, CASE_3, DISCLOSURES]
    .flat()
    .map((act, index) => ({ act, index, at: minutesOf(act.at) }))
    .sort((a, b) => a.at - b.at || a.index - b.index)
    .map(({ act }) => act),
);
