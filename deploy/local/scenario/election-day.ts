// The election of the scenario, on the polling day of a local data folder: policy as the local stack alone has it.

import type { Policy } from '@sitebus/sdk';

/** Election that the scenario is about. */
export const ELECTION = 'ge-demo';

/** @returns the policy with the election on this day; everything else as it was. `pollingDayMs`: UTC midnight. */
export function onPollingDay(policy: Policy, pollingDayMs: number): Policy {
  const pollingDay = new Date(pollingDayMs).toISOString().slice(0, 10);
  const elections = policy.elections.map((each) => (each.id === ELECTION ? { ...each, pollingDay } : each));
  return { ...policy, elections };
}
