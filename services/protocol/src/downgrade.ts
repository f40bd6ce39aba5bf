// A downgrade: the same content again under a lower marking. `decideDowngrade` says what happens, `evolveDowngrade` what it
// changes.
// Holds: pure; a grant has two persons and every origin before it is applied, is applied at most once, to one content hash,
// before it expires; the record it speaks of never changes. Source: README.md#downgrade

import type { CitedRecord, DowngradeEvent, HandedDown, Signature, WireMarking } from '@sitebus/sdk';
import { refuse, type Asking, type Decision } from './machine.ts';
import { originatorsOf } from './tearline.ts';

/** What is asked; facts about records, markings and signatures have been established by the guard. */
export type DowngradeCommand =
  | {
      readonly kind: 'request';
      readonly record: CitedRecord;
      readonly lowered: WireMarking;
      readonly reason: string;
      /** UTC milliseconds. */
      readonly expires: number;
    }
  | { readonly kind: 'sign'; readonly signature: Signature }
  | { readonly kind: 'refuse'; readonly reason: string }
  /** `contentHash`: of the record as it lies on the bus now. */
  | { readonly kind: 'apply'; readonly contentHash: string; readonly handedDown: HandedDown }
  /** Of the guard alone. */
  | { readonly kind: 'confirm' }
  | { readonly kind: 'give-up'; readonly reason: string }
  | { readonly kind: 'tick' };

/** One downgrade as its events have made it. */
export interface Downgrade {
  readonly state?: DowngradeEvent['to'];
  readonly record?: CitedRecord;
  readonly lowered?: WireMarking;
  readonly expires?: number;
  readonly requestedBy?: string;
  readonly reason?: string;
  readonly signatures: readonly Signature[];
  /** Drawn at the first `apply`, and kept: a grant makes one record, however often it is tried. */
  readonly handedDown?: HandedDown;
  readonly isInHand?: boolean;
}

/** Before anything happened. */
export const NO_DOWNGRADE: Downgrade = Object.freeze({ signatures: [] });

/** A grant needs this many persons, and every originating agency. */
export const MIN_SIGNERS = 2;

/** @returns what happens, or why nothing does. `now`: UTC milliseconds. */
export function decideDowngrade(
  downgrade: Downgrade,
  command: DowngradeCommand,
  by: Asking,
  now: number,
): Decision<DowngradeEvent> {
  const possible = possibleForDowngrade(downgrade);
  const { state } = downgrade;
  if (command.kind === 'tick') return isDue(downgrade, now) ? [{ kind: 'expired', to: 'EXPIRED' }] : [];
  if (command.kind === 'apply' && state === 'APPLIED') return refuse('GRANT_REPLAYED', possible);
  if (command.kind === 'apply' && state === 'SIGNING') return refuse(whatIsMissing(downgrade), possible);
  if ((command.kind === 'sign' || command.kind === 'apply') && (state === 'EXPIRED' || isDue(downgrade, now)))
    return refuse('GRANT_EXPIRED', possible);
  if (!isOfGuard(command) && !possible.includes(command.kind)) return refuse('ILLEGAL_TRANSITION', possible);
  switch (command.kind) {
    case 'request':
      if (!by.roles.includes('analyst') && !by.roles.includes('secretariat'))
        return refuse('ROLE_NOT_ALLOWED', possible);
      if (command.reason.trim() === '') return refuse('REASON_REQUIRED', possible);
      if (command.expires <= now) return refuse('EXPIRY_IN_PAST', possible);
      return [{ ...command, kind: 'requested', to: 'SIGNING' }];
    case 'sign':
      return signed(downgrade, command.signature, by, possible);
    case 'refuse':
      if (!by.roles.includes('release-authority')) return refuse('ROLE_NOT_ALLOWED', possible);
      if (!originsOf(downgrade).includes(by.agency ?? '')) return refuse('NOT_AN_ORIGIN', possible);
      if (command.reason.trim() === '') return refuse('REASON_REQUIRED', possible);
      return [{ kind: 'refused', to: 'REFUSED', reason: command.reason }];
    case 'apply':
      if (!by.roles.includes('release-authority')) return refuse('ROLE_NOT_ALLOWED', possible);
      if (command.contentHash !== downgrade.record?.contentHash) return refuse('CONTENT_CHANGED', possible);
      return [{ kind: 'applying', to: 'GRANTED', handedDown: downgrade.handedDown ?? command.handedDown }];
    case 'confirm':
      if (downgrade.isInHand !== true || downgrade.handedDown === undefined)
        return refuse('ILLEGAL_TRANSITION', possible);
      return [{ kind: 'applied', to: 'APPLIED', handedDown: downgrade.handedDown }];
    case 'give-up':
      if (downgrade.isInHand !== true) return refuse('ILLEGAL_TRANSITION', possible);
      return [{ kind: 'applying-failed', to: 'GRANTED', reason: command.reason }];
  }
}

/** @returns the downgrade with one event taken in. */
export function evolveDowngrade(downgrade: Downgrade, event: DowngradeEvent): Downgrade {
  const { to: state } = event;
  switch (event.kind) {
    case 'requested':
      return {
        ...downgrade,
        state,
        record: event.record!,
        lowered: event.lowered!,
        expires: event.expires!,
        reason: event.reason ?? '',
        requestedBy: event.by.person,
      };
    case 'signed':
      return { ...downgrade, state, signatures: [...downgrade.signatures, event.signature!] };
    case 'applying':
      return { ...downgrade, state, handedDown: event.handedDown!, isInHand: true };
    case 'applying-failed':
    case 'applied':
      return { ...downgrade, state, isInHand: false };
    default:
      return { ...downgrade, state };
  }
}

/** @returns the names of the commands that people may give in this state. */
export function possibleForDowngrade({ state, isInHand }: Downgrade): readonly string[] {
  return isInHand === true ? [] : POSSIBLE[state ?? 'NONE'];
}

const POSSIBLE: Readonly<Record<DowngradeEvent['to'] | 'NONE', readonly string[]>> = {
  NONE: ['request'],
  SIGNING: ['sign', 'refuse'],
  GRANTED: ['apply'],
  REFUSED: [],
  EXPIRED: [],
  APPLIED: [],
};

/** @returns the agencies whose signature is still missing, sorted. */
export function awaitedOrigins({ record, signatures }: Pick<Downgrade, 'record' | 'signatures'>): readonly string[] {
  if (record === undefined) return [];
  return originatorsOf(record).filter((origin) => !signatures.some(({ agency }) => agency === origin));
}

function signed(
  downgrade: Downgrade,
  signature: Signature,
  by: Asking,
  possible: readonly string[],
): Decision<DowngradeEvent> {
  if (!by.roles.includes('release-authority')) return refuse('ROLE_NOT_ALLOWED', possible);
  if (downgrade.signatures.some(({ person }) => person === by.person)) return refuse('SIGNED_TWICE', possible);
  const signatures = [...downgrade.signatures, signature];
  const isWhole = signatures.length >= MIN_SIGNERS && awaitedOrigins({ ...downgrade, signatures }).length === 0;
  return [{ kind: 'signed', to: isWhole ? 'GRANTED' : 'SIGNING', signature }];
}

function whatIsMissing({ signatures }: Downgrade): 'TOO_FEW_SIGNERS' | 'ORIGIN_MISSING' {
  return signatures.length < MIN_SIGNERS ? 'TOO_FEW_SIGNERS' : 'ORIGIN_MISSING';
}

/** What is being handed down is finished, or it would be neither granted nor void. */
function isDue({ state, expires, isInHand }: Downgrade, now: number): boolean {
  const isOpen = state === 'SIGNING' || (state === 'GRANTED' && isInHand !== true);
  return isOpen && now >= (expires ?? Number.POSITIVE_INFINITY);
}

function originsOf({ record }: Downgrade): readonly string[] {
  return record === undefined ? [] : originatorsOf(record);
}

function isOfGuard({ kind }: DowngradeCommand): boolean {
  return kind === 'confirm' || kind === 'give-up' || kind === 'tick';
}
