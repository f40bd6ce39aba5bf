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
import { LATE_BEAT_MS, type SetTimer } from './late-heartbeat.ts';
import { createRegistryCopy, type RegistryCopy } from './registry-copy.ts';

const NOW_MS = 1_000_000;
let bus: TestBus;
let copy: RegistryCopy;

afterEach(async () => {
  await copy.stop();
  await bus.close();
});

/** A copy over the port as the test alters it, and what tells it something. */
function start(alter: (port: BusPort) => BusPort = (port) => port, silentAfterMs?: number, setTimer?: SetTimer) {
  const clock = createTestClock(NOW_MS);
  bus = createTestBus({ clock });
  copy = createRegistryCopy({
    bus: alter(bus.connect.bus),
    clock,
    log: silentLog,
    groupId: 'copy.test',
    ...(silentAfterMs !== undefined && { silentAfterMs }),
    ...(setTimer && { setTimer }),
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

test('the version rises with every change of a row and with no heartbeat, and is refused like every other question', async () => {
  const { clock, started } = start();
  await started;
  expect(() => copy.version()).toThrow('REGISTRY_STALE');
  await tell(NOW_MS, 'harbour');
  await eventually(isFresh);
  const before = copy.version();
  await tell(NOW_MS);
  await bus.settled();
  expect(copy.state()).toBe('partial'); // that heartbeat counted no row
  await tell(NOW_MS, 'harbour');
  await eventually(isFresh);
  const after = copy.version();
  expect(after).toBeGreaterThan(before);
  const producer = await bus.connect.bus.createProducer();
  await producer.send({ topic: PEOPLE_TOPIC, key: HEARTBEAT_KEY, value: toValue({ at: NOW_MS + 1, rows: 1 }) });
  await bus.settled();
  expect(copy.version()).toBe(after);
  clock.advance(2_002);
  expect(() => copy.version()).toThrow('REGISTRY_STALE');
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

/** A copy a moment too old, and its timers: what they run, until it is run or disarmed. */
async function startLate() {
  const armed = new Map<() => void, number>();
  const { clock, started } = start((port) => port, undefined, (run, afterMs) => {
    armed.set(run, afterMs);
    return () => void armed.delete(run);
  }); // prettier-ignore
  await started;
  await tell(NOW_MS, 'harbour');
  await eventually(isFresh);
  clock.advance(2_001);
  /** Lets the second pass for everyone who waits. */
  const secondPasses = (): void => [...armed.keys()].forEach((run) => run());
  return { clock, armed, secondPasses };
}

/** Asks as a request does: waits where a heartbeat is awaited, then asks. */
const asking = async (): Promise<readonly string[]> => {
  await copy.heartbeat.awaited();
  return copy.tenants().map(({ slug }) => slug);
};

test('who meets a copy a moment too old is answered once the heartbeat has come, from the rows of then', async () => {
  const { clock, armed } = await startLate();
  expect(copy.heartbeat.isAwaited()).toBe(true);
  expect(() => copy.tenants()).toThrow('REGISTRY_STALE'); // waiting opens nothing
  let answered: readonly string[] | undefined;
  const both = Promise.all([asking().then((slugs) => (answered = slugs)), asking()]);
  expect([...armed.values()]).toEqual([LATE_BEAT_MS]); // one second for all who wait together
  const producer = await bus.connect.bus.createProducer();
  await producer.send({ topic: PEOPLE_TOPIC, key: tenantKey('quay'), value: rowOf('quay') });
  await bus.settled();
  expect([answered, isFresh()]).toEqual([undefined, false]); // a row is no heartbeat
  await producer.send({ topic: PEOPLE_TOPIC, key: HEARTBEAT_KEY, value: toValue({ at: clock.now(), rows: 2 }) });
  expect(await both).toEqual([['harbour', 'quay'], ['harbour', 'quay']]); // prettier-ignore
  expect(armed.size).toBe(0);
});

test('who waits a second in vain is refused as they would have been, and who comes after is not kept waiting', async () => {
  const { clock, armed, secondPasses } = await startLate();
  const refused = expect(asking()).rejects.toMatchObject({ code: 'REGISTRY_STALE', details: { state: 'stale' } });
  secondPasses();
  await refused;
  expect(copy.heartbeat.isAwaited()).toBe(false);
  await expect(asking()).rejects.toMatchObject({ code: 'REGISTRY_STALE', details: { state: 'stale' } });
  expect(armed.size).toBe(0);
  await tell(clock.now() - 1_999, 'harbour');
  await eventually(isFresh);
  clock.advance(2);
  expect(copy.heartbeat.isAwaited()).toBe(true); // it came in between: the next late one is waited for again
});

test('a heartbeat that is itself too old, or that counts other rows, ends no wait well', async () => {
  const { clock, secondPasses } = await startLate();
  let isOver = false;
  const refused = expect(asking().finally(() => (isOver = true))).rejects.toMatchObject({
    details: { state: 'stale' },
  });
  await tell(clock.now() - 2_001, 'harbour'); // of a backlog
  await bus.settled();
  expect(isOver).toBe(false);
  secondPasses();
  await refused;
  await tell(clock.now(), 'harbour', 'quay');
  await eventually(isFresh);
  clock.advance(2_001);
  const partial = expect(asking()).rejects.toMatchObject({ details: { state: 'partial' } });
  const producer = await bus.connect.bus.createProducer();
  await producer.send({ topic: PEOPLE_TOPIC, key: HEARTBEAT_KEY, value: toValue({ at: clock.now(), rows: 5 }) });
  await partial;
});
