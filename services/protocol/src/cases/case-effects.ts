// What the events of a case do to other matters, in the same transaction: questions to agencies, notices to the public, briefs,
// decisions on telling those affected.
// Holds: pure; ids follow from the case, so that nothing is asked twice. Source: README.md#case

import type { CaseEvent, PinnedAssessment } from '@sitebus/sdk';
import { effectsOfBriefs } from '../brief/brief-effects.ts';
import type { Effect, Facts, Written } from '../protocol-machine.ts';
import type { Case } from './case.ts';
import { effectsOfNotices } from './notice-machine.ts';
import { standing } from './standing.ts';
import { uuidOf } from './uuid-of.ts';

/** @returns the effects, in the order of the events. `issuer`: who gave the command. */
export function effectsOfCase(
  before: Case,
  events: readonly Written<CaseEvent>[],
  id: string,
  facts: Facts,
  issuer: string,
): readonly Effect[] {
  return [
    ...effectsOfNotices(before, events),
    ...events.flatMap((event) => effectsOf(before, event, id, facts)),
    ...events.flatMap((event) => effectsOfBriefs(before, event, issuer, facts)),
  ];
}

function effectsOf(before: Case, event: Written<CaseEvent>, id: string, facts: Facts): readonly Effect[] {
  const { marking } = event;
  const ask = (rfi: string, question: string, toAgencies: readonly string[], due: number): Effect => ({
    does: 'open', kind: 'rfi', id: rfi, view: facts.view,
    args: { question, toAgencies, dueAt: new Date(due).toISOString(), marking, onBehalfOf: id },
  }); // prettier-ignore
  switch (event.kind) {
    case 'consulted':
      return (event.agencies ?? []).map((agency) =>
        ask(uuidOf(id, 'consult', agency), before.question, [agency], event.due ?? 0),
      );
    case 'responded': {
      const rfi = uuidOf(id, 'consult', event.answer?.agency ?? '');
      return isOpen(rfi, facts)
        ? [{ does: 'command', kind: 'rfi', id: rfi, name: 'close', args: { reason: 'answered in the case' } }]
        : [];
    }
    case 'information-requested': {
      const { rfiId, question, toAgencies, due } = event.infoRequest!;
      return [ask(rfiId, question, toAgencies, due)];
    }
    case 'decided':
      return event.decision?.outcome === 'NO_CONSENSUS'
        ? []
        : before.assessments.flatMap((pinned) => affectedBy(pinned, id, facts));
    default:
      return [];
  }
}

function isOpen(rfi: string, facts: Facts): boolean {
  const found = facts.states('rfi').find((each) => each.id === rfi)?.state as { readonly state?: string } | undefined;
  return found?.state !== undefined && found.state !== 'CLOSED';
}

/** Parties and candidates that a cited assessment names as targets: by default they are told. */
function affectedBy({ id: about, marking }: PinnedAssessment, caseId: string, facts: Facts): readonly Effect[] {
  const known = new Set(facts.states('affected-party').map(({ id }) => id));
  const current = standing(facts, about);
  return [...new Set((current?.targets ?? []).map(({ ref }) => ref))].sort().flatMap((party): readonly Effect[] => {
    const persons = facts.people().flatMap((each) => (each.party === party ? [each.person] : []));
    const id = uuidOf(caseId, 'affected', about, party);
    if (persons.length === 0 || known.has(id)) return [];
    const args = { party, persons, about, category: current?.categories[0] ?? 'OTHER', marking };
    return [{ does: 'open', kind: 'affected-party', id, view: facts.view, args }];
  });
}
