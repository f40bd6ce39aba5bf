// The case as proceedings run it: facts established, what is due, what follows in other matters, and what is shown.
// Source: README.md#case

import { CASE_COMMANDS, type Issue } from '@sitebus/kit';
import { clearanceDominates, createMarking, dominates } from '@sitebus/marking';
import {
  fromWire,
  type CaseEvent,
  type PeriodState,
  type PinnedAssessment,
  type Policy,
  type WireMarking,
} from '@sitebus/sdk';
import { briefFaults } from '../brief/brief-lint.ts';
import { briefMarkingOf } from '../brief/lowered-marking.ts';
import { readingView } from '../brief/placement.ts';
import { isRefused, type Asking } from '../machine.ts';
import type { Command, Facts, Outcome, ProtocolMachine, Viewer } from '../protocol-machine.ts';
import type { Refused } from '../errors.ts';
import { caseBody } from './case-body.ts';
import { effectsOfCase } from './case-effects.ts';
import { EMPTY_CASE_EVENT, CASE_SUBJECT, strandOfKind, toCaseEvents } from './case-events.ts';
import { evolveCase, NO_CASE, type Case } from './case.ts';
import { possibleIn, type CaseCommand } from './commands.ts';
import { decideCase, hasSeat } from './decide-case.ts';
import { changedIn, isReviewDue } from './evidence-change.ts';
import { markingOf } from './evidence.ts';
import type { Given, Participant, Told } from './given.ts';
import { refusedByLint } from './notice-text.ts';
import { PERIOD_KIND, PUBLIC_VIEW, type Period } from './period-machine.ts';
import { readerOf } from './reader.ts';
import { isLeftByPeriod } from './scope.ts';
import { standing } from './standing.ts';
import { crossingsIn, reopening } from './watched-matters.ts';

export const CASE_KIND = 'case';

/** Cases before the panel. */
export const CASE_MACHINE: ProtocolMachine<Case, CaseEvent> = {
  kind: CASE_KIND,
  subject: CASE_SUBJECT,
  empty: EMPTY_CASE_EVENT,
  start: NO_CASE,
  commands: CASE_COMMANDS,
  openedAs: () => createMarking({ classified: 'UNCLASSIFIED', relTo: 'ALL' }),
  strandOf: ({ kind }) => strandOfKind(kind),
  decide(state, command, by, facts, id): Outcome<CaseEvent> | Refused {
    const given = givenOf(state, facts, id);
    const parsed = commandOf(command, facts.policy);
    if ('refused' in parsed) return parsed;
    const decided = decideCase(state, parsed, participant(by, facts), given);
    if (isRefused(decided)) return decided;
    const { electionId } = decided[0]?.electionId === undefined ? state : { electionId: decided[0].electionId };
    const events = toCaseEvents(state, decided, given.period(electionId));
    return { events, role: roleFor(command.name, by), effects: effectsOfCase(state, events, id, facts, by.person) };
  },
  evolve: evolveCase,
  due(state, facts, id) {
    const due = dueFor(state, givenOf(state, facts, id));
    return due.length > 0 ? due : reopening(id, state, facts);
  },
  shown(state, viewer) {
    const by = participant(viewer.asking, viewer.facts);
    const possible = viewer.asOfMs === undefined ? possibleIn(state.state, by) : [];
    return caseBody(state, reading(state, viewer), possible);
  },
  isThereFor: (state, viewer) => reading(state, viewer).reads,
  arising: crossingsIn,
  issues: issuesOf,
};

/** What the clock, fusion or the period gives a case now. */
export function dueFor(one: Case, given: Given): readonly Command[] {
  const { state, notForwarded, infoRequests, notifications } = one;
  if (state === undefined || state === 'CLOSED') return [];
  const command = (name: string, args: unknown = {}): Command => ({ name, args });
  const changed = changedIn(one, given).map(({ id }) => id);
  if (changed.length > 0) return [command('evidence', { assessments: changed })];
  if (isLeftByPeriod(one, given)) return [command('period-closed')];
  if (state === 'REFERRED_MINISTERIAL' && one.periodState === 'PRE_WRIT' && given.period(one.electionId) === 'CARETAKER')
    return [command('dissolution')];
  if (state === 'NOT_FORWARDED' && given.now >= (notForwarded?.reviewBy ?? 0)) return [command('review-due')];
  const asked = infoRequests.at(-1)?.rfiId;
  if (state === 'INFO_REQUESTED' && asked !== undefined && given.isAnswered(asked)) return [command('answer')];
  if (state === 'INFO_REQUESTED' && given.now >= (infoRequests.at(-1)?.due ?? 0)) return [command('info-due')];
  if (isReviewDue(one, given)) return [command('review')];
  const announceAt = notifications.at(-1)?.announceAt ?? Infinity;
  return state === 'NOTIFYING' && given.now >= announceAt ? [command('announce')] : [];
} // prettier-ignore

/** The facts that deciders of cases ask for. */
export function givenOf(one: Case, facts: Facts, id: string): Given {
  const { policy, now } = facts;
  const members = new Set(policy.agencies.filter(({ kind }) => kind !== 'partner').map((agency) => agency.id));
  return {
    id,
    now,
    panel: policy.panel,
    definitions: policy.definitions,
    elections: policy.elections.map((election) => election.id),
    pinning: {
      isMember: (agency) => members.has(agency),
      isRecalled: (agency, observation) => facts.isRecalled(agency, observation),
    },
    period: (electionId) => periodOf(facts, electionId),
    assessment: (assessment) => standing(facts, assessment),
    caseState: (other) => (facts.states(CASE_KIND).find((each) => each.id === other)?.state as Case | undefined)?.state,
    recipients: (marking) => recipientsOf(marking, facts),
    briefMarking: (asked) => briefMarkingOf(one, asked, facts),
    briefFaults: (words, isLowered) => briefFaults(words, isLowered, policy),
    originators: (cited) => originatorsOf(cited, facts),
    seatHolders: () => facts.people().flatMap((each) => (hasSeat({ ...each }, policy) ? [each.person] : [])),
    isAnswered: (rfi) =>
      (facts.states('rfi').find((each) => each.id === rfi)?.state as { readonly state?: string } | undefined)?.state ===
      'ANSWERED',
    isHead: (person) => facts.person(person)?.roles.includes('agency-head') === true,
    lintFaults: (notice) => refusedByLint(notice, policy),
  };
}

/** Where the election stands: its period lives in the public view. */
export function periodOf(facts: Pick<Facts, 'everywhere'>, electionId: string): PeriodState {
  const found = facts.everywhere(PERIOD_KIND).find(({ id, view }) => id === electionId && view === PUBLIC_VIEW);
  return (found?.state as Period | undefined)?.state ?? 'PRE_WRIT';
}

function participant(by: Asking, facts: Facts): Participant {
  const seat = facts.person(by.person)?.seat;
  return { ...by, ...(seat === undefined ? {} : { seat }) };
}

function recipientsOf(wire: WireMarking, facts: Facts): readonly Told[] {
  const { policy, now } = facts;
  const marking = fromWire(wire);
  return facts.people().flatMap((person) => {
    const capacity = policy.panel.recipients.find(
      ({ role, agency }) => person.roles.includes(role) && (agency === undefined || person.agency === agency),
    )?.capacity;
    if (capacity === undefined) return [];
    const view = readingView(policy, person, marking, now)?.id;
    return [{ person: person.person, capacity, ...(view === undefined ? {} : { view }) }];
  });
}

/** Persons of the agencies whose observations are cited, in the roles of policy, who may read the case. */
function originatorsOf(cited: readonly Pick<PinnedAssessment, 'members' | 'marking'>[], facts: Facts): readonly string[] {
  const { policy, now } = facts;
  const wire = markingOf(cited);
  const view = policy.views.find(({ id }) => id === facts.view);
  if (wire === undefined || view === undefined) return [];
  const marking = fromWire(wire);
  const agencies = new Set([...cited.flatMap(({ members }) => members.map(({ agency }) => agency)), ...marking.origins]);
  return facts
    .people()
    .filter(({ agency, roles }) => agencies.has(agency ?? '') && roles.some((role) => policy.panel.originatorsTold.includes(role)))
    .filter(({ clearance }) => clearance.validUntil > now && clearanceDominates(clearance, view.clearance) && dominates(clearance, marking, now))
    .map(({ person }) => person)
    .sort();
} // prettier-ignore

function reading(one: Case, { asking, facts }: Viewer) {
  const by = participant(asking, facts);
  return readerOf(one, by, periodOf(facts, one.electionId), { panel: facts.policy.panel });
}

/** Instants in words become instants; an election that need not be named is the only one. */
function commandOf({ name, args }: Command, { elections }: Policy): CaseCommand | Refused {
  const given = { ...(args as Readonly<Record<string, unknown>>) };
  for (const key of INSTANTS) {
    const said = given[key];
    if (typeof said !== 'string') continue;
    const ms = Date.parse(said);
    if (Number.isNaN(ms))
      return { refused: 'INVALID_DRAFT', possible: [], faults: [{ pointer: `/${key}`, code: 'BAD_INSTANT', detail: 'is no instant of the calendar' }] };
    given[key] = ms;
  }
  const [only, ...others] = elections;
  if (name === 'open' && given['electionId'] === undefined && only !== undefined && others.length === 0)
    given['electionId'] = only.id;
  return { electionId: '', ...given, kind: name } as unknown as CaseCommand; // as its schema says
} // prettier-ignore

const INSTANTS = ['due', 'reviewBy', 'reviewAt', 'announceAt'] as const;

const ROLES: Readonly<Record<string, string>> = {
  ask: 'panel-member', rate: 'panel-member', propose: 'panel-member', vote: 'panel-member', refresh: 'panel-member',
  inform: 'agency-head', close: 'clerk', 'name-issuer': 'clerk',
  consult: 'secretariat', 'not-forward': 'secretariat', scope: 'secretariat', finding: 'secretariat',
  attach: 'secretariat', detach: 'secretariat', draft: 'secretariat', answer: 'secretariat',
}; // prettier-ignore
const ISSUING: ReadonlySet<string> = new Set(['disclose', 'notify', 'announce', 'update', 'correct']);

function roleFor(name: string, { roles }: Asking): string {
  const issuer = roles.includes('clerk') ? 'clerk' : 'agency-head';
  const [first = 'none'] = roles;
  if (roles.includes('timer')) return 'timer';
  return ROLES[name] ?? (ISSUING.has(name) ? issuer : first);
}

/** Who is sent the case itself: whoever reads cases. Those whom policy wants told are sent a brief of its own. */
function issuesOf(one: Case, id: string): readonly Issue[] {
  const wire = markingOf(one.assessments);
  if (wire === undefined) return [];
  return one.sent.map(({ told, reason, by, at }, index): Issue => ({
    kind: CASE_KIND, id, version: index + 1, to: told, precedence: one.precedence as Issue['precedence'], reason, by, atMs: at,
    marking: fromWire(wire), isRecalled: false,
  })); // prettier-ignore
}
