// A body may come long after its head: whoever lost their credential, role or partner meanwhile does nothing by it.

import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AgencyIntake } from '@sitebus/kit';
import { eventually } from '../../../test/support/eventually.ts';
import { uuidOf } from './testing/records.ts';
import { aWorld, type World } from './testing/world.ts';

const VIEW = 'partner';
let taken: unknown[];
let world: World;
beforeEach(async () => {
  taken = [];
  const accepted = (at: number) => ({ line: at + 1, status: 'accepted' as const, id: uuidOf(String(at)), cell: 'open' });
  const intakes = (agency: string) =>
    ({
      agency,
      submit: async (items: readonly unknown[]) => (taken.push(...items), items.map((_item, at) => accepted(at))),
      async *importFile(_format: string, _source: string, content: Buffer) {
        taken.push(content);
        yield { summary: { items: 1, accepted: 1, refused: 0, skipped: 0 } };
      },
    }) as never as AgencyIntake;
  world = await aWorld({ intakes });
}); // prettier-ignore
afterEach(() => world[Symbol.asyncDispose]());

/** Sends the head of a request by the person; what is pushed into `body` comes later. */
async function begun(person: string, url: string, type: string) {
  const gateway = await world.gateway(VIEW);
  const body = new Readable({ read: () => undefined });
  const headers = { ...(await world.as(person)), 'content-type': type };
  const answer = gateway.app.inject({ method: 'POST', url, headers, payload: body });
  void answer.then(() => undefined);
  await eventually(() => world.desk(VIEW).keyUses.has(person), { what: 'the head was judged' });
  return { body, answer };
}

const observation = { type: 'IndicatorReport', envelope: { marking: 'UNCLASSIFIED//TLP:CLEAR' } };
const late: readonly (readonly [string, string, string])[] = [
  ['/v1/keys', 'application/json', JSON.stringify({ name: 'again' })],
  ['/v1/observations', 'application/json', JSON.stringify(observation)],
  ['/v1/observations/preview', 'application/json', JSON.stringify(observation)],
  ['/v1/imports/misp?source=partner-misp', 'application/octet-stream', '{}'],
];

describe('with a key that was revoked after the head', () => {
  test.each(late)('%s does nothing', async (url, type, text) => {
    const { body, answer } = await begun('piotr-adeyemi', url, type);
    await world.writer.revokeKey('piotr-adeyemi');
    await world.pass(1);
    body.push(text);
    body.push(null);
    expect((await answer).statusCode).toBe(401);
    expect(taken).toEqual([]);
  });

  test.each(late)('%s does its work where nothing was revoked', async (url, type, text) => {
    const { body, answer } = await begun('piotr-adeyemi', url, type);
    body.push(text);
    body.push(null);
    expect((await answer).statusCode).not.toBe(401);
  });
});

const ends: readonly (readonly [string, () => Promise<void>])[] = [
  ['key', () => world.writer.revokeKey('piotr-adeyemi')],
  [
    'partner',
    async () => {
      const sandbox = world.writer.held().tenants.find(({ slug }) => slug === 'sandbox')!;
      await world.writer.putTenant({ ...sandbox, state: 'OFFBOARDED' });
    },
  ],
];
test.each(ends)('of an open bulk upload nothing is taken once its %s has ended; every line is answered', async (_of, end) => {
  const line = `${JSON.stringify(observation)}\n`;
  const { body, answer } = await begun('piotr-adeyemi', '/v1/observations/bulk', 'application/x-ndjson');
  body.push(line.repeat(100));
  await eventually(() => taken.length === 100, { what: 'the first lines were taken' });
  await end();
  await world.pass(1);
  body.push(line.repeat(150));
  body.push(null);
  const lines = (await answer).body.trim().split('\n').map((text) => JSON.parse(text) as { code?: string; summary?: object });
  expect(taken).toHaveLength(100);
  expect(lines.at(-1)).toEqual({ summary: { items: 250, accepted: 100, refused: 150, skipped: 0 } });
  expect(new Set(lines.slice(100, 250).map(({ code }) => code))).toEqual(new Set(['NOT_AUTHENTICATED']));
}); // prettier-ignore
