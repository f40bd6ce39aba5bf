// What a format reader is given and what it answers: drafts of observations, and the fate of every item of the file.
// Holds: a reader is pure and synchronous; it decides nothing about topics, recorded time or what was imported before.

import type { Marking } from '@sitebus/marking';
import type { ImportFormat, ImportMapping, Observation, ObservationType, Policy } from '@sitebus/sdk';
import type { NativeRef } from './ids.ts';
import type { JournalNote } from './journal.ts';
import type { JsonObject } from './untrusted.ts';

/** Everything a reader may know besides the bytes. */
export interface ReadingContext {
  readonly agency: string;
  readonly source: string;
  readonly format: string;
  readonly policy: Policy;
  /** The source's entry of policy: without one no file is read. */
  readonly mapping: ImportMapping;
  readonly nowMs: number;
  /** True for a state-media account that was entered before. */
  readonly isListed: (account: string) => boolean;
  /** What was noted before, by key, newest; absent: nothing ever was. */
  readonly notesOf?: (kind: string) => ReadonlyMap<string, JsonObject>;
}

/** An observation as a reader makes it: all but the envelope's id, times and links, which the runtime gives. */
export interface ImportDraft {
  readonly type: ObservationType;
  readonly native: NativeRef;
  /** The record's fields but `envelope`, as they are encoded. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly marking: Marking;
  /** UTC milliseconds; undefined where the format has no time at all: then it is the time of the first import. */
  readonly observedAtMs?: number;
  readonly sourceGrade: Observation['envelope']['sourceGrade'];
  readonly infoGrade: number;
  /** Canonical origin (README.md#origins); undefined gives no token. */
  readonly origin?: string;
  readonly derivedFrom?: readonly string[];
  /** Remembered with it: on disk before it is published, and only if it passed every check. */
  readonly notes?: readonly JournalNote[];
}

/** What its producer has withdrawn: all that was made from a thing, or one record. What was made is recalled. */
export type Withdrawal = {
  readonly reason: string;
  /** Id of what is to be read in its place. */
  readonly replacement?: string;
  /** When it was withdrawn, UTC milliseconds; absent: as it is taken in. */
  readonly observedAtMs?: number;
} & ({ readonly format: string; readonly nativeId: string } | { readonly recordId: string });

/** Where an item stands in the file. */
export interface ItemPlace {
  /** Line of a table, else running number; from 1. */
  readonly line: number;
  /** JSON pointer, or the column's name. */
  readonly pointer: string;
}

export interface NotCarried extends ItemPlace {
  readonly status: 'refused' | 'skipped';
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
}

/** The item is in these drafts, the one to be named first. */
export interface Carried extends ItemPlace {
  readonly status: 'carried';
  readonly drafts: readonly ImportDraft[];
  readonly warnings: readonly string[];
}

/** The item asks for a recall. */
export interface Withdrawn extends ItemPlace {
  readonly status: 'withdrawn';
  readonly withdrawal: Withdrawal;
}

/** What became of one item: carried by drafts, withdrawn at its source, refused or skipped. */
export type ItemFate = Carried | Withdrawn | NotCarried;

/** A whole file, read. Every item has one fate; every draft carries at least one item. */
export interface Reading {
  readonly fates: readonly ItemFate[];
  /** Remembered whatever becomes of the items: what there is nothing to observe of yet. */
  readonly notes?: readonly JournalNote[];
}

/** Reads one format. Never throws on bad input: what cannot be read at all is one refused item. */
export interface FormatReader {
  /** As in `POST /v1/imports/{format}`. */
  readonly format: ImportFormat;
  read(content: Buffer, context: ReadingContext): Reading;
  /**
   * The file as it may be kept, for formats in which people also write what must not be: as a dead letter and in the file
   * drop it stands in place of the file. Absent: the file may be kept as it is. Never throws.
   */
  toKeep?(content: Buffer, mapping: Pick<ImportMapping, 'columns'>): Buffer;
}
