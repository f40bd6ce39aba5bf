// What the gateway keeps of the bus, as it was decoded, and the questions routes ask of it.
// Holds: nothing here has been judged: a Stored value goes to a reader only through release.ts. Positions are functions
// of the records alone (append time and id, or offset), so they survive a rebuild. Source: README.md#read-model

import type { Marking } from '@sitebus/marking';
import type { Alert, Assessment, Envelope, Report } from '@sitebus/sdk';
import type { JsonObject } from '../avro-json.ts';
import type { VersionChange, VersionFacts } from '../history/change.ts';
import type { StoredNotification } from '../receipts/items.ts';
import type { TriageEntry } from '../store/desk.ts';

/** Place in a list: append time at the broker (UTC milliseconds), then id, then what tells records of one id apart. */
export interface Position {
  readonly atMs: number;
  /** Canonical UUID. */
  readonly id: string;
  /** 63 bits of a hash of agency, cell and marking: an id is unique only within those. 0 where ids are unique. */
  readonly part?: bigint;
}

/** An observation that says something of another: recalls it, supersedes it. */
export interface Successor {
  readonly id: string;
  readonly marking: Marking;
}

/** One observation, as accepted first under its marking. */
export interface StoredObservation extends Position {
  readonly kind: 'observation';
  /** Short record type. */
  readonly type: string;
  /** Full Avro name. */
  readonly subject: string;
  readonly agency: string;
  readonly cell: string;
  /** Its key on the bus, which an order to erase it names. */
  readonly recordKey?: string;
  readonly marking: Marking;
  /** Markings of those accepted before it under its agency, cell and id: who sees one of those gets that one instead. */
  readonly earlier: readonly Marking[];
  readonly value: ObservationValue;
  /** Normalised values that link. */
  readonly features: readonly { readonly kind: string; readonly value: string }[];
  readonly recalledBy: readonly Successor[];
  readonly supersededBy: readonly Successor[];
  /** Ids it cites, with the markings under which the store has them; an id that the store lacks is absent. */
  readonly cited: ReadonlyMap<string, readonly Marking[]>;
  /** Assessments of this view that list it as a member, now. */
  readonly assessments: readonly StoredAssessment[];
}

/** Any observation: envelope first, a report where it is a sighting, then its own fields. */
export interface ObservationValue {
  readonly envelope: Envelope;
  readonly report?: Report;
  readonly [field: string]: unknown;
}

/** The newest version of an assessment. */
export interface StoredAssessment extends Position {
  readonly kind: 'assessment';
  readonly marking: Marking;
  readonly value: Assessment;
}

/** Where a version lies in assess.<view>. */
export interface VersionPlace {
  readonly partition: number;
  readonly offset: bigint;
}

/** One version of an assessment, in a line. */
export interface StoredVersion extends Position {
  readonly assessedAtMs: number;
  readonly marking: Marking;
  readonly facts: VersionFacts;
  /** From the version before it, which had this marking; absent for the first that is known. */
  readonly change?: VersionChange & { readonly before: Marking };
  readonly place?: VersionPlace;
}

/** One alert, with the assessment it is about as the store has it now. */
export interface StoredAlert {
  readonly kind: 'alert';
  readonly id: string;
  /** In alert.<view>, which has one partition. */
  readonly offset: bigint;
  readonly atMs: number;
  readonly marking: Marking;
  readonly value: Alert;
  readonly assessment: StoredAssessment | undefined;
  /** What was decided about it, newest first or only the newest; absent where the desk was not asked. */
  readonly triage?: readonly TriageEntry[];
}

/** Something that a person keeps on their desk; `value` is what is shown of it. */
export interface StoredDeskItem {
  readonly kind: 'desk-item';
  readonly id: string;
  readonly marking: Marking;
  readonly value: JsonObject;
}

/** A tearline, a downgrade or an identity release as the guard answered it, or what the research room did; `value` is what is shown. */
export interface StoredDisclosure extends Position {
  readonly kind: 'disclosure';
  /** Of the record it is about. */
  readonly marking: Marking;
  readonly value: JsonObject;
}

/** What protocol keeps of one thing it decides, as it answered it; parts that a reader does not see are not there. */
export interface StoredMatter extends Position {
  readonly kind: 'matter';
  readonly marking: Marking;
  readonly value: JsonObject;
  readonly parts: readonly { readonly name: string; readonly marking: Marking; readonly value: JsonObject }[];
}

/** What has been heard from one agency in one cell; counts only what the view's own clearance dominates. */
export interface StoredSource {
  readonly kind: 'source';
  /** `<cell>.<agency>`. */
  readonly id: string;
  readonly agency: string;
  readonly cell: string;
  /** Join of everything counted. */
  readonly marking: Marking;
  readonly observations: number;
  /** Of them: above the join of their portions; held by their originator; of which nothing is to go lower. */
  readonly marked: { readonly over: number; readonly orcon: number; readonly withoutTearline: number };
  readonly lastEventMs: number;
  /** Median of the last hundred intervals between events, milliseconds; undefined before the second event. */
  readonly usualIntervalMs?: number;
  /** Events of the last 24 hours before the last event. */
  readonly lastDay: number;
  /** From recording at the agency to the bus, over the last thousand. */
  readonly lagMs: { readonly p50: number; readonly p99: number };
}

export type Stored =
  | StoredObservation
  | StoredAssessment
  | StoredAlert
  | StoredSource
  | StoredNotification
  | StoredDeskItem
  | StoredMatter
  | StoredDisclosure;

/** Questions of the routes. Answers are unjudged; lists come newest first, lazily, and skip nothing. */
export interface ReadModel {
  /** All with this id, one per agency, cell and marking, oldest first: an id is unique only within those. */
  observation(id: string): Promise<readonly StoredObservation[]>;
  /** Those before the position, or from the newest. */
  observations(before?: Position): AsyncIterable<StoredObservation>;
  /** Of those, the ones of this short record type, in the same order: nothing else is walked. */
  ofType(type: string, before?: Position): AsyncIterable<StoredObservation>;
  assessment(id: string): Promise<StoredAssessment | undefined>;
  assessments(before?: Position): AsyncIterable<StoredAssessment>;
  /** Every version that the bus still has, oldest first; none where there is no such assessment. */
  versions(id: string): Promise<readonly StoredVersion[]>;
  /** A version whole, as it was written; undefined where the bus has it no longer. Throws `fail-closed` where it does not answer. */
  assessmentVersion(id: string, version: number): Promise<StoredAssessment | undefined>;
  alert(id: string): Promise<StoredAlert | undefined>;
  /** Those with an offset below `before`, or from the newest. */
  alerts(before?: bigint): AsyncIterable<StoredAlert>;
  /** Observations with this normalised value, newest first. */
  withFeature(kind: string, value: string): AsyncIterable<StoredObservation>;
  /** Values this view's assessments show as context, with the assessments that say so. */
  contextOf(kind: string, value: string): Promise<readonly StoredAssessment[]>;
  sources(): Promise<readonly StoredSource[]>;
  readonly alertLog: AlertLog;
  readonly journal: Journal;
}

/** Everything the view has, in one order that every start and every replica finds again: what collections are numbered by. */
export interface Journal {
  /**
   * Entries from this index on, oldest first. Grows at its end alone: what came too late for its place stands at the end.
   * The newest second is not in it yet, so that records of several partitions find their order.
   */
  settled(from: number): readonly JournalEntry[];
}

/** One record as it was taken in. */
export interface JournalEntry {
  /** UTC milliseconds, never descending: the append time, but of what came too late. */
  readonly atMs: number;
  /** Unjudged, as it stands now. Of a replaced version only what `isReplaced` allows. */
  readonly record: () => StoredObservation | StoredAssessment | StoredAlert;
  /** True for an assessment of which a newer version has settled: of it only ids, links and positions are kept, to be counted. */
  readonly isReplaced: () => boolean;
}

/** The order of alert.<view>, for streams. */
export interface AlertLog {
  /** The first offset that still exists, and the one the next alert gets. */
  ends(): { readonly earliest: bigint; readonly next: bigint };
  /** Where the topic ends by now, read so far or not. Rejects with `fail-closed` where the bus does not say. */
  endOnBus(): Promise<bigint>;
  /** At most `limit` alerts with offset ≥ `from`, in order, each beside an assessment of at least its version where that comes in time. */
  read(from: bigint, limit: number): Promise<readonly StoredAlert[]>;
  /** The first offset appended at or after the time; `next` where there is none. */
  offsetAt(timeMs: number): bigint;
  /** Resolves when an alert at or after `from` exists, or the signal aborts. */
  arrival(from: bigint, signal: AbortSignal): Promise<void>;
}
