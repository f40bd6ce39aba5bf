// A copy whose consumer dies or stalls: it denies meanwhile, and answers again by itself.

import { afterEach, expect, test } from '@jest/globals';
import {
  notAllowed,
  PEOPLE_TOPIC,
  silentLog,
  type BusConsumer,
  type BusPort,
  type ConsumerOptions,
} from '@sitebus/sdk';
import { createTestBus, createTestClock, type TestBus } from '@sitebus/sdk/testing';
import { eventually } from '../../../../test/support/eventually.ts';
import { HEARTBEAT_KEY, tenantKey } from '../tenants.ts';
import { createRegistryCopy, type RegistryCopy } from './registry-copy.ts';

const NOW_MS = 1_000_000;
let bus: TestBus;
let copy: RegistryCopy;

afterEach(async () => {
  await copy.stop();
  await bus.close();
});

/** A copy over the port as the test alters it, and what tells it something. */
function start(alter: (port: BusPort) => BusPort = (port) => port, silentAfterMs?: number) {
  const clock = createTestClock(NOW_MS);
  bus = createTestBus({ clock });
  copy = createRegistryCopy({
    bus: alter(bus.connect.bus),
    clock,
    log: silentLog,
    groupId: 'copy.test',
    ...(silentAfterMs !== undefined && { silentAfterMs }),
  });
  return { clock, started: copy.start() };
}

async function tell(at: number, ...slugs: readonly string[]): Promise<void> {
  const producer = await bus.connect.bus.createProducer();
  for (const slug of slugs) await producer.send({ topic: PEOPLE_TOPIC, key: tenantKey(slug), value: rowOf(slug) });
  await producer.send({ topic: PEOPLE_TOPIC, key: HEARTBEAT_KEY, value: toValue({ at, rows: slugs.length }) });
}

const toValue = (row: object): Buffer => Buffer.from(JSON.stringify(row));
const rowOf = (slug: string): Buffer =>
  toValue({
    slug, name: { en: slug, fr: slug }, groups: ['community'], namespace: '00000000-0000-4000-8000-000000000001',
    state: 'ACTIVE', since: 0, epoch: 1,
  }); // prettier-ignore

const isFresh = (): boolean => copy.state() === 'fresh';

test('a consumer that dies of what may pass is followed by another, which reads the topic anew', async () => {
  const { started } = start();
  await started;
  await tell(NOW_MS, 'harbour');
  await eventually(isFresh);
  let changes = 0;
  copy.onChange(() => (changes += 1));
  bus.failNext('fetch');
  await tell(NOW_MS, 'harbour');
  await eventually(() => !isFresh()); // what the dead one read is given up: nobody is let in by it
  expect(() => copy.tenants()).toThrow('REGISTRY_STALE');
  await eventually(isFresh);
  expect(copy.tenants().map(({ slug }) => slug)).toEqual(['harbour']);
  expect(changes).toBeGreaterThan(0); // open streams look again
});

test('one that may not read is the end of the copy, which says so', async () => {
  let joined = 0;
  const { started } = start((port) => ({
    ...port,
    createConsumer: (options) => {
      joined += 1;
      return joined === 1 ? port.createConsumer(options) : Promise.reject(notAllowed({ what: PEOPLE_TOPIC }));
    },
  }));
  await started;
  bus.failNext('fetch');
  await tell(NOW_MS);
  expect(await copy.fatal).toMatchObject({ code: 'NOT_ALLOWED' });
  expect(joined).toBe(2);
});

test('a first consumer that dies before it reads is what the start rejects with', async () => {
  const refused = notAllowed({ what: PEOPLE_TOPIC });
  const { started } = start((port) => ({
    ...port,
    createConsumer: (options) => port.createConsumer({ ...options, startAt: () => Promise.reject(refused) }),
  }));
  await expect(started).rejects.toBe(refused);
});

/** The first consumer reads one batch and no more, without an error: what kafkajs calls consuming. */
function stallingFirst(port: BusPort): BusPort {
  let joined = 0;
  const stalling = (options: ConsumerOptions): ConsumerOptions => {
    let batches = 0;
    const onBatch: ConsumerOptions['onBatch'] = async (batch) => {
      batches += 1;
      if (batches === 1) await options.onBatch(batch);
    };
    return { ...options, onBatch };
  };
  const neverClosed = (consumer: BusConsumer): BusConsumer =>
    Object.assign(Object.create(consumer) as BusConsumer, {
      assigned: consumer.assigned,
      fatal: consumer.fatal,
      close: () => consumer.close().then(() => new Promise<void>(() => undefined)),
    });
  return {
    ...port,
    createConsumer: async (options) => {
      joined += 1;
      return joined === 1 ? neverClosed(await port.createConsumer(stalling(options))) : port.createConsumer(options);
    },
  };
}

test('one that stalls without an error is given up once its silence makes the copy stale', async () => {
  const { clock, started } = start(stallingFirst, 100);
  await started;
  await tell(NOW_MS, 'harbour');
  await eventually(isFresh);
  clock.advance(60_000);
  await tell(NOW_MS + 60_000, 'harbour');
  await eventually(isFresh);
  expect(copy.tenants().map(({ slug }) => slug)).toEqual(['harbour']);
});

test('silence is no fault of a copy that is fresh: nobody joins again', async () => {
  let joined = 0;
  const { started } = start((port) => ({
    ...port,
    createConsumer: (options) => {
      joined += 1;
      return port.createConsumer(options);
    },
  }), 20); // prettier-ignore
  await started;
  await tell(NOW_MS);
  await eventually(isFresh);
  const from = performance.now();
  await eventually(() => performance.now() - from > 200);
  expect(joined).toBe(1);
});
