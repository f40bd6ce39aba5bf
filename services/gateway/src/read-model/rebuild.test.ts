// The read model and the bus: what is taken, what is left out, when it answers.

import { expect, jest, test } from '@jest/globals';
import { alertTopic, assessTopic, obsTopic, observationSubject, silentLog } from '@sitebus/sdk';
import type { BusBatch, BusPort, Codec } from '@sitebus/sdk';
import { createTestClock } from '@sitebus/sdk/testing';
import { anAlert, anAssessment, anIndicatorReport, NOW_MS, uuidOf } from '../testing/records.ts';
import { aWorld, thePolicy } from '../testing/world.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { createInMemoryReadModel } from './in-memory.ts';
import { createRebuild, topicsOf } from './rebuild.ts';

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('a gateway reads its own view’s products and the cells its view dominates, nothing else', async () => {
  const policy = await thePolicy();
  const view = policy.views.find(({ id }) => id === 'partner')!;
  const topics = topicsOf(view, policy);
  expect(topics).toContain('assess.partner');
  expect(topics).toContain('obs.open.partners');
  expect(topics.filter((topic) => !/^(assess|alert)\.partner$|^obs\.(open|partner)\.[a-z]+$/.test(topic))).toEqual([]);
});

test('a fetch for alerts names no topic of observations: each kind has a consumer of its own, and no topic is read twice', async () => {
  await using world = await aWorld();
  const { policy, codec, bus, clock } = world;
  const view = policy.views.find(({ id }) => id === 's-can')!;
  const read: (readonly string[])[] = [];
  const watched: BusPort = {
    ...bus.connect.bus,
    createConsumer: (options) => (read.push(options.topics), bus.connect.bus.createConsumer(options)),
  };
  const rebuild = createRebuild({
    bus: watched, view, policy, codec, clock, log: silentLog, groupId: 'gateway.s-can.read-model.test',
    model: createInMemoryReadModel({ viewClearance: view.clearance, clock }), admit: () => ({ refused: 'NONE' }),
  }); // prettier-ignore
  await rebuild.start();
  expect(read.find((topics) => topics.includes(alertTopic('s-can')))).toEqual(['alert.s-can', 'assess.s-can']);
  expect(read.flat().sort()).toEqual(topicsOf(view, policy));
  await rebuild.stop();
});

test('what was on the bus before the start is there when the gateway is ready, in the same order after every start', async () => {
  await using world = await aWorld();
  for (const name of ['a', 'b', 'c']) {
    await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf(name) }));
    world.clock.advance(10);
  }
  await world.writer.beat();
  const headers = await world.as('ama-lindqvist');
  const idsOf = async () => {
    const gateway = await world.gateway('s-can');
    const { items } = (await gateway.app.inject({ url: '/v1/observations', headers })).json<{
      items: { id: string }[];
    }>();
    return items.map(({ id }) => id);
  };
  const first = await idsOf();
  expect(first).toEqual(['c', 'b', 'a'].map(uuidOf));
  expect(await idsOf()).toEqual(first);
});

test('a cursor of before a restart goes on after it', async () => {
  await using world = await aWorld();
  for (const name of ['a', 'b'])
    await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf(name) }));
  const headers = await world.as('ama-lindqvist');
  const page = async (url: string) => {
    const gateway = await world.gateway('s-can');
    return (await gateway.app.inject({ url, headers })).json<{ items: { id: string }[]; next?: string }>();
  };
  const first = await page('/v1/observations?limit=1');
  const second = await page(`/v1/observations?limit=1&cursor=${first.next}`);
  expect([first.items[0]?.id, second.items[0]?.id].sort()).toEqual([uuidOf('a'), uuidOf('b')].sort());
});

test('a record of another agency, in the wrong cell, or that is no record is left out; its neighbours stay', async () => {
  await using world = await aWorld();
  const { bus, codec } = world;
  const gateway = await world.gateway('s-can');
  const producer = await bus.connect.bus.createProducer();
  const send = (topic: string, value: object | Buffer) =>
    producer.send({
      topic,
      key: 'k',
      value: Buffer.isBuffer(value) ? value : codec.encode(observationSubject('IndicatorReport'), value),
    });
  await send(obsTopic('open', 'cse'), anIndicatorReport({ id: uuidOf('good') }));
  await send(obsTopic('open', 'cse'), anIndicatorReport({ id: uuidOf('foreign'), agency: 'gac' }));
  await send(
    obsTopic('open', 'cse'),
    anIndicatorReport({ id: uuidOf('above'), marking: 'SECRET//CANADIAN EYES ONLY' }),
  );
  await send(obsTopic('open', 'cse'), Buffer.from('no record'));
  await send(obsTopic('open', 'cse'), anIndicatorReport({ id: uuidOf('good too') }));
  await bus.settled();
  const { items } = (
    await gateway.app.inject({ url: '/v1/observations', headers: await world.as('ama-lindqvist') })
  ).json<{ items: { id: string }[] }>();
  expect(items.map(({ id }) => id).sort()).toEqual([uuidOf('good'), uuidOf('good too')].sort());
});

test('an unknown schema holds its partition, which readiness names; the others go on', async () => {
  await using world = await aWorld();
  const { bus } = world;
  const gateway = await world.gateway('s-can');
  const producer = await bus.connect.bus.createProducer();
  const unknown = Buffer.concat([Buffer.of(0, 0, 0, 0x7f, 0x7f), Buffer.alloc(4)]);
  await producer.send({ topic: obsTopic('open', 'gac'), key: 'k', partition: 0, value: unknown });
  await bus.settled();
  expect(gateway.ready().parts['store']).toBe('obs.open.gac/0 waits for schema 32639');
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('other') }));
  const answer = await gateway.app.inject({
    url: `/v1/observations/${uuidOf('other')}`,
    headers: await world.as('ama-lindqvist'),
  });
  expect(answer.statusCode).toBe(200);
});

test('a partition that goes on after its pause does not close what has been answering meanwhile', async () => {
  jest.useFakeTimers({ now: NOW_MS, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
  try {
    const policy = await thePolicy();
    const view = policy.views.find(({ id }) => id === 's-can')!;
    const topic = obsTopic('open', 'gac');
    let onBatch: (batch: BusBatch) => Promise<void> = async () => undefined;
    const [pause, resume] = [jest.fn(), jest.fn()];
    const consumer = { assigned: Promise.resolve([]), fatal: new Promise(() => undefined), pause, resume, seek: jest.fn(), close: async () => undefined }; // prettier-ignore
    const bus = {
      inspect: {
        ends: async (of: string) => [{ topic: of, partition: 0, earliest: 0n, next: of === topic ? 1n : 0n }],
      },
      createConsumer: async (options: { onBatch: typeof onBatch }) => (({ onBatch } = options), consumer),
    };
    const rebuild = createRebuild({
      bus: bus as unknown as BusPort, view, policy, codec: { ensure: async () => 'unknown' } as unknown as Codec,
      model: createInMemoryReadModel({ viewClearance: view.clearance, clock: createTestClock(NOW_MS) }),
      admit: () => ({ unknownSchema: 7 }), groupId: 'test', clock: createTestClock(NOW_MS), log: silentLog,
    }); // prettier-ignore
    await rebuild.start();
    expect(rebuild.isRead()).toBe(false);
    const record = {
      topic,
      partition: 0,
      offset: 0n,
      key: null,
      value: Buffer.of(0),
      headers: {},
      timestampMs: NOW_MS,
    };
    await onBatch({ topic, partition: 0, records: [record] } as unknown as BusBatch);
    expect([pause.mock.calls.length, rebuild.isRead()]).toEqual([1, true]);
    await jest.advanceTimersByTimeAsync(5_000);
    expect([resume.mock.calls.length, rebuild.isRead()]).toEqual([1, true]); // open streams ask it from timers
    await rebuild.stop();
  } finally {
    jest.useRealTimers();
  }
});

test('nothing is answered before every partition was read to the end it had at the start', async () => {
  await using world = await aWorld();
  const { policy, codec, bus } = world;
  const view = policy.views.find(({ id }) => id === 's-can')!;
  await world.assess(anAssessment());
  const clock = createTestClock(NOW_MS);
  const model = createInMemoryReadModel({ viewClearance: view.clearance, clock });
  let letGo: () => void = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const slow = { ...bus.connect.bus, createConsumer: (options: Parameters<typeof bus.connect.bus.createConsumer>[0]) =>
    bus.connect.bus.createConsumer({ ...options, onBatch: async (batch) => held.then(() => options.onBatch(batch)) }) }; // prettier-ignore
  const rebuild = createRebuild({
    bus: slow,
    view,
    policy,
    codec,
    model,
    admit: () => ({ refused: 'NONE' }),
    groupId: 'gateway.s-can.read-model.test',
    clock,
    log: silentLog,
  });
  expect(rebuild.state()).toBe('not started');
  await rebuild.start();
  expect(rebuild.state()).toBe('reading 1 partitions');
  letGo();
  await eventually(() => rebuild.state() === 'ok');
  expect(await listOf(model.assessments())).toHaveLength(1);
  await rebuild.stop();
});

test('the newest version of an assessment counts, whatever the order in which versions are read', async () => {
  const policy = await thePolicy();
  const model = createInMemoryReadModel({ viewClearance: policy.views[0]!.clearance, clock: createTestClock(NOW_MS) });
  model.addAssessment(anAssessment({ version: 2, members: [] }), 20);
  model.addAssessment(anAssessment({ version: 1 }), 30);
  model.addAssessment(anAssessment({ id: uuidOf('other') }), 10);
  expect((await listOf(model.assessments())).map(({ id, value }) => [id, value.version])).toEqual([
    [uuidOf('assessment'), 2],
    [uuidOf('other'), 1],
  ]);
});

test('an alert waits for its assessment, for as long as a stream may wait', async () => {
  const policy = await thePolicy();
  const model = createInMemoryReadModel({ viewClearance: policy.views[0]!.clearance, clock: createTestClock(NOW_MS) });
  const assessment = anAssessment();
  model.addAlert(anAlert(assessment), 5n, NOW_MS);
  let read: unknown;
  const reading = model.alertLog.read(0n, 10).then((alerts) => (read = alerts));
  await new Promise((resolve) => setImmediate(resolve));
  expect(read).toBeUndefined();
  model.addAssessment(assessment, NOW_MS);
  expect(await reading).toMatchObject([{ id: anAlert(assessment).id, assessment: { id: assessment.id } }]);
  expect(model.alertLog.ends()).toEqual({ earliest: 0n, next: 6n });
});

test('a tombstone takes nothing away from what was read, and does not stop the feed', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('s-can');
  const producer = await world.bus.connect.bus.createProducer();
  await producer.send({ topic: assessTopic('s-can'), key: 'gone', value: null });
  await world.assess(anAssessment());
  const { items } = (
    await gateway.app.inject({ url: '/v1/assessments', headers: await world.as('ama-lindqvist') })
  ).json<{ items: unknown[] }>();
  expect(items).toHaveLength(1);
});
