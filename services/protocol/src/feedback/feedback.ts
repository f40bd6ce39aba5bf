// What a recipient says of a product: whether it helped, what they did, and, where they did not pass it on, why and until when.
// Holds: pure; nothing is dropped in silence: every decision not to forward has a reason and a day on which it is looked at
// again; a person speaks of what they were sent. Source: README.md#feedback

import { FEEDBACK_COMMANDS, type FeedbackArgs } from '@sitebus/kit';
import { fromWire, toWire, type FeedbackEvent } from '@sitebus/sdk';
import type { DraftFault, Refused } from '../errors.ts';
import type { Asking, Frame } from '../machine.ts';
import { refuse } from '../machine.ts';
import type { Command, Facts, Outcome, ProtocolMachine } from '../protocol-machine.ts';
import { reportMarking } from '../sitrep/renditions.ts';

/** One person's feedback. */
export interface Feedback {
  readonly state?: FeedbackEvent['to'];
  readonly productId: string;
  readonly useful?: FeedbackEvent['useful'];
  readonly action: string;
  readonly by: string;
  readonly marking?: FeedbackEvent['marking'];
  /** Decisions not to forward, oldest first. */
  readonly notForwarded: readonly { readonly reason: string; readonly reviewBy: number }[];
}

export const FEEDBACK_SUBJECT = 'ca.sitebus.protocol.FeedbackEvent';
export const EMPTY_FEEDBACK: Omit<FeedbackEvent, keyof Frame<string>> = Object.freeze({
  productId: null, useful: null, action: null, reason: null, reviewBy: null,
}); // prettier-ignore

/** Before anything happened. */
export const NO_FEEDBACK: Feedback = Object.freeze({ productId: '', action: '', by: '', notForwarded: [] });

const DAY_MS = 86_400_000;
/** Beside whoever gave it. */
const READERS: ReadonlySet<string> = new Set(['secretariat', 'reviewer', 'chair', 'analyst', 'operator']);

/** What is given with feedback: the body of the API, and the marking of the product as its gateway knows it. */
export type FeedbackOpening = FeedbackArgs;

/** @returns what happens, or why nothing does. */
export function decideFeedback(feedback: Feedback, { name, args }: Command, by: Asking, facts: Facts): Outcome<FeedbackEvent> | Refused {
  const possible = possibleForFeedback(feedback);
  const marking = feedback.marking ?? toWire(reportMarking(facts.policy));
  if (name === 'review' && by.roles.includes('timer') && feedback.state === 'NOT_FORWARDED') return { events: [{ kind: 'review-due', to: 'REVIEW_DUE', marking }] };
  if (!possible.includes(name)) return refuse('ILLEGAL_TRANSITION', possible);
  if (name !== 'open' && by.person !== feedback.by) return refuse('NOT_THE_REQUESTER', possible);
  switch (name) {
    case 'open': {
      const { productId, useful, action, notForwarded } = args as FeedbackOpening;
      const reviewBy = notForwarded?.reviewBy === undefined ? undefined : Date.parse(notForwarded.reviewBy);
      const faults = notForwarded === undefined ? [] : faultsOf(notForwarded.reason, reviewBy, facts, '/notForwarded');
      if (faults.length > 0) return { ...refuse('INVALID_DRAFT', possible), faults };
      const to = notForwarded === undefined ? 'GIVEN' : 'NOT_FORWARDED';
      return { events: [{ kind: 'given', to, productId, useful, action, reason: notForwarded?.reason ?? null, reviewBy: reviewBy ?? null, marking }] };
    }
    case 'not-forward': {
      const { reason, reviewBy } = args as { readonly reason: string; readonly reviewBy: string };
      const faults = faultsOf(reason, Date.parse(reviewBy), facts, '');
      if (faults.length > 0) return { ...refuse('INVALID_DRAFT', possible), faults };
      return { events: [{ kind: 'renewed', to: 'NOT_FORWARDED', reason, reviewBy: Date.parse(reviewBy), marking }] };
    }
    default:
      return { events: [{ kind: 'forwarded', to: 'FORWARDED', action: (args as { readonly action: string }).action, marking }] };
  }
} // prettier-ignore

/** @returns the feedback with one event taken in. */
export function evolveFeedback(feedback: Feedback, event: FeedbackEvent): Feedback {
  const { to: state, reason, reviewBy } = event;
  const notForwarded =
    reason === null || reviewBy === null ? feedback.notForwarded : [...feedback.notForwarded, { reason, reviewBy }];
  switch (event.kind) {
    case 'given':
      return {
        ...feedback,
        state,
        productId: event.productId!,
        useful: event.useful,
        action: event.action!,
        by: event.by.person,
        marking: event.marking,
        notForwarded,
      };
    case 'forwarded':
      return { ...feedback, state, action: event.action! };
    default:
      return { ...feedback, state, notForwarded };
  }
}

/** @returns the names of the commands that people may give in this state. */
export function possibleForFeedback({ state }: Feedback): readonly string[] {
  if (state === undefined) return ['open'];
  return state === 'NOT_FORWARDED' || state === 'REVIEW_DUE' ? ['forward', 'not-forward'] : [];
}

/** The feedback as proceedings run it. */
export const FEEDBACK_MACHINE: ProtocolMachine<Feedback, FeedbackEvent> = {
  kind: 'feedback',
  subject: FEEDBACK_SUBJECT,
  empty: EMPTY_FEEDBACK,
  start: NO_FEEDBACK,
  commands: FEEDBACK_COMMANDS,
  openedAs: reportMarking,
  decide: decideFeedback,
  evolve: evolveFeedback,
  due: ({ state, notForwarded }, { now }) =>
    state === 'NOT_FORWARDED' && now >= notForwarded.at(-1)!.reviewBy ? [{ name: 'review', args: {} }] : [],
  isThereFor: ({ by }, { asking }) => by === asking.person || asking.roles.some((role) => READERS.has(role)),
  shown: (feedback, { facts }) => ({
    marking: feedback.marking === undefined ? reportMarking(facts.policy) : fromWire(feedback.marking),
    body: {
      state: feedback.state,
      productId: feedback.productId,
      useful: feedback.useful,
      action: feedback.action,
      from: feedback.by,
      notForwarded: feedback.notForwarded.map(({ reason, reviewBy }) => ({
        reason,
        reviewBy: new Date(reviewBy).toISOString(),
      })),
      possible: possibleForFeedback(feedback),
    },
  }),
};

function faultsOf(reason: string, reviewBy: number | undefined, { now, policy }: Facts, at: string): DraftFault[] {
  const latest = now + policy.timers.feedback.reviewDaysMax * DAY_MS;
  const faults: DraftFault[] = [];
  if (reason.trim() === '')
    faults.push({ pointer: `${at}/reason`, code: 'REASON_REQUIRED', detail: 'says why it was not forwarded' });
  if (reviewBy === undefined || !(reviewBy > now && reviewBy <= latest))
    faults.push({
      pointer: `${at}/reviewBy`,
      code: 'REVIEW_REQUIRED',
      detail: 'is a day after now that policy allows',
    });
  return faults;
}
