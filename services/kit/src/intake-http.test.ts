import { afterEach, expect, test } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { notDurable, notYourAgency, type ItemAnswer } from '@sitebus/sdk';
import { createIntakeClient } from './intake-client.ts';
import { intakeRoutes, MAX_IMPORT_BYTES } from './intake-http.ts';
import type { AgencyIntake } from './intake.ts';

const credential = 'x'.repeat(32);
const clerk = { person: 'clerk-1', agency: 'cse', cells: ['open', 'partner'] };
const accepted = (line: number): ItemAnswer => ({ line, status: 'accepted', id: `id ${line}`, cell: 'open' });
let app: FastifyInstance | undefined;

afterEach(async () => {
  await app?.close();
});

/** Serves an intake of which the test gives a part, and gives a client of it. */
async function served(part: Partial<AgencyIntake>, key = credential) {
  const intake: AgencyIntake = {
    agency: 'cse',
    submit: (items) => Promise.resolve(items.map((_, index) => accepted(index + 1))),
    async *importFile() {},
    ...part,
  };
  app = fastify();
  await app.register(intakeRoutes({ intake, credential }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { client: createIntakeClient({ agency: 'cse', url, credential: key }), url };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('items and the person on whose behalf arrive as they were, and the answers come back', async () => {
  const heard: unknown[] = [];
  const { client } = await served({
    submit: (...given) => {
      heard.push(given);
      return Promise.resolve([accepted(1)]);
    },
  });
  expect(await client.submit([{ type: 'PublicTip', texts: ['é'] }], clerk)).toEqual([accepted(1)]);
  expect(heard).toEqual([[[{ type: 'PublicTip', texts: ['é'] }], clerk]]);
});

test('a file arrives byte for byte, and its answers come one by one with the summary last', async () => {
  const heard: unknown[] = [];
  const summary = { items: 2, accepted: 2, refused: 0, skipped: 0 };
  const { client } = await served({
    async *importFile(...given) {
      heard.push(given);
      yield accepted(1);
      yield accepted(2);
      yield { summary };
    },
  });
  const content = Buffer.from([0, 255, 10, 13]);
  expect(await all(client.importFile('misp', 'feed & co', content, clerk))).toEqual([
    accepted(1),
    accepted(2),
    { summary },
  ]);
  expect(heard).toEqual([['misp', 'feed & co', content, clerk]]);
});

test('a refusal there is the same refusal here', async () => {
  const { client } = await served({ submit: () => Promise.reject(notYourAgency({ agency: 'csis' })) });
  await expect(client.submit([], clerk)).rejects.toMatchObject({
    code: 'NOT_YOUR_AGENCY',
    retriable: false,
    details: { agency: 'csis' },
  });
});

test('an import that breaks off keeps what was answered, and says why it ended', async () => {
  const { client } = await served({
    async *importFile() {
      yield accepted(1);
      throw notDurable({ topic: 'obs.open.cse' });
    },
  });
  const answers = client.importFile('misp', 'feed', Buffer.from('{}'), clerk)[Symbol.asyncIterator]();
  expect(await answers.next()).toEqual({ done: false, value: accepted(1) });
  await expect(answers.next()).rejects.toMatchObject({ code: 'NOT_DURABLE', retriable: true });
});

test('an error that is no refusal is told without its text', async () => {
  const { client, url } = await served({ submit: () => Promise.reject(new Error('password=hunter2')) });
  await expect(client.submit([], clerk)).rejects.toMatchObject({ code: 'UNEXPECTED', retriable: true });
  const headers = { 'authorization': `Bearer ${credential}`, 'content-type': 'application/json' }; // prettier-ignore
  const body = JSON.stringify({ items: [], onBehalfOf: clerk });
  const raw = await fetch(`${url}/internal/v1/intake/submit`, { method: 'POST', headers, body });
  expect(await raw.text()).not.toContain('hunter2');
});

test('without the credential nothing reaches the intake', async () => {
  const heard: unknown[] = [];
  const submit: AgencyIntake['submit'] = (items) => Promise.resolve(void heard.push(items)).then(() => []);
  const { client, url } = await served({ submit }, 'y'.repeat(32));
  await expect(client.submit([], clerk)).rejects.toMatchObject({ code: 'NOT_AUTHENTICATED' });
  const bare = await fetch(`${url}/internal/v1/intake/submit`, { method: 'POST' });
  expect(bare.status).toBe(401);
  expect(heard).toEqual([]);
  const right = createIntakeClient({ agency: 'cse', url, credential });
  await right.submit([], clerk);
  expect(heard).toEqual([[]]);
});

test('a malformed request and a file that is too large are refused', async () => {
  const { client, url } = await served({});
  const headers = { 'authorization': `Bearer ${credential}`, 'content-type': 'application/json' }; // prettier-ignore
  const malformed = await fetch(`${url}/internal/v1/intake/submit`, { method: 'POST', headers, body: '{"items":1}' });
  expect(await malformed.json()).toMatchObject({ refusal: { code: 'MALFORMED_REQUEST', retriable: false } });
  const large = all(client.importFile('misp', 'feed', Buffer.alloc(MAX_IMPORT_BYTES + 1), clerk));
  await expect(large).rejects.toMatchObject({ code: expect.stringMatching(/TOO_LARGE|UNREACHABLE/) });
});

test('a service that is not there is unreachable', async () => {
  const client = createIntakeClient({ agency: 'cse', url: 'http://127.0.0.1:9', credential });
  await expect(client.submit([], clerk)).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
});

test('a credential that could be found by trying is refused at the start', () => {
  const intake: AgencyIntake = { agency: 'cse', submit: () => Promise.resolve([]), async *importFile() {} };
  expect(() => intakeRoutes({ intake, credential: 'short' })).toThrow('too short');
});
