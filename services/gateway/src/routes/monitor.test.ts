// The state-media monitor over HTTP: nothing without caveat, refresh time and gaps; days in a gap without a number.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AgencyIntake } from '@sitebus/kit';
import type { GatewayService } from '../service.ts';
import { NOW_MS, uuidOf, wireMarking } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const DAY_MS = 86_400_000;
let world: World;
let open: GatewayService;
let higher: GatewayService;
const sent: { readonly format: string; readonly row: unknown }[] = [];
const intake: AgencyIntake = {
  agency: 'gac',
  submit: async () => [],
  async *importFile(format, _source, content) {
    sent.push({ format, row: JSON.parse(content.toString()) });
    yield { line: 1, status: 'accepted', id: uuidOf('entered'), cell: 'open' };
    yield { summary: { items: 1, accepted: 1, refused: 0, skipped: 0 } };
  },
};

const envelope = (name: string, over: { supersedes?: string; marking?: string } = {}) => ({
  id: uuidOf(name),
  agency: 'gac',
  observedAt: NOW_MS - DAY_MS,
  recordedAt: NOW_MS,
  marking: wireMarking(over.marking ?? 'UNCLASSIFIED//TLP:CLEAR', 'gac'),
  lineage: { derivedFrom: [], sourceToken: null },
  sourceGrade: 'B',
  infoGrade: 2,
  supersedes: over.supersedes ?? null,
  recalls: null,
});

const enter = (account: string, country: string, stateClass = 'MEDIA') =>
  world.observe('StateMediaAccount', 'open', { envelope: envelope(account), account, country, class: stateClass, typology: null, attributionBasis: 'Named by the outlet.', evidenceUrl: 'https://monitor.example/method', from: null, to: null } as never); // prettier-ignore
const post = (account: string, id: string, postedAt: string, over: object = {}, cell = 'open') =>
  world.observe('StateMediaPost', cell, { envelope: envelope(`${account}/${id}`, over), account, postId: id, postedAt: Date.parse(postedAt), collectedAt: Date.parse(postedAt) + 3_600_000, lang: 'en', texts: [{ text: 'The harbour has been sold.', lang: 'en' }], urls: [], hashtags: ['HarbourSold'], topics: [], countries: ['CAN'], likes: 3, shares: 1, comments: null, views: null, ...('fields' in over ? (over.fields as object) : {}) } as never); // prettier-ignore

beforeAll(async () => {
  world = await aWorld({ intakes: (agency) => (agency === 'gac' ? intake : undefined) });
  open = await world.gateway('public');
  higher = await world.gateway('s-can');
  await enter('chirrup:varkovia_today', 'XVA');
  await enter('vidnook:sunhara_live', 'XSU', 'DIPLOMATIC_GOVERNMENT');
  await post('chirrup:varkovia_today', '1', '2031-09-28T15:00:00Z');
  await post('chirrup:varkovia_today', '2', '2031-09-30T15:00:00Z', { fields: { hashtags: ['HarbourSold', 'Vote'] } });
  await post('chirrup:varkovia_today', '3', '2031-10-02T04:30:00Z');
  await post('vidnook:sunhara_live', '4', '2031-09-20T15:00:00Z');
  await world.observe('StateMediaDailyAggregate', 'open', { envelope: envelope('day'), date: Date.parse('2031-09-29') / DAY_MS, country: 'XVA', platform: 'chirrup', posts: null, top: [], engagement: null, lastRefresh: NOW_MS, gaps: [{ platform: 'chirrup', from: Date.parse('2031-09-29T10:00:00Z'), to: Date.parse('2031-09-29T20:00:00Z'), reason: 'The collector is blocked.' }], caveatId: 'state-media-1' } as never); // prettier-ignore
});
afterAll(async () => world[Symbol.asyncDispose]());

const get = async (url: string, gateway = open, headers: Record<string, string> = {}) => {
  const answer = await gateway.app.inject({ url, headers });
  expect([url, answer.statusCode]).toEqual([url, 200]);
  return answer.json<Record<string, unknown>>();
};

test.each([
  '/v1/monitor/accounts',
  '/v1/monitor/posts',
  '/v1/monitor/aggregates',
  '/v1/monitor/coverage',
  '/v1/monitor/accounts?country=NOWHERE',
  '/v1/monitor/posts?from=2020-01-01&to=2020-01-02',
  '/v1/monitor/aggregates?by=hashtag&country=NOWHERE',
])('accept ①: %s never lacks caveat, refresh time and gaps', async (url) => {
  const answer = await get(url);
  const { caveat } = world.policy.monitor;
  expect(answer['caveat']).toEqual({ en: caveat.en, fr: caveat.fr });
  expect(answer['lastRefresh']).toBe('2031-10-02T05:30:00.000Z');
  expect(answer['gaps']).toEqual(expect.any(Array));
});

test('accept ①: an empty monitor says so, with its caveat, and without a refresh time that never was', async () => {
  await using empty = await aWorld();
  const gateway = await empty.gateway('public');
  expect((await gateway.app.inject({ url: '/v1/monitor/coverage' })).json()).toMatchObject({ lastRefresh: null, gaps: [], items: [], caveat: { en: expect.any(String), fr: expect.any(String) } }); // prettier-ignore
});

test('failure 20, accept ②: a dead platform has a gap from its last post on, and no trend crosses a gap', async () => {
  const { gaps, trend, from, to } = await get('/v1/monitor/aggregates?from=2031-09-19&to=2031-10-02');
  expect([from, to]).toEqual(['2031-09-19', '2031-10-02']);
  expect(gaps).toMatchObject([
    { platform: 'chirrup', kind: 'DECLARED', from: '2031-09-29T10:00:00.000Z', to: '2031-09-29T20:00:00.000Z' },
    { platform: 'vidnook', kind: 'SILENCE', from: '2031-09-20T15:00:00.000Z' },
  ]);
  const posts = (trend as { day: string; posts: number | null }[]).map((each) => [each.day.slice(5), each.posts]);
  expect(posts.slice(0, 2)).toEqual([['09-19', 0], ['09-20', 1]]); // prettier-ignore
  expect(posts.slice(2).every(([, count]) => count === null)).toBe(true);
  const chirrup = await get('/v1/monitor/aggregates?platform=chirrup');
  expect(chirrup['trend']).toEqual([
    { day: '2031-09-26', posts: 0, engagement: 0 },
    { day: '2031-09-27', posts: 0, engagement: 0 },
    { day: '2031-09-28', posts: 1, engagement: 4 },
    { day: '2031-09-29', posts: null, engagement: null },
    { day: '2031-09-30', posts: 1, engagement: 4 },
    { day: '2031-10-01', posts: 0, engagement: 0 },
    { day: '2031-10-02', posts: 1, engagement: 4 },
  ]);
});

test('rankings are over the last days of policy by default, by kind, country and class', async () => {
  const ranking = async (search: string) => (await get(`/v1/monitor/aggregates${search}`))['ranking'];
  expect(await ranking('')).toEqual([{ value: 'chirrup:varkovia_today', count: 3 }]);
  expect(await ranking('?by=hashtag')).toEqual([{ value: 'HarbourSold', count: 3 }, { value: 'Vote', count: 1 }]); // prettier-ignore
  expect(await ranking('?by=hashtag&from=2031-09-01&to=2031-10-02&class=DIPLOMATIC_GOVERNMENT')).toEqual([{ value: 'HarbourSold', count: 1 }]); // prettier-ignore
  expect(await ranking('?by=country&country=XSU')).toEqual([]);
  expect((await open.app.inject({ url: '/v1/monitor/aggregates?from=2031-10-03&to=2031-10-02' })).statusCode).toBe(400);
});

test('posts and accounts are searched; a post with changed counts is counted once', async () => {
  await post('chirrup:varkovia_today', '2b', '2031-09-30T15:00:00Z', { supersedes: uuidOf('chirrup:varkovia_today/2'), fields: { likes: 90 } }); // prettier-ignore
  const ids = async (search: string) =>
    ((await get(`/v1/monitor/posts${search}`))['items'] as { postId: string }[]).map(({ postId }) => postId);
  expect(await ids('')).toEqual(['3', '2b', '1']);
  expect(await ids('?hashtag=%23HarbourSold&q=harbour&account=chirrup:varkovia_today&limit=1')).toEqual(['3']);
  const accounts = (await get('/v1/monitor/accounts?country=XSU'))['items'];
  expect(accounts).toMatchObject([{ account: 'vidnook:sunhara_live', class: 'DIPLOMATIC_GOVERNMENT' }]);
  const paged = await get('/v1/monitor/accounts?limit=1');
  expect([(paged['items'] as unknown[]).length, paged['next']]).toEqual([1, 'chirrup:varkovia_today']);
});

test('what lies above the public cell changes no public answer and no answer of the monitor at all', async () => {
  const urls = ['/v1/monitor/aggregates?by=hashtag', '/v1/monitor/posts', '/v1/monitor/coverage'];
  const headers = await world.as('teodor-vance');
  const before = await Promise.all(urls.map(async (url) => [await get(url), await get(url, higher, headers)]));
  await post('chirrup:varkovia_today', 'secret', '2031-10-02T12:00:00Z', { marking: 'SECRET//CANADIAN EYES ONLY', fields: { hashtags: ['Canary'] } }, 's-can'); // prettier-ignore
  const secret = await higher.app.inject({
    url: `/v1/observations/${uuidOf('chirrup:varkovia_today/secret')}`,
    headers,
  });
  expect(secret.statusCode).toBe(200); // it is there for this reader
  expect(await Promise.all(urls.map(async (url) => [await get(url), await get(url, higher, headers)]))).toEqual(before);
});

test('the ministry’s operator enters an account with its basis and retires it from a day on; nobody else does', async () => {
  const body = { account: 'lantern:sunhara_voice', country: 'XSU', class: 'MEDIA', attributionBasis: 'Named by the embassy.', evidenceUrl: 'https://embassy.example/voice' }; // prettier-ignore
  const call = async (url: string, person: string, payload: object) =>
    higher.app.inject({ method: 'POST', url, payload, headers: await world.as(person) });
  expect((await call('/v1/monitor/accounts', 'dov-lachance', body)).statusCode).toBe(403);
  const { evidenceUrl: _evidence, ...without } = body;
  expect((await call('/v1/monitor/accounts', 'priya-solberg', without)).statusCode).toBe(422);
  expect((await call('/v1/monitor/accounts', 'priya-solberg', body)).statusCode).toBe(201);
  const id = uuidOf('chirrup:varkovia_today');
  expect((await call(`/v1/monitor/accounts/${id}/retire`, 'priya-solberg', { to: '2031-10-01' })).statusCode).toBe(201);
  expect((await call(`/v1/monitor/accounts/${uuidOf('none')}/retire`, 'priya-solberg', {})).statusCode).toBe(404);
  expect(sent).toMatchObject([
    { format: 'accounts', row: { account: 'lantern:sunhara_voice', attribution_basis: 'Named by the embassy.' } },
    { format: 'accounts', row: { account: 'chirrup:varkovia_today', country: 'XVA', to: '2031-10-01', evidence_url: 'https://monitor.example/method' } },
  ]); // prettier-ignore
});
