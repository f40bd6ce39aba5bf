// What the three machines share: who asks, what happened, and the frame in which it is written down.
// Holds: pure; an event carries the hash of the one before it, so that nothing can be changed, taken out or put between
// without the chain telling. Source: README.md#events

import { canonicalHash } from '@sitebus/kit';
import type { Actor, Role, WireMarking } from '@sitebus/sdk';
import type { Refused, RefusedCode } from './errors.ts';

/** A person as the registry has them at this moment; the guard looks them up itself. */
export interface Asking {
  readonly person: string;
  readonly agency?: string;
  /** `timer`: no person, but the clock or another matter; the registry gives nobody this role. */
  readonly roles: readonly (Role | 'timer')[];
}

/** What every event says beside what happened. */
export interface Frame<S extends string> {
  readonly id: string;
  readonly seq: number;
  readonly at: number;
  readonly by: Actor;
  readonly kind: string;
  readonly from: S | null;
  readonly to: S;
  readonly marking: WireMarking;
  readonly prevHash: string;
  readonly hash: string;
}

/** What a decider says has happened: the event without its frame. */
export type Happening<E extends Frame<string>> = Pick<E, 'kind' | 'to'> & Partial<Omit<E, keyof Frame<string>>>;

/** The outcome of a command. Empty: it changes nothing, and is no fault. */
export type Decision<E extends Frame<string>> = readonly Happening<E>[] | Refused;

/** True for a refusal. */
export function isRefused(decision: object): decision is Refused {
  return 'refused' in decision;
}

/** Makes a refusal. */
export function refuse(refused: RefusedCode, possible: readonly string[]): Refused {
  return { refused, possible };
}

/**
 * Fields that an event type was given after its first version, of all types alike: null in an event from before, and then no part
 * of its hash. A field that is forgotten here breaks the chain of every older log.
 */
export const LATER_FIELDS: ReadonlySet<string> = new Set(['sourceGaps']);

/** The last event of a chain, as far as the next one depends on it. */
export interface ChainEnd<S extends string> {
  readonly seq: number;
  readonly hash: string;
  readonly to: S;
}

/**
 * Puts a happening into its frame. `empty`: every field of the event type that is not of the frame, as null.
 * @returns the event as it is encoded.
 */
export function framed<E extends Frame<string>>(
  happening: Happening<E>,
  end: ChainEnd<E['to']> | undefined,
  empty: Omit<E, keyof Frame<string>>,
  about: Pick<E, 'id' | 'at' | 'by' | 'marking'>,
): E {
  const event = {
    ...empty,
    ...happening,
    ...about,
    seq: (end?.seq ?? 0) + 1,
    from: end?.to ?? null,
    prevHash: end?.hash ?? '',
  };
  return { ...event, hash: hashOf(event) } as unknown as E; // every field of E stands in one of the parts
}

/** True where the event is the next of the chain and says what it was written as. */
export function follows<S extends string>(event: Frame<S>, end: ChainEnd<S> | undefined): boolean {
  const { hash, ...rest } = event;
  return (
    event.seq === (end?.seq ?? 0) + 1 &&
    event.prevHash === (end?.hash ?? '') &&
    event.from === (end?.to ?? null) &&
    hash === hashOf(rest)
  );
}

/** An event has one hash, whichever version of its type it was written with: a later field counts only where it says something. */
function hashOf(event: object): string {
  const said = Object.entries(event).filter(([name, value]) => value !== null || !LATER_FIELDS.has(name));
  return canonicalHash(Object.fromEntries(said));
}
