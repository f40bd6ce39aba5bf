// Distributions on a real broker, through a gateway that is killed with -9 where it hurts: as the bytes arrive, before it can
// write that they went; and as a recall is written, before anybody was told. Nothing is lost, and the receipts are the fold.

import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  assessTopic, createCodec, fusionPrincipal, gatewayPrincipal, loadPolicy, loadSchemaLock, receiptTopic, REGISTRY_PRINCIPAL, silentLog, systemClock,
} from '@sitebus/sdk'; // prettier-ignore
import type { Codec, Policy } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { statusOfNotification } from '@sitebus/kit';
import { provision, type Provisioned } from '../../deploy/provision/index.ts';
import { createBoard, type Board } from '../../services/gateway/src/receipts/board.ts';
import { toFact } from '../../services/gateway/src/receipts/facts.ts';
import { createRegistryWriter, type RegistryWriter } from '../../services/gateway/src/registry/writer.ts';
import { anAssessment } from '../../services/gateway/src/testing/records.ts';
import { eventually } from '../support/eventually.ts';
import type { GatewayProcessSettings } from '../support/gateway-process.ts';
import { startOwnBroker, type OwnBroker } from '../support/own-broker.ts';
import { collectEvents, type StreamEvent } from '../support/stream-events.ts';

const VIEW = 's-can';
const SENDER = 'samir-vasquez';
const READER = 'ama-lindqvist';
const OTHER = 'teodor-vance';
const product = anAssessment({ marking: 'SECRET//CANADIAN EYES ONLY' });

let broker: OwnBroker;
let provisioned: Provisioned;
let policy: Policy;
let codec: Codec;
let registry: RegistryWriter;
let gateway: { readonly child: ChildProcess; readonly address: string };
const keys = new Map<string, string>();
const buses: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  broker = await startOwnBroker();
  const { bootstrap, registryUrl, admin, dataDir } = broker;
  provisioned = await provision({ bootstrap, registryUrl, admin, dataDir, schemasDir: 'schemas' });
  policy = await loadPolicy('schemas/policy');
  codec = createCodec({ lock: await loadSchemaLock(provisioned.lockPath) });
  registry = createRegistryWriter({
    bus: busAs(REGISTRY_PRINCIPAL),
    people: policy.people,
    clock: systemClock,
    log: silentLog,
  });
  await registry.start();
  for (const person of [SENDER, READER, OTHER]) keys.set(person, await registry.issueKey({ name: person, person }));
  const producer = await busAs(fusionPrincipal(VIEW)).createProducer();
  const value = codec.encode('ca.sitebus.fusion.Assessment', product);
  await producer.send({ topic: assessTopic(VIEW), key: product.id, value });
  gateway = await started();
}, 240_000);
afterAll(async () => {
  gateway.child.kill('SIGKILL');
  await registry.stop();
  for (const bus of buses) await bus.close();
  await broker.stop();
}, 60_000);

function busAs(principal: string) {
  const { username, password } = provisioned.credentials[principal] as { username: string; password: string };
  const bus = createKafkaBus({ brokers: [broker.bootstrap], sasl: { username, password }, clientId: principal, log: silentLog });
  buses.push(bus);
  return bus;
} // prettier-ignore

/** Starts the gateway as a process; resolves when it is ready. */
async function started(): Promise<typeof gateway> {
  const { username, password } = provisioned.credentials[gatewayPrincipal(VIEW)] as {
    username: string;
    password: string;
  };
  const settings: GatewayProcessSettings = {
    view: VIEW, brokers: [broker.bootstrap], sasl: { username, password }, registryUrl: broker.registryUrl, lockPath: provisioned.lockPath,
  }; // prettier-ignore
  const args = ['--conditions=source', '--import', 'tsx', 'test/support/gateway-process.ts', JSON.stringify(settings)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  await eventually(() => text.includes('\n') || child.exitCode !== null, {
    withinMs: 120_000,
    what: 'the gateway is ready',
  });
  if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
  return { child, address: text.split('\n')[0] ?? '' };
}

/** Nothing of the process gets to say goodbye; another one begins. */
async function killAndStart(): Promise<void> {
  const gone = new Promise((resolve) => gateway.child.once('exit', resolve));
  gateway.child.kill('SIGKILL');
  await gone;
  gateway = await started();
}

const ask = (person: string, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${gateway.address}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${keys.get(person)}`, 'content-type': 'application/json', ...(init.headers as object) },
  }); // prettier-ignore
const post = (person: string, path: string, body: object, key: string): Promise<Response> =>
  ask(person, path, { method: 'POST', body: JSON.stringify(body), headers: { 'idempotency-key': key } });

/** An open stream; `onEvent` is called in the turn in which an event has arrived. */
async function stream(person: string): Promise<{ events: StreamEvent[]; close(): void }> {
  const stop = new AbortController();
  const response = await ask(person, '/v1/notifications/stream', { signal: stop.signal });
  expect(response.status).toBe(200);
  const events: StreamEvent[] = [];
  void collectEvents(response.body!, events).catch(() => undefined); // killed with its gateway
  return { events, close: () => stop.abort() };
}

interface Row {
  readonly id: string;
  readonly person: string;
  readonly status: string;
  readonly times: Readonly<Record<string, string>>;
}
const rows = async (query = ''): Promise<Row[]> => {
  const { items } = (await (await ask(SENDER, `/v1/receipts${query}`)).json()) as { items: Row[] };
  return items;
};

/** Everything on receipt.<view>, folded by itself. */
async function fold(): Promise<Board> {
  const board = createBoard(policy.views.find(({ id }) => id === VIEW)!.namespace);
  const bus = busAs(gatewayPrincipal(VIEW));
  const [ends] = await bus.inspect.ends(receiptTopic(VIEW));
  let read = 0n;
  const consumer = await bus.createConsumer({
    groupId: `${gatewayPrincipal(VIEW)}.fold-${Math.random()}`, topics: [receiptTopic(VIEW)], from: 'earliest', commit: 'never',
    onBatch: async ({ records }) => {
      for (const record of records) {
        const fact = toFact(record, codec);
        if (fact !== undefined) board.apply(fact);
        read = record.offset + 1n;
      }
    },
  }); // prettier-ignore
  await eventually(() => read >= (ends?.next ?? 0n), { withinMs: 20_000, what: 'every receipt is read' });
  await consumer.close();
  return board;
}

const distribution = { product: product.id, recipients: [READER, OTHER, 'nobody-at-all'], precedence: 'FLASH', decision: { reason: 'To act on.' } }; // prettier-ignore
let distributionId = '';
let notificationId = '';

test('what arrived as its gateway was killed is owed a receipt, and gets it; the order that is repeated is the same one', async () => {
  const open = await stream(READER);
  const answer = await post(SENDER, '/v1/distributions', distribution, 'order');
  const { id } = (await answer.json()) as { id: string };
  await eventually(() => open.events.some(({ event }) => event === 'notification'), { withinMs: 20_000 });
  await killAndStart(); // its bytes went; whether that is written is a matter of a millisecond
  distributionId = id;
  notificationId = String(open.events.find(({ event }) => event === 'notification')?.data['id']);

  const again = await post(SENDER, '/v1/distributions', distribution, 'order'); // as who never heard the answer
  expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([201, id]);
  const reopened = await stream(READER);
  await eventually(async () => (await rows()).find(({ person }) => person === READER)?.status === 'DELIVERED', {
    withinMs: 20_000,
    what: 'the receipt is written',
  });
  expect(reopened.events.filter(({ event }) => event === 'notification').length).toBeLessThanOrEqual(1);
  expect((await rows()).map(({ person, status }) => [person, status]).sort()).toEqual([
    [READER, 'DELIVERED'],
    ['nobody-at-all', 'WITHHELD'],
    [OTHER, 'QUEUED'],
  ]);
  reopened.close();
}, 240_000);

test('fetching the body opens it; the person acknowledges', async () => {
  const body = (await (await ask(READER, `/v1/notifications/${notificationId}`)).json()) as { body: { id: string } };
  expect(body.body.id).toBe(product.id);
  const answer = await ask(READER, `/v1/notifications/${notificationId}/acknowledge`, { method: 'POST', body: '{}' });
  expect(((await answer.json()) as Row).status).toBe('ACKNOWLEDGED');
  const { times } = (await rows(`?person=${READER}`))[0] as Row;
  expect(Object.keys(times)).toEqual(['ACKNOWLEDGED', 'ATTEMPTED', 'ISSUED', 'OPENED', 'SENT']);
}, 60_000);

test('a recall whose gateway is killed before it told anybody reaches who had it, and nobody else', async () => {
  const before = new Date().toISOString();
  const recalled = await post(
    SENDER,
    `/v1/distributions/${distributionId}/recall`,
    { reason: 'It was wrong.' },
    'recall',
  );
  expect(recalled.status).toBe(200);
  await killAndStart();
  const open = await stream(READER);
  await eventually(() => open.events.some(({ event }) => event === 'recall'), { withinMs: 20_000 });
  await eventually(async () => (await rows(`?person=${READER}`))[0]?.times['RECALL_SENT'] !== undefined, {
    withinMs: 20_000,
  });
  const gone = (await (await ask(READER, `/v1/notifications/${notificationId}`)).json()) as Record<string, unknown>;
  expect([gone['kind'], gone['body']]).toEqual(['recall', undefined]);
  const answer = await ask(READER, `/v1/notifications/${notificationId}/acknowledge`, { method: 'POST', body: '{}' });
  expect(((await answer.json()) as Row).status).toBe('RECALL_ACKED');
  expect(((await (await ask(OTHER, '/v1/notifications')).json()) as { items: unknown[] }).items).toEqual([]);
  const then = await rows(`?person=${READER}&asOf=${encodeURIComponent(before)}`);
  expect(then.map(({ status }) => status)).toEqual(['ACKNOWLEDGED']);
  open.close();
}, 240_000);

test('the receipts that a fresh gateway shows are the fold of what lies on the bus', async () => {
  await killAndStart();
  const board = await fold();
  const folded = [...board.notifications()].map(({ id, person, state }) => ({
    id,
    person,
    status: statusOfNotification(state),
    times: Object.fromEntries(Object.entries(state.facts).sort().map(([kind, at]) => [kind, new Date(at).toISOString()])),
  })); // prettier-ignore
  const shown = (await rows()).filter(({ status }) => status !== 'WITHHELD');
  expect(shown.map(({ id, person, status, times }) => ({ id, person, status, times }))).toEqual(folded);
  expect(folded.map(({ status }) => status).sort()).toEqual(['RECALLED', 'RECALL_ACKED']);
}, 120_000);
