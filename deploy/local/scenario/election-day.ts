// The election of the scenario, on the polling day of a local data folder: policy as the local stack alone has it.

import type { Policy } from '@sitebus/sdk';
import { dayStart } from './instants.ts';
import { SCENARIO } from './steps.ts';

/** Election that the scenario is about. */
export const ELECTION = 'ge-demo';

/** @returns the policy with the election on this day, and held; everything else as it was. `pollingDayMs`: UTC midnight. */
export function onPollingDay(policy: Policy, pollingDayMs: number): Policy {
  const pollingDay = new Date(pollingDayMs).toISOString().slice(0, 10);
  const elections = policy.elections.map((each) => (each.id === ELECTION ? { ...each, pollingDay } : each));
  return withElectionHold({ ...policy, elections }, pollingDayMs);
}

/** @returns the policy in which nothing of the election leaves a view while it lasts: what `holds` of policy are for. */
export function withElectionHold(policy: Policy, pollingDayMs: number): Policy {
  const day = (of: number): string => new Date(dayStart(pollingDayMs, of)).toISOString();
  const hold = { from: day(SCENARIO.firstDay), to: day(SCENARIO.lastDay + 2), reason: 'the election of the scenario' };
  return { ...policy, detection: { ...policy.detection, holds: [hold] } };
}
