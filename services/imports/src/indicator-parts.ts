// Deals the values of one report out to IndicatorReports: one chain of parts per marking, at most 1,000 values a part.
// Holds: the order of the values changes nothing; a value lies only in parts of its own marking, so one red value does
// not raise its neighbours; parts are counted per marking, or a low part would tell that a higher one exists.

import { isSameMarking, join, type Marking } from '@sitebus/marking';
import type { ImportMapping } from '@sitebus/sdk';
import { contentName, type NativeRef } from './ids.ts';
import type { ImportDraft } from './reading.ts';
import { buildReport, distinct, type ReportFact } from './report.ts';
import type { ItemEntry } from './tally.ts';
import type { ValueField } from './values.ts';

export type IndicatorField = ValueField | 'fuzzyHashes' | 'references' | 'context';

/** One value of a report, with what the item that holds it is marked. */
export interface IndicatorEntry {
  readonly field: IndicatorField;
  readonly value: string;
  readonly marking: Marking;
  readonly item: ItemEntry;
}

/** Something the whole report says, in every part whose marking covers it. */
export interface MarkedFact {
  readonly fact: ReportFact;
  readonly marking: Marking;
  readonly item: ItemEntry;
}

export interface IndicatorSource {
  readonly title: string;
  readonly native: Omit<NativeRef, 'part'>;
  /** Marking of the container: the title and its text are in every part. */
  readonly marking: Marking;
  readonly observedAtMs?: number | undefined;
  readonly sourceGrade: ImportDraft['sourceGrade'];
  readonly infoGrade: number;
  readonly origin?: string | undefined;
  readonly category?: string | undefined;
  readonly mapping: ImportMapping;
}

const MAX_VALUES_PER_PART = 1_000; // README.md#parts

/** Makes the parts and tells every item which of them carry it. A source without values gives one part of text. */
export function dealIntoParts(
  source: IndicatorSource,
  entries: readonly IndicatorEntry[],
  facts: readonly MarkedFact[],
): ImportDraft[] {
  const own = distinct(entries.map((entry) => join(source.marking, entry.marking)));
  // A fact is in every part that covers it; only one that no part covers makes a part of its own.
  const uncovered = facts
    .map((fact) => join(source.marking, fact.marking))
    .filter((marking) => !own.some((part) => isSameMarking(join(part, marking), part)));
  const markings = distinct([...own, ...uncovered, ...(entries.length === 0 ? [source.marking] : [])]);
  return markings.flatMap((marking) => partsOf(source, marking, entries, facts));
}

function partsOf(
  source: IndicatorSource,
  marking: Marking,
  entries: readonly IndicatorEntry[],
  facts: readonly MarkedFact[],
): ImportDraft[] {
  const own = entries
    .filter((entry) => isSameMarking(join(source.marking, entry.marking), marking))
    .sort(byFieldAndValue);
  const said = facts.filter((fact) => isSameMarking(join(marking, fact.marking), marking));
  const chunks = chunksOf(own);
  return chunks.map((chunk, index) => {
    const draft = draftOf(source, marking, chunk, said, index + 1, chunks.length);
    for (const { item } of chunk) item.carriedBy(draft);
    for (const { item } of said) item.carriedBy(draft);
    return draft;
  });
}

function draftOf(
  source: IndicatorSource,
  marking: Marking,
  chunk: readonly IndicatorEntry[],
  said: readonly MarkedFact[],
  part: number,
  parts: number,
): ImportDraft {
  const chain = isSameMarking(marking, source.marking) ? '' : `${contentName([JSON.stringify(marking)]).slice(0, 16)}/`;
  const facts = said.map(({ fact }) => fact);
  const list = (field: IndicatorField): string[] =>
    distinct(chunk.flatMap((entry) => (entry.field === field ? entry.value : [])));
  return {
    type: 'IndicatorReport',
    native: { ...source.native, part: `${chain}${part}` },
    fields: {
      report: buildReport({ title: source.title, marking, facts, category: source.category }, source.mapping),
      domains: list('domains'),
      ips: list('ips'),
      urls: list('urls'),
      hashes: list('hashes'),
      emails: list('emails'),
      certificates: list('certificates'),
      trackers: list('trackers'),
      wallets: list('wallets'),
      accounts: list('accounts'),
      fuzzyHashes: list('fuzzyHashes'),
      references: list('references'),
      context: list('context'),
      part,
      parts,
    },
    marking,
    ...(source.observedAtMs !== undefined && { observedAtMs: source.observedAtMs }),
    sourceGrade: source.sourceGrade,
    infoGrade: source.infoGrade,
    ...(source.origin !== undefined && { origin: source.origin }),
  };
}

/** Chunks of at most the limit of distinct values; never empty: a report of text alone is one part. */
function chunksOf(sorted: readonly IndicatorEntry[]): IndicatorEntry[][] {
  const chunks: IndicatorEntry[][] = [[]];
  let values = 0;
  let last = '';
  for (const entry of sorted) {
    const name = `${entry.field} ${entry.value}`;
    if (name !== last && values > 0 && values % MAX_VALUES_PER_PART === 0) chunks.push([]);
    if (name !== last) values += 1;
    last = name;
    chunks.at(-1)?.push(entry);
  }
  return chunks;
}

function byFieldAndValue(a: IndicatorEntry, b: IndicatorEntry): number {
  const [left, right] = [`${a.field} ${a.value}`, `${b.field} ${b.value}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
