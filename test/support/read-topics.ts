// Every record on every topic of a world's broker, as its administrator sees it.

import { createKafkaBus } from '@sitebus/sdk/kafka';
import { silentLog, type BusRecord } from '@sitebus/sdk';
import { eventually } from './eventually.ts';
import { randomName } from './random-names.ts';
import type { World } from './world.ts';

/** Reads from the beginning to the ends as they are when it is called. */
export async function readTopics({
  bootstrap,
  admin,
}: Pick<World, 'bootstrap' | 'admin'>): Promise<readonly BusRecord[]> {
  const bus = createKafkaBus({
    brokers: [bootstrap],
    sasl: { username: admin.user, password: admin.password },
    clientId: 'reads-everything',
    log: silentLog,
  });
  try {
    const topics = (await bus.inspect.topics()).filter((topic) => !topic.startsWith('_'));
    const ends = (await Promise.all(topics.map((topic) => bus.inspect.ends(topic)))).flat();
    const filled = ends.filter(({ earliest, next }) => next > earliest);
    const found: BusRecord[] = [];
    const reached = new Map<string, bigint>();
    const consumer = await bus.createConsumer({
      groupId: randomName('reads-everything'),
      topics,
      from: 'earliest',
      commit: 'never',
      onBatch: ({ topic, partition, records }) => {
        found.push(...records);
        reached.set(`${topic}/${partition}`, records.at(-1)!.offset);
        return Promise.resolve();
      },
    });
    // The last place of a transactional topic is a marker, which no reader is given.
    const isRead = ({ topic, partition, next }: (typeof filled)[number]) =>
      (reached.get(`${topic}/${partition}`) ?? -1n) >= next - 2n;
    await eventually(() => filled.every(isRead), { what: 'the end of every topic' });
    await consumer.close();
    return found;
  } finally {
    await bus.close();
  }
}
