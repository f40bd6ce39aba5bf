// Row 22 of the security suite, for the gateway's part: an empty, silent, partial or damaged registry closes the door.

import { describe, expect, test } from '@jest/globals';
import { PEOPLE_TOPIC, silentLog } from '@sitebus/sdk';
import { createTestBus, createTestClock } from '@sitebus/sdk/testing';
import { aWorld } from '../testing/world.ts';
import { createRegistryReader } from './reader.ts';
import { HEARTBEAT_KEY, personKey } from '@sitebus/kit';
import { createRegistryWriter } from './writer.ts';

const NOW_MS = 1_000_000;

async function aReader() {
  const clock = createTestClock(NOW_MS);
  const bus = createTestBus({ clock });
  const reader = createRegistryReader({
    bus: bus.connect.bus,
    clock,
    log: silentLog,
    groupId: 'gateway.s-can.people.test',
  });
  await reader.start();
  const producer = await bus.connect.bus.createProducer();
  const write = async (key: string, row: unknown) => {
    await producer.send({
      topic: PEOPLE_TOPIC,
      key,
      value: row === null ? null : Buffer.from(typeof row === 'string' ? row : JSON.stringify(row)),
    });
    await bus.settled();
  };
  return { clock, reader, write };
}

const person = (over: object = {}) => ({
  person: 'ada', name: 'Ada', issuer: 'urn:i', subject: 'ada', roles: ['analyst'], homeView: 's-can',
  clearance: { classified: 'SECRET', protected: 'B', compartments: [], nations: ['CAN'], maxTlp: 'RED', groups: [], validUntil: 2e12, epoch: 1 },
  ...over,
}); // prettier-ignore
const ADA = personKey('urn:i', 'ada');

describe("a reader's copy", () => {
  test('answers while it is whole and at most two seconds old, and not a moment longer', async () => {
    const { clock, reader, write } = await aReader();
    await write(ADA, person());
    await write(HEARTBEAT_KEY, { at: NOW_MS, rows: 1 });
    expect(reader.personOf('urn:i', 'ada')?.name).toBe('Ada');
    clock.advance(2_000);
    expect(reader.state()).toBe('fresh');
    clock.advance(1);
    expect(reader.state()).toBe('stale');
    expect(() => reader.personOf('urn:i', 'ada')).toThrow('fail-closed');
    expect(() => reader.persons()).toThrow('fail-closed');
  });

  test('is closed when empty, without heartbeat, with rows missing, or with a heartbeat from the future', async () => {
    const { clock, reader, write } = await aReader();
    expect(() => reader.keyNamed('x')).toThrow('fail-closed');
    await write(ADA, person());
    expect(reader.state()).toBe('empty');
    await write(HEARTBEAT_KEY, { at: NOW_MS, rows: 2 });
    expect(reader.state()).toBe('partial');
    await write(HEARTBEAT_KEY, { at: NOW_MS + 3_000, rows: 1 });
    expect(reader.state()).toBe('stale');
    clock.advance(3_000);
    expect(reader.state()).toBe('fresh');
  });

  const damaged: [string, unknown][] = [
    ['is not JSON', '{'],
    ['has no clearance', person({ clearance: undefined })],
    ['has no nation', person({ clearance: { ...person().clearance, nations: [] } })],
    ['has an unknown level', person({ clearance: { ...person().clearance, classified: 'COSMIC' } })],
    ['has no role', person({ roles: [] })],
    ['has no epoch', person({ clearance: { ...person().clearance, epoch: undefined } })],
    ['is about somebody else', person({ subject: 'eve' })],
  ];
  test.each(damaged)('has nobody where a row %s, and everybody else', async (_what, row) => {
    const { reader, write } = await aReader();
    await write(ADA, person());
    await write(personKey('urn:i', 'bob'), person({ person: 'bob', subject: 'bob' }));
    await write(HEARTBEAT_KEY, { at: NOW_MS, rows: 2 });
    expect(reader.personOf('urn:i', 'ada')).toBeDefined();
    await write(ADA, row);
    await write(HEARTBEAT_KEY, { at: NOW_MS, rows: 2 });
    expect(reader.personOf('urn:i', 'ada')).toBeUndefined();
    expect(reader.personOf('urn:i', 'bob')).toBeDefined();
  });
});

describe('the writer', () => {
  const started = async (bus: ReturnType<typeof createTestBus>, people: unknown[], policyVersion = 1) => {
    const writer = createRegistryWriter({
      bus: bus.connect.bus,
      people: people as never,
      tenants: [],
      policyVersion,
      clock: createTestClock(NOW_MS),
      log: silentLog,
      heartbeatMs: 2 ** 30,
    });
    await writer.start();
    return writer;
  };

  test('seeds rows once; a restart writes only what policy changed, with a higher epoch', async () => {
    const bus = createTestBus({ clock: createTestClock(NOW_MS) });
    const rows = () =>
      bus
        .records(PEOPLE_TOPIC)
        .filter(({ key }) => String(key) === ADA)
        .map(({ value }) => JSON.parse(String(value)) as { clearance: { epoch: number } });
    await (await started(bus, [person()])).stop();
    expect(rows().map(({ clearance }) => clearance.epoch)).toEqual([1]);
    await (await started(bus, [person()])).stop();
    expect(rows()).toHaveLength(1);
    await (await started(bus, [person({ roles: ['reviewer'] })])).stop();
    expect(rows().map(({ clearance }) => clearance.epoch)).toEqual([1, 2]);
  });

  test('does not start on an older policy than the one in force, and leaves whoever has that one alone', async () => {
    const bus = createTestBus({ clock: createTestClock(NOW_MS) });
    const newer = await started(bus, [person()], 3);
    await expect(started(bus, [person({ roles: ['reviewer'] })], 2)).rejects.toMatchObject({ code: 'POLICY_OUTDATED', details: { version: 2, inForce: 3 } }); // prettier-ignore
    await newer.beat();
    expect(newer.ready().ready).toBe(true);
    await newer.stop();
    await (await started(bus, [person()], 3)).stop();
  });

  test('raises the epoch with every change and never lets it fall', async () => {
    const bus = createTestBus({ clock: createTestClock(NOW_MS) });
    const writer = await started(bus, [person()]);
    expect((await writer.put(person() as never)).clearance.epoch).toBe(2);
    await writer.remove('urn:i', 'ada');
    expect((await writer.put(person() as never)).clearance.epoch).toBe(3);
    await writer.stop();
  });

  test('that is followed by another writes nothing more and ends; the other has all that was written before', async () => {
    const bus = createTestBus({ clock: createTestClock(NOW_MS) });
    const first = await started(bus, [person()]);
    await first.issueKey({ name: 'ada', person: 'ada' });
    const second = await started(bus, [person()]);
    const before = bus.records(PEOPLE_TOPIC).length;
    const tried = await Promise.allSettled([first.put(person({ roles: ['reviewer'] }) as never), first.beat()]);
    expect(tried).toMatchObject([
      { status: 'rejected', reason: { code: 'FENCED' } },
      { status: 'rejected', reason: { code: 'FENCED' } },
    ]);
    expect(await first.fatal).toMatchObject({ code: 'FENCED' });
    expect(bus.records(PEOPLE_TOPIC)).toHaveLength(before);
    expect(second.held()).toMatchObject({ persons: [{ person: 'ada', roles: ['analyst'] }], keys: [{ name: 'ada' }] });
    expect((await second.put(person({ roles: ['reviewer'] }) as never)).clearance.epoch).toBe(2);
    await Promise.all([first.stop(), second.stop()]);
  });

  test('reads its topic anew after a write whose outcome it does not know, and goes on from what lies there', async () => {
    const bus = createTestBus({ clock: createTestClock(NOW_MS) });
    const writer = await started(bus, [person()]);
    bus.failNext('ack'); // it lies there, and nobody says so
    await expect(writer.put(person({ roles: ['reviewer'] }) as never)).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(writer.held().persons).toMatchObject([{ roles: ['analyst'] }]);
    await writer.beat();
    expect(writer.held().persons).toMatchObject([{ roles: ['reviewer'], clearance: { epoch: 2 } }]);
    await writer.stop();
  });

  test('keeps no key: the topic holds its hash, and a wrong last character does not open', async () => {
    await using world = await aWorld();
    const gateway = await world.gateway('s-can');
    const key = await world.keyOf('ama-lindqvist');
    expect(key).toMatch(/^sbk_ama-lindqvist_[A-Za-z0-9_-]{43}$/);
    expect(
      world.bus
        .records(PEOPLE_TOPIC)
        .map(({ value }) => String(value))
        .join(),
    ).not.toContain(key.slice(-43));
    const status = async (token: string) =>
      (await gateway.app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } })).statusCode;
    expect(await status(key)).toBe(200);
    expect(await status(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)).toBe(401);
    expect(await status(key.replace('ama-lindqvist', 'marguerite-thorne'))).toBe(401);
    await world.writer.revokeKey('ama-lindqvist');
    await world.writer.beat();
    await world.bus.settled();
    expect(await status(key)).toBe(401);
  });
});

test('a gateway whose registry falls silent answers 503 to everyone with a credential and releases nothing', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('s-can');
  const headers = await world.as('ama-lindqvist');
  expect((await gateway.app.inject({ url: '/v1/alerts', headers })).statusCode).toBe(200);
  world.clock.advance(2_001);
  const answer = await gateway.app.inject({ url: '/v1/alerts', headers });
  expect([answer.statusCode, answer.json()]).toEqual([
    503,
    expect.objectContaining({ type: 'urn:sitebus:problem:fail-closed', detail: expect.stringContaining('registry') }),
  ]);
  expect(gateway.ready()).toMatchObject({ ready: false, parts: { registry: 'stale' } });
  await world.pass(1);
  expect((await gateway.app.inject({ url: '/v1/alerts', headers })).statusCode).toBe(200);
});
