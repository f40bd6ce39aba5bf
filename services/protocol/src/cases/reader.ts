// Who reads a case, as what: seat, secretariat, clerk, reviewer, an agency that is part of it, or nobody.
// Holds: pure; default is that it is not there. Clearance is judged besides, by whoever releases. Source: README.md#who-sees-what

import type { PeriodState } from '@sitebus/sdk';
import type { Case } from './case.ts';
import { hasSeat } from './decide-case.ts';
import type { Given, Participant } from './given.ts';

/** What a person may see of one case. */
export interface CaseReader {
  /** Anything at all. */
  readonly reads: boolean;
  /** Drafts, and who is told. */
  readonly isOfficial: boolean;
  /** Ratings, motions, votes and their reasons: one of the seats. */
  readonly seat?: string;
  /** The same once they are sealed, when an independent review has been opened. */
  readonly reviews: boolean;
}

/** @returns what this person may see. */
export function readerOf(one: Case, by: Participant, period: PeriodState, given: Pick<Given, 'panel'>): CaseReader {
  const { roles, agency, person } = by;
  const hasRole = (...wanted: readonly string[]): boolean => roles.some((role) => wanted.includes(role));
  const isSeat = hasSeat(by, given);
  const isReviewer = hasRole('reviewer');
  const isOfficial = isSeat || isReviewer || hasRole('secretariat', 'clerk') || one.issuers.includes(person);
  const isOfAgency = agency !== undefined && hasRole('analyst', 'operator', 'agency-head') && isPartOf(one, agency);
  return {
    reads: isOfficial || isOfAgency,
    isOfficial,
    ...(isSeat ? { seat: by.seat } : {}),
    reviews: isReviewer && period === 'INDEPENDENT_REVIEW',
  };
}

/** Agencies that opened it, were asked, or whose observations it rests on, as originators are told. */
function isPartOf({ openedByAgency, consultation, infoRequests, assessments }: Case, agency: string): boolean {
  return (
    openedByAgency === agency ||
    consultation?.agencies.includes(agency) === true ||
    infoRequests.some(({ toAgencies }) => toAgencies.includes(agency)) ||
    assessments.some(({ members }) => members.some((member) => member.agency === agency))
  );
}
