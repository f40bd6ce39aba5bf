// Refusals are answers: they have the headers of every answer, they count, and they tell nothing of what was refused.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BusPort } from '@sitebus/sdk';
import { anIndicatorReport, uuidOf } from './testing/records.ts';
import { aWorld, type World } from './testing/world.ts';

/** Whether the ledger's topic takes anything. */
let isLedgerUp = true;
let world: World;
beforeAll(async () => {
  const whileUp = (bus: BusPort): BusPort => ({
    ...bus,
    async createProducer(...options) {
      const producer = await bus.createProducer(...options);
      return { ...producer, send: (record) => (isLedgerUp ? producer.send(record) : Promise.reject(new Error('down'))) };
    },
  }); // prettier-ignore
  world = await aWorld({ bus: whileUp });
});
afterAll(() => world[Symbol.asyncDispose]());

const HELD_TO = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': expect.stringContaining("default-src 'none'"),
  'strict-transport-security': expect.any(String),
  'cache-control': 'private, no-store',
};

test('a refusal of every kind has the headers that every answer has', async () => {
  const gateway = await world.gateway('s-can');
  const reviewer = await world.as('viggo-tremblay');
  const asked: readonly (readonly [number, string, Record<string, string>])[] = [
    [401, '/v1/me', {}],
    [401, '/v1/me', { authorization: 'Bearer x' }],
    [403, '/v1/people', reviewer],
    [404, '/v1/alerts?view=ts-can', reviewer],
    [404, '/nowhere', reviewer],
    [400, '/v1/alerts?limit=0', reviewer],
    [406, '/v1/me', { ...reviewer, accept: 'image/png' }],
  ];
  for (const [status, url, headers] of asked) {
    const answer = await gateway.app.inject({ url, headers });
    expect([url, answer.statusCode, answer.headers]).toEqual([url, status, expect.objectContaining(HELD_TO)]);
  }
  const other = await gateway.app.inject({ method: 'DELETE', url: '/v1/me', headers: reviewer });
  expect([other.statusCode, other.headers]).toEqual([405, expect.objectContaining(HELD_TO)]);
});

test.each([
  ['403 of the role', '/v1/people', 'viggo-tremblay', 403],
  ['404 of a view', '/v1/alerts?view=ts-can', 'viggo-tremblay', 404],
  ['401 without a token', '/v1/alerts', undefined, 401],
])('a %s uses one request of those who ask', async (_what, url, person, status) => {
  const gateway = await world.gateway('s-can', { requestsPerMinute: 3 });
  const headers = person === undefined ? {} : await world.as(person);
  const answers = [];
  for (let asked = 0; asked < 4; asked += 1) answers.push(await gateway.app.inject({ url, headers }));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([status, status, status, 429]);
  expect(answers[0]?.headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-remaining': '2' });
});

test('a page that the ledger does not take is not said to have a next one', async () => {
  const gateway = await world.gateway('s-can');
  for (const name of ['first', 'second'])
    await world.observe('IndicatorReport', 's-can', anIndicatorReport({ id: uuidOf(name), marking: 'SECRET//CANADIAN EYES ONLY' })); // prettier-ignore
  const page = async () =>
    gateway.app.inject({ url: '/v1/observations?limit=1', headers: await world.as('ama-lindqvist') });
  expect((await page()).headers['link']).toContain('rel="next"');
  isLedgerUp = false;
  const { statusCode, headers } = await page();
  isLedgerUp = true;
  expect([statusCode, headers['link']]).toEqual([503, undefined]);
});
