// One listener for all views: who is handed where, and that nobody gets further than their own gateway lets them.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '@sitebus/sdk';
import { createAuthenticate } from './authenticate.ts';
import { createFrontDoor } from './front-door.ts';
import type { FrontDoor } from './front-door.ts';
import { createLocalIssuer } from './local-issuer.ts';
import { createRegistryReader } from './registry/reader.ts';
import type { RegistryCopy } from '@sitebus/kit';
import { createGatewayService } from './service.ts';
import type { GatewayService } from './service.ts';
import { createInMemoryDesk } from './store/in-memory.ts';
import { aWorld, testConfig } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let door: FrontDoor;
let reader: RegistryCopy;
let gateways: Map<string, GatewayService>;
let keyDir: string;

beforeAll(async () => {
  world = await aWorld();
  keyDir = await mkdtemp(join(tmpdir(), 'sitebus-issuer-'));
  const { policy, codec, clock } = world;
  const { bus } = world.bus.connect;
  const localIssuer = await createLocalIssuer({
    listeners: ['127.0.0.1'],
    keyFile: join(keyDir, 'issuer.json'),
    clock,
  });
  const issuerKeys = [localIssuer.trusted];
  const parts = { policy, codec, bus, clock, log: silentLog, intakes: () => undefined, issuerKeys, localIssuer };
  gateways = new Map(
    ['public', 'partner', 's-can'].map((view) => [
      view,
      createGatewayService({ ...parts, store: createInMemoryDesk(), config: testConfig(view) }),
    ]),
  );
  for (const gateway of gateways.values()) await gateway.start();
  reader = createRegistryReader({ bus, clock, log: silentLog, groupId: 'gateway.public.front-door' });
  await reader.start();
  await world.bus.settled();
  door = createFrontDoor({
    gateways,
    registry: reader,
    policy,
    clock,
    authenticate: createAuthenticate({ registry: reader, issuers: issuerKeys, clock }),
    listen: { host: '127.0.0.1', port: 0 },
  });
  await door.start();
});
afterAll(async () => {
  await door.stop();
  for (const gateway of gateways.values()) await gateway.stop();
  await reader.stop();
  await world[Symbol.asyncDispose]();
  await rm(keyDir, { recursive: true });
});

/** Closes each connection, so that the door does not wait for it. */
const ask = async (path: string, headers: Record<string, string> = {}, body?: object) => {
  const response = await fetch(`${door.address()}${path}`, {
    headers: { connection: 'close', ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, json: () => JSON.parse(text) as Record<string, unknown> };
};

test('a reader is handed to the gateway of their home view, or of a view below that they name', async () => {
  const analyst = await world.as('ama-lindqvist');
  expect((await ask('/v1/me', analyst)).json()).toMatchObject({ person: 'ama-lindqvist', view: 's-can' });
  expect((await ask('/v1/me?view=partner', analyst)).json()).toMatchObject({
    view: 'partner',
    clearance: { classified: 'UNCLASSIFIED', maxTlp: 'AMBER+STRICT' },
  });
  expect((await ask('/v1/alerts?view=public', analyst)).status).toBe(200);
});

test('a view above, one that is not run here and one that does not exist answer alike', async () => {
  const partner = await world.as('piotr-adeyemi');
  const answers = await Promise.all(
    ['s-can', 'ts-can', 'nowhere'].map((view) => ask(`/v1/alerts?view=${view}`, partner)),
  );
  expect(answers.map(({ status, text }) => [status, text])).toEqual(
    Array(3).fill([404, '{"type":"urn:sitebus:problem:not-found","title":"Not found","status":404}']),
  );
  expect((await ask('/v1/alerts?view=partner', partner)).status).toBe(200);
});

test('without a token one is at the public view; a bad token is refused there', async () => {
  expect((await ask('/version')).json()).toMatchObject({ name: 'sitebus' });
  expect((await ask('/v1/alerts')).status).toBe(401);
  expect((await ask('/v1/alerts', { authorization: 'Bearer nonsense' })).status).toBe(401);
});

test('the local issuer gives a role a token that works, and nobody who is not in the registry', async () => {
  const { person, token } = (await ask('/dev/token', {}, { role: 'secretariat' })).json();
  expect(person).toBe('samir-vasquez');
  // ts-can is not run in this world: at the public door a secretary is still who they are.
  expect((await ask('/v1/me?view=s-can', { authorization: `Bearer ${String(token)}` })).json()).toMatchObject({
    person: 'samir-vasquez',
    roles: ['secretariat'],
  });
  expect((await ask('/dev/token', {}, { person: 'nobody' })).status).toBe(404);
  expect((await ask('/dev/token', {}, {})).status).toBe(422);
});

test('the local issuer answers nobody who reached it by another name than loopback’s, such as a rebound one', async () => {
  const { app } = gateways.get('public')!;
  const under = async (host: string) =>
    (await app.inject({ method: 'POST', url: '/dev/token', headers: { host }, payload: { role: 'secretariat' } })).statusCode; // prettier-ignore
  for (const host of ['localhost:7080', '127.0.0.1:7080', '[::1]:7080']) expect(await under(host)).toBe(200);
  for (const host of ['rebound.example:7080', 'rebound.example', '127.0.0.1.rebound.example'])
    expect(await under(host)).toBe(404);
});

test('the issuer’s key is made once, for its owner alone, and only where every listener is on loopback', async () => {
  const { clock } = world;
  const keyFile = join(keyDir, 'issuer.json');
  const before = await readFile(keyFile, 'utf8');
  const again = await createLocalIssuer({ listeners: ['127.0.0.1', 'localhost', '::1'], keyFile, clock });
  expect(await readFile(keyFile, 'utf8')).toBe(before);
  expect((await stat(keyFile)).mode & 0o077).toBe(0);
  expect(JSON.stringify(again.trusted)).not.toContain('"d"');
  for (const host of ['0.0.0.0', '::', '192.0.2.1', '127.0.0.1.example']) {
    await expect(createLocalIssuer({ listeners: ['127.0.0.1', host], keyFile, clock })).rejects.toThrow('loopback');
  }
});

test('a door that cannot tell whose view a request is for has it refused, whatever the gateways know', async () => {
  const { policy, clock } = world;
  const { bus } = world.bus.connect;
  const unread = createRegistryReader({ bus, clock, log: silentLog, groupId: 'gateway.public.front-door.unread' });
  const blind = createFrontDoor({
    gateways,
    registry: unread,
    policy,
    clock,
    authenticate: createAuthenticate({ registry: unread, issuers: [], clock }),
    listen: { host: '127.0.0.1', port: 0 },
  });
  await blind.start();
  const headers = { connection: 'close', ...(await world.as('ama-lindqvist')) };
  const answer = await fetch(`${blind.address()}/v1/me`, { headers });
  expect([answer.status, await answer.json()]).toEqual([503, expect.objectContaining({ type: 'urn:sitebus:problem:fail-closed' })]); // prettier-ignore
  const anyone = await fetch(`${blind.address()}/version`, { headers: { connection: 'close' } });
  expect([anyone.status, await anyone.json()]).toEqual([200, expect.objectContaining({ name: 'sitebus' })]);
  await blind.stop();
});

test('a door that closes ends the streams that run through it, and does not wait for idle connections', async () => {
  const { policy, clock } = world;
  const other = createFrontDoor({
    gateways,
    registry: reader,
    policy,
    clock,
    authenticate: createAuthenticate({ registry: reader, issuers: [], clock }),
    listen: { host: '127.0.0.1', port: 0 },
  });
  await other.start();
  const headers = await world.as('ama-lindqvist');
  await fetch(`${other.address()}/version`).then((idle) => idle.text());
  const stream = await fetch(`${other.address()}/v1/alerts/stream`, { headers });
  const text = stream.text();
  await other.stop();
  expect(await text).toContain('event: end\ndata: {"ended":true}');
});
