// Nobody without a seat learns what the panel says among itself, by any route that can be read: every GET of the API document, by
// every person of policy and by nobody at all, is searched for words that stand in ratings, votes and reasons alone.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  aCaseDesk,
  CLERK,
  SEAT_HOLDERS,
  SECRETARY,
  type CaseDesk,
} from '../../services/protocol/src/testing/case-desk.ts';
import type { GatewayService } from '../../services/gateway/src/service.ts';
import { aWorld, type World } from '../../services/gateway/src/testing/world.ts';

const CANARIES = ['CANARY-RATING', 'CANARY-REASON'];
/** They end when their reader goes: what they carry are alerts and notifications, which name no case's parts. */
const STREAMS = ['/v1/alerts/stream', '/v1/notifications/stream'];

let desk: CaseDesk;
let world: World;
let gateways: readonly GatewayService[];
let ids: readonly string[];

beforeAll(async () => {
  desk = await aCaseDesk();
  world = await aWorld({ protocol: desk.world.guard.protocol });
  gateways = await Promise.all(
    ['s-can', 'public'].map((view) => world.gateway(view, { requestsPerMinute: 1_000_000 })),
  );
  await desk.toPanel();
  await desk.voteAll('BELOW_DISCLOSED');
  const draft = await desk.draft('BELOW_THRESHOLD');
  await desk.give(CLERK, 'disclose', { draft });
  // A second round is under way: ratings that are not sealed, and a motion with some of its votes.
  await desk.give(SECRETARY, 'attach', { title: 'a letter', contentHash: 'a'.repeat(64) });
  await desk.rateAll();
  await desk.propose('THRESHOLD_MET');
  for (const person of SEAT_HOLDERS.slice(0, 3)) await desk.vote(person);
  const [notice] = await desk.world.guard.protocol.list('notice', { person: 'public', view: 'public' });
  ids = [desk.id, notice!.id, 'ge-demo'];
}, 120_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
});

const ask = async (gateway: GatewayService, url: string, person?: string) =>
  gateway.app.inject({ method: 'GET', url, ...(person === undefined ? {} : { headers: await world.as(person) }) });

async function pathsOf(gateway: GatewayService): Promise<readonly string[]> {
  const document = (await ask(gateway, '/openapi.json')).json<{ paths: Record<string, Record<string, unknown>> }>();
  return Object.entries(document.paths)
    .filter(([path, methods]) => 'get' in methods && !STREAMS.includes(path))
    .map(([path]) => path)
    .sort();
}

/** What is answered to a person on every route, with every id. */
async function everythingFor(
  gateway: GatewayService,
  person?: string,
): Promise<readonly (readonly [string, string])[]> {
  const answers: (readonly [string, string])[] = [];
  for (const path of await pathsOf(gateway))
    for (const id of path.includes('{') ? ids : [''])
      for (const query of path.startsWith('/v1/cases')
        ? ['', `?asOf=${new Date(desk.world.clock.now()).toISOString()}`]
        : ['']) {
        const url = `${path.replaceAll(/\{[^}]+\}/g, id)}${query}`;
        const { body, headers } = await ask(gateway, url, person);
        answers.push([url, `${body}\n${JSON.stringify(headers)}`]);
      }
  return answers;
}

test('a seat reads the ratings, the votes and the reasons, so that there is something to find', async () => {
  const seat = 'ines-halloran';
  const { body, statusCode } = await ask(gateways[0]!, `/v1/cases/${desk.id}?view=s-can`, seat);
  expect(statusCode).toBe(200);
  for (const canary of CANARIES) expect(body).toContain(canary);
  expect((await ask(gateways[0]!, `/v1/cases/${desk.id}/decision?view=s-can`, seat)).body).toContain('CANARY-REASON');
});

test('nobody without a seat finds a word of it, by any route', async () => {
  const paths = await pathsOf(gateways[0]!);
  expect(paths).toEqual(
    expect.arrayContaining([
      '/v1/cases',
      '/v1/cases/{id}',
      '/v1/cases/{id}/decision',
      '/v1/elections/{id}/threshold-report',
    ]),
  );
  const others = world.policy.people.map(({ person }) => person).filter((person) => !SEAT_HOLDERS.includes(person));
  expect(others.length).toBeGreaterThan(12);
  let asked = 0;
  for (const gateway of gateways)
    for (const person of [undefined, ...others]) {
      for (const [url, text] of await everythingFor(gateway, person)) {
        asked += 1;
        for (const canary of CANARIES)
          if (text.includes(canary)) throw new Error(`${person ?? 'nobody'} reads ${canary} at ${url}`);
      }
    }
  expect(asked).toBeGreaterThan(1_000);
}, 240_000);

test('what seats alone do is not there for anyone else: one answer, as for a case that is none', async () => {
  const hash = await desk.hash();
  const bodies: Readonly<Record<string, object>> = {
    ask: { question: 'q', due: desk.inMinutes(5) },
    rate: { evidenceHash: hash, criteria: [], factors: [] },
    propose: { outcome: 'BELOW_MONITOR', ladder: [] },
    vote: { evidenceHash: hash, vote: 'AGREE', reasons: 'r' },
    refresh: {},
  };
  const [gateway] = gateways;
  for (const person of [SECRETARY, 'ama-lindqvist', 'farida-lund', 'viggo-tremblay', 'colette-ibarra'])
    for (const [name, payload] of Object.entries(bodies)) {
      const send = async (id: string) => {
        const etag = (await ask(gateway!, `/v1/cases/${desk.id}?view=s-can`, person)).headers['etag'];
        const headers = {
          ...(await world.as(person)),
          ...(typeof etag === 'string' ? { 'if-match': etag } : { 'if-match': '"x"' }),
        };
        const { statusCode, body } = await gateway!.app.inject({
          method: 'POST',
          url: `/v1/cases/${id}/${name}?view=s-can`,
          payload,
          headers,
        });
        return [statusCode, body];
      };
      const [real, absent] = [await send(desk.id), await send('99999999-9999-4999-8999-999999999999')];
      expect(real).toEqual(absent);
      expect(real[0]).toBe(404);
    }
}, 60_000);

test('the public reads the notice in both languages, without token, and never of which case', async () => {
  const list = await ask(gateways[1]!, '/v1/notices');
  expect(list.statusCode).toBe(200);
  const [notice] = list.json<{ items: Record<string, unknown>[] }>().items;
  expect(notice).toMatchObject({
    kind: 'BELOW_THRESHOLD',
    en: { title: 'A false claim' },
    fr: { title: 'Une fausse affirmation' },
  });
  expect(list.body).not.toContain(desk.id);
  const feed = await ask(gateways[1]!, '/v1/notices/feed.atom?lang=fr');
  expect([feed.statusCode, feed.headers['content-type']]).toEqual([200, 'application/atom+xml; charset=utf-8']);
  expect(feed.body).toContain('<title>Une fausse affirmation</title>');
  expect(feed.body).not.toContain(desk.id);
});
