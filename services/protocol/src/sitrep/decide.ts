// What happens to a situation report: contributed to, compiled at its cut-off, approved, issued, corrected.
// Holds: pure; a cut-off compiles by itself whatever the members did, and exactly once; nobody is left out in silence; the chair
// of policy approves; only named persons are sent it. Source: README.md#situation-reports

import type { GivenPortion, SitrepCorrectArgs, SitrepIssueArgs } from '@sitebus/kit';
import { isGroup } from '@sitebus/kit';
import { joinAll } from '@sitebus/marking';
import {
  toWire,
  type SitrepContribution,
  type SitrepEvent,
  type SitrepPortion,
  type View,
  type WireMarking,
} from '@sitebus/sdk';
import { givenMarking } from '../drafting.ts';
import type { DraftFault, Refused, RefusedCode } from '../errors.ts';
import { refuse, type Asking } from '../machine.ts';
import type { Command, Effect, Facts, Outcome, Written } from '../protocol-machine.ts';
import { isChair } from './chair.ts';
import { lintFaults } from './lint-portions.ts';
import { deltaOf, standingsOf } from './compile.ts';
import { namedGaps } from './named-gaps.ts';
import { isReadableIn, markingOfPortion, readPortions } from './portions.ts';
import { readableIn, reportingViews, reportMarking, sitrepId, viewOfRecipient, viewsBelow } from './renditions.ts';
import { markedParts, type Sitrep } from './sitrep.ts';

type Decision = Outcome<SitrepEvent> | Refused;
const MINUTE_MS = 60_000;

/** @returns what happens, what follows in other views, or why nothing does. */
export function decideSitrep(sitrep: Sitrep, { name, args }: Command, by: Asking, facts: Facts): Decision {
  const isTimer = by.roles.includes('timer');
  const possible = possibleForSitrep(sitrep);
  if (!isTimer && !possible.includes(name)) return refuse('ILLEGAL_TRANSITION', possible);
  switch (name) {
    case 'open':
      return { events: [written(facts, { kind: 'opened', to: 'OPEN', ...(args as Opening) })] };
    case 'contribute': {
      const fault = notAMember(by, facts, possible);
      if (fault !== undefined) return fault;
      const { portions: given } = args as { readonly portions: readonly GivenPortion[] };
      const portions = readPortions(given, { agency: by.agency!, policy: facts.policy, view: facts.view, at: '/portions' });
      if ('faults' in portions) return unfit('INVALID_DRAFT', portions.faults, possible);
      const spoken = lintFaults(portions, facts, '/portions');
      if (spoken.length > 0) return unfit('LINT_FAILED', spoken, possible);
      return broadcast(sitrep, { agency: by.agency!, isNil: false, isLate: false, portions: [...portions] }, facts);
    }
    case 'nil':
      return notAMember(by, facts, possible) ?? broadcast(sitrep, { agency: by.agency!, isNil: true, isLate: false, portions: [] }, facts);
    case 'take-in':
      return taken(sitrep, args as SitrepContribution, facts);
    case 'carry':
      return { events: [contributed(sitrep, 'carried', { ...(args as SitrepContribution), isLate: false }, facts)] };
    case 'cut-off':
      return compiled(sitrep, facts);
    case 'give-up-waiting':
      return { events: [written(facts, { kind: 'stuck', to: sitrep.state! })] };
    case 'approve':
      return isTimer || isChair(by, facts.policy, facts.now) ? approved(sitrep, by, facts) : refuse('ROLE_NOT_ALLOWED', possible);
    case 'issue':
      return isChair(by, facts.policy, facts.now) ? issued(sitrep, args as SitrepIssueArgs, facts, possible) : refuse('ROLE_NOT_ALLOWED', possible);
    case 'issue-here':
      return { events: sitrep.state === 'CHAIR_APPROVED' ? [issuedEvent(sitrep, args as IssueHere, facts)] : [] };
    case 'correct':
      return isChair(by, facts.policy, facts.now) ? corrected(sitrep, args as SitrepCorrectArgs, by, facts, possible) : refuse('ROLE_NOT_ALLOWED', possible);
    case 'correct-here':
      return { events: sitrep.version > 0 ? [correctedEvent(sitrep, args as CorrectHere, facts)] : [] };
    default:
      return refuse('ILLEGAL_TRANSITION', possible);
  }
} // prettier-ignore

/** What the clock gives a report now: its cut-off; and word that it waits too long for a person. */
export function dueForSitrep(sitrep: Sitrep, { now, policy }: Facts): readonly Command[] {
  if (sitrep.state === 'OPEN' && now >= sitrep.cutOffAt) return [{ name: 'cut-off', args: {} }];
  const cadence = policy.cadences.find(({ id }) => id === sitrep.cadence);
  const { waitsSince, isStuck } = sitrep;
  if (waitsSince === undefined || isStuck || cadence === undefined) return [];
  return now >= waitsSince + cadence.approveWithinMinutes * MINUTE_MS ? [{ name: 'give-up-waiting', args: {} }] : [];
}

/** @returns the names of the commands that people may give in this state. */
export function possibleForSitrep({ state }: Sitrep): readonly string[] {
  switch (state) {
    case 'OPEN':
      return ['contribute', 'nil'];
    case 'COMPILED':
      return ['contribute', 'nil', 'approve'];
    case 'CHAIR_APPROVED':
      return ['contribute', 'nil', 'issue'];
    case 'ISSUED':
    case 'CORRECTED':
      return ['contribute', 'nil', 'correct'];
    default:
      return [];
  }
}

/** What opens a report; of its series alone. */
interface Opening {
  readonly number: number;
  readonly electionId: string;
  readonly cadence: string;
  readonly cutOffAt: number;
  readonly views: readonly string[];
}

interface IssueHere {
  readonly recipients: readonly string[];
  readonly precedence: string;
  readonly reason: string | null;
}

interface CorrectHere {
  readonly removed: readonly string[];
  readonly added: readonly SitrepPortion[];
  readonly reason: string | null;
}

function notAMember(by: Asking, { policy }: Facts, possible: readonly string[]): Refused | undefined {
  if (!by.roles.includes('operator')) return refuse('ROLE_NOT_ALLOWED', possible);
  return policy.taskForce.members.includes(by.agency ?? '') ? undefined : refuse('ROLE_NOT_ALLOWED', possible);
}

/** Taken in here, and handed to every other view as far as that view may read it. */
function broadcast(sitrep: Sitrep, contribution: SitrepContribution, facts: Facts): Decision {
  const here = taken(sitrep, contribution, facts);
  const elsewhere = reportingViews(facts.policy)
    .filter(({ id }) => id !== facts.view && sitrep.views.includes(id))
    .flatMap((view): Effect[] => {
      const portions = readableIn(view, contribution.portions);
      if (portions.length === 0 && !contribution.isNil) return [];
      return [at(view.id, sitrep, 'take-in', { ...contribution, portions }, facts)];
    });
  return { events: here.events, effects: [...(here.effects ?? []), ...elsewhere] };
}

/** In time: part of this report. Late: said to be, and part of the next one that is still open. */
function taken(sitrep: Sitrep, contribution: SitrepContribution, facts: Facts): Outcome<SitrepEvent> {
  const kind = contribution.isNil ? 'nil' : 'contributed';
  if (sitrep.state === 'OPEN' && facts.now < sitrep.cutOffAt) return { events: [contributed(sitrep, kind, contribution, facts)] };
  const late = { ...contribution, isLate: true };
  const next = facts
    .states('sitrep')
    .filter(({ state }) => isOpenOfSeries(state as Sitrep, sitrep, facts.now))
    .sort((a, b) => (a.state as Sitrep).number - (b.state as Sitrep).number)[0];
  const carry: Effect[] =
    next === undefined || contribution.isNil ? [] : [{ does: 'command', kind: 'sitrep', id: next.id, name: 'carry', args: late }];
  return { events: [contributed(sitrep, 'late', late, facts)], effects: carry };
} // prettier-ignore

function isOpenOfSeries(other: Sitrep, { electionId, cadence, number }: Sitrep, now: number): boolean {
  const isSame = other.electionId === electionId && other.cadence === cadence;
  return isSame && other.number > number && other.state === 'OPEN' && now < other.cutOffAt;
}

function contributed(sitrep: Sitrep, kind: string, contribution: SitrepContribution, facts: Facts): Written<SitrepEvent> {
  return written(facts, { kind, to: sitrep.state!, contribution }, contribution.portions);
} // prettier-ignore

function compiled(sitrep: Sitrep, facts: Facts): Decision {
  const earlier = facts
    .states('sitrep')
    .map(({ state }) => state as Sitrep)
    .filter(({ electionId, cadence }) => electionId === sitrep.electionId && cadence === sitrep.cadence)
    .filter(({ number }) => number < sitrep.number);
  const standings = standingsOf(sitrep, facts.policy);
  const delta = deltaOf(sitrep.portions, earlier.find(({ number }) => number === sitrep.number - 1)); // prettier-ignore
  const sourceGaps = namedGaps(sitrep, earlier, { policy: facts.policy, declared: facts.sourceGaps() });
  return {
    events: [written(facts, { kind: 'compiled', to: 'COMPILED', standings, delta, sourceGaps }, sourceGaps.gaps)],
  };
}

/** The chair's word counts for the renditions below as well: they are parts of what was read. */
function approved(sitrep: Sitrep, by: Asking, facts: Facts): Decision {
  const isEffect = by.roles.includes('timer');
  const events = sitrep.state === 'COMPILED' ? [written(facts, { kind: 'approved', to: 'CHAIR_APPROVED' as const })] : [];
  const below = isEffect ? [] : lowerViews(sitrep, facts);
  return { events, role: 'chair', effects: below.map(({ id }) => at(id, sitrep, 'approve', {}, facts)) };
} // prettier-ignore

function issued(sitrep: Sitrep, args: SitrepIssueArgs, facts: Facts, possible: readonly string[]): Decision {
  const { recipients, precedence = 'ROUTINE', decision } = args;
  const groups = recipients.flatMap((name, index): DraftFault[] =>
    facts.person(name) === undefined && isGroup(name, facts.policy)
      ? [{ pointer: `/recipients/${index}`, code: 'UNEXPANDABLE_GROUP', detail: 'stands for many; name the persons' }]
      : [],
  );
  if (groups.length > 0) return unfit('UNEXPANDABLE_GROUP', groups, possible);
  const persons = [...new Set(recipients)];
  if (persons.length === 0) return refuse('INVALID_DRAFT', possible);
  const reasonIn = reasonsOf(decision.reason, decision.marking, facts);
  if ('faults' in reasonIn) return unfit('INVALID_DRAFT', reasonIn.faults, possible);
  const to = (view: string): readonly string[] =>
    persons.filter((name) => viewOfRecipient(facts.policy, facts.view, facts.person(name)?.homeView) === view).sort();
  const below = lowerViews(sitrep, facts).map(({ id }) =>
    at(id, sitrep, 'issue-here', { recipients: to(id), precedence, reason: reasonIn(id) }, facts),
  );
  const here = issuedEvent(sitrep, { recipients: to(facts.view), precedence, reason: decision.reason }, facts);
  return { events: [here], role: 'chair', effects: below };
}

function issuedEvent(sitrep: Sitrep, { recipients, precedence, reason }: IssueHere, facts: Facts): Written<SitrepEvent> {
  const version = sitrep.version + 1;
  return written(facts, {
    kind: 'issued', to: 'ISSUED', recipients: [...recipients], precedence, reason, version, policyVersion: facts.policy.version,
  }, markedParts(sitrep));
} // prettier-ignore

/** What a view cannot read of a correction does not reach it; a view of which nothing changes keeps its version. */
function corrected(sitrep: Sitrep, args: SitrepCorrectArgs, by: Asking, facts: Facts, possible: readonly string[]): Decision {
  const { reason, remove = [], add = [] } = args;
  const unknown = remove.flatMap((id, index) =>
    sitrep.portions.some((portion) => portion.id === id) ? [] : [{ pointer: `/remove/${index}`, code: 'UNKNOWN', detail: 'is no paragraph of it' }],
  );
  if (unknown.length > 0) return unfit('INVALID_DRAFT', unknown, possible);
  const added = readPortions(add, { agency: by.agency ?? '', policy: facts.policy, view: facts.view, at: '/add' });
  if ('faults' in added) return unfit('INVALID_DRAFT', added.faults, possible);
  const spoken = lintFaults(added, facts, '/add');
  if (spoken.length > 0) return unfit('LINT_FAILED', spoken, possible);
  if (remove.length + added.length === 0) return refuse('INVALID_DRAFT', possible);
  const reasonIn = reasonsOf(reason, args.marking, facts);
  if ('faults' in reasonIn) return unfit('INVALID_DRAFT', reasonIn.faults, possible);
  const taken = sitrep.portions.filter(({ id }) => remove.includes(id));
  const below = lowerViews(sitrep, facts).flatMap((view): Effect[] => {
    const removed = readableIn(view, taken).map(({ id }) => id);
    const here = readableIn(view, added);
    if (removed.length + here.length === 0) return [];
    return [at(view.id, sitrep, 'correct-here', { removed, added: here, reason: reasonIn(view.id) }, facts)];
  });
  return { events: [correctedEvent(sitrep, { removed: remove, added, reason }, facts)], role: 'chair', effects: below };
} // prettier-ignore

function correctedEvent(sitrep: Sitrep, { removed, added, reason }: CorrectHere, facts: Facts): Written<SitrepEvent> {
  const before = sitrep.issues.at(-1);
  const version = sitrep.version + 1;
  return written(facts, {
    kind: 'corrected', to: 'CORRECTED', removed: [...removed], added: [...added], reason, version,
    recipients: [...(before?.recipients ?? [])], precedence: before?.precedence ?? 'ROUTINE', policyVersion: facts.policy.version,
  }, [...markedParts(sitrep), ...added]);
} // prettier-ignore

/** A reason is told where its marking may be read; without a marking, in this view alone. */
function reasonsOf(
  reason: string,
  given: unknown,
  facts: Facts,
): ((view: string) => string | null) | { readonly faults: readonly DraftFault[] } {
  if (given === undefined) return () => null;
  const marking = givenMarking(given, facts.policy, { owners: [facts.policy.homeNation], origins: [] });
  if ('faults' in marking) return marking;
  return (id) => {
    const view = facts.policy.views.find((each) => each.id === id);
    return view !== undefined && isReadableIn(view, marking) ? reason : null;
  };
}

/** The views below that have this report. */
function lowerViews({ views }: Sitrep, { policy, view }: Facts): readonly View[] {
  return viewsBelow(policy, view).filter(({ id }) => views.includes(id));
}

function sitrepAt(view: string, { electionId, cadence, number }: Sitrep, { policy }: Facts): string {
  return sitrepId(
    policy.views.find(({ id }) => id === view)!,
    electionId,
    cadence,
    number,
  );
}

function at(view: string, sitrep: Sitrep, name: string, args: unknown, facts: Facts): Effect {
  return { does: 'command', kind: 'sitrep', id: sitrepAt(view, sitrep, facts), name, args };
}

function written(
  { policy }: Facts,
  happening: Omit<Written<SitrepEvent>, 'marking'>,
  says: readonly Pick<SitrepPortion, 'marking'>[] = [],
): Written<SitrepEvent> {
  const marking: WireMarking = toWire(joinAll([reportMarking(policy), ...says.map(markingOfPortion)]));
  return { ...happening, marking };
}

function unfit(code: RefusedCode, faults: readonly DraftFault[], possible: readonly string[]): Refused {
  return { ...refuse(code, possible), faults };
}
