// The platform and the election an ad belongs to, and the rules of its clock.
// Holds: pure; both must be known to policy: an ad of an unknown one has no duty, no days and no window. Source: README.md#ads

import type { AdPlatform, Election, Policy } from '@sitebus/sdk';
import type { AdRules } from './ad-machine.ts';
import { canHaveFindings, dutyOf, type Duty } from './duty.ts';
import { publicationWindow } from './publication-window.ts';
import type { WrittenRow } from './written-rows.ts';

/** What an ad's row is judged by. */
export interface AdMatter {
  readonly platform: AdPlatform;
  readonly election: Election;
  readonly rules: AdRules;
  readonly dutyOn: (firstDay: number) => Duty;
}

/** The matter of a row; null once the row is refused for an unknown platform or election. */
export function matterOf(row: WrittenRow, policy: Policy): AdMatter | null {
  const platform = policy.ads.platforms.find(({ id }) => id === row.text('platform_id')?.toLowerCase());
  if (platform === undefined)
    return row.refuse('platform_id', 'UNKNOWN_PLATFORM', 'policy knows no such platform', 'name a platform of policy');
  const election = policy.elections.find(({ id }) => id === row.text('election_id'));
  if (election === undefined)
    return row.refuse('election_id', 'UNKNOWN_ELECTION', 'policy knows no such election', 'name an election of policy');
  return matter(platform, election, policy);
}

/** The matter of what was remembered; undefined where policy has dropped the platform or the election since. */
export function rememberedMatter(
  { platformId, electionId }: { readonly platformId: string; readonly electionId: string },
  policy: Policy,
): AdMatter | undefined {
  const platform = policy.ads.platforms.find(({ id }) => id === platformId);
  const election = policy.elections.find(({ id }) => id === electionId);
  return platform === undefined || election === undefined ? undefined : matter(platform, election, policy);
}

function matter(platform: AdPlatform, election: Election, { ads }: Policy): AdMatter {
  const dutyOn = (firstDay: number): Duty => dutyOf(platform, firstDay, ads.duty);
  return {
    platform,
    election,
    dutyOn,
    rules: {
      timeZone: election.timeZone,
      canHaveFindings: (firstDay) => canHaveFindings(dutyOn(firstDay), ads.duty),
      ...publicationWindow(election, ads),
    },
  };
}
