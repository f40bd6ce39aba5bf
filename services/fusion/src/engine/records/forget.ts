// Letting go of records for good: by age, for want of room, or because another content of theirs counts.
// Holds: forgetting brings nothing back: what would count again because of it goes too, in rounds, so that who is
// forgotten is a set and no order shows; a number is given back only when nothing refers to it. Source: README.md#time

import { LIVE } from './records.ts';
import type { EngineState } from '../state.ts';

/** Makes records count for nothing from now on. @returns those among all that go that counted until now. */
export function forget({ records, liveness, leaving }: EngineState, given: readonly number[]): number[] {
  const turned = new Set<number>();
  const toggle = (record: number) => {
    if (!turned.delete(record)) turned.add(record);
  };
  for (let round = given; round.length > 0; round = [...turned].filter((record) => records.is(record, LIVE))) {
    for (const record of round) records.withdraw(record);
    for (const record of round) liveness.noticed(record, toggle);
    for (const record of round) leaving.push(record); // no spread: when a hold ends it may be all of them
  }
  return [...turned];
}

/** Gives back the numbers of records that left in this step. */
export function reclaim({ records, liveness, issued, leaving, day }: EngineState): void {
  for (const record of leaving) {
    issued.depart(record, day);
    liveness.forget(record);
    records.release(record);
  }
  leaving.length = 0;
  if (records.hasGaps) records.closeGaps();
}
