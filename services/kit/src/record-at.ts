// One record, read again from the place on the bus where it lies.
// Holds: a later record in its place means that it is gone; a bus that does not answer is told apart from a place that is
// empty, because callers differ in what they make of that. Source: README.md#one-record-again

import type { BusPort, BusRecord, TopicPartition } from '@sitebus/sdk';

/** A place on the bus. */
export interface RecordPlace extends TopicPartition {
  readonly offset: bigint;
}

/**
 * Reads the record at a place that is before the partition's end. `groupId` is one of its own; `withinMs` bounds the wait.
 * @returns undefined where it was compacted away; `unanswered` where the bus said nothing in time, or its consumer ended.
 * Rejects as `createConsumer` does.
 */
export async function recordAt(
  bus: BusPort,
  { topic, partition, offset }: RecordPlace,
  { groupId, withinMs }: { readonly groupId: string; readonly withinMs: number },
): Promise<BusRecord | undefined | 'unanswered'> {
  let found: (record: BusRecord | undefined) => void = () => {};
  const answer = new Promise<BusRecord | undefined>((resolve) => (found = resolve));
  const consumer = await bus.createConsumer({
    groupId,
    topics: [topic],
    from: 'latest',
    commit: 'never',
    startAt: async () => [{ topic, partition, next: offset }],
    onBatch: async (batch) => {
      const first = batch.partition === partition ? batch.records.find((record) => record.offset >= offset) : undefined;
      if (first !== undefined) found(first.offset === offset ? first : undefined);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'unanswered'>((resolve) => (timer = setTimeout(resolve, withinMs, 'unanswered')));
  try {
    return await Promise.race([answer, late, consumer.fatal.then(() => 'unanswered' as const)]);
  } finally {
    clearTimeout(timer);
    await consumer.close();
  }
}
