// Leaks: values and runs of words that a draft has in common with records above what it will be marked as.
// Holds: pure; a function of the draft and of the records it is given, so that whoever gives only what the drafter may read tells
// them of nothing else; a value is found however it is defanged; what is written is searched as text, never as a pattern.
// Source: README.md#tradecraft

import type { Bilingual, Policy } from '@sitebus/sdk';
import { textsOf, type LintProduct } from './product.ts';
import type { Place } from './words.ts';

/** A record above the draft, as its drafter may read it. */
export interface LeakSource {
  readonly id: string;
  readonly values: readonly { readonly kind: string; readonly value: string }[];
  readonly texts: readonly string[];
}

/** One place that stands in a record above. */
export interface LeakFinding {
  readonly rule: 'LEAK';
  readonly level: 'E' | 'W';
  readonly pointer: string;
  readonly place: Place;
  /** Records that have it, sorted. */
  readonly sources: readonly string[];
  readonly detail: Bilingual;
  readonly fix: Bilingual;
}

/** These are made of several things, and stand in no text. */
const COMPOSITE: ReadonlySet<string> = new Set(['co-share', 'place-time', 'text', 'media']);
const SHORTEST = 4;

/** @returns the places, in the order of the texts. A value refuses; a run of words needs a reason. */
export function leaksIn(product: LintProduct, sources: readonly LeakSource[], { lintWords }: Pick<Policy, 'lintWords'>): readonly LeakFinding[] {
  const values = idsBy(sources, (source) => source.values.flatMap(({ kind, value }) => (COMPOSITE.has(kind) ? [] : namesOf(kind, value))));
  const runs = idsBy(sources, (source) => source.texts.flatMap((text) => runsOf(text, lintWords.leakWords).map(({ run }) => run)));
  return textsOf(product).flatMap(({ pointer, text }) => [
    ...[...values].flatMap(([value, ids]) => placesOf(value, text).map((place) => leak('value', pointer, place, ids))),
    ...joined(runsOf(text, lintWords.leakWords).flatMap(({ run, start, end }) => (runs.has(run) ? [{ start, end, ids: runs.get(run)! }] : []))).map(
      ({ ids, ...place }) => leak('words', pointer, place, ids),
    ),
  ]);
} // prettier-ignore

function idsBy(
  sources: readonly LeakSource[],
  keysOf: (source: LeakSource) => readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const source of sources)
    for (const key of keysOf(source)) found.set(key, (found.get(key) ?? new Set()).add(source.id));
  return found;
}

/** How a value is written in words: an account also by its handle alone. */
function namesOf(kind: string, value: string): readonly string[] {
  const name = kind === 'account' || kind === 'wallet' ? value.slice(value.indexOf(':') + 1) : value;
  return [...new Set([value, name])].filter((each) => each.length >= SHORTEST);
}

function placesOf(value: string, text: string): readonly Place[] {
  const letters = value
    .replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replaceAll('\\.', String.raw`(?:\.|\[\.\]|\(\.\)|\[dot\]|\(dot\))`)
    .replace(/^http/, 'h(?:tt|xx)p')
    .replaceAll(':\\/\\/', String.raw`(?:\[:\/\/\]|\[:\]\/\/|:\/\/)`);
  const pattern = new RegExp(String.raw`(?<![\p{L}\p{N}])${letters}(?![\p{L}\p{N}])`, 'giu');
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({ start: index, end: index + found.length }));
}

/** Every run of so many words, whatever stands between them. */
function runsOf(text: string, length: number): readonly (Place & { readonly run: string })[] {
  const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(({ 0: word, index }) => ({
    word: word.normalize('NFC').toLowerCase(),
    start: index,
    end: index + word.length,
  }));
  return words.slice(0, Math.max(0, words.length - length + 1)).map(({ start }, at) => ({
    run: words.slice(at, at + length).map(({ word }) => word).join(' '),
    start,
    end: words[at + length - 1]!.end,
  })); // prettier-ignore
}

type Run = Place & { readonly ids: ReadonlySet<string> };

/** Runs that overlap are one place. */
function joined(runs: readonly Run[]): readonly Run[] {
  return runs.reduce<readonly Run[]>((before, run) => {
    const last = before.at(-1);
    if (last === undefined || run.start > last.end) return [...before, run];
    return [...before.slice(0, -1), { start: last.start, end: run.end, ids: new Set([...last.ids, ...run.ids]) }];
  }, []);
}

function leak(what: keyof typeof SAID, pointer: string, place: Place, ids: ReadonlySet<string>): LeakFinding {
  return { rule: 'LEAK', pointer, place, sources: [...ids].sort(), ...SAID[what] };
}

const SAID = Object.freeze({
  value: {
    level: 'E',
    detail: { en: 'this value stands in a record marked above the draft', fr: 'cette valeur figure dans un enregistrement coté au-dessus du projet' },
    fix: { en: 'leave it out, or have it released', fr: 'ôtez-la, ou faites-la diffuser' },
  },
  words: {
    level: 'W',
    detail: { en: 'these words stand in a record marked above the draft', fr: 'ces mots figurent dans un enregistrement coté au-dessus du projet' },
    fix: { en: 'say it in other words, or say why it may stand', fr: 'dites-le autrement, ou dites pourquoi cela peut rester' },
  },
} as const); // prettier-ignore
