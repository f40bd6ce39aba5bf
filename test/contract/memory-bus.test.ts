import { createTestBus, type TestBus } from '@sitebus/sdk/testing';
import { busContract } from './bus-contract.ts';
import { randomName } from '../support/random-names.ts';

const layout = new Map<string, number>();
busContract('the in-memory bus', () => {
  const bus: TestBus = createTestBus({ partitionsOf: (topic) => layout.get(topic) ?? 0 });
  bus.grant('everything', { write: ['*'], read: ['*'], groups: ['*'], transactionalIds: ['*'] });
  return Promise.resolve({
    connect: () => bus.as('everything'),
    connectReader: (topic) => {
      const principal = randomName('reader');
      bus.grant(principal, { read: [topic], groups: [`${principal}.*`] });
      return Promise.resolve({ port: bus.as(principal), principal });
    },
    createTopic: (name, partitions) => Promise.resolve(void layout.set(name, partitions)),
    close: () => bus.close(),
  });
});
