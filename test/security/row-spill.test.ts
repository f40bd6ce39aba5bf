// A record that lies where it must not: admitted, and marked too low by its own agency. Two persons have it skipped; then no
// view shows it, and a restart changes nothing of that.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signSpill } from '@sitebus/kit';
import { spillTopic } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { anIndicatorReport } from '../support/observations.ts';
import { eventually } from '../support/eventually.ts';
import { startWorld, type World } from '../support/world.ts';
import { askFrontDoor } from './front-door-requests.ts';

const SECONDS = 1_000;
const OPEN = 'UNCLASSIFIED//TLP:CLEAR';
const FIRST = 'dalia-fenwick';
const SECOND = 'edgar-nkemelu';
const REVIEWER = 'viggo-tremblay';
const READER = 'ama-lindqvist';
const SENDER = 'samir-vasquez';
const HOLDER = 'teodor-vance';
let world: World;
let seeds: readonly string[];

beforeAll(async () => {
  world = await startWorld();
  seeds = JSON.parse(await readFile(join(world.dataDir, 'policy-keys.json'), 'utf8')) as readonly string[];
}, 240 * SECONDS);
afterAll(() => world.close());

const key = (n: 1 | 2) => ({ person: `local-${n}`, seed: seeds[n - 1] ?? '' });

async function post(as: string, path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const response = await world.ask(as, path, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
} // prettier-ignore

const statusOf = async (as: string, path: string): Promise<number> => (await world.ask(as, path)).status;

async function publish(domain: string): Promise<string> {
  const { status, body } = await post(
    'mei-hathaway',
    '/v1/observations?view=public',
    anIndicatorReport({ marking: OPEN, domains: [domain] }),
  );
  if (status !== 202) throw new Error(`publish: ${status} ${JSON.stringify(body)}`);
  return String(body['id']);
}

async function assessmentWith(id: string, view: string): Promise<string> {
  let found: string | undefined;
  await eventually(async () => {
    const { items } = (await world.get(READER, `/v1/assessments?view=${view}&limit=200`)) as {
      items: { id: string; members: { id: string }[] }[];
    };
    found = items.find(({ members }) => members.some((member) => member.id === id))?.id;
    return found !== undefined;
  });
  return String(found);
}

const notified = async (): Promise<readonly Record<string, unknown>[]> =>
  ((await world.get(HOLDER, '/v1/notifications?view=s-can')) as { items: Record<string, unknown>[] }).items;

/** Where a record lies, looked up on the bus itself. */
async function coordinatesOf(id: string): Promise<string> {
  const bus = createKafkaBus({ brokers: [world.bootstrap], sasl: { username: world.admin.user, password: world.admin.password }, clientId: 'spill-test' });
  try {
    return await new Promise<string>((resolve, reject) => {
      void bus.inspect
        .topics()
        .then((topics) =>
          bus.createConsumer({
            groupId: `spill-test.${randomUUID()}`, topics: topics.filter((topic) => topic.startsWith('obs.open.')), from: 'earliest', commit: 'never',
            onBatch: async ({ records }) => {
              const found = records.find((record) => record.key?.toString('utf8').startsWith(id));
              if (found !== undefined) resolve(`${found.topic}/${found.partition}/${found.offset}`);
            },
          }),
        )
        .catch(reject);
    });
  } finally {
    await bus.close();
  }
} // prettier-ignore

describe('a spilled record', () => {
  test(
    'is shown before, and to nobody after two persons have signed; who had it is listed, and a list that was tampered with closes the door',
    async () => {
      const id = await publish('spilled-by-mistake.example');
      const views = ['public', 's-can'];
      for (const view of views)
        await eventually(async () => (await statusOf(READER, `/v1/observations/${id}?view=${view}`)) === 200);
      await eventually(async () => JSON.stringify(await world.get(READER, `/v1/assessments?view=public&limit=200`)).includes(id));

      const product = await assessmentWith(id, 's-can');
      const sent = await post(SENDER, '/v1/distributions?view=s-can', { product, recipients: [HOLDER], precedence: 'ROUTINE', decision: { reason: 'they need it' } });
      expect(sent.status).toBe(201);
      await eventually(async () => (await notified()).length === 1);
      const [notification] = await notified();
      expect(JSON.stringify(await world.get(HOLDER, `/v1/notifications/${String(notification?.['id'])}?view=s-can`))).toContain(id);

      const coordinates = await coordinatesOf(id);
      const shown = await post(FIRST, '/v1/spills/preview?view=public', { coordinates, reason: 'marked too low' });
      expect({ status: shown.status, observation: shown.body['observation'] }).toEqual({ status: 200, observation: id });
      const text = String(shown.body['toSign']);
      const proposed = await post(FIRST, '/v1/spills?view=public', { note: signSpill(text, key(1)) });
      expect(proposed).toMatchObject({ status: 201, body: { id: 'open.1', state: 'PROPOSED' } });
      expect(await statusOf(READER, `/v1/observations/${id}?view=public`)).toBe(200);
      for (const [who, signer] of [[FIRST, 2], [SECOND, 1]] as const)
        expect((await post(who, '/v1/spills/open.1/confirm?view=public', { note: signSpill(text, key(signer)) })).status).toBe(409);
      const confirmed = await post(SECOND, '/v1/spills/open.1/confirm?view=public', { note: signSpill(text, key(2)) });
      expect(confirmed).toMatchObject({ status: 200, body: { state: 'IN_FORCE', tombstone: 'WRITTEN', persons: [FIRST, SECOND] } });

      const absent = async (path: string) => {
        const answer = await world.ask(READER, path);
        return [answer.status, await answer.text()];
      };
      const isGone = async () => {
        for (const view of views) {
        await eventually(async () => (await statusOf(READER, `/v1/observations/${id}?view=${view}`)) === 404, { withinMs: 90_000 });
        expect(await absent(`/v1/observations/${id}?view=${view}`)).toEqual(await absent(`/v1/observations/${randomUUID()}?view=${view}`));
        await eventually(async () => (await statusOf(READER, `/v1/assessments?view=${view}`)) === 200);
        const lists = await Promise.all(['observations', 'assessments'].map((kind) => world.get(READER, `/v1/${kind}?view=${view}&limit=200`)));
        expect(JSON.stringify(lists)).not.toContain(id);
        expect(JSON.stringify(lists)).not.toContain('spilled-by-mistake');
        }
        // Whoever was sent what rested on it is told that it is recalled, and is shown nothing of it.
        await eventually(async () => ['RECALLED', 'RECALL_ACKED'].includes(String((await notified())[0]?.['status'])), { withinMs: 90_000 });
        const [held] = await notified();
        const opened = await world.ask(HOLDER, `/v1/notifications/${String(held?.['id'])}?view=s-can`);
        expect([opened.status, (await opened.text()).includes(id)]).toEqual([200, false]);
        // Its agency cannot bring it back, neither at once nor after a restart.
        const again = await post('mei-hathaway', '/v1/observations?view=public', anIndicatorReport({ marking: OPEN, id, domains: ['spilled-by-mistake.example'] }));
        expect(again).toMatchObject({ status: 422, body: { errors: [{ code: 'SPILLED' }] } });
      };
      await isGone();
      world = await world.restart(); // every service, from the bus and the database alone
      await isGone();
      const had = await world.get(REVIEWER, '/v1/spills/open.1/recipients?view=public');
      expect(had['items']).toContainEqual(expect.objectContaining({ person: READER, as: 'observation' }));
      expect(await statusOf(FIRST, '/v1/spills/open.1/recipients?view=public')).toBe(403);

      await world.gateways.get('public')?.stop(); // what follows is about another gateway
      const bus = createKafkaBus({ brokers: [world.bootstrap], sasl: { username: world.admin.user, password: world.admin.password }, clientId: 'spill-test' });
      const producer = await bus.createProducer();
      const forged = { note: signSpill(text.replace('"seq":1', '"seq":2'), key(1)).replace('too low', 'too LOW'), by: [FIRST], at: 0 };
      await producer.send({ topic: spillTopic('open'), key: null, value: Buffer.from(JSON.stringify(forged)) });
      await bus.close();
      // Not by world.ask, which asks half a minute long again whatever says that the store is not available, as this does.
      await eventually(async () => (await askFrontDoor(world, { as: READER, path: '/v1/observations?view=s-can' })).status === 503);
      expect(world.gateways.get('s-can')?.ready().parts['spills']).toContain('BAD_SIGNATURE');
    },
    600 * SECONDS,
  );
}); // prettier-ignore
