// What is posted to TAXII's inbox, and what its poster is told.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AgencyIntake } from '@sitebus/kit';
import { notDurable } from '@sitebus/sdk';
import type { GatewayService } from '../service.ts';
import { INBOX } from '../taxii/collections.ts';
import { uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const TAXII = 'application/taxii+json;version=2.1';
const url = `/taxii2/sitebus/collections/${INBOX}/objects/`;
const taken: { format: string; source: string; bundle: { type: string; objects: unknown[] } }[] = [];
let world: World;
let gateway: GatewayService;
let headers: Record<string, string>;

/** Refuses what is not marked, skips markings, and can decide nothing of a bundle that says so. */
const intake: AgencyIntake = {
  agency: 'cse',
  submit: async () => [],
  async *importFile(format, source, content) {
    const bundle = JSON.parse(String(content)) as (typeof taken)[number]['bundle'];
    taken.push({ format, source, bundle });
    const objects = bundle.objects as { id?: string; type?: string; object_marking_refs?: string[] }[];
    if (objects.some(({ type }) => type === 'x-broken')) throw notDurable({ topic: 'obs.open.cse' });
    for (const [at, object] of objects.entries()) {
      const place = { line: at + 1, pointer: `/objects/${at}` };
      const why = { reason: 'why', fix: 'what helps' };
      if (object.type === 'marking-definition') yield { ...place, status: 'skipped', code: 'NO_VALUES', ...why };
      else if (object.object_marking_refs === undefined) yield { ...place, status: 'refused', code: 'MARKING_REQUIRED', ...why };
      else yield { ...place, status: 'accepted', id: uuidOf('new'), cell: 'open', known: true };
    }
    yield { summary: { items: objects.length, accepted: 0, refused: 0, skipped: 0 } };
  },
}; // prettier-ignore

beforeAll(async () => {
  world = await aWorld({ intakes: (agency) => (agency === 'cse' ? intake : undefined) });
  gateway = await world.gateway('s-can');
  headers = { ...(await world.as('ama-lindqvist')), 'content-type': TAXII };
});
afterAll(async () => world[Symbol.asyncDispose]());

const post = (payload: object | string, more: Record<string, string> = {}, to = url) =>
  gateway.app.inject({ method: 'POST', url: to, headers: { ...headers, ...more }, payload: typeof payload === 'string' ? payload : JSON.stringify(payload) }); // prettier-ignore
const marked = { type: 'indicator', id: `indicator--${uuidOf('a')}`, modified: '2031-01-01T00:00:00.000Z', object_marking_refs: ['marking-definition--x'] }; // prettier-ignore
const unmarked = { type: 'indicator', id: `indicator--${uuidOf('b')}`, created: '2031-01-01T00:00:00.000Z' };
const definition = { type: 'marking-definition', id: `marking-definition--${uuidOf('m')}` };

test('each object is a success or a failure with its code; counts add up; the bundle goes to the poster’s agency', async () => {
  const answer = await post({ objects: [definition, marked, unmarked, {}] });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([202, TAXII]);
  const status = answer.json<{ id: string }>();
  expect(status).toEqual({
    id: expect.any(String),
    status: 'complete',
    request_timestamp: expect.any(String),
    total_count: 4,
    success_count: 2,
    successes: [
      { id: definition.id, version: expect.any(String), message: expect.stringContaining('NO_VALUES') },
      { id: marked.id, version: marked.modified, message: uuidOf('new') },
    ],
    failure_count: 2,
    failures: [
      { id: unmarked.id, version: unmarked.created, message: expect.stringContaining('MARKING_REQUIRED') },
      { id: expect.stringMatching(/^object--/), version: expect.any(String), message: expect.any(String) },
    ],
    pending_count: 0,
  });
  expect(taken.at(-1)).toMatchObject({ format: 'stix', source: 'taxii', bundle: { type: 'bundle' } });
  const ofStatus = `/taxii2/sitebus/status/${status.id}/`;
  expect((await gateway.app.inject({ url: ofStatus, headers })).json()).toEqual(status);
  const foreign = await gateway.app.inject({ url: ofStatus, headers: await world.as('samir-vasquez') });
  expect([403, 404]).toContain(foreign.statusCode);
});

test('the status of another publisher is one that does not exist', async () => {
  const { id } = (await post({ objects: [marked] })).json<{ id: string }>();
  const other = await world.writer.issueKey({ name: 'other', person: 'bastien-okoro' });
  await world.writer.beat();
  await world.bus.settled();
  const elsewhere = await world.gateway('pb-can');
  const answer = await elsewhere.app.inject({ url: `/taxii2/sitebus/status/${id}/`, headers: { authorization: `Bearer ${other}` } });
  expect([answer.statusCode, answer.body]).toEqual([404, '{"title":"Not found","error_code":"not-found","http_status":"404"}']);
}); // prettier-ignore

test('what cannot be stored is 503 and nothing is called accepted', async () => {
  const answer = await post({ objects: [marked, { type: 'x-broken' }] });
  expect([answer.statusCode, answer.json()]).toEqual([503, expect.objectContaining({ error_code: 'not-durable' })]);
});

test('no envelope, another type, too much, a collection that is read: refused before anything is taken', async () => {
  const before = taken.length;
  const own = `/taxii2/sitebus/collections/${world.policy.views.find(({ id }) => id === 's-can')?.collection}/objects/`;
  const deep = `{"objects":[{"a":${'['.repeat(100)}${']'.repeat(100)}}]}`;
  const answers = [
    await post({ objects: [] }),
    await post('[]'),
    await post('{'),
    await post({ objects: [marked] }, { 'content-type': 'application/json' }),
    await post({ objects: [marked] }, { 'content-type': 'application/taxii+json;version=2.0' }),
    await post({ objects: [{ text: 'x'.repeat(11 * 1024 * 1024) }] }),
    await post({ objects: [marked] }, {}, own),
    await post(deep),
    await post({ objects: [marked] }, {}, '/taxii2/sitebus/collections/x/objects/'),
  ];
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([422, 422, 400, 415, 415, 413, 405, 400, 404]);
  expect(taken.length).toBe(before);
});

test('the inbox is not read, and the description says so of all that reads a collection', async () => {
  const answer = await gateway.app.inject({ url, headers });
  expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST']);
  const { paths } = (await gateway.app.inject({ url: '/openapi.json', headers })).json<OpenApi>();
  const reading = Object.entries(paths).filter(([path]) => /\/collections\/\{id\}\/(?:objects|manifest)/.test(path));
  expect(reading.map(([, { get }]) => Object.keys(get.responses).includes('405'))).toEqual([true, true, true, true]);
});

interface OpenApi {
  readonly paths: Readonly<Record<string, { readonly get: { readonly responses: object } }>>;
}
