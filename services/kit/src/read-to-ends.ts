// Topics, read from their beginning up to the ends they have now.
// Holds: what comes later is not of this reading; it commits nothing; that not everything came is an answer, because callers differ
// in what they make of it. Source: README.md#topics-to-their-ends

import type { BusPort, BusRecord, PartitionEnds } from '@sitebus/sdk';

/** How topics are read. */
export interface ToEnds {
  /** Of this reading alone. */
  readonly groupId: string;
  /** Records of a partition come in their order, one after the other. What it throws or rejects with ends the reading. */
  readonly each: (record: BusRecord) => void | Promise<void>;
  /**
   * Whether the topics are written in transactions alone: then the last offset of a partition is a marker, one past the last
   * record that anyone sees. Default: not.
   */
  readonly isTransactional?: boolean;
  /** Offset to begin at in a partition that holds something; default: its earliest. */
  readonly startAt?: (ends: PartitionEnds) => bigint;
  /** Silence after which it is given up, before the first record and after one, ms. */
  readonly firstWithinMs: number;
  readonly quietMs: number;
}

/**
 * Reads them. @returns whether every partition was read to its end; false after a silence: either what is left are markers of
 * transactions that came to nothing, or the bus says no more. Rejects with what the consumer died of.
 */
export async function readToEnds(bus: BusPort, topics: readonly string[], how: ToEnds): Promise<boolean> {
  const open = new Map<string, bigint>(); // partition → its end
  const starts: { topic: string; partition: number; next: bigint }[] = [];
  for (const topic of topics)
    for (const ends of await bus.inspect.ends(topic)) {
      const { partition, earliest, next } = ends;
      if (earliest === next) continue;
      open.set(placeOf({ topic, partition }), next);
      starts.push({ topic, partition, next: how.startAt?.(ends) ?? earliest });
    }
  if (open.size === 0) return true;
  const hidden = how.isTransactional === true ? 1n : 0n;
  let settle: (isRead: boolean) => void = () => {};
  const finished = new Promise<boolean>((resolve) => (settle = resolve));
  let quiet = setTimeout(settle, how.firstWithinMs, false);
  const consumer = await bus.createConsumer({
    groupId: how.groupId,
    topics,
    from: 'earliest',
    commit: 'never',
    ...(how.startAt && {
      startAt: async (assigned) => starts.filter((start) => assigned.some((each) => placeOf(each) === placeOf(start))),
    }),
    onBatch: async ({ topic, partition, records }) => {
      clearTimeout(quiet);
      const place = placeOf({ topic, partition });
      const end = open.get(place) ?? 0n;
      for (const record of records) {
        const taken = record.offset < end ? how.each(record) : undefined;
        if (taken !== undefined) await taken;
      }
      if ((records.at(-1)?.offset ?? -1n) + 1n + hidden >= end) open.delete(place);
      if (open.size === 0) settle(true);
      else quiet = setTimeout(settle, how.quietMs, false);
    },
  });
  const outcome = await Promise.race([finished, consumer.fatal]);
  clearTimeout(quiet);
  await consumer.close();
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

function placeOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}
