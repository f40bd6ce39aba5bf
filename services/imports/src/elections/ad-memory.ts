// What the election administration remembers of ads: entries and sightings, as notes of the journal.
// Holds: pure; what is remembered is enough to make every finding again byte for byte, so that a crash loses and doubles
// none. Source: README.md#ads

import type { Observation } from '@sitebus/sdk';
import type { JournalNote } from '../journal.ts';
import type { ReadingContext } from '../reading.ts';
import type { JsonObject } from '../untrusted.ts';
import { UNKNOWN_AD, type AdState } from './ad-machine.ts';

type WireMarking = Observation['envelope']['marking'];

/** An ad that was entered. Times are UTC milliseconds. */
export interface RememberedEntry {
  readonly platformId: string;
  readonly adId: string;
  readonly creative: string;
  readonly firstDisplayedAtMs: number;
  readonly lastDisplayedAtMs: number;
  readonly enteredAtMs: number;
  readonly daysLate: number;
  /** What the finding LATE says; null where there is none. */
  readonly finding: RememberedFinding | null;
}

/** What a finding LATE was made of. */
export interface RememberedFinding {
  readonly adRef: string;
  readonly daysLate: number;
  readonly creative: string;
  readonly landingUrl: string | null;
  readonly buyerRef: string;
  readonly electionId: string;
  readonly observedAtMs: number;
  readonly marking: WireMarking;
}

/** An ad that somebody saw on a platform, by the platform's name of it or by its copy. */
export interface RememberedSighting {
  readonly platformId: string;
  readonly adId: string | null;
  readonly creative: string | null;
  readonly landingUrl: string | null;
  readonly electionId: string;
  readonly seenAtMs: number;
  readonly marking: WireMarking;
}

/** Ads by what is remembered of them; what is entered within one file is seen by its later rows. */
export interface AdMemory {
  entryOf(platformId: string, adId: string): RememberedEntry | undefined;
  /** True when an entry is of the ad that was sighted. */
  isEntered(sighting: RememberedSighting): boolean;
  /** The key under which an ad was sighted before, by its name or its copy; its own key where it was not. */
  keyOf(sighting: RememberedSighting): string;
  /** Earliest sighting of each ad, by its key. */
  sightings(): ReadonlyMap<string, RememberedSighting>;
  /** Remembers an entry for the rest of the file, and answers the note to be kept. */
  enter(entry: RememberedEntry): JournalNote;
  /** Remembers a sighting for the rest of the file, and answers the note to be kept. */
  sight(key: string, sighting: RememberedSighting): JournalNote;
}

const ENTRY = 'ad';
const SIGHTING = 'ad-sighting';

/** The key of an ad: the platform's own name of it, else its copy. */
export function adKey({ platformId, adId, creative }: Pick<RememberedSighting, 'platformId' | 'adId' | 'creative'>) {
  return `${platformId}/${adId ?? creative ?? ''}`;
}

/** What is remembered when a file is read. */
export function adMemory({ notesOf = () => new Map() }: Pick<ReadingContext, 'notesOf'>): AdMemory {
  const entries = new Map(notesOf(ENTRY) as ReadonlyMap<string, unknown> as ReadonlyMap<string, RememberedEntry>); // our own notes, written below
  const sightings = new Map(
    notesOf(SIGHTING) as ReadonlyMap<string, unknown> as ReadonlyMap<string, RememberedSighting>,
  );
  const copies = new Set([...entries.values()].map(copyOf));
  return {
    entryOf: (platformId, adId) => entries.get(adKey({ platformId, adId, creative: null })),
    isEntered: ({ platformId, adId, creative }) =>
      adId === null
        ? creative !== null && copies.has(`${platformId}/${creative}`)
        : entries.has(adKey({ platformId, adId, creative: null })),
    keyOf(sighting) {
      const key = adKey(sighting);
      if (sightings.has(key)) return key;
      const same = [...sightings].find(([, other]) => isSameCopy(sighting, other));
      return same?.[0] ?? key;
    },
    sightings: () => sightings,
    enter(entry) {
      const key = adKey(entry);
      entries.set(key, entry);
      copies.add(copyOf(entry));
      return { kind: ENTRY, key, value: entry as unknown as JsonObject };
    },
    sight(key, sighting) {
      sightings.set(key, sighting);
      return { kind: SIGHTING, key, value: sighting as unknown as JsonObject };
    },
  };
}

/** Where an entered ad stands; `UNKNOWN_AD` for one that is not. */
export function stateOfEntry(entry: RememberedEntry | undefined): AdState {
  if (entry === undefined) return UNKNOWN_AD;
  const { firstDisplayedAtMs, enteredAtMs, daysLate } = entry;
  return { state: 'PUBLISHED', firstDisplayedAtMs, enteredAtMs, daysLate };
}

/** Two sightings of one copy are of one ad unless the platform names two. */
function isSameCopy(a: RememberedSighting, b: RememberedSighting): boolean {
  const isNamedTwice = a.adId !== null && b.adId !== null;
  return !isNamedTwice && a.platformId === b.platformId && a.creative !== null && a.creative === b.creative;
}

function copyOf({ platformId, creative }: RememberedEntry): string {
  return `${platformId}/${creative}`;
}
