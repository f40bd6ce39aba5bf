// Whether a platform must keep a registry of political advertising on the day it first displays an ad.
// Holds: pure; visits are averaged over the whole months before the month of first display, exactly, without rounding;
// one unknown month leaves the duty unknown; every number is policy. Source: README.md#ads

import type { AdDuty, AdPlatform } from '@sitebus/sdk';
import { monthsBefore } from '@sitebus/kit';

/** What is known of a platform's duty. */
export type Duty = 'IN_DUTY' | 'NOT_IN_DUTY' | 'DUTY_UNKNOWN';

/** The duty of a platform for an ad first displayed on `firstDay` (days since 1970-01-01, local to the election). */
export function dutyOf({ mainLanguage, visits }: AdPlatform, firstDay: number, rule: AdDuty): Duty {
  const months = monthsBefore(firstDay, rule.monthsCounted);
  const known = months.flatMap((month) => {
    const span = visits.find(({ from, to }) => from <= month && month <= to);
    return span === undefined ? [] : [span.monthly];
  });
  if (known.length < months.length) return 'DUTY_UNKNOWN';
  const sum = known.reduce((total, monthly) => total + monthly, 0);
  return sum >= rule.minMonthlyVisits[mainLanguage] * months.length ? 'IN_DUTY' : 'NOT_IN_DUTY';
}

/** True where an ad of the platform can be late or missing. */
export function canHaveFindings(duty: Duty, { unknown }: AdDuty): boolean {
  return duty === 'IN_DUTY' || (duty === 'DUTY_UNKNOWN' && unknown === 'FINDING');
}
