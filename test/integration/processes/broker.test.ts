// The broker and registry that all other suites of this level stand on.
import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { expect, test } from '@jest/globals';
import { randomName } from '../../support/random-names.ts';
import { realStack } from '../../support/real-stack.ts';

const { brokers, registryUrl, admin } = realStack();
const SCRAM = 'SCRAM-SHA-512' as const;
const asAdmin = { bootstrapBrokers: [...brokers], sasl: { mechanism: SCRAM, ...admin } };

test('the admin makes a topic over the SCRAM listener and reads back what it wrote', async () => {
  const topic = randomName('probe');
  const client = new Admin({ clientId: 'probe', ...asAdmin });
  const producer = new Producer({ clientId: 'probe', ...asAdmin, serializers: stringSerializers });
  const consumer = new Consumer({ clientId: 'probe', groupId: topic, ...asAdmin, deserializers: stringDeserializers });
  try {
    await client.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    await producer.send({ messages: [{ topic, key: 'k', value: 'v' }] });
    const stream = await consumer.consume({ topics: [topic], mode: 'earliest', maxWaitTime: 100 });
    for await (const { key, value } of stream) {
      expect({ key, value }).toEqual({ key: 'k', value: 'v' });
      break;
    }
  } finally {
    await consumer.close();
    await producer.close();
    await client.close();
  }
});

test('a wrong password is refused by the listener on which the right one is accepted', async () => {
  const wrong = { ...asAdmin, sasl: { ...asAdmin.sasl, password: 'not-the-password' }, retries: false };
  const right = new Admin({ clientId: 'probe', ...asAdmin });
  const refused = new Admin({ clientId: 'probe', ...wrong });
  try {
    expect((await right.metadata({ topics: [] })).brokers.size).toBe(1);
    await expect(refused.metadata({ topics: [] })).rejects.toThrow();
  } finally {
    await right.close();
    await refused.close();
  }
});

test('the registry refuses a version that older readers could not read', async () => {
  const subject = randomName('ca.probe.Record').replaceAll('.', '_');
  const version = (fields: unknown[]): Promise<Response> =>
    fetch(`${registryUrl}/subjects/${subject}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: JSON.stringify({ type: 'record', name: 'Probe', fields }) }),
    });
  expect((await version([{ name: 'a', type: 'string' }])).status).toBe(200);
  expect((await version([{ name: 'b', type: 'string' }])).status).toBe(409);
});
