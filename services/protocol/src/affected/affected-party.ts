// Whether somebody who is affected is told: the default is to tell, and only two persons can put that off, for a time.
// Holds: pure; nothing stays as it is without a reason that ends; where a text may be shown, it is shown within the timer unless
// two persons said otherwise; nobody is told what neither their clearance nor a release lets them read.
// Source: README.md#affected-parties

import { AFFECTED_PARTY_COMMANDS, type Issue } from '@sitebus/kit';
import { dominates } from '@sitebus/marking';
import { fromWire, type AffectedPartyEvent, type ReleasableText } from '@sitebus/sdk';
import { readingView } from '../brief/placement.ts';
import type { Refused } from '../errors.ts';
import type { Asking, Frame } from '../machine.ts';
import { refuse } from '../machine.ts';
import type { Command, Facts, Outcome, ProtocolMachine, Written } from '../protocol-machine.ts';
import { reportMarking } from '../sitrep/renditions.ts';
import { tell } from '../targets/target-message.ts';
import { wordsOfTearline } from './tearline-words.ts';
import { arisingAffectedParties, affectedPartyId } from './arising.ts';

/** What opens a decision: a case, or an assessment that names a target. */
export interface AffectedPartyOpening {
  /** A public id, an organisation or a token. */
  readonly party: string;
  /** Who is told for them. */
  readonly persons: readonly string[];
  readonly about: string;
  readonly category: string;
  readonly marking: AffectedPartyEvent['marking'];
  readonly releasable?: ReleasableText;
}

/** A decision. */
export interface AffectedParty {
  readonly state?: AffectedPartyEvent['to'];
  readonly party: string;
  readonly persons: readonly string[];
  readonly about: string;
  readonly category: string;
  readonly marking?: AffectedPartyEvent['marking'];
  /** Until when somebody must decide, UTC milliseconds. */
  readonly dueAt: number;
  readonly releasable?: ReleasableText;
  readonly proposal?: { readonly by: string; readonly reason: string; readonly reviewBy: number };
  readonly withheld?: { readonly reason: string; readonly reviewBy: number; readonly proposedBy: string; readonly approvedBy: string };
  /** How often the time passed without a text. */
  readonly escalations: number;
  readonly notifiedAt?: number;
  readonly notifiedBy?: string;
} // prettier-ignore

export const AFFECTED_PARTY_SUBJECT = 'ca.sitebus.protocol.AffectedPartyEvent';
export const EMPTY_AFFECTED_PARTY: Omit<AffectedPartyEvent, keyof Frame<string>> = Object.freeze({
  party: null, persons: [], about: null, category: null, dueAt: null, releasable: null, reason: null, reviewBy: null,
}); // prettier-ignore

/** Before anything happened. */
export const NO_AFFECTED_PARTY: AffectedParty = Object.freeze({
  party: '', persons: [], about: '', category: '', dueAt: 0, escalations: 0,
}); // prettier-ignore

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DECIDERS = ['secretariat', 'release-authority'];

/** @returns what happens, or why nothing does. */
export function decideAffectedParty(decision: AffectedParty, { name, args }: Command, by: Asking, facts: Facts): Outcome<AffectedPartyEvent> | Refused {
  const possible = possibleForAffectedParty(decision);
  const isTimer = by.roles.includes('timer');
  if (isTimer) return byItself(decision, name, args, facts);
  if (!possible.includes(name)) return refuse('ILLEGAL_TRANSITION', possible);
  if (!by.roles.some((role) => DECIDERS.includes(role))) return refuse('ROLE_NOT_ALLOWED', possible);
  if (name === 'withhold') return withheld(decision, args as { readonly reason: string; readonly reviewBy: string }, by, facts, possible);
  return notified(decision, args as GivenText, facts, possible);
} // prettier-ignore

/** @returns the decision with one event taken in. */
export function evolveAffectedParty(decision: AffectedParty, event: AffectedPartyEvent): AffectedParty {
  const { to: state, at, by } = event;
  switch (event.kind) {
    case 'opened':
      return {
        ...decision,
        state,
        party: event.party!,
        persons: event.persons,
        about: event.about!,
        category: event.category!,
        dueAt: event.dueAt!,
        marking: event.marking,
      };
    case 'text-found':
      return { ...decision, state, releasable: event.releasable! };
    case 'withholding-proposed':
      return {
        ...decision,
        state,
        proposal: { by: by.person, reason: event.reason!, reviewBy: event.reviewBy! },
      };
    case 'withheld': {
      const { proposal, ...rest } = decision;
      const { reason, reviewBy } = event;
      return {
        ...rest,
        state,
        withheld: { reason: reason!, reviewBy: reviewBy!, proposedBy: proposal?.by ?? '', approvedBy: by.person },
      };
    }
    case 'returned': {
      const { withheld: _over, ...rest } = decision;
      return { ...rest, state, dueAt: event.dueAt!, escalations: decision.escalations + 1 };
    }
    case 'escalated':
      return { ...decision, state, dueAt: event.dueAt!, escalations: decision.escalations + 1 };
    default:
      return { ...decision, state, notifiedAt: at, notifiedBy: by.person };
  }
}

/** What the clock gives: telling where a text is there, word that none is, and the end of a withholding. */
export function dueForAffectedParty(decision: AffectedParty, facts: Facts): readonly Command[] {
  const { state, dueAt, withheld: kept } = decision;
  if (state === 'PENDING' && facts.now >= dueAt)
    return [{ name: mayBeTold(decision, facts) ? 'notify' : 'escalate', args: {} }];
  return state === 'WITHHELD' && facts.now >= kept!.reviewBy ? [{ name: 'return', args: {} }] : [];
}

/** @returns the names of the commands that people may give in this state. */
export function possibleForAffectedParty({ state }: AffectedParty): readonly string[] {
  switch (state) {
    case 'PENDING':
      return ['notify', 'withhold'];
    case 'WITHHELD':
      return ['notify'];
    default:
      return [];
  }
}

/** The decision as proceedings run it. */
export const AFFECTED_PARTY_MACHINE: ProtocolMachine<AffectedParty, AffectedPartyEvent> = {
  kind: 'affected-party',
  subject: AFFECTED_PARTY_SUBJECT,
  empty: EMPTY_AFFECTED_PARTY,
  start: NO_AFFECTED_PARTY,
  commands: AFFECTED_PARTY_COMMANDS,
  openedAs: reportMarking,
  decide: decideAffectedParty,
  evolve: evolveAffectedParty,
  due: dueForAffectedParty,
  idOf: (args) => {
    const { about, party } = args as Partial<AffectedPartyOpening>;
    return about === undefined || party === undefined ? undefined : affectedPartyId(about, party);
  },
  arising: arisingAffectedParties,
  shown: (decision, { facts }) => ({
    marking: decision.marking === undefined ? reportMarking(facts.policy) : fromWire(decision.marking),
    body: bodyOf(decision),
  }),
  issues: (decision, id) => {
    const { state, releasable, persons, notifiedAt, notifiedBy } = decision;
    if (state !== 'NOTIFIED' || releasable?.basis !== 'READABLE' || persons.length === 0) return [];
    const issue: Issue = {
      kind: 'affected-party', id, version: 1, to: persons, precedence: 'PRIORITY', reason: 'they are affected',
      by: notifiedBy ?? '', atMs: notifiedAt ?? 0, marking: fromWire(releasable.marking), isRecalled: false,
    }; // prettier-ignore
    return [issue];
  },
};

interface GivenText {
  readonly en?: string;
  readonly fr?: string;
  /** A published tearline whose words are told. */
  readonly tearline?: string;
}

function byItself(decision: AffectedParty, name: string, args: unknown, facts: Facts): Outcome<AffectedPartyEvent> | Refused {
  const { state } = decision;
  const nextDue = facts.now + facts.policy.timers.affectedParties.notifyHours * HOUR_MS;
  if (name === 'open' && state === undefined) return opened(args as AffectedPartyOpening, nextDue);
  if (name === 'offer-text' && state !== undefined && state !== 'NOTIFIED') {
    const releasable = args as ReleasableText;
    return { events: [written(decision, { kind: 'text-found', to: state, releasable })] };
  }
  if (name === 'notify' && state === 'PENDING' && mayBeTold(decision, facts)) return told(decision, facts);
  if (name === 'escalate' && state === 'PENDING') return { events: [written(decision, { kind: 'escalated', to: 'PENDING', dueAt: nextDue })] };
  if (name === 'return' && state === 'WITHHELD') return { events: [written(decision, { kind: 'returned', to: 'PENDING', dueAt: nextDue })] };
  return refuse('ILLEGAL_TRANSITION', possibleForAffectedParty(decision));
} // prettier-ignore

function opened({ releasable, ...opening }: AffectedPartyOpening, dueAt: number): Outcome<AffectedPartyEvent> {
  const { party, persons, about, category, marking } = opening;
  const first = { kind: 'opened', to: 'PENDING', party, persons: [...persons].sort(), about, category, dueAt, marking } as const;
  return { events: [first, ...(releasable === undefined ? [] : [{ kind: 'text-found', to: 'PENDING', releasable, marking } as const])] };
} // prettier-ignore

/** By a person, with words of their own where they give some. */
function notified(decision: AffectedParty, given: GivenText, facts: Facts, possible: readonly string[]): Outcome<AffectedPartyEvent> | Refused {
  const { en, fr } = given;
  if (given.tearline !== undefined) return notifiedByTearline(decision, { ...given, tearline: given.tearline }, facts, possible);
  if ((en === undefined) !== (fr === undefined)) return { ...refuse('INVALID_DRAFT', possible), faults: [{ pointer: en === undefined ? '/en' : '/fr', code: 'BOTH_LANGUAGES', detail: 'exists together with the other language or not at all' }] };
  const own = en === undefined || fr === undefined ? undefined : wordsOf(en, fr, decision);
  const releasable = own ?? decision.releasable;
  if (!mayBeTold({ ...decision, ...(releasable === undefined ? {} : { releasable }) }, facts)) return refuse('NOT_RELEASABLE', possible);
  const found = own === undefined ? [] : [written(decision, { kind: 'text-found', to: decision.state!, releasable: own })];
  const outcome = told({ ...decision, ...(releasable === undefined ? {} : { releasable }) }, facts);
  return { ...outcome, events: [...found, ...outcome.events] };
} // prettier-ignore

/** By a person, in the approved words of a tearline; the other language is theirs, and is held to the same rules. */
function notifiedByTearline(decision: AffectedParty, given: GivenText & { readonly tearline: string }, facts: Facts, possible: readonly string[]): Outcome<AffectedPartyEvent> | Refused {
  const releasable = wordsOfTearline(decision, given, facts);
  if ('faults' in releasable) return { ...refuse(releasable.code, possible), faults: releasable.faults };
  const after = { ...decision, releasable };
  if (!mayBeTold(after, facts)) return refuse('NOT_RELEASABLE', possible);
  const found = written(decision, { kind: 'text-found', to: decision.state!, releasable });
  const outcome = told(after, facts);
  return { ...outcome, events: [found, ...outcome.events] };
} // prettier-ignore

/** Whoever may read this view's records reads it here; to others the released words go where they read. */
function told(decision: AffectedParty, facts: Facts): Outcome<AffectedPartyEvent> {
  const { releasable, persons, about, party } = decision;
  const events = [written(decision, { kind: 'notified', to: 'NOTIFIED' })];
  if (releasable === undefined || releasable.basis === 'READABLE') return { events };
  const inWords = (lang: 'en' | 'fr') => ({ title: TITLES[lang], text: releasable[lang], steps: [] });
  const { template, marking } = releasable;
  const message = { en: inWords('en'), fr: inWords('fr'), template, marking, recipients: persons };
  return { events, effects: tell(message, `affected/${about}/${party}`, facts) };
}

const TITLES = Object.freeze({ en: 'You are affected', fr: 'Vous êtes concerné' });

/** The first to say so proposes; another person, who says the same, approves. */
function withheld(decision: AffectedParty, { reason, reviewBy: until }: { readonly reason: string; readonly reviewBy: string }, by: Asking, facts: Facts, possible: readonly string[]): Outcome<AffectedPartyEvent> | Refused {
  const reviewBy = Date.parse(until);
  const latest = facts.now + facts.policy.timers.affectedParties.withholdDaysMax * DAY_MS;
  if (!(reviewBy > facts.now && reviewBy <= latest)) return { ...refuse('INVALID_DRAFT', possible), faults: [{ pointer: '/reviewBy', code: 'REVIEW_REQUIRED', detail: 'is a day after now that policy allows' }] };
  const { proposal } = decision;
  const isSame = proposal?.reason === reason && proposal.reviewBy === reviewBy;
  if (!isSame) return { events: [written(decision, { kind: 'withholding-proposed', to: 'PENDING', reason, reviewBy })] };
  if (proposal.by === by.person) return refuse('OWN_REQUEST', possible);
  return { events: [written(decision, { kind: 'withheld', to: 'WITHHELD', reason, reviewBy })] };
} // prettier-ignore

/** A text is there, and everyone who is to be told may be: by their clearance, or because it was released. */
function mayBeTold({ releasable, persons }: AffectedParty, facts: Facts): boolean {
  if (releasable === undefined || persons.length === 0) return false;
  if (releasable.basis === 'STANDING_TEARLINE') return true; // words of policy, for whoever is named
  const marking = fromWire(releasable.marking);
  return persons.every((name) => {
    const person = facts.person(name);
    if (person === undefined || !dominates(person.clearance, marking, facts.now)) return false;
    return releasable.basis === 'READABLE' || readingView(facts.policy, person, marking, facts.now) !== undefined;
  });
}

/** Words of one's own are for whoever may read what they are about: lower ones need a tearline. */
function wordsOf(en: string, fr: string, { marking }: AffectedParty): ReleasableText {
  return { basis: 'READABLE', en, fr, marking: marking!, template: null, tearline: null };
}

function bodyOf(decision: AffectedParty): Readonly<Record<string, unknown>> {
  const { state, party, about, category, dueAt, releasable, proposal, withheld: kept } = decision;
  const at = (ms: number): string => new Date(ms).toISOString();
  return {
    state, party, about, category, dueAt: at(dueAt), escalations: decision.escalations,
    ...(releasable === undefined ? {} : { text: { basis: releasable.basis, en: releasable.en, fr: releasable.fr } }),
    ...(proposal === undefined ? {} : { proposed: { ...proposal, reviewBy: at(proposal.reviewBy) } }),
    ...(kept === undefined ? {} : { withheld: { ...kept, reviewBy: at(kept.reviewBy) } }),
    ...(decision.notifiedAt === undefined ? {} : { notifiedAt: at(decision.notifiedAt) }),
    possible: possibleForAffectedParty(decision),
  };
} // prettier-ignore

function written({ marking }: AffectedParty, happening: Omit<Written<AffectedPartyEvent>, 'marking'>): Written<AffectedPartyEvent> {
  return { ...happening, marking: marking! };
} // prettier-ignore
