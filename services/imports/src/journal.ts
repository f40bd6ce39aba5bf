// What an agency has taken in: which revision of which thing became which observation. Written before the bus is, so that
// a crash in the middle repeats the same bytes, and a file read twice yields nothing new.
// Holds: append-only; a torn last line is ignored; an entry that was begun and never accepted is begun again unchanged.
// Source: README.md#the-journal

import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Observation } from '@sitebus/sdk';
import { at, sortedJson, type JsonObject } from './untrusted.ts';

/** One observation made from an import. */
export interface JournalEntry {
  readonly id: string;
  readonly format: string;
  readonly nativeId: string;
  readonly part: string;
  readonly revision: string;
  readonly revisedAtMs: number | null;
  /** SHA-256 of everything but times the service gives. */
  readonly contentHash: string;
  readonly cell: string;
  /** As on the wire. */
  readonly marking: Observation['envelope']['marking'];
  readonly recordedAtMs: number;
  readonly observedAtMs: number;
  readonly supersedes: string | null;
  /** Set for the recall of another entry's observation. */
  readonly recalls: string | null;
  /** What that recall says, so that one that was interrupted repeats the same bytes. */
  readonly recall?: { readonly reason: string; readonly replacement: string | null };
}

/** Something an agency must remember beside its observations, under a kind and a key; the newest holds. */
export interface JournalNote {
  readonly kind: string;
  readonly key: string;
  readonly value: JsonObject;
}

/** What was taken in, by id and by native thing. */
export interface Journal {
  entryOf(id: string): JournalEntry | undefined;
  isAccepted(id: string): boolean;
  /** The newest entry of one part of a thing, recalled or not; undefined when it is new. */
  latestOf(format: string, nativeId: string, part: string): JournalEntry | undefined;
  /** Newest entries of every part of a thing, without those whose recall was accepted. */
  liveOf(format: string, nativeId: string): readonly JournalEntry[];
  /** Recalls that were begun and never accepted, whatever they belong to, in the order in which they were begun. */
  pendingRecalls(): readonly JournalEntry[];
  /** The newest note under each key of a kind; empty when there is none. */
  notesOf(kind: string): ReadonlyMap<string, JsonObject>;
  /** Resolves when entries and notes are on disk, together; must come before anything of them is published. */
  begin(entries: readonly JournalEntry[], notes?: readonly JournalNote[]): Promise<void>;
  /** Resolves when it is on disk that the bus has these. */
  accept(ids: readonly string[]): Promise<void>;
}

type Line = { readonly begun: JournalEntry } | { readonly accepted: string } | { readonly noted: JournalNote };

/** A journal in memory: within one process nothing doubles; after a restart ids still are the same. */
export function createMemoryJournal(): Journal {
  return journalOver(() => Promise.resolve());
}

/** A journal kept in a file of JSON lines, read whole at the start. Rejects when the file cannot be read. */
export async function openFileJournal(path: string): Promise<Journal> {
  await mkdir(dirname(path), { recursive: true });
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (at(cause, 'code') === 'ENOENT') return '';
    throw cause;
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await appendFile(path, '\n', { flush: true }); // ends the torn line, which is skipped
  const lines = text.split('\n').flatMap(toLine);
  return journalOver(
    (added) => appendFile(path, added.map((line) => `${JSON.stringify(line)}\n`).join(''), { flush: true }),
    lines,
  );
}

function toLine(text: string): Line[] {
  if (text === '') return [];
  try {
    return [JSON.parse(text) as Line]; // our own file, written below
  } catch {
    return []; // a line torn by a crash: what it began was never published
  }
}

function journalOver(write: (lines: readonly Line[]) => Promise<void>, known: readonly Line[] = []): Journal {
  const entries = new Map<string, JournalEntry>();
  const accepted = new Set<string>();
  const recalled = new Set<string>();
  const pending = new Map<string, JournalEntry>();
  const things = new Map<string, Map<string, string>>();
  const notes = new Map<string, Map<string, JsonObject>>();
  const apply = (line: Line): void => {
    if ('accepted' in line) {
      accepted.add(line.accepted);
      const target = pending.get(line.accepted)?.recalls ?? null;
      if (target !== null) recalled.add(target);
      pending.delete(line.accepted);
      return;
    }
    if ('noted' in line) {
      const { kind, key, value } = line.noted;
      notes.set(kind, (notes.get(kind) ?? new Map<string, JsonObject>()).set(key, value));
      return;
    }
    const { begun } = line;
    entries.set(begun.id, begun);
    if (begun.recalls !== null) return void pending.set(begun.id, begun);
    const name = thingName(begun.format, begun.nativeId);
    things.set(name, (things.get(name) ?? new Map<string, string>()).set(begun.part, begun.id));
  };
  known.forEach(apply);
  const add = async (lines: readonly Line[]): Promise<void> => {
    if (lines.length === 0) return;
    await write(lines);
    lines.forEach(apply);
  };
  const latestOf = (format: string, nativeId: string, part: string): JournalEntry | undefined =>
    entries.get(things.get(thingName(format, nativeId))?.get(part) ?? '');
  return {
    entryOf: (id) => entries.get(id),
    isAccepted: (id) => accepted.has(id),
    latestOf,
    liveOf: (format, nativeId) =>
      [...(things.get(thingName(format, nativeId))?.values() ?? [])].flatMap((id) =>
        recalled.has(id) ? [] : (entries.get(id) ?? []),
      ),
    pendingRecalls: () => [...pending.values()],
    notesOf: (kind) => notes.get(kind) ?? NO_NOTES,
    begin: (added, noted = []) =>
      add([
        ...added.map((begun) => ({ begun })),
        ...noted.filter((note) => !isNoted(note, notes)).map((each) => ({ noted: each })), // the same again costs nothing
      ]),
    accept: (ids) => add(ids.map((id) => ({ accepted: id }))),
  };
}

const NO_NOTES: ReadonlyMap<string, JsonObject> = new Map();

function isNoted(
  { kind, key, value }: JournalNote,
  notes: ReadonlyMap<string, ReadonlyMap<string, JsonObject>>,
): boolean {
  const present = notes.get(kind)?.get(key);
  return present !== undefined && sortedJson(present) === sortedJson(value);
}

function thingName(format: string, nativeId: string): string {
  return `${format}\u001f${nativeId}`;
}
