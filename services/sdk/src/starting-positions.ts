// Where a consumer begins in each partition it has just been assigned.
// Holds: pure; what the caller gives wins, then the position this consumer held without interruption, then the group's
// committed offset, then the end that `from` names. A position before the oldest record moves up and says how much is
// missing; one past the newest is refused, because reading on from anywhere else would be a guess.
// Source: README.md#the-bus

import type { PartitionEnds, TopicPartition } from './bus.ts';
import { offsetOutOfRange } from './errors.ts';

/** Next offsets to read, by `partitionKey`. */
export type Positions = ReadonlyMap<string, bigint>;

/** The key of a partition in maps: `topic/partition`. */
export const partitionKey = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** What is known at an assignment. */
export interface AssignmentFacts {
  readonly assigned: readonly TopicPartition[];
  readonly given: Positions;
  readonly held: Positions;
  readonly committed: Positions;
  /** Ends of every assigned partition that `held` lacks. */
  readonly ends: ReadonlyMap<string, PartitionEnds>;
  readonly from: 'earliest' | 'latest';
}

/** One partition's beginning; `missing` counts offsets that were asked for and no longer exist. */
export interface StartingPosition extends TopicPartition {
  readonly next: bigint;
  readonly missing: bigint;
}

/** One position a partition, in the order of `assigned`. Throws OFFSET_OUT_OF_RANGE, not retriable. */
export function decideStartingPositions(facts: AssignmentFacts): readonly StartingPosition[] {
  return facts.assigned.map((place) => {
    const key = partitionKey(place);
    const ends = facts.ends.get(key);
    const wanted =
      facts.given.get(key) ?? facts.held.get(key) ?? facts.committed.get(key) ?? endNamed(facts.from, ends);
    if (ends === undefined) return { ...place, next: wanted, missing: 0n };
    if (wanted > ends.next) throw offsetOutOfRange({ ...place, next: String(wanted), end: String(ends.next) });
    const next = wanted < ends.earliest ? ends.earliest : wanted;
    return { ...place, next, missing: next - wanted };
  });
}

function endNamed(from: 'earliest' | 'latest', ends: PartitionEnds | undefined): bigint {
  return (from === 'earliest' ? ends?.earliest : ends?.next) ?? 0n;
}
