// Texts and objects that stand for nothing any more are freed, so that memory follows what is remembered and not all that
// ever came.
// Holds: a number stands as long as anything present, or anything that was worked out from it, names it; numbers do not
// leave the engine, so a sweep changes no byte of what is published (a property test). Source: README.md#memory

import { LoneMoulds } from '../publishing/lone.ts';
import { LIVE, PRESENT } from './records.ts';
import type { EngineState } from '../state.ts';

/** A sweep is due when up to a quarter of all texts and objects may stand for nothing: it then pays for itself. */
const PART = 4;
const FEWEST = 16_384;

/** By number, 1 for what must stand. */
interface Kept {
  readonly ids: Uint8Array;
  readonly tokens: Uint8Array;
  readonly values: Uint8Array;
  readonly facets: Uint8Array;
  readonly contexts: Uint8Array;
}

/** Sweeps when enough has left. Only between two steps, when no record is about to leave its number. */
export function sweepWhenDue(state: EngineState): void {
  const { records, index, coSharePairs } = state;
  const passed = records.passed + coSharePairs.passed;
  if (passed < FEWEST) return;
  const { ids, tokens, facetTable, contextTable } = records;
  const used = ids.used + tokens.used + index.values.used + facetTable.used + contextTable.used;
  if (passed * PART > used) sweep(state);
}

/** Frees what stands for nothing. Cost: the whole state. */
export function sweep(state: EngineState): void {
  const { records, lineages, index, coSharePairs } = state;
  const kept = keptBy(state);
  records.ids.keepOnly(kept.ids, NOTHING_ELSE);
  records.tokens.keepOnly(kept.tokens, NOTHING_ELSE);
  records.facetTable.keepOnly(kept.facets);
  records.contextTable.keepOnly(kept.contexts);
  index.keepOnly(kept.values);
  lineages.keepOnly(kept);
  state.moulds = new LoneMoulds(); // made for facets and contexts by their numbers
  records.startSweep();
  coSharePairs.startSweep();
}

const NOTHING_ELSE = (): void => undefined;

function keptBy(state: EngineState): Kept {
  const { records, lineages, coSharePairs, index } = state;
  const { ids, tokens, facetTable, contextTable } = records;
  const kept: Kept = {
    ids: new Uint8Array(ids.size + 1),
    tokens: new Uint8Array(tokens.size + 1),
    values: new Uint8Array(index.values.size + 1),
    facets: new Uint8Array(facetTable.size + 1),
    contexts: new Uint8Array(contextTable.size + 1),
  };
  for (let record = 1; record <= records.count; record += 1) {
    if (!records.is(record, PRESENT)) continue;
    kept.ids[records.id[record]!] = 1;
    kept.tokens[records.token[record]!] = 1;
    kept.facets[records.facets[record]!] = 1;
    kept.contexts[records.context[record]!] = 1;
    keepValues(state, record, kept.values);
    if (records.is(record, LIVE)) lineages.keepOrigins(record, kept);
  }
  keepNamed(state, kept.ids);
  for (const feature of coSharePairs.features()) kept.values[feature] = 1;
  return kept;
}

/** A record's values, those that are over too, and what follows from them. */
function keepValues({ records, index }: EngineState, record: number, kept: Uint8Array): void {
  const start = records.featureStart[record]!;
  const end = start + records.featureCount[record]! + records.wornCount[record]!;
  for (let at = start; at < end; at += 1) {
    const feature = records.featurePool[at]!;
    kept[feature] = 1;
    const derived = index.derivedEnd(feature);
    for (let each = index.derivedStart(feature); each < derived; each += 1) kept[index.derivedAt(each)] = 1;
  }
}

/** Ids that present records name, whether or not a record bears them. */
function keepNamed({ records }: EngineState, kept: Uint8Array): void {
  for (const parents of records.parents.values()) for (const parent of parents) kept[parent] = 1;
  for (const recalled of records.recalls.values()) kept[recalled] = 1;
  for (const superseded of records.supersedes.values()) kept[superseded] = 1;
  for (const { child, parent } of records.links.values()) kept[child] = kept[parent] = 1;
  for (const { about } of records.positions.values()) kept[records.ids.find(0, about)] = 1;
}
