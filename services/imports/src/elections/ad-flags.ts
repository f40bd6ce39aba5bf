// What is remarkable about an entry of the ad registry, as words of AdFlag.
// Holds: pure; a flag refuses nothing and makes no finding by itself; periods and registers are policy. Source: README.md#ads

import { localDay, parseDay } from '@sitebus/kit';
import type { AdsPolicy, AdDisclosure, Election } from '@sitebus/sdk';
import type { Duty } from './duty.ts';

/** What flags are decided on. */
export interface FlaggedAd {
  readonly kind: AdDisclosure['kind'];
  readonly buyerKind: AdDisclosure['buyerKind'];
  readonly buyerRef: string;
  readonly authoriserName: string | null;
  readonly firstDisplayedAt: number;
  readonly isLate: boolean;
  readonly duty: Duty;
}

/** The flags of an entry, in the order of the alphabet. */
export function adFlags(ad: FlaggedAd, election: Election, policy: AdsPolicy): readonly string[] {
  const flags: readonly (readonly [flag: string, holds: boolean])[] = [
    ['DUTY_UNKNOWN', ad.duty === 'DUTY_UNKNOWN'],
    ['LATE', ad.isLate],
    ['MISSING_AUTHORISER', ad.authoriserName === null],
    ['NOT_IN_DUTY', ad.duty === 'NOT_IN_DUTY'],
    ['UNREGISTERED_THIRD_PARTY', ad.buyerKind === 'THIRD_PARTY' && !isRegistered(ad.buyerRef, election)],
    ['WRONG_PERIOD', !isInPeriod(ad, election, policy)],
  ];
  return flags.flatMap(([flag, holds]) => (holds ? [flag] : []));
}

function isRegistered(ref: string, { thirdParties = [] }: Election): boolean {
  return thirdParties.includes(ref);
}

function isInPeriod({ kind, firstDisplayedAt }: FlaggedAd, election: Election, { kindPeriods }: AdsPolicy): boolean {
  const { period, electionKinds } = kindPeriods[kind];
  if (!electionKinds.includes(election.kind)) return false;
  const daysBefore = (parseDay(election.pollingDay) ?? 0) - localDay(firstDisplayedAt, election.timeZone);
  return (election.periods ?? []).some(
    (each) => each.period === period && daysBefore <= each.fromDaysBefore && daysBefore >= each.toDaysBefore,
  );
}
