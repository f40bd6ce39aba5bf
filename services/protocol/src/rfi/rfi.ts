// A request for information: one question, the agencies that are asked, until when, and what they answer.
// Holds: pure; nobody answers for another agency; an answer is shown to whoever may read that answer; that the time is over is
// said once and shuts nobody out. Source: README.md#questions

import { RFI_COMMANDS, type RfiArgs } from '@sitebus/kit';
import { dominates, join, joinAll, print, type Marking } from '@sitebus/marking';
import { fromWire, toWire, type RfiAnswer, type RfiEvent } from '@sitebus/sdk';
import type { Frame, Asking } from '../machine.ts';
import { refuse } from '../machine.ts';
import type { DraftFault, Refused } from '../errors.ts';
import type { Command, Facts, Outcome, ProtocolMachine, Shown, Viewer, Written } from '../protocol-machine.ts';
import { reportMarking } from '../sitrep/renditions.ts';
import { isReadableIn } from '../sitrep/portions.ts';
import { givenMarking } from '../drafting.ts';

/** A request. */
export interface Rfi {
  readonly state?: RfiEvent['to'];
  readonly question: string;
  readonly toAgencies: readonly string[];
  /** UTC milliseconds. */
  readonly dueAt: number;
  readonly about?: string;
  /** The case that asks. */
  readonly onBehalfOf?: string;
  readonly askedBy: string;
  readonly marking?: RfiEvent['marking'];
  readonly answers: readonly (RfiAnswer & { readonly at: number })[];
  readonly isPastDue: boolean;
  readonly reason?: string;
}

/** What a case asks: as a person, and for which case. */
export type RfiOpening = RfiArgs & { readonly onBehalfOf?: string };

export const RFI_SUBJECT = 'ca.sitebus.protocol.RfiEvent';
export const EMPTY_RFI: Omit<RfiEvent, keyof Frame<string>> = Object.freeze({
  question: null, toAgencies: [], dueAt: null, about: null, onBehalfOf: null, answer: null, reason: null,
}); // prettier-ignore

/** Before anything happened. */
export const NO_RFI: Rfi = Object.freeze({
  question: '', toAgencies: [], dueAt: 0, askedBy: '', answers: [], isPastDue: false,
}); // prettier-ignore

const DAY_MS = 86_400_000;
const ASKERS = ['analyst', 'panel-member', 'secretariat'];
const ANSWERERS = ['analyst', 'operator', 'agency-head'];

/** @returns what happens, or why nothing does. */
export function decideRfi(rfi: Rfi, { name, args }: Command, by: Asking, facts: Facts): Outcome<RfiEvent> | Refused {
  const possible = possibleForRfi(rfi);
  const isTimer = by.roles.includes('timer');
  if (!possible.includes(name) && !(isTimer && name === 'pass-due' && rfi.state === 'OPEN')) return refuse('ILLEGAL_TRANSITION', possible);
  switch (name) {
    case 'open':
      return asked(args as RfiOpening, by, isTimer, facts);
    case 'answer':
      return answered(rfi, args as { readonly text: string; readonly marking?: unknown }, by, facts, possible);
    case 'pass-due':
      return { events: [written(rfi, { kind: 'due-passed', to: 'PAST_DUE' })] };
    default: {
      const isAsker = by.person === rfi.askedBy || by.roles.includes('secretariat') || isTimer;
      if (!isAsker) return refuse('NOT_THE_REQUESTER', possible);
      return { events: [written(rfi, { kind: 'closed', to: 'CLOSED', reason: (args as { readonly reason: string }).reason })] };
    }
  }
} // prettier-ignore

/** @returns the request with one event taken in. */
export function evolveRfi(rfi: Rfi, event: RfiEvent): Rfi {
  const { to: state } = event;
  switch (event.kind) {
    case 'asked':
      return {
        ...rfi,
        state,
        question: event.question!,
        toAgencies: event.toAgencies,
        dueAt: event.dueAt!,
        askedBy: event.by.person,
        marking: event.marking,
        ...(event.about === null ? {} : { about: event.about }),
        ...(event.onBehalfOf === null ? {} : { onBehalfOf: event.onBehalfOf }),
      };
    case 'answered':
      return { ...rfi, state, answers: [...rfi.answers, { ...event.answer!, at: event.at }] };
    case 'due-passed':
      return { ...rfi, state, isPastDue: true };
    default:
      return { ...rfi, state, ...(event.reason === null ? {} : { reason: event.reason }) };
  }
}

/** @returns the agencies that have not answered, in the order asked. */
export function awaitedOf({ toAgencies, answers }: Rfi): readonly string[] {
  return toAgencies.filter((agency) => !answers.some((answer) => answer.agency === agency));
}

/** @returns the names of the commands that people may give in this state. */
export function possibleForRfi({ state }: Rfi): readonly string[] {
  if (state === undefined) return ['open'];
  return state === 'CLOSED' ? [] : ['answer', 'close'];
}

/** The request as proceedings run it. */
export const RFI_MACHINE: ProtocolMachine<Rfi, RfiEvent> = {
  kind: 'rfi',
  subject: RFI_SUBJECT,
  empty: EMPTY_RFI,
  start: NO_RFI,
  commands: RFI_COMMANDS,
  openedAs: reportMarking,
  decide: decideRfi,
  evolve: evolveRfi,
  due: (rfi, { now }) => (rfi.state === 'OPEN' && now >= rfi.dueAt ? [{ name: 'pass-due', args: {} }] : []),
  shown: shownRfi,
};

/** Answers that the person may not read are not there; the marking is the join of what is. */
function shownRfi(rfi: Rfi, { asking, facts }: Viewer): Shown {
  const { policy, now } = facts;
  const clearance = facts.person(asking.person)?.clearance;
  const answers = rfi.answers.filter(
    ({ marking }) => clearance !== undefined && dominates(clearance, fromWire(marking), now),
  );
  const own = rfi.marking === undefined ? reportMarking(policy) : fromWire(rfi.marking);
  const body = {
    state: rfi.state,
    question: rfi.question,
    toAgencies: rfi.toAgencies,
    dueAt: new Date(rfi.dueAt).toISOString(),
    askedBy: rfi.askedBy,
    ...(rfi.about === undefined ? {} : { about: rfi.about }),
    awaiting: awaitedOf(rfi),
    isPastDue: rfi.isPastDue,
    ...(rfi.reason === undefined ? {} : { reason: rfi.reason }),
    answers: answers.map(({ agency, text, marking, at }) => ({
      agency,
      text,
      at: new Date(at).toISOString(),
      marking: { ...marking, banner: print(fromWire(marking), { homeNation: policy.homeNation }) },
    })),
    possible: possibleForRfi(rfi),
  };
  return { marking: joinAll([own, ...answers.map(({ marking }) => fromWire(marking))]), body };
}

function asked(args: RfiOpening, by: Asking, isTimer: boolean, facts: Facts): Outcome<RfiEvent> | Refused {
  const { policy, now } = facts;
  const possible = ['open'];
  if (!isTimer && !by.roles.some((role) => ASKERS.includes(role))) return refuse('ROLE_NOT_ALLOWED', possible);
  const dueAt = Date.parse(args.dueAt);
  const latest = now + policy.timers.rfis.answerDaysMax * DAY_MS;
  const faults: DraftFault[] = args.toAgencies.flatMap((agency, index) =>
    policy.agencies.some(({ id }) => id === agency) ? [] : [{ pointer: `/toAgencies/${index}`, code: 'UNKNOWN', detail: 'is no agency of policy' }],
  );
  if (!(dueAt > now)) faults.push({ pointer: '/dueAt', code: 'IN_PAST', detail: 'is not after now' });
  if (dueAt > latest) faults.push({ pointer: '/dueAt', code: 'TOO_LATE', detail: 'is later than policy allows' });
  const marking = isTimer ? givenBy(args.marking, facts) : markingFor(args.marking, by, facts);
  if (marking === undefined) faults.push({ pointer: '/marking', code: 'INVALID_MARKING', detail: 'is no marking that this view may read' });
  if (faults.length > 0 || marking === undefined) return { ...refuse('INVALID_DRAFT', possible), faults };
  const { question, about = null, onBehalfOf = null } = args;
  const toAgencies = [...new Set(args.toAgencies)].sort();
  return { events: [{ kind: 'asked', to: 'OPEN', question, toAgencies, dueAt, about, onBehalfOf, marking: toWire(marking) }] };
} // prettier-ignore

function answered(
  rfi: Rfi,
  { text, marking: given }: { readonly text: string; readonly marking?: unknown },
  by: Asking,
  facts: Facts,
  possible: readonly string[],
): Outcome<RfiEvent> | Refused {
  const agency = by.agency ?? '';
  if (!by.roles.some((role) => ANSWERERS.includes(role))) return refuse('ROLE_NOT_ALLOWED', possible);
  if (!rfi.toAgencies.includes(agency)) return refuse('NOT_THE_HOLDER', possible);
  const own = given === undefined ? fromWire(rfi.marking!) : markingFor(given, by, facts);
  if (own === undefined)
    return { ...refuse('INVALID_DRAFT', possible), faults: [{ pointer: '/marking', code: 'INVALID_MARKING', detail: 'is no marking that this view may read' }] };
  const rest = awaitedOf(rfi).filter((each) => each !== agency);
  const to = rest.length === 0 ? 'ANSWERED' : rfi.state === 'ANSWERED' ? 'OPEN' : rfi.state!;
  const answer = { agency, text, marking: toWire(own) };
  return { events: [{ kind: 'answered', to, answer, marking: toWire(join(own, fromWire(rfi.marking!))) }] };
} // prettier-ignore

/** What another matter asks is marked as that matter says. */
function givenBy(given: unknown, { policy }: Facts): Marking | undefined {
  if (given === undefined) return reportMarking(policy);
  const marking = givenMarking(given, policy, { owners: [policy.homeNation], origins: [] });
  return 'faults' in marking ? undefined : marking;
}

/** As given, where the view may read it; else that of reports. */
function markingFor(given: unknown, { agency }: Asking, { policy, view: id }: Facts): Marking | undefined {
  if (given === undefined) return reportMarking(policy);
  const origins = agency === undefined ? [] : [agency];
  const marking = givenMarking(given, policy, { owners: [policy.homeNation], origins });
  const view = policy.views.find((each) => each.id === id);
  return 'faults' in marking || view === undefined || !isReadableIn(view, marking) ? undefined : marking;
}

function written(rfi: Rfi, happening: Omit<Written<RfiEvent>, 'marking'>): Written<RfiEvent> {
  return { ...happening, marking: rfi.marking! };
}
