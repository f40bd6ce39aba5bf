// Looks where the texts of the next records will be searched, before the first of them is.
// Holds: changes nothing. Tables of millions of texts lie far from the processor, and what is searched one by one is waited
// for one by one: without this, admission into the engine costs a quarter more at 600,000 records.
// Source: README.md#packed-records

import { RECORD_WORDS, WORD, type PackedObservations } from '../packed-observations.ts';
import type { EngineState } from '../state.ts';
import { endOfText } from './text-words.ts';

/** So few that what was looked at is still near when it is searched. */
const RECORDS = 16;

/** Looks ahead from `from` on, at places before `to`. @returns where to look ahead again. */
export function glanceAhead(
  { index, records }: Pick<EngineState, 'index' | 'records'>,
  { starts, words }: Pick<PackedObservations, 'starts' | 'words'>,
  from: number,
  to: number,
): number {
  const end = Math.min(to, from + RECORDS);
  for (let place = from; place < end; place += 1) {
    const start = starts[place]!;
    if (start < 0) continue;
    let at = start + RECORD_WORDS;
    for (let left = words[start + WORD.values]!; left > 0; left -= 1) at = glanceAtValue(index, words, at);
    records.ids.glance(words, at);
    if (words[start + WORD.hasToken] !== 0) records.tokens.glance(words, endOfText(words, at));
  }
  return end;
}

/** A value, and what follows from it. @returns where they end. */
function glanceAtValue({ values }: EngineState['index'], words: Int32Array, from: number): number {
  values.glance(words, from);
  let at = endOfText(words, from);
  let left = words[at]!;
  for (at += 1; left > 0; left -= 1) {
    values.glance(words, at);
    at = endOfText(words, at);
  }
  return at;
}
