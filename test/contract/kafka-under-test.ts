// Kafka as the contract suite sees it: principals, topics and their limits on the broker of this run, behind either adapter.

import { randomBytes } from 'node:crypto';
import type { BusPort } from '@sitebus/sdk';
import type { KafkaBusOptions } from '@sitebus/sdk/kafka';
import { connectBroker } from '../../deploy/provision/adapters/broker.ts';
import { eventually } from '../support/eventually.ts';
import { randomName } from '../support/random-names.ts';
import { realStack } from '../support/real-stack.ts';
import type { BusUnderTest } from './bus-contract.ts';

/** As policy sets it on obs.*; the broker's own limit is larger. */
const MAX_MESSAGE_BYTES = 1_048_576;

/** The broker of this run, through ports that `createBus` makes. */
export async function kafkaUnderTest(createBus: (options: KafkaBusOptions) => BusPort): Promise<BusUnderTest> {
  const { brokers, admin } = realStack();
  const broker = await connectBroker(brokers.join(','), { user: admin.username, password: admin.password });
  const open = (sasl: { username: string; password: string }) => createBus({ brokers, sasl, clientId: 'contract' });
  return {
    connect: () => open(admin),
    async connectReader(topic) {
      const principal = randomName('reader');
      const password = randomBytes(16).toString('hex');
      await broker.setPasswords([{ username: principal, password }]);
      await broker.createAcls([
        allow(principal, 'READ', 'TOPIC', 'LITERAL', topic),
        allow(principal, 'READ', 'GROUP', 'PREFIXED', `${principal}.`),
      ]);
      return { port: open({ username: principal, password }), principal };
    },
    async createTopic(name, partitions) {
      const settings = { 'max.message.bytes': String(MAX_MESSAGE_BYTES) };
      await broker.createTopics([{ name, partitions, replicationFactor: 1, settings }]);
      // Created is not yet known: the broker serves metadata of its own copy.
      await eventually(async () => (await broker.cluster()).topics.some((topic) => topic.name === name));
    },
    close: () => broker.close(),
  };
}

const allow = (principal: string, operation: string, resource: string, pattern: string, name: string) => ({
  principal: `User:${principal}`,
  host: '*',
  permission: 'ALLOW',
  operation,
  resource,
  pattern,
  name,
});
