// The release of a suppressed identity to the one person who asked: `decideIdentityRelease` says what happens,
// `evolveIdentityRelease` what it changes.
// Holds: pure; no identity leaves without authority, justification and two distinct persons of the holding agency, neither
// of them the requester; the record is not touched, and no event holds the identity. Source: README.md#identity-release

import type { CitedRecord, IdentityReleaseEvent } from '@sitebus/sdk';
import { refuse, type Asking, type Decision } from './machine.ts';
import type { Refused } from './errors.ts';

/** What is asked; that the requester may read the product has been established by the guard. */
export type IdentityReleaseCommand =
  | { readonly kind: 'request'; readonly product: CitedRecord; readonly suppressedRef: string }
  | { readonly kind: 'justify'; readonly authority: string; readonly text: string }
  | { readonly kind: 'approve' }
  | { readonly kind: 'refuse'; readonly reason: string }
  | { readonly kind: 'review'; readonly finding: string }
  /** Of the clock alone. */
  | { readonly kind: 'tick' };

/** One request as its events have made it. */
export interface IdentityRelease {
  readonly state?: IdentityReleaseEvent['to'];
  readonly product?: CitedRecord;
  readonly suppressedRef?: string;
  readonly requester?: string;
  /** By when it must be justified, UTC milliseconds. */
  readonly dueAt?: number;
  readonly authority?: string;
  readonly justification?: string;
  /** Who approved, each once. */
  readonly deciders: readonly string[];
  /** Kept when it is reviewed. */
  readonly decision?: 'APPROVED' | 'REFUSED';
  readonly reason?: string;
  readonly finding?: string;
}

/** Before anything happened. */
export const NO_IDENTITY_RELEASE: IdentityRelease = Object.freeze({ deciders: [] });

/** How many persons of the holding agency must approve. */
export const MIN_DECIDERS = 2;
/** How long a request may stay without justification, as shipped. */
export const JUSTIFY_WITHIN_MS = 5 * 24 * 60 * 60 * 1000;

/** @returns what happens, or why nothing does. `now`: UTC milliseconds. */
export function decideIdentityRelease(
  release: IdentityRelease,
  command: IdentityReleaseCommand,
  by: Asking,
  now: number,
): Decision<IdentityReleaseEvent> {
  const possible = possibleForIdentityRelease(release);
  const isLate = release.state === 'REQUESTED' && now >= (release.dueAt ?? Number.POSITIVE_INFINITY);
  if (command.kind === 'tick')
    return isLate ? [{ kind: 'refused', to: 'REFUSED', reason: 'not justified in time' }] : [];
  if (!possible.includes(command.kind)) return refuse('ILLEGAL_TRANSITION', possible);
  switch (command.kind) {
    case 'request':
      if (!by.roles.includes('analyst')) return refuse('ROLE_NOT_ALLOWED', possible);
      return [
        {
          kind: 'requested',
          to: 'REQUESTED',
          product: command.product,
          suppressedRef: command.suppressedRef,
          dueAt: now + JUSTIFY_WITHIN_MS,
        },
      ];
    case 'justify': {
      const { authority, text } = command;
      if (by.person !== release.requester) return refuse('NOT_THE_REQUESTER', possible);
      if (authority.trim() === '' || text.trim() === '') return refuse('REASON_REQUIRED', possible);
      if (isLate) return refuse('JUSTIFICATION_LATE', possible);
      return [{ kind: 'justified', to: 'JUSTIFIED', authority, justification: text }];
    }
    case 'approve':
      return notADecider(release, by, possible) ?? approved(release, by, possible);
    case 'refuse':
      if (command.reason.trim() === '') return refuse('REASON_REQUIRED', possible);
      return notADecider(release, by, possible) ?? [{ kind: 'refused', to: 'REFUSED', reason: command.reason }];
    case 'review':
      if (!by.roles.includes('reviewer')) return refuse('ROLE_NOT_ALLOWED', possible);
      if (command.finding.trim() === '') return refuse('REASON_REQUIRED', possible);
      return [{ kind: 'reviewed', to: 'REVIEWED', finding: command.finding }];
  }
}

/** @returns the request with one event taken in. */
export function evolveIdentityRelease(release: IdentityRelease, event: IdentityReleaseEvent): IdentityRelease {
  const { to: state, by } = event;
  const decided = state === 'APPROVED' || state === 'REFUSED' ? { decision: state } : {};
  switch (event.kind) {
    case 'requested':
      return {
        ...release,
        state,
        product: event.product!,
        suppressedRef: event.suppressedRef!,
        dueAt: event.dueAt!,
        requester: by.person,
      };
    case 'justified':
      return { ...release, state, authority: event.authority!, justification: event.justification! };
    case 'approved':
      return { ...release, state, ...decided, deciders: [...release.deciders, by.person] };
    case 'reviewed':
      return { ...release, state, finding: event.finding! };
    default:
      return { ...release, state, ...decided, ...(event.reason === null ? {} : { reason: event.reason }) };
  }
}

/** @returns the names of the commands that people may give in this state. */
export function possibleForIdentityRelease({ state }: IdentityRelease): readonly string[] {
  return POSSIBLE[state ?? 'NONE'];
}

const POSSIBLE: Readonly<Record<IdentityReleaseEvent['to'] | 'NONE', readonly string[]>> = {
  NONE: ['request'],
  REQUESTED: ['justify'],
  JUSTIFIED: ['approve', 'refuse'],
  APPROVED: ['review'],
  REFUSED: ['review'],
  REVIEWED: [],
};

function approved(release: IdentityRelease, by: Asking, possible: readonly string[]): Decision<IdentityReleaseEvent> {
  if (release.deciders.includes(by.person)) return refuse('SIGNED_TWICE', possible);
  return [{ kind: 'approved', to: release.deciders.length + 1 >= MIN_DECIDERS ? 'APPROVED' : 'JUSTIFIED' }];
}

function notADecider(release: IdentityRelease, by: Asking, possible: readonly string[]): Refused | undefined {
  if (!by.roles.includes('operator')) return refuse('ROLE_NOT_ALLOWED', possible);
  if (by.agency !== release.product?.agency) return refuse('NOT_THE_HOLDER', possible);
  return by.person === release.requester ? refuse('OWN_REQUEST', possible) : undefined;
}
