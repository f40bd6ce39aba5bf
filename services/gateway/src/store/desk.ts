// What a reader's desk keeps: answers to idempotency keys, triage of alerts, subscriptions and saved views. The port.
// Holds: one view a desk; what is acknowledged here is durable and shared by every replica of the view; while the store
// does not answer, every method rejects with `fail-closed` naming `store`: nothing is guessed. Source: README.md#store

import type { WireMarking } from '@sitebus/sdk';
import type { KeptDeliveries } from './deliveries.ts';

/** The desk of one view. `in-memory.ts` is the one of unit tests, `adapters/postgres-desk.ts` the one of every stack. */
export interface DeskStore {
  /** `ok`, or why it cannot be used, in words for `/readyz`. */
  state(): string;
  /** Resolves when it has been looked at once, whether it answers or not; `state` says which. Goes on looking. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly answers: KeptAnswers;
  readonly triage: TriageLog;
  readonly items: DeskItems;
  readonly latePlaces: KeptTimes;
  /** When each API key was last used at this view's gateways, by its name. */
  readonly keyUses: KeptTimes;
  readonly deliveries: KeptDeliveries;
}

/** Times by name, UTC milliseconds; few: of late records where they stand in the order of collections, of keys their last use. */
export interface KeptTimes {
  all(): Promise<ReadonlyMap<string, number>>;
  /** The higher one stays. */
  keep(name: string, atMs: number): Promise<void>;
}

/** A key of a scope (reader and route), which is one request. */
export interface AnswerPlace {
  readonly scope: string;
  readonly key: string;
}

/** Who runs the request now: a run that ends without an answer leaves the key to the next after its lease. */
export interface AnswerRun extends AnswerPlace {
  readonly holder: string;
}

/** What is found at a place: nothing (and it is the caller's now), a run, or its answer; UTC milliseconds throughout. */
export type Found =
  | { readonly is: 'taken' }
  | { readonly is: 'running'; readonly bodyHash: string }
  | { readonly is: 'answered'; readonly bodyHash: string; readonly answer: unknown };

/** Answers by key, for as long as they are kept. */
export interface KeptAnswers {
  /** Takes the place, or says what is there. Of two that ask at once exactly one gets `taken`. */
  take(
    run: AnswerRun & { readonly bodyHash: string },
    times: { readonly nowMs: number; readonly leaseUntilMs: number; readonly keptUntilMs: number },
  ): Promise<Found>;
  /** Longer; without effect once another run has the place. */
  renew(run: AnswerRun, leaseUntilMs: number): Promise<void>;
  /** @returns false where another run has taken the place meanwhile. `answer` is JSON. */
  keep(run: AnswerRun, answer: unknown): Promise<boolean>;
  /** Leaves the place, without an answer. */
  drop(run: AnswerRun): Promise<void>;
  /** Forgets what is past its time, and of each scope the oldest answers above its room. */
  sweep(nowMs: number, room: { readonly answers: number; readonly bytes: number }): Promise<void>;
}

/** States of an alert on the desk; without an entry an alert is OPEN. */
export const TRIAGE_STATES = ['OPEN', 'ACKNOWLEDGED', 'ASSIGNED', 'ESCALATED', 'CLOSED'] as const;
export type TriageState = (typeof TRIAGE_STATES)[number];

/** One decision about an alert. */
export interface TriageEntry {
  /** From 1, without gaps, per alert. */
  readonly seq: number;
  readonly state: TriageState;
  /** A person; while ASSIGNED or ESCALATED. */
  readonly assignee?: string;
  readonly reason: string;
  /** Who decided. */
  readonly by: string;
  readonly atMs: number;
  /** The alert's, when it was decided. */
  readonly marking: WireMarking;
}

/** The newest decision about an alert. */
export interface StandingDecision {
  readonly alertId: string;
  readonly entry: TriageEntry;
}

/** Decisions about alerts, oldest first. Nothing is ever changed or removed. */
export interface TriageLog {
  /** The newest entry of each alert that has one. */
  newest(alertIds: readonly string[]): Promise<ReadonlyMap<string, TriageEntry>>;
  history(alertId: string): Promise<readonly TriageEntry[]>;
  /** Alerts whose newest entry says ASSIGNED or ESCALATED and is not older than `sinceMs`: the newest `limit`, oldest first. */
  standing(sinceMs: number, limit: number): Promise<readonly StandingDecision[]>;
  /** @returns false where the alert has an entry with this `seq` already: somebody else decided meanwhile. */
  append(alertId: string, entry: TriageEntry): Promise<boolean>;
}

/** What a person keeps for themselves, by kind. */
export type DeskItemKind = 'subscription' | 'saved-view';

/** One of them; `body` is JSON of the kind's own shape. */
export interface DeskItem {
  readonly kind: DeskItemKind;
  /** Canonical UUID. */
  readonly id: string;
  readonly person: string;
  /** Whose people see it beside its owner; absent: nobody. */
  readonly sharedWith?: string;
  /** From 1; each replacement counts up. */
  readonly version: number;
  readonly createdMs: number;
  readonly changedMs: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Subscriptions and saved views. A reader is a person, and the agency whose shared items they see. */
export interface DeskItems {
  /** The person's own and those shared with their agency, newest first. */
  list(kind: DeskItemKind, reader: { readonly person: string; readonly agency?: string }): Promise<readonly DeskItem[]>;
  /** One of those `list` gives. */
  get(
    kind: DeskItemKind,
    id: string,
    reader: { readonly person: string; readonly agency?: string },
  ): Promise<DeskItem | undefined>;
  /** All of a kind, whoever they are of: for what is sent by itself, never for an answer. */
  every(kind: DeskItemKind): Promise<readonly DeskItem[]>;
  /** @returns false where the person has `room` of the kind already. */
  add(item: DeskItem, room: number): Promise<boolean>;
  /** Replaces the owner's item of `item.version - 1`. @returns false where it is gone, another's or of another version. */
  replace(item: DeskItem): Promise<boolean>;
  /** @returns false where the person has no such item. */
  remove(kind: DeskItemKind, id: string, person: string): Promise<boolean>;
}
