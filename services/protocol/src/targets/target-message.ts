// A message to named persons, in the view where they read: the words that were released, and nothing of what they come from.
// Holds: pure; opened by other matters alone; the same words to the same persons are one message. Source: README.md#protected-accounts

import type { Issue } from '@sitebus/kit';
import { isAtLeast, join, type Marking } from '@sitebus/marking';
import {
  fromWire,
  toWire,
  type MessageText,
  type Policy,
  type TargetMessageEvent,
  type View,
  type WireMarking,
} from '@sitebus/sdk';
import { v5 as uuidOf } from 'uuid';
import { readingView } from '../brief/placement.ts';
import type { Refused } from '../errors.ts';
import type { Asking, Frame } from '../machine.ts';
import { refuse } from '../machine.ts';
import type { Command, Effect, Facts, Outcome, ProtocolMachine } from '../protocol-machine.ts';
import { reportMarking, reportingViews } from '../sitrep/renditions.ts';

/** What is sent. */
export interface MessageOpening {
  readonly en: MessageText;
  readonly fr: MessageText;
  readonly template: string | null;
  /** Of the words, where they protect more than messages do; absent: as all messages are marked. */
  readonly marking?: WireMarking;
  readonly recipients: readonly string[];
}

/** A message. */
export interface TargetMessage {
  readonly state?: TargetMessageEvent['to'];
  readonly en?: MessageText;
  readonly fr?: MessageText;
  readonly template?: string;
  readonly policyVersion: number;
  readonly marking?: WireMarking;
  /** In the order in which they were added; nobody twice. */
  readonly sent: readonly { readonly recipients: readonly string[]; readonly atMs: number }[];
}

export const TARGET_MESSAGE_SUBJECT = 'ca.sitebus.protocol.TargetMessageEvent';
export const EMPTY_TARGET_MESSAGE: Omit<TargetMessageEvent, keyof Frame<string>> = Object.freeze({
  en: null, fr: null, template: null, policyVersion: null, recipients: [],
}); // prettier-ignore
const NO_MESSAGE: TargetMessage = Object.freeze({ policyVersion: 0, sent: [] });

/**
 * What tells persons: one message in each view where one of them reads. `occasion`: what makes two tellings one, such as
 * organisation, template and day; it goes into an id and is found nowhere else.
 */
export function tell(opening: MessageOpening, occasion: string, facts: Facts): readonly Effect[] {
  const { policy } = facts;
  const byView = new Map<string, string[]>();
  for (const person of opening.recipients) {
    const view = viewOf(person, markingOf(opening, policy), facts)?.id;
    if (view === undefined) continue; // nobody is told where they may not read
    byView.set(view, [...(byView.get(view) ?? []), person]);
  }
  return [...byView].sort().map(([id, recipients]): Effect => {
    const view = policy.views.find((each) => each.id === id)!;
    const args = { ...opening, recipients: recipients.sort() };
    const messageId = uuidOf(`message/${occasion}`, view.namespace);
    const isThere = facts.everywhere('target-message').some((each) => each.id === messageId);
    return isThere
      ? { does: 'command', kind: 'target-message', id: messageId, name: 'add', args }
      : { does: 'open', kind: 'target-message', id: messageId, view: id, args };
  });
}

/** The message as proceedings run it. */
export const TARGET_MESSAGE_MACHINE: ProtocolMachine<TargetMessage, TargetMessageEvent> = {
  kind: 'target-message',
  subject: TARGET_MESSAGE_SUBJECT,
  empty: EMPTY_TARGET_MESSAGE,
  start: NO_MESSAGE,
  commands: {},
  openedAs: reportMarking,
  decide: decideMessage,
  evolve: (message, event) => ({
    ...message,
    state: event.to,
    policyVersion: event.policyVersion ?? message.policyVersion,
    marking: event.marking,
    ...(event.en === null ? {} : { en: event.en }),
    ...(event.fr === null ? {} : { fr: event.fr }),
    ...(event.template === null ? {} : { template: event.template }),
    sent: [...message.sent, { recipients: event.recipients, atMs: event.at }],
  }),
  isThereFor: ({ sent }, { asking }) => sent.some(({ recipients }) => recipients.includes(asking.person)),
  shown: ({ state, en, fr, template, policyVersion, marking }, { facts }) => ({
    marking: marking === undefined ? reportMarking(facts.policy) : fromWire(marking),
    body: { state, en, fr, ...(template === undefined ? {} : { template }), policyVersion, possible: [] },
  }),
  issues: ({ sent, marking }, id, policy) =>
    sent.map(
      ({ recipients, atMs }): Issue => ({
        kind: 'target-message', id, version: 1, to: recipients, precedence: 'IMMEDIATE', reason: 'they are targets',
        by: 'guard', atMs, marking: marking === undefined ? reportMarking(policy) : fromWire(marking), isRecalled: false,
      }),
    ), // prettier-ignore
};

function decideMessage(message: TargetMessage, { name, args }: Command, by: Asking, facts: Facts): Outcome<TargetMessageEvent> | Refused {
  if (!by.roles.includes('timer')) return refuse('ILLEGAL_TRANSITION', []);
  const { en, fr, template, recipients } = args as MessageOpening;
  const known = message.sent.flatMap((each) => each.recipients);
  const fresh = recipients.filter((person) => !known.includes(person));
  if (fresh.length === 0 && name === 'add') return { events: [] };
  const { version: policyVersion } = facts.policy;
  const marking = message.marking ?? toWire(markingOf(args as MessageOpening, facts.policy));
  if (name === 'add') return { events: [{ kind: 'added', to: 'SENT', recipients: fresh, policyVersion, marking }] };
  return { events: [{ kind: 'sent', to: 'SENT', en, fr, template, recipients: fresh, policyVersion, marking }] };
} // prettier-ignore

/** Where the person reads: their home view, where messages may lie; else the lowest such view that they may enter. */
function viewOf(name: string, marking: Marking, facts: Facts): View | undefined {
  const { policy, now } = facts;
  const person = facts.person(name);
  if (!isAtLeast(reportMarking(policy), marking)) return readingView(policy, person, marking, now);
  const reporting = reportingViews(policy);
  return reporting.find(({ id }) => id === person?.homeView) ?? lowest(reporting, policy);
}

/** As messages are marked, and as its words are where those protect more. */
function markingOf({ marking }: Pick<MessageOpening, 'marking'>, policy: Policy): Marking {
  const own = reportMarking(policy);
  return marking === undefined ? own : join(own, fromWire(marking));
}

function lowest(views: readonly View[], { targetNotices }: Policy): View {
  return views.find(({ id }) => id === targetNotices.view) ?? views[0]!;
}
