// Takes a cut's records into the state, and says which records count now that did not, and the reverse.
// Holds: a duplicate changes nothing; of two contents of one identity the lesser hash counts; only the net change of a
// cut is seen, so a record that came and was recalled in one cut never was. Source: README.md#identity

import { scheduleExpiry } from './expiry.ts';
import type { CommonValue, FusionObservation } from '../observation.ts';
import { linkingValues } from '../values/linking-values.ts';
import { LIVE } from './records.ts';
import type { EngineState } from '../state.ts';

/** Records whose liveness differs from before the cut. */
export interface Turned {
  readonly added: readonly number[];
  readonly removed: readonly number[];
}

/** Admits them; `admittedAt` says when, by their place: UTC milliseconds. */
export function admitAll(
  state: EngineState,
  observations: Iterable<FusionObservation>,
  admittedAt: (place: number) => number,
): Turned {
  const { records, liveness, issued, leaving, rules, index } = state;
  const turned = new Set<number>();
  /** Two turns are none. */
  const onChange = (record: number) => {
    if (!turned.delete(record)) turned.add(record);
  };
  let place = -1;
  for (const observation of observations) {
    place += 1;
    const taken = linkingValues(rules, index, observation.features);
    const added = records.add(withContext(observation, taken.vague), taken, admittedAt(place));
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
  const added: number[] = [];
  const removed: number[] = [];
  for (const record of turned) (records.is(record, LIVE) ? added : removed).push(record);
  return { added, removed };
}

function withContext(observation: FusionObservation, vague: readonly CommonValue[]): FusionObservation {
  return vague.length === 0 ? observation : { ...observation, context: [...observation.context, ...vague] };
}
