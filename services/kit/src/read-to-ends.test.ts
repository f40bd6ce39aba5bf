import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { BusRecord } from '@sitebus/sdk';
import { createTestBus } from '@sitebus/sdk/testing';
import { readToEnds, type ToEnds } from './read-to-ends.ts';

const PLAIN = 'obs.open.cse'; // four partitions
const IN_TRANSACTIONS = 'people';

async function aBus() {
  const { bus } = createTestBus().connect;
  const producer = await bus.createProducer();
  const write = async (topic: string, ...texts: string[]): Promise<void> => {
    for (const [at, text] of texts.entries()) await producer.send({ topic, key: String(at), value: Buffer.from(text) });
  };
  const read = async (topics: readonly string[], over: Partial<ToEnds> = {}) => {
    const texts: string[] = [];
    const each = ({ value }: BusRecord): void => void texts.push(String(value));
    const isRead = await readToEnds(bus, topics, { groupId: randomUUID(), each, firstWithinMs: 10_000, quietMs: 10_000, ...over });
    return { isRead, texts: texts.sort() };
  };
  return { bus, write, read };
} // prettier-ignore

test('everything there is comes once, of every partition; what is empty is read', async () => {
  const { write, read } = await aBus();
  const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  await write(PLAIN, ...texts);
  expect(await read([PLAIN, 'obs.open.gac'])).toEqual({ isRead: true, texts });
  expect(await read(['obs.open.gac'])).toEqual({ isRead: true, texts: [] });
});

test('what is written while it reads is not of this reading', async () => {
  const { write, read } = await aBus();
  await write(IN_TRANSACTIONS, 'a', 'b');
  const seen: string[] = [];
  await read([IN_TRANSACTIONS], {
    async each({ value }) {
      if (seen.length === 0) await write(IN_TRANSACTIONS, 'late');
      seen.push(String(value));
    },
  });
  expect(seen).toEqual(['a', 'b']);
});

test('the end of a topic that is written in transactions is its last record, or the marker behind it', async () => {
  const { bus, write, read } = await aBus();
  const { bus: behindMarker } = { bus: { ...bus, inspect: { ...bus.inspect, ends: async (topic: string) => (await bus.inspect.ends(topic)).map((ends) => ({ ...ends, next: ends.next + 1n })) } } }; // prettier-ignore
  await write(IN_TRANSACTIONS, 'a', 'b');
  const how = { groupId: 'g', each: () => undefined, firstWithinMs: 10_000, quietMs: 50 };
  expect(await readToEnds(behindMarker, [IN_TRANSACTIONS], { ...how, isTransactional: true })).toBe(true);
  expect(await readToEnds(behindMarker, [IN_TRANSACTIONS], { ...how, groupId: 'other' })).toBe(false); // a record is missing
  expect((await read([IN_TRANSACTIONS])).isRead).toBe(true);
});

test('it begins where it is told, and ends with what a record brings about', async () => {
  const { write, read } = await aBus();
  await write(IN_TRANSACTIONS, 'a', 'b', 'c');
  expect(await read([IN_TRANSACTIONS], { startAt: ({ next }) => next - 1n })).toEqual({ isRead: true, texts: ['c'] });
  const broken = new Error('a bug');
  await expect(read([IN_TRANSACTIONS], { each: () => Promise.reject(broken) })).rejects.toThrow();
});
