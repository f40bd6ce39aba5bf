// Every tearline, downgrade and identity release as their events have made them: what the guard decides on.
// Holds: an event is taken in only where it follows the one before it; nothing here is stored elsewhere.
// Source: README.md#events

import type { DisclosureKind } from '@sitebus/kit';
import type { DowngradeEvent, IdentityReleaseEvent, TearlineEvent, WireMarking } from '@sitebus/sdk';
import { evolveDowngrade, NO_DOWNGRADE, type Downgrade } from './downgrade.ts';
import {
  DOWNGRADE_SUBJECT,
  EMPTY_DOWNGRADE,
  EMPTY_IDENTITY_RELEASE,
  EMPTY_TEARLINE,
  IDENTITY_RELEASE_SUBJECT,
  TEARLINE_SUBJECT,
} from './event-types.ts';
import { evolveIdentityRelease, NO_IDENTITY_RELEASE, type IdentityRelease } from './identity-release.ts';
import { follows, type ChainEnd, type Frame } from './machine.ts';
import { evolveTearline, NO_TEARLINE, type Tearline } from './tearline.ts';

/** By kind: what its events make. */
export interface StateOf {
  readonly tearline: Tearline;
  readonly downgrade: Downgrade;
  readonly 'identity-release': IdentityRelease;
}

/** By kind: its event. */
export interface EventOf {
  readonly tearline: TearlineEvent;
  readonly downgrade: DowngradeEvent;
  readonly 'identity-release': IdentityReleaseEvent;
}

/** What is particular to a kind. */
export interface Machine<K extends DisclosureKind> {
  readonly subject: string;
  readonly start: StateOf[K];
  readonly empty: Omit<EventOf[K], keyof Frame<string>>;
  readonly evolve: (state: StateOf[K], event: EventOf[K]) => StateOf[K];
}

export const MACHINES: { readonly [K in DisclosureKind]: Machine<K> } = Object.freeze({
  tearline: { subject: TEARLINE_SUBJECT, start: NO_TEARLINE, empty: EMPTY_TEARLINE, evolve: evolveTearline },
  downgrade: { subject: DOWNGRADE_SUBJECT, start: NO_DOWNGRADE, empty: EMPTY_DOWNGRADE, evolve: evolveDowngrade },
  'identity-release': {
    subject: IDENTITY_RELEASE_SUBJECT,
    start: NO_IDENTITY_RELEASE,
    empty: EMPTY_IDENTITY_RELEASE,
    evolve: evolveIdentityRelease,
  },
});

/** One of them, and the end of its chain. */
export interface Held<K extends DisclosureKind> {
  readonly kind: K;
  readonly id: string;
  readonly view: string;
  readonly marking: WireMarking;
  /** When it was asked for, UTC milliseconds. */
  readonly atMs: number;
  readonly end: ChainEnd<EventOf[K]['to']> | undefined;
  readonly state: StateOf[K];
}

/** All of them. */
export interface Disclosures {
  get<K extends DisclosureKind>(kind: K, id: string): Held<K> | undefined;
  /** Of a view, newest first. */
  of<K extends DisclosureKind>(kind: K, view: string): readonly Held<K>[];
  all<K extends DisclosureKind>(kind: K): Iterable<Held<K>>;
  /** @returns false where the event does not follow. */
  apply(view: string, subject: string, event: Frame<string>): boolean;
}

/** An empty collection. */
export function createDisclosures(): Disclosures {
  const held: { readonly [K in DisclosureKind]: Map<string, Held<K>> } = {
    tearline: new Map(),
    downgrade: new Map(),
    'identity-release': new Map(),
  };
  const mapOf = <K extends DisclosureKind>(kind: K): Map<string, Held<K>> => held[kind];
  const applyTo = <K extends DisclosureKind>(kind: K, view: string, event: EventOf[K]): boolean => {
    const before = mapOf(kind).get(event.id);
    if (before !== undefined && before.view !== view) return false;
    if (!follows<EventOf[K]['to']>(event, before?.end)) return false;
    mapOf(kind).set(event.id, {
      kind,
      id: event.id,
      view,
      marking: event.marking,
      atMs: before?.atMs ?? event.at,
      end: { seq: event.seq, hash: event.hash, to: event.to },
      state: MACHINES[kind].evolve(before?.state ?? MACHINES[kind].start, event),
    });
    return true;
  };
  return {
    get: (kind, id) => mapOf(kind).get(id),
    of: (kind, view) =>
      [...mapOf(kind).values()]
        .filter((each) => each.view === view)
        .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? 1 : -1)),
    all: (kind) => mapOf(kind).values(),
    apply(view, subject, event) {
      const kind = kindOf(subject);
      return kind !== undefined && applyTo(kind, view, event as EventOf[typeof kind]); // of its subject's schema
    },
  };
}

function kindOf(subject: string): DisclosureKind | undefined {
  return (Object.keys(MACHINES) as DisclosureKind[]).find((kind) => MACHINES[kind].subject === subject);
}
