// Readers who are gone before their stream has begun: a request may wait, and connections end meanwhile.

import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import { collectEvents, type StreamEvent } from '../../../test/support/stream-events.ts';
import type { GatewayService } from './service.ts';
import { anAlert, anAssessment, uuidOf } from './testing/records.ts';
import { aWorld, heldTimers, type World } from './testing/world.ts';

const READER = 'ama-lindqvist';
/** The seconds that are being waited: what ends each. */
const { armed, setTimer } = heldTimers();
let world: World;
let gateway: GatewayService;

beforeEach(async () => {
  armed.clear();
  world = await aWorld({ setTimer });
  gateway = await world.gateway('s-can', { listen: { host: '127.0.0.1', port: 0 } });
});
afterEach(async () => world[Symbol.asyncDispose]());

const connections = (): Promise<number> => new Promise((resolve) => gateway.app.server.getConnections((_, n) => resolve(n))); // prettier-ignore

/** Asks for a stream on a connection of its own. */
async function ask(): Promise<Socket> {
  const { authorization } = await world.as(READER);
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(gateway.address()!).port) });
  socket.write(`GET /v1/alerts/stream HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`);
  return socket;
}

test('a reader who left while their request waited has no stream: no place is taken, and nothing is released to them', async () => {
  await world.keyOf(READER);
  world.clock.advance(2_001); // the heartbeat is late: requests wait for it
  const gone = await Promise.all(Array.from({ length: 5 }, ask));
  await eventually(async () => armed.size > 0 && (await connections()) === 5);
  for (const socket of gone) socket.destroy();
  await eventually(async () => (await connections()) === 0);
  await world.writer.beat();
  await world.bus.settled();

  const stop = new AbortController();
  const response = await fetch(`${gateway.address()}/v1/alerts/stream`, { headers: await world.as(READER), signal: stop.signal }); // prettier-ignore
  expect(response.status).toBe(200); // five are allowed, and five have left
  const events: StreamEvent[] = [];
  const reading = collectEvents(response.body!, events).catch(() => undefined);
  const assessment = anAssessment({ id: uuidOf('one'), marking: 'SECRET//CANADIAN EYES ONLY' });
  await world.assess(assessment);
  await world.alert(anAlert(assessment));
  await eventually(() => events.some(({ event }) => event === 'alert'));
  expect(world.leaves('s-can').filter(({ reason }) => reason === 'STREAM')).toHaveLength(1);
  stop.abort();
  await reading;
});
