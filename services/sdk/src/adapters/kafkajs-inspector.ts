// What a principal may ask about topics, answered by the cluster.
// Holds: reads only; lists are sorted, so that two runs print alike.

import type { BusInspector, PartitionEnds } from '../bus.ts';
import type { AdminAccess } from './kafkajs-client.ts';
import { toRefusal } from './kafkajs-refusals.ts';
import { onceSettled } from './settling.ts';

/** An inspector, which also knows how many partitions a topic has. */
export interface TopicInspector extends BusInspector {
  /** Partitions of a topic; asked again after five minutes. Rejects with NOT_ALLOWED or UNREACHABLE (also: no such topic). */
  partitionsOf(topic: string): Promise<number>;
  /** The same where it is known without asking. */
  knownPartitionsOf(topic: string): number | undefined;
}

const FRESH_MS = 300_000;

/** Answers from the shared connection. */
export function createInspector(access: AdminAccess, now: () => number = () => performance.now()): TopicInspector {
  const counts = new Map<string, { readonly partitions: number; readonly askedAtMs: number }>();
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: the driver has one lock for what it knows of topics, and gives up waiting for it. */
  const inTurn = <T>(ask: () => Promise<T>): Promise<T> => {
    const mine = last.then(ask);
    last = mine.catch(() => undefined); // its caller has the rejection
    return mine;
  };

  const knownPartitionsOf = (topic: string): number | undefined => {
    const known = counts.get(topic);
    return known !== undefined && now() - known.askedAtMs < FRESH_MS ? known.partitions : undefined;
  };

  return {
    knownPartitionsOf,
    async partitionsOf(topic) {
      const known = knownPartitionsOf(topic);
      if (known !== undefined) return known;
      const partitions = await asking(topic, async () => {
        const admin = await access.connected();
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics[0]?.partitions.length ?? 0;
      });
      counts.set(topic, { partitions, askedAtMs: now() });
      return partitions;
    },
    topics: () => asking('topics', async () => (await (await access.connected()).listTopics()).sort()),
    ends: (topic) =>
      inTurn(() =>
        asking(topic, async () => {
          const admin = await access.connected();
          const offsets = await admin.fetchTopicOffsets(topic).catch(sayNotYet);
          const ends: PartitionEnds[] = offsets.map(({ partition, low, high }) => ({
            topic,
            partition,
            earliest: BigInt(low),
            next: BigInt(high),
          }));
          return ends.sort((a, b) => a.partition - b.partition);
        }),
      ),
  };
}

/**
 * Where the driver's picture of the cluster was being refreshed for somebody else, it may lack the topic just asked for, and
 * the driver trips over that (admin/index.js, `high.pop()`): the next refresh has it.
 */
function sayNotYet(error: unknown): never {
  if (!(error instanceof TypeError)) throw error;
  throw Object.assign(new Error('the topic is not in the metadata yet', { cause: error }), {
    type: 'LEADER_NOT_AVAILABLE',
  });
}

async function asking<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await onceSettled(ask);
  } catch (error) {
    throw toRefusal(error, { what });
  }
}
