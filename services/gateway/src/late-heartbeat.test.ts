// What a gateway does while the registry's heartbeat is late: for a second it neither answers, sends nor ends; then as it would have.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { collectEvents, type StreamEvent } from '../../../test/support/stream-events.ts';
import { eventually } from '../../../test/support/eventually.ts';
import type { GatewayService } from './service.ts';
import { anAlert, anAssessment, uuidOf } from './testing/records.ts';
import { aWorld, heldTimers, type World } from './testing/world.ts';

const MARKING = 'SECRET//CANADIAN EYES ONLY';
const READER = 'ama-lindqvist';
const BUSY = { withinMs: 30_000 };
/** The seconds that are being waited: what ends each. */
const { armed, setTimer } = heldTimers();
let world: World;
let gateway: GatewayService;

beforeEach(async () => {
  armed.clear();
  world = await aWorld({ setTimer });
  gateway = await world.gateway('s-can', { listen: { host: '127.0.0.1', port: 0 } });
  await world.keyOf(READER);
});
afterEach(async () => world[Symbol.asyncDispose]());

const secondPasses = (): void => [...armed].forEach((run) => run());
const isWaiting = (): boolean => armed.size > 0;

/** Raises the reader's epoch, and takes from them what lets them into the view. */
async function lower(): Promise<void> {
  const row = world.policy.people.find(({ person }) => person === READER);
  await world.writer.put({ ...row!, clearance: { ...row!.clearance, classified: 'UNCLASSIFIED' } });
}

async function beat(): Promise<void> {
  await world.writer.beat();
  await world.bus.settled();
}

async function raise(name: string): Promise<void> {
  const assessment = anAssessment({ id: uuidOf(name), marking: MARKING });
  await world.assess(assessment);
  await world.alert(anAlert(assessment));
}

/** A request that meets a copy a moment too old, once it waits. */
async function askLate() {
  const headers = await world.as(READER);
  world.clock.advance(2_001);
  let answer: { readonly statusCode: number; json(): object } | undefined;
  void gateway.app.inject({ url: '/v1/alerts', headers }).then((given) => (answer = given));
  await eventually(isWaiting, BUSY);
  return { answered: () => answer !== undefined, answer: () => eventually(() => answer ?? false, BUSY) };
}

test('a request waits for the heartbeat, and is answered by the registry of then', async () => {
  const { answered, answer } = await askLate();
  expect(answered()).toBe(false);
  await beat();
  expect((await answer()).statusCode).toBe(200);
});

test('a request whose reader was lowered meanwhile is not answered as if they had not been', async () => {
  const { answer } = await askLate();
  await lower();
  await beat();
  expect((await answer()).statusCode).toBe(404); // the view does not exist for them
});

test('a request that waits in vain gets the 503 that names the registry, and the next one at once', async () => {
  const { answer } = await askLate();
  secondPasses();
  const refusal = { type: 'urn:sitebus:problem:fail-closed', status: 503 };
  expect((await answer()).json()).toMatchObject(refusal);
  const next = await gateway.app.inject({ url: '/v1/alerts', headers: await world.as(READER) });
  expect([next.json(), armed.size]).toEqual([expect.objectContaining(refusal), 0]);
});

test('nobody in particular is not kept waiting by a registry that they are not in', async () => {
  world.clock.advance(2_001);
  const answer = await gateway.app.inject({ url: '/v1/alerts' });
  expect([answer.statusCode, armed.size]).toEqual([401, 0]);
});

/** A stream that has had one alert and whose gateway, with a second one to send, waits for the heartbeat. */
async function streamLate() {
  const stop = new AbortController();
  const events: StreamEvent[] = [];
  let isEnded = false;
  const { body } = await fetch(`${gateway.address()}/v1/alerts/stream`, { headers: await world.as(READER), signal: stop.signal }); // prettier-ignore
  const reading = collectEvents(body!, events).then(() => (isEnded = true), () => undefined); // prettier-ignore
  const alerts = (): number => events.filter(({ event }) => event === 'alert').length;
  await raise('before');
  await eventually(() => alerts() === 1, BUSY);
  world.clock.advance(2_001);
  await raise('meanwhile');
  await eventually(isWaiting, BUSY);
  return { alerts, isEnded: () => isEnded, close: async () => (stop.abort(), await reading) };
}

test('a stream sends nothing while the heartbeat is late, does not end, and then goes on', async () => {
  const stream = await streamLate();
  expect([stream.alerts(), stream.isEnded()]).toEqual([1, false]);
  await beat();
  await eventually(() => stream.alerts() === 2, BUSY);
  expect(stream.isEnded()).toBe(false);
  await stream.close();
});

test('a stream whose reader was lowered meanwhile ends with the heartbeat, before its next record', async () => {
  const stream = await streamLate();
  await lower();
  await beat();
  await eventually(() => stream.isEnded(), BUSY);
  expect(stream.alerts()).toBe(1);
});

test('a stream ends when the second has passed in vain, with nothing sent', async () => {
  const stream = await streamLate();
  secondPasses();
  await eventually(() => stream.isEnded(), BUSY);
  expect(stream.alerts()).toBe(1);
});
