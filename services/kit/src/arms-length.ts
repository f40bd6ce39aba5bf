// Who is at arm's length: government pays for research and may not steer it, read it early or suppress it.
// Holds: pure; default deny: without the role `researcher` nobody is, and nobody is who holds an office of government as
// well, whatever else they are. Source: README.md#research

import type { Agency, Person, Policy, ResearchPolicy } from '@sitebus/sdk';

/** @returns true for a researcher who is no part of government; `agencies` are policy's. */
export function isAtArmsLength(
  { roles, agency }: Pick<Person, 'roles' | 'agency'>,
  { research, agencies }: { readonly research: ResearchPolicy; readonly agencies: Policy['agencies'] },
): boolean {
  if (!roles.includes('researcher')) return false;
  if (roles.some((role) => research.governmentRoles.includes(role))) return false;
  const kind = kindOf(agency, agencies);
  if (kind === 'partner') return true;
  // An agency that policy does not know is nobody's partner.
  return agency === undefined && !roles.some((role) => research.agencyRoles.includes(role));
}

function kindOf(agency: string | undefined, agencies: Policy['agencies']): Agency['kind'] | undefined {
  return agencies.find(({ id }) => id === agency)?.kind;
}
