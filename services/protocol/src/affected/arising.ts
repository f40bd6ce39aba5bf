// Which assessments make a decision on an affected party: those severe enough that name somebody by a public id.
// Holds: pure; one decision an assessment and party; who is enrolled is told by the notice to targets instead.
// Source: README.md#affected-parties

import { fromWire, toWire, type Person, type ReleasableText } from '@sitebus/sdk';
import { joinAll } from '@sitebus/marking';
import { v5 as uuidOf } from 'uuid';
import type { AssessmentFacts } from '../assessment-index.ts';
import type { Facts } from '../protocol-machine.ts';
import { localDate } from '../sitrep/cut-off.ts';
import { reportMarking } from '../sitrep/renditions.ts';
import { releaseBasis } from '../targets/release.ts';
import { templateText } from '../targets/template.ts';
import type { AffectedPartyOpening } from './affected-party.ts';

/** @returns one id an assessment (or case) and party. */
export function affectedPartyId(about: string, party: string): string {
  return uuidOf(`${about}/${party}`, AFFECTED_NAMESPACE);
}

const AFFECTED_NAMESPACE = '6c1d7a0e-52f3-5b7b-8f0e-1f4f3a1d9c77';
const PUBLIC_ID = /^(?:party|cand|org):/;

/** @returns what is to be opened in this view now. */
export function arisingAffectedParties(facts: Facts): readonly AffectedPartyOpening[] {
  const { policy } = facts;
  const known = new Set(facts.states('affected-party').map(({ id }) => id));
  const enrolled = new Set(facts.everywhere('protected-account').map(({ state }) => (state as { org: string }).org));
  const found: AffectedPartyOpening[] = [];
  for (const assessment of facts.live()) {
    if (assessment.severity.score < policy.timers.affectedParties.severityMin) continue;
    const parties = new Set(assessment.targets.flatMap(({ ref }) => (PUBLIC_ID.test(ref) ? [ref] : [])));
    for (const party of parties)
      if (!enrolled.has(party) && !known.has(affectedPartyId(assessment.id, party)))
        found.push(openingFor(assessment, party, facts));
  }
  return found.sort((a, b) => (affectedPartyId(a.about, a.party) < affectedPartyId(b.about, b.party) ? -1 : 1));
}

/** @returns who is told for a party: those whom the registry has for it. */
export function personsOf(party: string, people: readonly Person[]): readonly string[] {
  return people.flatMap((each) => (each.party === party ? [each.person] : []));
}

function openingFor(assessment: AssessmentFacts, party: string, facts: Facts): AffectedPartyOpening {
  const { policy, now } = facts;
  const persons = personsOf(party, facts.people());
  const marking = toWire(joinAll([fromWire(assessment.marking), reportMarking(policy)]));
  const recipients = persons.map((name) => facts.person(name));
  const basis = releaseBasis(assessment, recipients, policy, now);
  const day = localDate(assessment.lastSeen, policy.elections[0]?.timeZone ?? 'UTC');
  const { template, en, fr } = templateText(policy, assessment.categories, day);
  const inOne = ({ text, steps }: typeof en): string => [text, ...steps].join(' ');
  const releasable: ReleasableText | undefined =
    basis === undefined
      ? undefined
      : { basis, en: inOne(en), fr: inOne(fr), marking: basis === 'READABLE' ? marking : toWire(reportMarking(policy)), template, tearline: null }; // prettier-ignore
  const category = assessment.categories[0] ?? 'OTHER';
  return { party, persons, about: assessment.id, category, marking, ...(releasable === undefined ? {} : { releasable }) };
} // prettier-ignore
