// Notifications as events: what has not gone yet comes first, each once over all streams of a person, and a recall follows.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import type { GatewayService } from '../service.ts';
import { anAssessment } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const product = anAssessment({ marking: 'SECRET//CANADIAN EYES ONLY' });
const READER = 'ama-lindqvist';
const SENDER = 'samir-vasquez';
let world: World;
let gateway: GatewayService;

beforeEach(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can', { listen: { host: '127.0.0.1', port: 0 }, receiptsTickMs: 5 });
  await world.assess(product);
});
afterEach(async () => world[Symbol.asyncDispose]());

interface Event {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** An open stream, and what came on it so far. */
async function stream(person: string, from = gateway) {
  const stop = new AbortController();
  const headers = await world.as(person);
  const response = await fetch(`${from.address()}/v1/notifications/stream`, { headers, signal: stop.signal });
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })().catch(() => undefined);
  return {
    response,
    events: (): Event[] =>
      [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)]
        .map(([, event = '', data = '']) => ({ event, data: JSON.parse(data) as Record<string, unknown> }))
        .filter(({ event }) => event !== 'heartbeat'),
    ended: reading,
    async close() {
      stop.abort();
      await reading;
    },
  };
}

const post = async (url: string, payload: object, key: string) => {
  const headers = { ...(await world.as(SENDER)), 'idempotency-key': key };
  const answer = await gateway.app.inject({ method: 'POST', url, headers, payload });
  await world.bus.settled();
  return answer.json<{ id: string }>();
};
const distribute = (key: string) =>
  post('/v1/distributions', { product: product.id, recipients: [READER], precedence: 'FLASH', decision: { reason: 'r' } }, key); // prettier-ignore
const kindsWritten = () =>
  world.bus
    .records('receipt.s-can')
    .map(({ value }) => world.codec.decode(value!).value as { kind?: string })
    .flatMap(({ kind }) => kind ?? []);

test('what is issued comes on an open stream, is written as sent once it went, and its recall follows', async () => {
  const open = await stream(READER);
  expect(open.response.headers.get('content-type')).toContain('text/event-stream');
  const { id } = await distribute('a');
  await eventually(() => open.events().length === 1);
  expect(open.events()[0]).toMatchObject({
    event: 'notification',
    data: { product: { id: product.id }, from: SENDER },
  });
  await eventually(() => kindsWritten().includes('SENT'));
  expect(kindsWritten()).toEqual(['ATTEMPTED', 'SENT']); // before the first byte, after the last
  await post(`/v1/distributions/${id}/recall`, { reason: 'wrong' }, 'b');
  await eventually(() => open.events().length === 2);
  expect(open.events()[1]).toMatchObject({ event: 'recall', data: { status: 'RECALLED' } });
  await eventually(() => kindsWritten().includes('RECALL_SENT'));
  await open.close();
});

test('of several streams of a person one gets it; a later one begins with what has not gone, and with nothing else', async () => {
  const both = [await stream(READER), await stream(READER)];
  await distribute('a');
  await eventually(() => kindsWritten().includes('SENT'));
  expect(both.flatMap((each) => each.events())).toHaveLength(1);
  for (const each of both) await each.close();
  await world.pass(11 * 60_000); // overdue: the sender is told
  const late = await stream(READER);
  const sender = await stream(SENDER);
  await eventually(() => sender.events().length === 1);
  expect(sender.events()[0]).toMatchObject({ event: 'escalation', data: { notice: 'OVERDUE', person: READER } });
  expect(late.events()).toEqual([]);
  await Promise.all([late.close(), sender.close()]);
});

test('a raised epoch ends it before the next event', async () => {
  const open = await stream(READER);
  const row = world.policy.people.find(({ person }) => person === READER)!;
  await world.writer.put({ ...row, roles: ['analyst', 'operator'] });
  await world.writer.beat();
  await world.bus.settled();
  await open.ended;
  expect(open.events()).toEqual([{ event: 'end', data: { ended: true } }]);
});
