// When the one loop of a gateway's streams serves whom: readers who are late, and those who wait for something.

import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { NOW_MS } from './testing/records.ts';
import { createReader, rounds, streamsWorld, type StreamsWorld } from './testing/streams.ts';

beforeEach(() => void jest.useFakeTimers({ now: NOW_MS, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => void jest.useRealTimers());

async function pass(world: StreamsWorld, ms: number): Promise<void> {
  world.clock.advance(ms);
  await jest.advanceTimersByTimeAsync(ms);
  await rounds();
}

test('a reader far behind gets frame after frame while others of the same beat wait for an assessment', async () => {
  const world = await streamsWorld(Array.from({ length: 24 }, () => []));
  const [late, ...others] = Array.from({ length: 24 }, (_, at) => createReader(world, at, { room: 100 }));
  await late!.connect();
  late!.take(); // where they stand
  late!.cut();
  for (let at = 0; at < 300; at += 1) world.raise();
  for (const one of others) await one.connect();
  await late!.connect();
  world.raise({ isLate: true });
  for (let beat = 0; beat < 12; beat += 1) await pass(world, 30); // far less than until the next look at everybody
  late!.take();
  expect(late!.got).toHaveLength(300);
  world.explain();
  await pass(world, 30);
  await pass(world, 30);
  for (const one of [late!, ...others]) one.take();
  expect(late!.got).toHaveLength(301);
  expect(others.map(({ got }) => got)).toEqual(others.map(() => [300]));
  await world.close();
});

test.each([1, 24])(
  'while the log cannot be asked %i streams stay open and send nothing; then they go on',
  async (count) => {
    const world = await streamsWorld(Array.from({ length: count }, () => []));
    const readers = Array.from({ length: count }, (_, at) => createReader(world, at));
    for (const one of readers) await one.connect();
    world.raise();
    await pass(world, 30);
    await pass(world, 30);
    world.unread(true);
    world.raise();
    for (let look = 0; look < 3; look += 1) await pass(world, 1_000);
    for (const one of readers) one.take();
    expect(readers.map(({ got }) => got)).toEqual(readers.map(() => [0]));
    world.unread(false);
    await pass(world, 1_000);
    world.raise();
    await pass(world, 30); // far less than until the next look: news is followed again
    await pass(world, 30);
    for (const one of readers) one.take();
    expect(readers.map(({ got, others }) => [got, others])).toEqual(readers.map(() => [[0, 1, 2], []]));
    await world.close();
  },
);

test('a lease that runs out between any two questions ends no stream whose heartbeat is awaited, and loses nothing', async () => {
  let lateTimes = 0;
  for (let answers = 0; answers < 120; answers += 1) {
    const world = await streamsWorld([[], [], ['desk-north']]);
    const readers = Array.from({ length: 3 }, (_, at) => createReader(world, at));
    for (const one of readers) await one.connect();
    world.registry.lateAfter(answers);
    for (const group of [undefined, 'desk-north', undefined]) world.raise(group === undefined ? {} : { group });
    for (let part = 0; part < 2; part += 1) await pass(world, 20_000); // heartbeats too
    if (world.registry.isLate()) lateTimes += 1;
    world.registry.beat();
    for (let part = 0; part < 2; part += 1) await pass(world, 1_000);
    for (const one of readers) one.take();
    expect([answers, readers.map(({ got, others }) => [got, others.includes('end')])]).toEqual([answers, [[[0, 2], false], [[0, 2], false], [[0, 1, 2], false]]]); // prettier-ignore
    await world.close();
  }
  expect(lateTimes).toBeGreaterThan(50); // whoever asked less would prove nothing
});

test('a resumed reader is told of the gap, between whichever two questions the lease runs out', async () => {
  for (let answers = 0; answers < 12; answers += 1) {
    const world = await streamsWorld([[]]);
    const reader = createReader(world, 0);
    await reader.connect();
    reader.take();
    reader.cut();
    world.raise();
    world.raiseEpoch(0);
    world.registry.lateAfter(answers);
    await reader.connect().catch(() => undefined);
    world.registry.beat();
    reader.take();
    await reader.connect(); // unless they still are
    await pass(world, 1_000);
    reader.take();
    expect([answers, reader.others.filter((kind) => kind !== 'end'), reader.got]).toEqual([answers, ['gap'], [0]]);
    await world.close();
  }
});

test('a reader whose connection takes more again is served in that moment, without waiting for any timer', async () => {
  const world = await streamsWorld([[]]);
  const reader = createReader(world, 0, { room: 1 });
  await reader.connect();
  for (let at = 0; at < 200; at += 1) world.raise();
  for (let frame = 0; frame < 5; frame += 1) {
    await rounds();
    reader.take();
  }
  expect(reader.got).toEqual(Array.from({ length: 200 }, (_, at) => at));
  await world.close();
});
