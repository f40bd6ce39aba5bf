// Distributions on a real broker, through a gateway that is killed with -9 where it hurts: as the bytes arrive, before it can
// write that they went; and as a recall is written, before anybody was told. Nothing is lost, and the receipts are the fold.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  assessTopic,
  createCodec,
  fusionPrincipal,
  gatewayPrincipal,
  loadSchemaLock,
  receiptTopic,
} from '@sitebus/sdk';
import type { Codec } from '@sitebus/sdk';
import { statusOfNotification } from '@sitebus/kit';
import { createBoard, type Board } from '../../services/gateway/src/receipts/board.ts';
import { toFact } from '../../services/gateway/src/receipts/facts.ts';
import { anAssessment } from '../../services/gateway/src/testing/records.ts';
import { eventually } from '../support/eventually.ts';
import { startOwnGateway, type OwnGateway } from '../support/own-gateway.ts';
import { collectEvents, type StreamEvent } from '../support/stream-events.ts';

const VIEW = 's-can';
const SENDER = 'samir-vasquez';
const READER = 'ama-lindqvist';
const OTHER = 'teodor-vance';
const product = anAssessment({ marking: 'SECRET//CANADIAN EYES ONLY' });

let gateway: OwnGateway;
let codec: Codec;

beforeAll(async () => {
  gateway = await startOwnGateway({ view: VIEW, people: [SENDER, READER, OTHER] });
  codec = createCodec({ lock: await loadSchemaLock(gateway.lockPath) });
  const producer = await gateway.busAs(fusionPrincipal(VIEW)).createProducer();
  const value = codec.encode('ca.sitebus.fusion.Assessment', product);
  await producer.send({ topic: assessTopic(VIEW), key: product.id, value });
  await eventually(async () => (await ask(SENDER, `/v1/assessments/${product.id}`)).status === 200, {
    what: 'the gateway has read the product',
  });
});
afterAll(() => gateway.close());

const ask = (person: string, path: string, init?: RequestInit): Promise<Response> => gateway.ask(person, path, init);
const post = (person: string, path: string, body: object, key: string): Promise<Response> =>
  ask(person, path, { method: 'POST', body: JSON.stringify(body), headers: { 'idempotency-key': key } });

/** An open stream, and what has come on it. */
/** Followed as a client does: where the gateway ends it, as a busy machine makes it do, it is opened again. */
async function stream(person: string): Promise<{ events: StreamEvent[]; close(): void }> {
  const stop = new AbortController();
  const events: StreamEvent[] = [];
  const open = () => ask(person, '/v1/notifications/stream', { signal: stop.signal });
  const first = await open();
  expect(first.status).toBe(200);
  const follow = async (): Promise<void> => {
    for (let response = first; !stop.signal.aborted; response = await open())
      await collectEvents(response.body!, events);
  };
  void follow().catch(() => undefined); // killed with its gateway
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
  const board = createBoard(gateway.policy.views.find(({ id }) => id === VIEW)!.namespace);
  const bus = gateway.busAs(gatewayPrincipal(VIEW));
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
  await eventually(() => read >= (ends?.next ?? 0n), { what: 'every receipt is read' });
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
  await eventually(() => open.events.some(({ event }) => event === 'notification'));
  await gateway.killAndStart(); // its bytes went; whether that is written is a matter of a millisecond
  distributionId = id;
  notificationId = String(open.events.find(({ event }) => event === 'notification')?.data['id']);

  const again = await post(SENDER, '/v1/distributions', distribution, 'order'); // as who never heard the answer
  expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([201, id]);
  const reopened = await stream(READER);
  await eventually(async () => (await rows()).find(({ person }) => person === READER)?.status === 'DELIVERED', {
    what: 'the receipt is written',
  });
  expect(reopened.events.filter(({ event }) => event === 'notification').length).toBeLessThanOrEqual(1);
  expect((await rows()).map(({ person, status }) => [person, status]).sort()).toEqual([
    [READER, 'DELIVERED'],
    ['nobody-at-all', 'WITHHELD'],
    [OTHER, 'QUEUED'],
  ]);
  reopened.close();
});

test('fetching the body opens it; the person acknowledges', async () => {
  const body = (await (await ask(READER, `/v1/notifications/${notificationId}`)).json()) as { body: { id: string } };
  expect(body.body.id).toBe(product.id);
  const answer = await ask(READER, `/v1/notifications/${notificationId}/acknowledge`, { method: 'POST', body: '{}' });
  expect(((await answer.json()) as Row).status).toBe('ACKNOWLEDGED');
  const { times } = (await rows(`?person=${READER}`))[0] as Row;
  expect(Object.keys(times)).toEqual(['ACKNOWLEDGED', 'ATTEMPTED', 'ISSUED', 'OPENED', 'SENT']);
});

test('a recall whose gateway is killed before it told anybody reaches who had it, and nobody else', async () => {
  const before = new Date().toISOString();
  const recalled = await post(
    SENDER,
    `/v1/distributions/${distributionId}/recall`,
    { reason: 'It was wrong.' },
    'recall',
  );
  expect(recalled.status).toBe(200);
  await gateway.killAndStart();
  const open = await stream(READER);
  await eventually(() => open.events.some(({ event }) => event === 'recall'));
  await eventually(async () => (await rows(`?person=${READER}`))[0]?.times['RECALL_SENT'] !== undefined, {});
  const gone = (await (await ask(READER, `/v1/notifications/${notificationId}`)).json()) as Record<string, unknown>;
  expect([gone['kind'], gone['body']]).toEqual(['recall', undefined]);
  const answer = await ask(READER, `/v1/notifications/${notificationId}/acknowledge`, { method: 'POST', body: '{}' });
  expect(((await answer.json()) as Row).status).toBe('RECALL_ACKED');
  expect(((await (await ask(OTHER, '/v1/notifications')).json()) as { items: unknown[] }).items).toEqual([]);
  const then = await rows(`?person=${READER}&asOf=${encodeURIComponent(before)}`);
  expect(then.map(({ status }) => status)).toEqual(['ACKNOWLEDGED']);
  open.close();
});

test('the receipts that a fresh gateway shows are the fold of what lies on the bus', async () => {
  await gateway.killAndStart();
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
});
