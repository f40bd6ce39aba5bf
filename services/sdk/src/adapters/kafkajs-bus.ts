// The bus port over kafkajs, as one principal sees a Kafka cluster.
// Holds: closing the port closes everything it made, consumers first, so that nothing is handled that cannot be answered.
// Source: README.md#the-bus

import type { BusConsumer, BusPort } from '../bus.ts';
import { closed } from '../errors.ts';
import { createAdminAccess, type KafkaConnection } from './kafkajs-client.ts';
import { createKafkaConsumer, createKafkaMember, type MemberOptions } from './kafkajs-consumer.ts';
import { createInspector } from './kafkajs-inspector.ts';
import { createKafkaProducer } from './kafkajs-producer.ts';
import {
  createKafkaTransactionalProducer,
  type PackedTransactionalProducer,
} from './kafkajs-transactional-producer.ts';

interface Closable {
  close(): Promise<void>;
}

/** A port that also gives and takes records as the driver has them. */
export interface KafkajsBus extends BusPort {
  createTransactionalProducer(transactionalId: string): Promise<PackedTransactionalProducer>;
  /** Like `createConsumer`, for a host that takes batches as they were fetched. */
  createMember(options: MemberOptions): Promise<BusConsumer>;
}

/** A port onto the cluster. Nothing is contacted until something is made or asked. */
export function createKafkajsBus(connection: KafkaConnection): KafkajsBus {
  const access = createAdminAccess(connection);
  const inspector = createInspector(access);
  const consumers = new Set<Closable>();
  const producers = new Set<Closable>();
  let isClosed = false;

  async function keep<T extends Closable>(kept: Set<Closable>, making: () => Promise<T>): Promise<T> {
    if (isClosed) throw closed({});
    const made = await making();
    kept.add(made);
    return made;
  }

  return {
    createProducer: () => keep(producers, () => createKafkaProducer(connection, inspector)),
    createTransactionalProducer: (id) =>
      keep(producers, () => createKafkaTransactionalProducer(connection, inspector, id)),
    createConsumer: (options) => keep(consumers, () => createKafkaConsumer({ connection, access, inspector }, options)),
    createMember: (options) => keep(consumers, () => createKafkaMember({ connection, access, inspector }, options)),
    inspect: inspector,
    async close() {
      isClosed = true;
      const failures: unknown[] = [];
      for (const kept of [consumers, producers, [access]]) {
        const closings = await Promise.allSettled([...kept].map((one) => one.close()));
        for (const closing of closings) if (closing.status === 'rejected') failures.push(closing.reason);
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
