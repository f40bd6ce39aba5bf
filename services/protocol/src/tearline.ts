// A tearline: a separate, lower observation made from a higher one. `decideTearline` says what happens, `evolveTearline`
// what it changes.
// Holds: pure; only what every originating agency approved, word for word, is published, and never by whoever drafted it;
// any change after approval begins the approvals again. Source: README.md#tearline

import type { CitedRecord, HandedDown, Signature, TearlineDraft, TearlineEvent } from '@sitebus/sdk';
import { isRefused, refuse, type Asking, type Decision } from './machine.ts';
import type { Refused } from './errors.ts';

/** What is asked; facts about records and signatures have been established by the guard. */
export type TearlineCommand =
  | { readonly kind: 'request'; readonly source: CitedRecord; readonly for: string; readonly wantedBy: number | null }
  | { readonly kind: 'draft'; readonly draft: TearlineDraft }
  | { readonly kind: 'submit' }
  /** `contentHash`: what the signature is on. */
  | { readonly kind: 'approve'; readonly contentHash: string; readonly signature: Signature }
  | { readonly kind: 'refuse'; readonly reason: string }
  | { readonly kind: 'publish'; readonly handedDown: HandedDown }
  | { readonly kind: 'withdraw'; readonly reason: string }
  /** Of the guard alone: the originator's service has written, or has refused and written nothing. */
  | { readonly kind: 'confirm' }
  | { readonly kind: 'give-up'; readonly reason: string };

/** One tearline as its events have made it. */
export interface Tearline {
  readonly state?: TearlineEvent['to'];
  readonly source?: CitedRecord;
  readonly for?: string;
  /** UTC milliseconds. */
  readonly wantedBy?: number;
  readonly requestedBy?: string;
  readonly draft?: TearlineDraft;
  readonly drafter?: string;
  /** On the draft as it stands; one an agency. */
  readonly approvals: readonly Signature[];
  readonly reason?: string;
  /** Set from the moment in which handing down begins, so that a second try writes the same. */
  readonly inHand?: HandedDown;
  readonly published?: HandedDown;
}

/** Before anything happened. */
export const NO_TEARLINE: Tearline = Object.freeze({ approvals: [] });

/** @returns what happens, or why nothing does. */
export function decideTearline(tearline: Tearline, command: TearlineCommand, by: Asking): Decision<TearlineEvent> {
  const possible = possibleForTearline(tearline);
  if (!isOfGuard(command) && !possible.includes(command.kind)) return refuse('ILLEGAL_TRANSITION', possible);
  switch (command.kind) {
    case 'request':
      if (!isDrafter(by)) return refuse('ROLE_NOT_ALLOWED', possible);
      return [{ ...command, kind: 'requested', to: 'REQUESTED' }];
    case 'draft':
      if (!isDrafter(by)) return refuse('ROLE_NOT_ALLOWED', possible);
      return [{ kind: 'drafted', to: 'DRAFTED', draft: command.draft }]; // evolve voids the approvals
    case 'submit':
      if (!isDrafter(by)) return refuse('ROLE_NOT_ALLOWED', possible);
      return [{ kind: 'submitted', to: 'ORIGINATOR_REVIEW' }];
    case 'approve':
      return approved(tearline, command, by, possible);
    case 'refuse':
      return (
        notAnOriginator(tearline, by, possible) ??
        withReason(command.reason, possible, [{ kind: 'refused', to: 'REFUSED', reason: command.reason }])
      );
    case 'publish':
      return (
        notAnOriginator(tearline, by, possible) ?? [
          { kind: 'publishing', to: 'APPROVED', handedDown: command.handedDown },
        ]
      );
    case 'withdraw':
      if (!originsOf(tearline).includes(by.agency ?? '')) return refuse('NOT_AN_ORIGIN', possible);
      return withReason(command.reason, possible, [{ kind: 'withdrawn', to: 'WITHDRAWN', reason: command.reason }]);
    case 'confirm':
      if (tearline.inHand === undefined) return refuse('ILLEGAL_TRANSITION', possible);
      return [{ kind: 'published', to: 'PUBLISHED', handedDown: tearline.inHand }];
    case 'give-up':
      if (tearline.inHand === undefined) return refuse('ILLEGAL_TRANSITION', possible);
      return [{ kind: 'publishing-failed', to: 'APPROVED', reason: command.reason }];
  }
}

/** @returns the tearline with one event taken in. */
export function evolveTearline(tearline: Tearline, event: TearlineEvent): Tearline {
  const { to: state, by } = event;
  switch (event.kind) {
    case 'requested':
      return {
        ...tearline,
        state,
        source: event.source!,
        for: event.for ?? '',
        requestedBy: by.person,
        ...(event.wantedBy === null ? {} : { wantedBy: event.wantedBy }),
      };
    case 'drafted':
      return { ...tearline, state, draft: event.draft!, drafter: by.person, approvals: [] };
    case 'approved':
      return { ...tearline, state, approvals: [...tearline.approvals, event.approval!] };
    case 'publishing':
      return { ...tearline, state, inHand: event.handedDown! };
    case 'publishing-failed': {
      const { inHand: _none, ...rest } = tearline;
      return { ...rest, state, reason: event.reason ?? '' };
    }
    case 'published': {
      const { inHand: _done, ...rest } = tearline;
      return { ...rest, state, published: event.handedDown! };
    }
    default:
      return { ...tearline, state, ...(event.reason === null ? {} : { reason: event.reason }) };
  }
}

/** @returns the names of the commands that people may give in this state. */
export function possibleForTearline({ state, inHand }: Tearline): readonly string[] {
  return inHand === undefined ? POSSIBLE[state ?? 'NONE'] : []; // what is being handed down changes no more
}

const POSSIBLE: Readonly<Record<TearlineEvent['to'] | 'NONE', readonly string[]>> = {
  NONE: ['request'],
  REQUESTED: ['draft'],
  DRAFTED: ['draft', 'submit'],
  ORIGINATOR_REVIEW: ['draft', 'approve', 'refuse'],
  APPROVED: ['draft', 'publish'],
  PUBLISHED: ['withdraw'],
  REFUSED: [],
  WITHDRAWN: [],
};

/** @returns the agencies whose approval is needed, sorted. */
export function originsOf({ source }: Pick<Tearline, 'source'>): readonly string[] {
  return source === undefined ? [] : originatorsOf(source);
}

/** @returns the agencies whose information a record is: as its marking says, or the one that wrote it. Sorted. */
export function originatorsOf({ marking, agency }: Pick<CitedRecord, 'marking' | 'agency'>): readonly string[] {
  return marking.origins.length > 0 ? [...marking.origins].sort() : [agency];
}

/** @returns the agencies whose approval is still missing, sorted. */
export function awaitedFor({ source, approvals }: Pick<Tearline, 'source' | 'approvals'>): readonly string[] {
  return originsOf(source === undefined ? {} : { source }).filter(
    (origin) => !approvals.some(({ agency }) => agency === origin),
  );
}

function approved(
  tearline: Tearline,
  { contentHash, signature }: Extract<TearlineCommand, { kind: 'approve' }>,
  by: Asking,
  possible: readonly string[],
): Decision<TearlineEvent> {
  const fault = notAnOriginator(tearline, by, possible);
  if (fault !== undefined) return fault;
  if (contentHash !== tearline.draft?.contentHash) return refuse('CONTENT_CHANGED', possible);
  const awaited = awaitedFor(tearline);
  if (!awaited.includes(by.agency ?? '')) return refuse('SIGNED_TWICE', possible);
  const to = awaited.length === 1 ? 'APPROVED' : 'ORIGINATOR_REVIEW';
  return [{ kind: 'approved', to, approval: signature }];
}

function notAnOriginator(tearline: Tearline, by: Asking, possible: readonly string[]): Refused | undefined {
  if (!by.roles.includes('release-authority')) return refuse('ROLE_NOT_ALLOWED', possible);
  if (!originsOf(tearline).includes(by.agency ?? '')) return refuse('NOT_AN_ORIGIN', possible);
  return by.person === tearline.drafter ? refuse('OWN_DRAFT', possible) : undefined;
}

function withReason(
  reason: string,
  possible: readonly string[],
  happenings: Decision<TearlineEvent>,
): Decision<TearlineEvent> {
  return reason.trim() === '' && !isRefused(happenings) ? refuse('REASON_REQUIRED', possible) : happenings;
}

function isDrafter({ roles }: Asking): boolean {
  return roles.includes('analyst') || roles.includes('secretariat');
}

function isOfGuard({ kind }: TearlineCommand): boolean {
  return kind === 'confirm' || kind === 'give-up';
}
