// What became of posted objects: status resources, kept a day, each for its poster alone.
// Holds: counts add up at every moment and equal the lengths of their lists; a foreign and an absent one are the same.
// In memory: a status ends with the process, what was accepted lies on the bus. Source: TAXII 2.1 §4.3

import { randomUUID } from 'node:crypto';
import type { Clock } from '@sitebus/sdk';

const KEPT_MS = 24 * 60 * 60 * 1000;
/** A poster's oldest go first above this many. */
const MAX_KEPT = 1_000;

/** One object of a status: what it is, and a word on it. */
export interface StatusDetail {
  readonly id: string;
  readonly version: string;
  readonly message?: string;
}

/** A status as its resource. */
export interface StatusResource {
  readonly id: string;
  readonly status: 'complete' | 'pending';
  readonly request_timestamp: string;
  readonly total_count: number;
  readonly success_count: number;
  readonly successes?: readonly StatusDetail[];
  readonly failure_count: number;
  readonly failures?: readonly StatusDetail[];
  readonly pending_count: number;
  readonly pendings?: readonly StatusDetail[];
}

/** One request's status while it is being decided. */
export interface OpenStatus {
  /** Decides one object, by its place in the request; a second decision changes nothing. */
  decide(at: number, outcome: 'success' | 'failure', message?: string): void;
  /** Decides all that are left. */
  decideRest(outcome: 'success' | 'failure', message: string): void;
  resource(): StatusResource;
}

/** The statuses of one gateway. */
export interface Statuses {
  open(person: string, objects: readonly StatusDetail[]): OpenStatus;
  /** @returns undefined for one that is another's, too old, or none. */
  find(person: string, id: string): StatusResource | undefined;
}

/** Makes an empty store. */
export function createStatuses(clock: Pick<Clock, 'now'>): Statuses {
  const byPerson = new Map<string, Map<string, { readonly until: number; readonly status: OpenStatus }>>();
  const forgetOld = (own: Map<string, { readonly until: number }>): void => {
    for (const [id, { until }] of own) {
      if (until > clock.now() && own.size <= MAX_KEPT) return;
      own.delete(id);
    }
  };
  return {
    open(person, objects) {
      const status = createStatus(clock.now(), objects);
      const own = byPerson.get(person) ?? new Map<string, { readonly until: number; readonly status: OpenStatus }>();
      byPerson.set(person, own);
      own.set(status.resource().id, { until: clock.now() + KEPT_MS, status });
      forgetOld(own);
      return status;
    },
    find(person, id) {
      const found = byPerson.get(person)?.get(id);
      return found === undefined || found.until <= clock.now() ? undefined : found.status.resource();
    },
  };
}

function createStatus(nowMs: number, objects: readonly StatusDetail[]): OpenStatus {
  const id = randomUUID();
  const outcomes = new Map<number, { readonly outcome: 'success' | 'failure'; readonly message?: string }>();
  const decide: OpenStatus['decide'] = (at, outcome, message) => {
    if (outcomes.has(at) || at < 0 || at >= objects.length) return;
    outcomes.set(at, message === undefined ? { outcome } : { outcome, message });
  };
  const listOf = (wanted: 'success' | 'failure' | undefined): readonly StatusDetail[] =>
    objects.flatMap((object, at) => {
      const { outcome, message } = outcomes.get(at) ?? {};
      return outcome === wanted ? [message === undefined ? object : { ...object, message }] : [];
    });
  return {
    decide,
    decideRest(outcome, message) {
      for (const at of objects.keys()) decide(at, outcome, message);
    },
    resource() {
      const [successes, failures, pendings] = [listOf('success'), listOf('failure'), listOf(undefined)];
      return {
        id,
        status: pendings.length === 0 ? 'complete' : 'pending',
        request_timestamp: new Date(nowMs).toISOString(),
        total_count: objects.length,
        success_count: successes.length,
        ...(successes.length === 0 ? {} : { successes }),
        failure_count: failures.length,
        ...(failures.length === 0 ? {} : { failures }),
        pending_count: pendings.length,
        ...(pendings.length === 0 ? {} : { pendings }),
      };
    },
  };
}
