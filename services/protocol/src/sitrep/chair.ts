// Who chairs the task force: a person with that role, of the agency whose turn it is by policy.
// Holds: pure; no source file names the agency. Source: README.md#situation-reports

import type { Policy } from '@sitebus/sdk';
import type { Asking } from '../machine.ts';

/** True where the person may act as the chair at this moment. */
export function isChair({ roles, agency }: Asking, policy: Policy, nowMs: number): boolean {
  return roles.includes('chair') && agency !== undefined && agency === chairingAgency(policy, nowMs);
}

/** @returns the agency that chairs at a moment; undefined where policy names none. */
export function chairingAgency({ taskForce }: Policy, nowMs: number): string | undefined {
  return taskForce.chair.find(({ from, to }) => Date.parse(from) <= nowMs && nowMs < Date.parse(to))?.agency;
}
