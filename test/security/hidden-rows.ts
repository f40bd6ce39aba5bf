// Rows 12 and 13: no byte of a hidden record reaches anything that lies below it, and its id is worth no more than an
// invented one; through every service, on a real broker.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { beforeAll, expect, test } from '@jest/globals';
import { ACCESS } from '../../services/gateway/src/access.ts';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf } from '../support/observations.ts';
import { readTopics } from '../support/read-topics.ts';
import type { World } from '../support/world.ts';
import { LOW_READER, assessmentsOf, lowTranscript } from './low-transcript.ts';

const SECRET = 'SECRET//CANADIAN EYES ONLY';
const PARTNER = 'UNCLASSIFIED//TLP:AMBER';
/** Found in whatever case and encoding a text keeps: letters and digits alone. */
const CANARY = 'canaryrow12';
const SHARED = 'ballot-mirror.example';
const HIDDEN = idOf(12);

/** Above the partner view alone may be named what belongs to it. */
const HIGH_TOPIC = /\.(?:s-can|s-fvey|ts-can|pb-can)(?:\.|$)/;

let world: World;
let highIds: readonly string[];

/** Their tests, on a whole on which nothing has happened; `logged` has what its services say. */
export function hiddenRows(theWorld: () => World, logged: readonly string[]): void {
  beforeAll(async () => {
    world = theWorld();
    await post('ama-lindqvist', {
      ...anIndicatorReport({
        id: HIDDEN,
        marking: SECRET,
        title: `Report ${CANARY}`,
        domains: [SHARED, `${CANARY}.example`],
        origin: `rep:cse/${CANARY}`,
      }),
      urls: [`https://${CANARY}.example/${CANARY}`],
      emails: [`${CANARY}@${CANARY}.example`],
      accounts: [`chirrup:${CANARY}`],
      trackers: [`ga:${CANARY}`],
      references: [`https://${CANARY}.example/ref`],
    });
    // A high record that is refused: what is kept of it is as high as it claimed to be.
    const refused = {
      ...anIndicatorReport({ marking: SECRET, title: CANARY }),
      domains: [`${CANARY} is no domain`],
      parts: 0,
    };
    await world.ask('ama-lindqvist', '/v1/observations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(refused),
    });
    await post(
      'teodor-vance',
      anIndicatorReport({ id: idOf(1), marking: PARTNER, domains: [SHARED], origin: 'rep:gac/1' }),
    );
    await eventually(async () => (await assessmentsOf(world, LOW_READER)).length === 1, {
      what: 'the low assessment',
    });
    await eventually(
      async () => {
        const above = await assessmentsOf(world, 'ama-lindqvist');
        expect(above.map((each) => (each['members'] as readonly unknown[]).length)).toEqual([2]);
        highIds = above.map(({ id }) => String(id));
        return true;
      },
      { what: 'the assessment above, of both' },
    );
    highIds = [...highIds, ...(await deskAbove())];
  });

  test('row 12: the canary is where the reader above looks, and in no answer to the one below', async () => {
    for (const path of [`/v1/observations/${HIDDEN}`, '/v1/alerts', '/v1/subscriptions', '/v1/saved-views'])
      expect(await (await world.ask('ama-lindqvist', path)).text()).toContain(CANARY);
    const below = await lowTranscript(world, { ids: [HIDDEN, idOf(1)], domains: [SHARED, `${CANARY}.invalid`] });
    expect(below.join('\n')).toContain(SHARED);
    expect(below.filter((answer) => answer.toLowerCase().replaceAll(`${CANARY}.invalid`, '').includes(CANARY))).toEqual(
      [],
    );
  });

  test('row 12: the canary is on no topic that anybody below may read, dead letters and notices included', async () => {
    const found = await readTopics(world);
    const holding = [...new Set(found.filter(holdsCanary).map(({ topic }) => topic))];
    expect(holding).toContain('obs.s-can.cse'); // it can be found
    expect(holding.filter((topic) => !HIGH_TOPIC.test(topic))).toEqual([]);
  });

  test('row 12: what a webhook posts for the reader above names what is hidden, and what one posts for the reader below does not', async () => {
    const posts: { path: string; text: string }[] = [];
    const target = createServer((request, response) => {
      void readAll(request).then((text) => {
        posts.push({ path: request.url ?? '', text: `${JSON.stringify(request.headers)} ${text}` });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
    for (const [path, person] of [['/above', 'ama-lindqvist'], ['/below', LOW_READER]] as const) {
      const body = JSON.stringify({ name: path, filter: {}, deliver: 'webhook', url: `${origin}${path}` });
      const headers = { 'content-type': 'application/json' };
      const made = await world.ask(person, '/v1/subscriptions', { method: 'POST', headers, body });
      expect([path, made.status]).toEqual([path, 201]);
      const { id } = (await made.json()) as { id: string };
      expect((await world.ask(person, `/v1/subscriptions/${id}/test`, { method: 'POST' })).status).toBe(202);
      await eventually(() => posts.some((post) => post.path === path), { what: `the post to ${path}` });
      await eventually(async () => JSON.stringify(await world.get(person, `/v1/subscriptions/${id}/deliveries`)).includes('"SENT"'), { what: 'the log says so' });
      expect((await world.ask(person, `/v1/subscriptions/${id}`, { method: 'DELETE' })).status).toBe(204);
    }
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
    const to = (path: string): string => posts.filter((post) => post.path === path).map(({ text }) => text).join();
    const hidden = [HIDDEN, ...highIds, SECRET];
    expect([hidden.some((each) => to('/above').includes(each)), hidden.filter((each) => to('/below').includes(each))]).toEqual([true, []]);
    expect(to('/below')).toContain('"test":true');
  }); // prettier-ignore

  test('row 12: no service logs or counts it', async () => {
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.filter((line) => line.toLowerCase().includes(CANARY))).toEqual([]);
    const metrics = await (await fetch(`${world.health}/metrics`)).text();
    expect(metrics).toContain('sitebus_gateway_requests_total');
    expect(metrics.toLowerCase()).not.toContain(CANARY);
  });

  test('row 13: on every route that takes an id, a hidden one and an invented one get the same bytes', async () => {
    const routes = Object.keys(ACCESS).filter((route) => route.includes(':id'));
    expect(routes.length).toBeGreaterThan(5);
    const alerts = (await world.get('ama-lindqvist', '/v1/alerts'))['items'] as readonly { id: string }[];
    const hidden = [HIDDEN, ...highIds, ...alerts.map(({ id }) => id)];
    for (const route of routes) {
      const invented = await bytesOf(route, idOf(99));
      for (const id of hidden) expect([route, await bytesOf(route, id)]).toEqual([route, invented]);
    }
    const before = (await world.get('ama-lindqvist', '/v1/subscriptions'))['items'];
    expect(before).toContainEqual(expect.objectContaining({ name: CANARY }));
    for (const route of Object.keys(WRITTEN))
      // whole, so it is the id that is refused, and nothing has changed
      expect([route, await bytesOf(route, HIDDEN)]).toEqual([route, expect.objectContaining({ status: 404 })]);
    expect((await world.get('ama-lindqvist', '/v1/subscriptions'))['items']).toEqual(before);
  });
}

/** What somebody above writes on their desk: a decision, a subscription, a saved view. @returns ids of what was made. */
async function deskAbove(): Promise<readonly string[]> {
  const write = async (method: string, path: string, body: object, headers: Record<string, string> = {}) => {
    const sent = { method, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
    const response = await world.ask('ama-lindqvist', path, sent);
    expect([path, response.ok]).toEqual([path, true]);
    return ((await response.json()) as { id: string }).id;
  };
  const { items } = (await world.get('ama-lindqvist', '/v1/alerts')) as { items: readonly { id: string }[] };
  const decided = { state: 'CLOSED', reason: CANARY };
  for (const { id } of items) await write('PATCH', `/v1/alerts/${id}`, decided, { 'if-match': '*' });
  const filter = { feature: `domain:${CANARY}.example` };
  return [
    await write(
      'POST',
      '/v1/subscriptions',
      { name: CANARY, filter, deliver: 'stream' },
      { 'idempotency-key': CANARY },
    ),
    await write('POST', '/v1/saved-views', { name: CANARY, url: `/en/${CANARY}`, shared: 'agency' }),
  ];
}

async function bytesOf(route: string, id: string): Promise<unknown> {
  const [method = 'GET', path = ''] = route.split(' ');
  const written = WRITTEN[route];
  const posted = method === 'POST' ? { body: POSTED, headers: { 'content-type': TAXII_TYPE } } : {};
  const changed =
    written === undefined
      ? posted
      : { body: JSON.stringify(written), headers: { 'content-type': 'application/json', 'if-match': '*' } };
  const response = await world.ask(LOW_READER, path.replace(':id', id).replace(/:n$/, '1'), { method, ...changed });
  const headers = [...response.headers].filter(([name]) => !/^(?:date|ratelimit-)/.test(name));
  return {
    status: response.status,
    headers: headers.map(([name, value]) => [name, withoutLeaf(value)]),
    body: (await response.text()).replace(/"(traceId|error_id)":"[0-9a-f]{32}"/, '"$1":"…"'), // drawn for each request
  };
}

/** A post that is whole, so that what is judged is the id in its path. */
const POSTED = JSON.stringify({ objects: [{ type: 'note', id: `note--${idOf(13)}`, spec_version: '2.1' }] });
/** The same for what changes a thing in place. */
const WRITTEN: Readonly<Record<string, object>> = {
  'PATCH /v1/alerts/:id': { state: 'CLOSED', reason: 'r' },
  'POST /v1/observations/:id/reveal': { fields: ['wallets'], reason: 'To see whether there are any.' },
  'PUT /v1/subscriptions/:id': { name: 'n', filter: {}, deliver: 'stream' },
  'PUT /v1/saved-views/:id': { name: 'n', url: '/en', shared: 'none' },
};
const TAXII_TYPE = 'application/taxii+json;version=2.1';

/** Every answer, and every denial, has a leaf of its own. */
const withoutLeaf = (value: string): string => value.replace(/\d+-\d+; checkpoint=\d+/, '…');

function holdsCanary({ key, value, headers }: Awaited<ReturnType<typeof readTopics>>[number]): boolean {
  const text = [key, value, ...Object.values(headers)].map((part) => part?.toString() ?? '').join('\n');
  return text.toLowerCase().includes(CANARY);
}

async function post(as: string, body: Record<string, unknown>): Promise<void> {
  const response = await world.ask(as, '/v1/observations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([response.status, await response.text()]).toEqual([202, expect.any(String)]);
}
