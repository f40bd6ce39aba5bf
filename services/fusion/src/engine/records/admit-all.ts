// Takes a cut's records into the state, and says which records count now that did not, and the reverse.
// Holds: a duplicate changes nothing; of two contents of one identity the lesser hash counts; only the net change of a
// cut is seen, so a record that came and was recalled in one cut never was; nothing of a record that the view may not read
// is looked at. Source: README.md#identity

import { scheduleExpiry } from './expiry.ts';
import { RECORD_WORDS, WORD, type PackedSlice } from '../packed-observations.ts';
import { glanceAhead } from '../values/glance-ahead.ts';
import { linkingValues } from '../values/linking-values.ts';
import { LIVE } from './records.ts';
import type { EngineState } from '../state.ts';

/** Records whose liveness differs from before the cut. */
export interface Turned {
  readonly added: readonly number[];
  readonly removed: readonly number[];
}

/** Admits them; `admittedAt` says when, by how many came before: UTC milliseconds. */
export function admitAll(
  state: EngineState,
  slices: Iterable<PackedSlice>,
  admittedAt: (nth: number) => number,
): Turned {
  const { records, liveness, issued, leaving, index } = state;
  const turned = new Set<number>();
  /** Two turns are none. */
  const onChange = (record: number) => {
    if (!turned.delete(record)) turned.add(record);
  };
  const features: number[] = [];
  let nth = -1;
  for (const { packed, from, to, readable } of slices) {
    const { starts, words } = packed;
    let ahead = from;
    for (let place = from; place < to; place += 1) {
      const start = starts[place]!;
      if (start < 0 || readable[words[start + WORD.marking]!] !== 1) continue;
      if (place >= ahead) ahead = glanceAhead(state, packed, place, to);
      nth += 1;
      const idAt = linkingValues(index, packed, start + RECORD_WORDS, words[start + WORD.values]!, features);
      const added = records.add(packed, place, idAt, features, admittedAt(nth));
      if (added === undefined) continue;
      const { record, replaced } = added;
      issued.reach(record);
      scheduleExpiry(state, record);
      if (replaced !== 0) {
        const entry = issued.entryOf[replaced]!;
        if (entry !== 0) issued.assign(entry, record);
        liveness.noticed(replaced, onChange);
        leaving.push(replaced);
      }
      liveness.noticed(record, onChange);
    }
  }
  const added: number[] = [];
  const removed: number[] = [];
  for (const record of turned) (records.is(record, LIVE) ? added : removed).push(record);
  return { added, removed };
}
