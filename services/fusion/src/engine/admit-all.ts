// Takes a cut's records into the state, and says which records count now that did not, and the reverse.
// Holds: a duplicate changes nothing; of two contents of one identity the lesser hash counts; only the net change of a
// cut is seen, so a record that came and was recalled in one cut never was. Source: README.md#identity

import { scheduleExpiry } from './expiry.ts';
import type { FusionObservation } from './observation.ts';
import { LIVE, type LinkingNumbers } from './records.ts';
import type { EngineState } from './state.ts';

/** Records whose liveness differs from before the cut. */
export interface Turned {
  readonly added: readonly number[];
  readonly removed: readonly number[];
}

/** Admits them; `admittedAt` says when, by their place: UTC milliseconds. */
export function admitAll(
  state: EngineState,
  observations: readonly FusionObservation[],
  admittedAt: (place: number) => number,
): Turned {
  const { records, liveness, issued, leaving } = state;
  const turned = new Set<number>();
  /** Two turns are none. */
  const onChange = (record: number) => {
    if (!turned.delete(record)) turned.add(record);
  };
  for (const [place, observation] of observations.entries()) {
    const added = records.add(observation, linkingValues(state, observation), admittedAt(place));
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

/** Numbers of the values that can link, distinct, and how long the longest-lived of them does. */
function linkingValues({ rules, index }: EngineState, { features }: FusionObservation): LinkingNumbers {
  const numbers = new Set<number>(); // a list would be searched for every value of a record that has very many
  let lifetimeDays = 0;
  for (const { kind, value } of features) {
    const number = rules.kindNumbers.get(kind);
    if (number === undefined) continue;
    const feature = index.intern(number, value);
    numbers.add(feature);
    lifetimeDays = Math.max(lifetimeDays, rules.lifetimeDays[number]!);
  }
  return { features: [...numbers], lifetimeDays: lifetimeDays === 0 ? rules.defaultLifetimeDays : lifetimeDays };
}
