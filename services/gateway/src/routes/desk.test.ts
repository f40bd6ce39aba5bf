// The desk over HTTP: triage, subscriptions, saved views, and what happens to them while the store is away.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { failClosed } from '../errors.ts';
import type { GatewayService } from '../service.ts';
import type { DeskStore } from '../store/desk.ts';
import { createDeskMemory, createInMemoryDesk } from '../store/in-memory.ts';
import { anAlert, anAssessment, NOW_MS, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

let world: World;
let gateway: GatewayService;
const seen = anAssessment({ id: uuidOf('seen'), marking: 'SECRET//CANADIAN EYES ONLY' });
const hidden = anAssessment({ id: uuidOf('hidden'), marking: 'SECRET//CANADIAN EYES ONLY', groups: ['panel'] });
const alert = anAlert(seen, { reason: 'BAND', precedence: 'PRIORITY' });
const hiddenAlert = anAlert(hidden);
/** An analyst of cse, and somebody else of cse. */
const AMA = 'ama-lindqvist';
const COLLEAGUE = 'farida-lund';

beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can');
  for (const each of [seen, hidden]) await world.assess(each);
  for (const each of [alert, hiddenAlert]) await world.alert(each);
});
afterAll(async () => world[Symbol.asyncDispose]());

async function ask(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  url: string,
  over: InjectOptions & { as?: string } = {},
) {
  const { as = AMA, headers = {}, ...rest } = over;
  return gateway.app.inject({ method, url, ...rest, headers: { ...(await world.as(as)), ...headers } });
}
const read = (url: string, as = AMA) => ask('GET', url, { as });
const etagAt = async (url: string, as = AMA): Promise<string> => String((await read(url, as)).headers['etag']);

describe('triage', () => {
  const url = `/v1/alerts/${alert.id}`;
  const decide = async (payload: object, over: { as?: string; etag?: string } = {}) =>
    ask('PATCH', url, {
      payload,
      ...(over.as === undefined ? {} : { as: over.as }),
      headers: { 'if-match': over.etag ?? (await etagAt(url)) },
    });

  beforeEach(() => world.desk('s-can').triage.clear());

  test('an alert is open until somebody decides; a decision is in the answer, the alert and the list, under the alert’s marking', async () => {
    expect((await read(url)).json()).toMatchObject({ triage: { state: 'OPEN', decisions: 0 } });
    const answer = await decide({ state: 'ASSIGNED', assignee: AMA, reason: 'mine' });
    const triage = {
      state: 'ASSIGNED',
      assignee: AMA,
      reason: 'mine',
      by: AMA,
      at: new Date(NOW_MS).toISOString(),
      decisions: 1,
    };
    expect([answer.statusCode, answer.json()]).toEqual([200, expect.objectContaining({ id: alert.id, triage })]);
    expect(answer.headers).toMatchObject({
      'sitebus-marking': 'SECRET//CANADIAN EYES ONLY',
      'sitebus-ledger': expect.stringContaining('leaves=') as unknown,
    });
    expect((await read(url)).json<{ triage: unknown }>().triage).toEqual(triage);
    expect(
      (await read('/v1/alerts')).json<{ items: { triage: unknown }[] }>().items.map((item) => item.triage),
    ).toEqual([triage]);
    expect(answer.headers['etag']).toBe(await etagAt(url));
  });

  test('a decision is undone by another, and nothing of what was decided is lost', async () => {
    await decide({ state: 'CLOSED', reason: 'noise' });
    const undone = await decide({ state: 'OPEN', reason: 'not noise' });
    expect(undone.json()).toMatchObject({
      triage: { state: 'OPEN', reason: 'not noise', decisions: 2, earlier: [{ state: 'CLOSED', reason: 'noise' }] },
    });
    const impossible = await decide({ state: 'OPEN', reason: 'again' });
    expect([impossible.statusCode, impossible.json()]).toEqual([
      409,
      expect.objectContaining({ type: 'urn:sitebus:problem:illegal-transition' }),
    ]);
  });

  test('without If-Match it is 428; with one of before it is 412 and names the present one; nothing has changed', async () => {
    const before = await etagAt(url);
    expect((await ask('PATCH', url, { payload: { state: 'CLOSED', reason: 'r' } })).statusCode).toBe(428);
    await decide({ state: 'ACKNOWLEDGED', reason: 'first' });
    const late = await decide({ state: 'CLOSED', reason: 'late' }, { etag: before });
    expect([late.statusCode, late.body]).toEqual([
      412,
      expect.stringContaining(JSON.stringify(await etagAt(url)).slice(1, -1)),
    ]);
    expect((await read(url)).json()).toMatchObject({ triage: { state: 'ACKNOWLEDGED', decisions: 1 } });
  });

  test('of two who decide on the same reading one is told so, though both were in time, whichever replica they asked', async () => {
    const memory = createDeskMemory();
    let arrived = 0;
    let bothThere: () => void = () => {};
    const both = new Promise<void>((resolve) => (bothThere = resolve));
    const meeting = (desk: DeskStore): DeskStore => ({
      ...desk,
      triage: {
        ...desk.triage,
        append: async (id, entry) => {
          if ((arrived += 1) === 2) bothThere();
          await both;
          return desk.triage.append(id, entry);
        },
      },
    });
    await using of = await aWorld({ store: () => meeting(createInMemoryDesk(memory)) });
    const replicas = [await of.gateway('s-can'), await of.gateway('s-can')];
    await of.assess(seen);
    await of.alert(alert);
    const etag = (await replicas[0]!.app.inject({ url, headers: await of.as(AMA) })).headers['etag'];
    const headers = { ...(await of.as(AMA)), 'if-match': String(etag) };
    const answers = await Promise.all(
      replicas.map(({ app }, at) =>
        app.inject({ method: 'PATCH', url, headers, payload: { state: 'CLOSED', reason: `r${at}` } }),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    expect(memory.triage.get(alert.id)).toHaveLength(1);
  });

  test('a hidden alert cannot be decided about, answers as an absent one, and the desk is not asked', async () => {
    const payload = { state: 'CLOSED', reason: 'r' };
    const to = async (id: string) => {
      const { statusCode, body, headers: { date: _date, 'ratelimit-remaining': _left, 'ratelimit-reset': _reset, ...headers } } = await ask('PATCH', `/v1/alerts/${id}`, { payload, headers: { 'if-match': '*' } }); // prettier-ignore
      return { statusCode, body, headers };
    };
    expect(await to(hiddenAlert.id)).toEqual(await to(uuidOf('absent')));
    expect((await to(hiddenAlert.id)).statusCode).toBe(404);
    expect((await read(`/v1/alerts/${hiddenAlert.id}`, 'marguerite-thorne')).json()).toMatchObject({
      triage: { decisions: 0 },
    });
  });

  test('the desk is asked of no alert that the reader does not see', async () => {
    const asked = new Set<string>();
    const noting = (desk: DeskStore): DeskStore => ({
      ...desk,
      triage: {
        ...desk.triage,
        newest: async (ids) => (ids.forEach((id) => asked.add(id)), desk.triage.newest(ids)),
        history: async (id) => (asked.add(id), desk.triage.history(id)),
      },
    });
    await using of = await aWorld({ store: () => noting(createInMemoryDesk()) });
    const at = await of.gateway('s-can');
    for (const each of [seen, hidden]) await of.assess(each);
    for (const each of [alert, hiddenAlert]) await of.alert(each);
    const headers = { ...(await of.as(AMA)), 'if-match': '*' };
    for (const id of [alert.id, hiddenAlert.id]) {
      await at.app.inject({ url: `/v1/alerts/${id}`, headers });
      await at.app.inject({
        method: 'PATCH',
        url: `/v1/alerts/${id}`,
        headers,
        payload: { state: 'CLOSED', reason: 'r' },
      });
    }
    await at.app.inject({ url: '/v1/alerts', headers });
    expect([...asked]).toEqual([alert.id]);
  });

  test('whoever could not read the alert cannot be its assignee, and is answered as nobody', async () => {
    const to = async (assignee: string) =>
      (await decide({ state: 'ASSIGNED', assignee, reason: 'r' })).json<{ errors: unknown }>().errors;
    expect(await to('nobody-at-all')).toEqual([
      expect.objectContaining({ pointer: '/assignee', code: 'NOT_A_READER' }),
    ]);
    expect(await to('piotr-adeyemi')).toEqual(await to('nobody-at-all'));
    expect(await to('marguerite-thorne')).toEqual(await to('nobody-at-all')); // reads it, and decides nothing
  });

  test('a role that only reads does not decide', async () => {
    expect((await decide({ state: 'CLOSED', reason: 'r' }, { as: 'marguerite-thorne' })).statusCode).toBe(403);
  });
});

const SUBSCRIPTION = { name: 'Bands', filter: { precedence: 'PRIORITY' }, deliver: 'stream', triggers: ['BAND'] };

describe('subscriptions', () => {
  const make = async (payload: object = SUBSCRIPTION, over: InjectOptions & { as?: string } = {}) =>
    ask('POST', '/v1/subscriptions', { payload, ...over });

  test('one is made, listed, read, replaced and removed by its person', async () => {
    const made = await make();
    const { id } = made.json<{ id: string }>();
    const path = `/v1/subscriptions/${id}`;
    expect([made.statusCode, made.headers['location']]).toEqual([201, path]);
    expect(made.json()).toMatchObject({
      ...SUBSCRIPTION,
      view: 's-can',
      own: true,
      marking: { banner: expect.any(String) as unknown },
    });
    expect(made.headers['sitebus-ledger']).toBeDefined();
    expect((await read(path)).json()).toEqual(made.json());
    expect(
      (await read('/v1/subscriptions')).json<{ items: { id: string }[] }>().items.map((item) => item.id),
    ).toContain(id);
    const put = (headers: object) =>
      ask('PUT', path, { payload: { ...SUBSCRIPTION, name: 'Renamed' }, headers: { ...headers } });
    expect((await put({})).statusCode).toBe(428);
    expect((await put({ 'if-match': '"another"' })).statusCode).toBe(412);
    const etag = await etagAt(path);
    const replaced = await put({ 'if-match': etag });
    expect([replaced.statusCode, replaced.json()]).toEqual([200, expect.objectContaining({ name: 'Renamed', id })]);
    expect((await put({ 'if-match': etag })).statusCode).toBe(412);
    const removed = await ask('DELETE', path);
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
    expect([(await read(path)).statusCode, (await ask('DELETE', path)).statusCode]).toEqual([404, 404]);
  });

  test('another person’s is as absent to read, replace, remove and use', async () => {
    const { id } = (await make()).json<{ id: string }>();
    const other = 'samir-vasquez'; // may enter the view, and subscribe
    expect((await make(SUBSCRIPTION, { as: other })).statusCode).toBe(201);
    const attempts = (of: string) => [
      ask('GET', `/v1/subscriptions/${of}`, { as: other }),
      ask('PUT', `/v1/subscriptions/${of}`, { as: other, payload: SUBSCRIPTION, headers: { 'if-match': '*' } }),
      ask('DELETE', `/v1/subscriptions/${of}`, { as: other }),
      ask('GET', `/v1/alerts?subscription=${of}`, { as: other }),
      ask('GET', `/v1/alerts/stream?subscription=${of}`, { as: other }),
    ];
    const outcomes = async (of: string) =>
      (await Promise.all(attempts(of))).map(({ statusCode, body }) => [statusCode, body]);
    const constant = '{"type":"urn:sitebus:problem:not-found","title":"Not found","status":404}';
    expect(await outcomes(id)).toEqual(Array.from({ length: 5 }, () => [404, constant]));
    expect(await outcomes(uuidOf('absent'))).toEqual(await outcomes(id));
    expect((await read(`/v1/subscriptions/${id}`)).statusCode).toBe(200);
  });

  test('the same key makes one, and gives the first answer again', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await make({ ...SUBSCRIPTION, name: 'Once' }, { headers });
    const second = await make({ ...SUBSCRIPTION, name: 'Once' }, { headers });
    expect([second.statusCode, second.headers['idempotency-replayed'], second.json()]).toEqual([
      201,
      'true',
      first.json(),
    ]);
    expect((await make({ ...SUBSCRIPTION, name: 'Other' }, { headers })).statusCode).toBe(422);
  });

  test('a list of alerts by subscription is the list by its filter and triggers; with a filter beside it is 400', async () => {
    const ids = async (url: string) => (await read(url)).json<{ items: { id: string }[] }>().items.map(({ id }) => id);
    const by = async (over: object) =>
      ids(`/v1/alerts?subscription=${(await make({ ...SUBSCRIPTION, ...over })).json<{ id: string }>().id}`);
    expect(await by({})).toEqual([alert.id]);
    expect(await by({ triggers: [] })).toEqual(await ids('/v1/alerts?precedence=PRIORITY'));
    expect(await by({ triggers: ['NEW', 'SPLIT'] })).toEqual([]);
    expect(await by({ triggers: ['NEW', 'BAND'] })).toEqual([alert.id]);
    expect(await by({ filter: { precedence: 'FLASH' } })).toEqual([]);
    const { id } = (await make()).json<{ id: string }>();
    const mixed = await read(`/v1/alerts?subscription=${id}&precedence=PRIORITY`);
    expect([mixed.statusCode, mixed.json()]).toEqual([
      400,
      expect.objectContaining({ type: 'urn:sitebus:problem:bad-request' }),
    ]);
  });

  test('a preview shows what it would have let through in seven days, counts no hidden alert, and keeps nothing', async () => {
    const before = (await read('/v1/subscriptions')).json<{ items: unknown[] }>().items.length;
    const preview = async (payload: object, as = AMA) =>
      (await ask('POST', '/v1/subscriptions/preview', { payload, as })).json<object>();
    expect(await preview({ filter: {} })).toMatchObject({ items: [{ id: alert.id }], matches: 1, isMore: false });
    expect(await preview({ filter: {} }, 'samir-vasquez')).toMatchObject({ matches: 1 });
    expect(await preview({ filter: { precedence: 'FLASH' } })).toEqual({ items: [], matches: 0, isMore: false });
    expect((await read('/v1/subscriptions')).json<{ items: unknown[] }>().items).toHaveLength(before);
  });

  test('a preview goes back seven days and no further', async () => {
    await using of = await aWorld();
    const at = await of.gateway('s-can');
    await of.assess(seen);
    await of.alert(alert);
    const matched = async () => {
      const headers = await of.as(AMA);
      const payload = { filter: {} };
      return (await at.app.inject({ method: 'POST', url: '/v1/subscriptions/preview', headers, payload })).json<{ matches: number }>().matches; // prettier-ignore
    };
    await of.pass(7 * 24 * 3_600_000);
    expect(await matched()).toBe(1);
    await of.pass(1);
    expect(await matched()).toBe(0);
  });

  test.each([
    ['an unknown condition', { ...SUBSCRIPTION, filter: { colour: 'red' } }, 422],
    ['a condition of another type', { ...SUBSCRIPTION, filter: { severityMin: 'high' } }, 422],
    ['an unknown trigger', { ...SUBSCRIPTION, triggers: ['WHIM'] }, 422],
    ['a delivery that is not offered', { ...SUBSCRIPTION, deliver: 'pigeon' }, 422],
    ['another view', { ...SUBSCRIPTION, view: 'ts-can' }, 404],
    ['a view that does not exist', { ...SUBSCRIPTION, view: 'nowhere' }, 404],
  ])('%s is refused', async (_what, payload, status) => {
    expect((await make(payload)).statusCode).toBe(status);
  });
});

describe('saved views', () => {
  const VIEW = { name: 'Mine', url: '/en/alerts?view=s-can', shared: 'none' };
  const make = async (payload: object, as = AMA) => ask('POST', '/v1/saved-views', { payload, as });

  test('what an agency shares its people read and do not change; nobody else has it', async () => {
    const { id } = (await make({ ...VIEW, shared: 'agency' })).json<{ id: string }>();
    const path = `/v1/saved-views/${id}`;
    const own = (await make({ ...VIEW, name: 'Own' })).json<{ id: string }>();
    const seenBy = async (as: string) =>
      (await read('/v1/saved-views', as))
        .json<{ items: { id: string; own: boolean }[] }>()
        .items.map((item) => [item.id, item.own]);
    expect(await seenBy(AMA)).toEqual(
      expect.arrayContaining([
        [id, true],
        [own.id, true],
      ]),
    );
    expect(await seenBy(COLLEAGUE)).toEqual([[id, false]]);
    expect(await seenBy('teodor-vance')).toEqual([]); // of another agency
    expect((await read(path, COLLEAGUE)).json()).toMatchObject({ id, own: false, owner: AMA });
    const change = (method: 'PUT' | 'DELETE', as: string) =>
      ask(method, path, { as, headers: { 'if-match': '*' }, ...(method === 'PUT' ? { payload: VIEW } : {}) });
    for (const method of ['PUT', 'DELETE'] as const) {
      expect((await change(method, COLLEAGUE)).json()).toMatchObject({ type: 'urn:sitebus:problem:not-yours' });
      expect((await change(method, 'teodor-vance')).statusCode).toBe(404);
    }
    expect((await change('PUT', AMA)).json()).toMatchObject({ shared: 'none' });
    expect((await read(path, COLLEAGUE)).statusCode).toBe(404); // shared no more
  });

  test.each([
    'https://elsewhere.example/',
    '//elsewhere.example',
    'en/alerts',
    '/\\elsewhere.example',
    'javascript:alert(1)',
    '/\t/elsewhere.example',
  ])('an address that leads elsewhere is refused: %j', async (url) => {
    expect((await make({ ...VIEW, url })).json()).toMatchObject({ errors: [{ pointer: '/url', code: 'NOT_A_PATH' }] });
  });

  test('a person of any role keeps some, but none in a view they may not enter', async () => {
    const partner = await world.gateway('partner');
    const headers = await world.as('piotr-adeyemi');
    const post = (of: GatewayService) =>
      of.app.inject({ method: 'POST', url: '/v1/saved-views', headers, payload: { ...VIEW, url: '/en' } });
    expect((await post(partner)).statusCode).toBe(201);
    expect((await post(gateway)).statusCode).toBe(404);
    for (const [method, url] of [
      ['GET', '/v1/saved-views'],
      ['GET', `/v1/saved-views/${uuidOf('x')}`],
      ['DELETE', `/v1/saved-views/${uuidOf('x')}`],
    ] as const)
      expect((await gateway.app.inject({ method, url, headers })).statusCode).toBe(404);
  });
});

test('while the store is away what needs it is 503 and names it, the rest is served, and readiness says so', async () => {
  let isAway = false;
  const memory = createInMemoryDesk();
  await using of = await aWorld({ store: () => whenThere(memory, () => isAway) });
  const at = await of.gateway('s-can');
  await of.assess(seen);
  await of.alert(alert);
  const headers = { ...(await of.as(AMA)), 'if-match': '*', 'idempotency-key': 'k' };
  const statusOf = async (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) => {
    const { statusCode, body } = await at.app.inject({
      method,
      url,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    return statusCode === 503 ? (body.includes('fail-closed') && body.includes('store') ? 'store' : body) : statusCode;
  };
  const needing = () =>
    Promise.all([
      statusOf('GET', '/v1/alerts'),
      statusOf('GET', `/v1/alerts/${alert.id}`),
      statusOf('PATCH', `/v1/alerts/${alert.id}`, { state: 'ACKNOWLEDGED', reason: 'r' }),
      statusOf('GET', '/v1/subscriptions'),
      statusOf('POST', '/v1/subscriptions', SUBSCRIPTION),
      statusOf('GET', '/v1/saved-views'),
    ]);
  isAway = true;
  expect(await needing()).toEqual(Array.from({ length: 6 }, () => 'store'));
  expect([await statusOf('GET', '/v1/assessments'), await statusOf('GET', '/v1/me')]).toEqual([200, 200]);
  expect(at.ready()).toMatchObject({ ready: false, parts: { store: 'does not answer' } });
  isAway = false;
  expect(await needing()).toEqual([200, 200, 200, 200, 201, 200]);
  expect(at.ready().ready).toBe(true);
});

/** A desk that refuses, as the one in PostgreSQL does, while its server is away. */
function whenThere(desk: DeskStore, isAway: () => boolean): DeskStore {
  const guarded = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name, receiver) =>
        isAway()
          ? async () => Promise.reject(failClosed({ part: 'store' }))
          : (Reflect.get(target, name, receiver) as unknown),
    });
  return {
    ...desk,
    state: () => (isAway() ? 'does not answer' : 'ok'),
    answers: guarded(desk.answers),
    triage: guarded(desk.triage),
    items: guarded(desk.items),
  };
}
