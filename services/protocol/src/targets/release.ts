// Whether targets may be told at once: because each may read what it is about, or because every originator has said so for all
// its records of the category.
// Holds: pure; one originator without a standing tearline is enough to say no; an expired one counts as none.
// Source: README.md#protected-accounts

import { dominates } from '@sitebus/marking';
import { fromWire, type Person, type Policy, type ReleaseBasis } from '@sitebus/sdk';
import type { AssessmentFacts } from '../assessment-index.ts';

/** @returns on what ground they may be told; undefined where there is none. */
export function releaseBasis(
  { marking, members, categories }: Pick<AssessmentFacts, 'marking' | 'members' | 'categories'>,
  recipients: readonly (Person | undefined)[],
  { standingTearlines }: Policy,
  nowMs: number,
): ReleaseBasis | undefined {
  const own = fromWire(marking);
  const mayRead = (person: Person | undefined): boolean =>
    person !== undefined && dominates(person.clearance, own, nowMs);
  if (recipients.length > 0 && recipients.every(mayRead)) return 'READABLE';
  const covers = (agency: string, category: string): boolean =>
    standingTearlines.some(
      (each) =>
        each.agency === agency &&
        each.category === category &&
        Date.parse(each.approvedAt) <= nowMs &&
        nowMs < Date.parse(each.expiresAt),
    );
  const originators = new Set([...members.map(({ agency }) => agency), ...own.origins]);
  const isCovered = [...originators].every((agency) => categories.some((category) => covers(agency, category)));
  return originators.size > 0 && isCovered ? 'STANDING_TEARLINE' : undefined;
}
