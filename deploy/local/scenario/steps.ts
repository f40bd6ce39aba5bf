// What happens when in the scenario: rows are dropped, people act, once a day it is looked whether something is due, and
// on the eve of polling day everything is sent that must be refused.
// Holds: pure; in the order of time; at one instant rows come first, then acts, each in their own order.

import { minutesOf, type Act, type Acts } from './acts/index.ts';
import { dayStart } from './instants.ts';
import type { ScenarioRow } from './row.ts';

/** Days the scenario spans, and how long before today its polling day lies. */
export const SCENARIO = Object.freeze({ firstDay: -36, lastDay: 15, pollingDaysAgo: 16 });

const HOUR_MS = 3_600_000;
/** When on its day a row is dropped: after its midnight, UTC. */
export const DROPPED_AFTER_MS = 18 * HOUR_MS;
/** Rows that tell of what happens later than that on their day. */
const DROPPED_LATER_MS: Readonly<Record<string, number>> = Object.freeze({ '2.10': 20.5 * HOUR_MS, '4.01': 30 * HOUR_MS, '4.02': 30 * HOUR_MS, '9.01': 20.5 * HOUR_MS, '9.02': 20.5 * HOUR_MS }); // prettier-ignore
/** When everything that must be refused is sent. */
const BAD_INPUTS_AT_MS = dayStart(0, -1) + DROPPED_AFTER_MS;
/** After the hour at which policy cuts reports off, in either half of the year. */
const CUT_OFF_MS = 21 * HOUR_MS + 60_000;

/** One step, milliseconds after the midnight of polling day. */
export type Step = { readonly atMs: number } & (
  { readonly row: ScenarioRow } | { readonly act: Act } | { readonly look: true } | { readonly badInputs: true }
);

/** Steps in their order. `dayOf`: the day on which a row is dropped, where it is not its own. */
export function stepsOf(
  rows: readonly ScenarioRow[],
  acts: Acts,
  dayOf: (row: ScenarioRow) => number = ({ day }) => day,
): readonly Step[] {
  const dropped = rows.map((row): Step => ({ atMs: dayStart(0, dayOf(row)) + (DROPPED_LATER_MS[row.row] ?? DROPPED_AFTER_MS), row })); // prettier-ignore
  const done = acts.map((act): Step => ({ atMs: minutesOf(act.at) * 60_000, act }));
  const days = Array.from({ length: SCENARIO.lastDay - SCENARIO.firstDay }, (_, day): Step => ({ atMs: dayStart(0, SCENARIO.firstDay + day) + CUT_OFF_MS, look: true })); // prettier-ignore
  return [...dropped, ...done, ...days, { atMs: BAD_INPUTS_AT_MS, badInputs: true } as const].sort(
    (a, b) => a.atMs - b.atMs,
  );
}
