// A topic of one partition, read again from its beginning to a record that is known to be there.
// Holds: the group is of this reading alone and commits nothing; what comes after that record is no part of it; whatever cannot
// be read, or whatever the caller throws for a record, rejects. A transaction's marker reaches no reader: name a record.

import type { BusPort, BusRecord } from '@sitebus/sdk';

/** Reads up to the record at this offset, inclusive. Rejects with what ended the consumer. */
export async function readUpTo(
  bus: BusPort,
  { topic, offset }: { readonly topic: string; readonly offset: bigint },
  { groupId, each }: { readonly groupId: string; readonly each: (record: BusRecord) => void },
): Promise<void> {
  let done: () => void = () => {};
  const finished = new Promise<void>((resolve) => (done = resolve));
  const consumer = await bus.createConsumer({
    groupId,
    topics: [topic],
    from: 'earliest',
    commit: 'never',
    onBatch: async ({ records }) => {
      for (const record of records) {
        if (record.offset <= offset) each(record);
        if (record.offset >= offset) done();
      }
    },
  });
  const cause = await Promise.race([finished, consumer.fatal]);
  await consumer.close();
  if (cause instanceof Error) throw cause;
}
