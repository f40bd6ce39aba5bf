// The broker denies by default from its first second: only what a principal was given works.
import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import { expect, test } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { makePrincipal, type Credentials } from '../../support/principals.ts';
import { randomName } from '../../support/random-names.ts';
import { realStack } from '../../support/real-stack.ts';

const stack = realStack();

const options = (as: Credentials) => ({
  clientId: 'rights',
  bootstrapBrokers: [...stack.brokers],
  sasl: { mechanism: 'SCRAM-SHA-512' as const, ...as },
  retries: 0,
});

async function write(as: Credentials, topic: string): Promise<'written' | 'refused'> {
  const producer = new Producer({ ...options(as), serializers: stringSerializers });
  try {
    await producer.send({ messages: [{ topic, key: 'k', value: 'v' }] });
    return 'written';
  } catch {
    return 'refused';
  } finally {
    await producer.close();
  }
}

test('a principal writes to the topic it was given, and is refused on the one beside it', async () => {
  const [mine, beside] = [randomName('mine'), randomName('beside')];
  const admin = new Admin(options(stack.admin));
  await admin.createTopics({ topics: [mine, beside], partitions: 1, replicas: 1 });
  await admin.close();
  const principal = await makePrincipal(stack, randomName('writer'), [
    { operation: 'WRITE', resource: 'TOPIC', name: mine },
  ]);
  await eventually(async () => (await write(principal, mine)) === 'written', { what: 'the right was given' });
  expect(await write(principal, beside)).toBe('refused');
  expect(await write(stack.admin, beside)).toBe('written');
});

test('a connection that does not log in is refused by the listener', async () => {
  const { sasl: _sasl, ...withoutLogin } = options(stack.admin);
  const anonymous = new Admin(withoutLogin);
  const admin = new Admin(options(stack.admin));
  try {
    expect((await admin.metadata({ topics: [] })).brokers.size).toBe(1);
    await expect(anonymous.metadata({ topics: [] })).rejects.toThrow();
  } finally {
    await anonymous.close();
    await admin.close();
  }
});
