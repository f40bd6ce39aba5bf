// A consumer group of the in-memory bus: who reads which partition, and how far the group has come.
// Holds: a division waits for every batch in hand; divisions follow one another; the same members in the same order get
// the same partitions in every run.

import type { TopicPartition } from '../bus.ts';
import { partitionKey } from '../starting-positions.ts';

/** What the group asks of its members. */
export interface GroupMember {
  readonly topics: readonly string[];
  /** Takes no further batch, and resolves when none is in hand. */
  standStill(): Promise<void>;
  /** Begins under a new assignment. */
  begin(assigned: readonly TopicPartition[]): void;
}

/** One group; it outlives its members. */
export class MemoryGroup {
  /** Next offset to read, by partition. */
  readonly committed = new Map<string, bigint>();
  readonly #partitionsOf: (topic: string) => number;
  #members: readonly GroupMember[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(partitionsOf: (topic: string) => number) {
    this.#partitionsOf = partitionsOf;
  }

  /** Resolves when the group has been divided with the new member in it. */
  join(member: GroupMember): Promise<void> {
    this.#members = [...this.#members, member];
    return this.divide();
  }

  /** Takes the member out; the others are divided anew in the background. */
  leave(member: GroupMember): void {
    if (!this.#members.includes(member)) return;
    this.#members = this.#members.filter((one) => one !== member);
    void this.divide();
  }

  commit(place: TopicPartition, next: bigint): void {
    this.committed.set(partitionKey(place), next);
  }

  /** Divides the partitions among the present members. */
  divide(): Promise<void> {
    this.#last = this.#last.then(async () => {
      const members = this.#members;
      await Promise.all(members.map((member) => member.standStill()));
      const shares = this.#shares(members);
      members.forEach((member, index) => member.begin(shares[index] ?? []));
    });
    return this.#last;
  }

  /** Partitions in turn to the members that subscribe to their topic; sorted by topic and partition. */
  #shares(members: readonly GroupMember[]): readonly TopicPartition[][] {
    const shares: TopicPartition[][] = members.map(() => []);
    const topics = [...new Set(members.flatMap((member) => member.topics))].sort();
    let turn = 0;
    for (const topic of topics) {
      const takers = shares.filter((_, index) => members[index]?.topics.includes(topic));
      for (let partition = 0; partition < this.#partitionsOf(topic); partition += 1) {
        takers[turn++ % takers.length]?.push({ topic, partition });
      }
    }
    return shares;
  }
}
