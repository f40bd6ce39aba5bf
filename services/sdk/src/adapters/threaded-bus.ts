// The bus port with its driver in a thread of its own: the caller's thread hands over whole batches and whole transactions.
// Holds: passes the contract suite of the plain adapter; the thread starts when something is first made or asked; when it
// dies, every consumer is fatal and every call is refused, and what is made afterwards gets a new one.
// Source: README.md#a-bus-in-a-thread

import type { BusPort, PartitionEnds } from '../bus.ts';
import { closed } from '../errors.ts';
import type { KafkaConnection } from './kafkajs-client.ts';
import { ThreadLink, type StartWorker } from './thread-link.ts';
import { createThreadedConsumer } from './threaded-consumer.ts';
import { createThreadedProducer, createThreadedTransactionalProducer } from './threaded-producer.ts';

/** A port onto the cluster through a thread. */
export function createThreadedBus(connection: KafkaConnection, start?: StartWorker): BusPort {
  let link: ThreadLink | undefined;
  let isClosed = false;

  async function linked<T>(use: (to: ThreadLink) => Promise<T>): Promise<T> {
    if (isClosed) throw closed({});
    if (link?.isAlive !== true) link = new ThreadLink(connection, start);
    return use(link);
  }

  return {
    createProducer: () => linked(createThreadedProducer),
    createTransactionalProducer: (id) => linked((to) => createThreadedTransactionalProducer(to, id)),
    createConsumer: (options) => linked((to) => createThreadedConsumer(to, options)),
    inspect: {
      topics: () => linked(async (to) => (await to.ask({ ask: 'topics' })) as readonly string[]),
      ends: (topic) => linked(async (to) => (await to.ask({ ask: 'ends', topic })) as readonly PartitionEnds[]),
    },
    async close() {
      isClosed = true;
      const ending = link;
      link = undefined;
      if (ending?.isAlive !== true) return;
      try {
        await ending.ask({ ask: 'close-all' });
      } finally {
        await ending.end();
      }
    },
  };
}
