// The description of the bus: valid AsyncAPI 3, every topic that provisioning makes, and nothing of what the reader may not enter.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import asyncApiSpecs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AsyncApi } from './asyncapi.ts';
import { loadExamples } from './asyncapi-examples.ts';
import { aWorld } from './testing/world.ts';
import type { World } from './testing/world.ts';

const examplesDir = join(dirname(fileURLToPath(import.meta.url)), '../../../schemas/examples');
let world: World;
beforeAll(async () => {
  world = await aWorld({ examples: (lock) => loadExamples(examplesDir, lock) });
});
afterAll(async () => world[Symbol.asyncDispose]());

async function documentOf(view: string, person?: string): Promise<AsyncApi> {
  const gateway = await world.gateway(view);
  const headers = person === undefined ? {} : await world.as(person);
  const answer = await gateway.app.inject({ url: '/asyncapi.json', headers });
  expect(answer.statusCode).toBe(200);
  return answer.json<AsyncApi>();
}
const addresses = ({ channels }: AsyncApi): string[] => Object.values(channels).map(({ address }) => address);

test('whoever may enter every view is shown every topic that provisioning makes, and nobody one more', async () => {
  const { agencies, cells, views } = world.policy;
  const perView = ['alert', 'assess', 'case', 'checkpoint', 'denial', 'denial-checkpoint', 'lane', 'ledger', 'ops', 'receipt'];
  const expected = [
    ...agencies.flatMap(({ id, cells: own }) => own.flatMap((cell) => [`obs.${cell}.${id}`, `dead.${cell}.${id}`])),
    ...cells.map(({ id }) => `spill.${id}`),
    ...views.flatMap(({ id }) => perView.map((kind) => `${kind}.${id}`)),
    'people',
  ].map((topic) => topic.replace(/partner-[a-z0-9-]+$/, 'partners'));
  expect(addresses(await documentOf('ts-can', 'viggo-tremblay')).sort()).toEqual([...new Set(expected)].sort());
}); // prettier-ignore

test.each(['public', 'ts-can'])('nobody in particular is told of the lowest cell and the public view, and of no higher name anywhere, at %s too', async (at) => {
  const shown = await documentOf(at);
  expect(addresses(shown)).toEqual(expect.arrayContaining(['obs.open.cse', 'assess.public', 'people']));
  const higher = [...world.policy.cells.slice(1), ...world.policy.views.filter(({ id }) => id !== 'public')].map(({ id }) => id);
  expect(addresses(shown).filter((address) => higher.some((name) => address.split('.')[1] === name))).toEqual([]);
  const text = JSON.stringify(shown);
  expect(text).toContain('"examples"');
  expect(text).not.toContain('"TOP_SECRET",'); // a type's symbols are by reference, and no example is above its reader
  expect(text).not.toMatch(/"classified":"(SECRET|TOP_SECRET)"/);
}); // prettier-ignore

test('it is what the official schema of its version says that such a document is, and one with a word too many is not', async () => {
  const { asyncapi: version } = await documentOf('public');
  const official = (asyncApiSpecs.schemas as Readonly<Record<string, object>>)[version];
  expect([version, typeof official]).toEqual(['3.0.0', 'object']);
  const check = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false }).compile(official ?? false); // it brings draft 7 along
  for (const shown of [await documentOf('public'), await documentOf('ts-can', 'viggo-tremblay')])
    expect([check(shown), check.errors]).toEqual([true, null]);
  const shown = await documentOf('public');
  expect(check({ ...shown, chanels: {} })).toBe(false);
  expect(check({ ...shown, channels: { one: { ...Object.values(shown.channels)[0], messages: [] } } })).toBe(false);
}); // prettier-ignore

test('every reference in it leads somewhere, and types that policy limits are on the topics of their writers alone', async () => {
  const shown = await documentOf('ts-can', 'viggo-tremblay');
  const text = JSON.stringify(shown);
  const references = [...text.matchAll(/"\$ref":"#([^"]+)"/g)].map(([, pointer = '']) => pointer);
  expect(references.length).toBeGreaterThan(50);
  const at = (pointer: string): unknown =>
    pointer.split('/').slice(1).reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], shown);
  expect(references.filter((pointer) => at(pointer) === undefined)).toEqual([]);
  const withAds = Object.values(shown.channels).filter(({ messages }) => 'ca.sitebus.observation.AdDisclosure' in messages);
  expect(withAds.map(({ address }) => address.split('.')[2])).toEqual(withAds.map(() => 'elections'));
  expect(withAds.length).toBeGreaterThan(0);
  expect(Object.values(shown.channels).find(({ address }) => address === 'alert.ts-can')?.bindings.kafka).toMatchObject({ topic: 'alert.ts-can', partitions: 1 });
}); // prettier-ignore

test('people get the same as a page, without script or style', async () => {
  const gateway = await world.gateway('public');
  const { headers, body } = await gateway.app.inject({ url: '/asyncapi', headers: { accept: 'text/html' } });
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(body).toContain('<code>obs.open.cse</code>');
  expect(body).not.toMatch(/<script|<style|style=/);
});
