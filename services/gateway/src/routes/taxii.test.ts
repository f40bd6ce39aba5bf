// TAXII over HTTP: what a client sees, page by page, and what it never learns.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import type { GatewayService } from '../service.ts';
import { ErrorMessage } from '../taxii/error-message.ts';
import { anAlert, anAssessment, anIndicatorReport, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

let world: World;
let gateway: GatewayService;
let headers: { authorization: string };
let collection: string;
let othersCollection: string;
const TAXII = 'application/taxii+json;version=2.1';

beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can');
  headers = await world.as('ama-lindqvist');
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('member a') }));
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('member b'), agency: 'rcmp' }));
  const hidden = { id: uuidOf('hidden'), marking: 'SECRET//CANADIAN EYES ONLY', groups: ['panel'] };
  await world.observe('IndicatorReport', 's-can', anIndicatorReport({ ...hidden, domains: ['canary.example'] }));
  await world.assess(anAssessment());
  await world.alert(anAlert(anAssessment()));
  await world.pass(5_000);
  const idOf = (view: string) => world.policy.views.find(({ id }) => id === view)?.collection ?? '';
  collection = `/taxii2/sitebus/collections/${idOf('s-can')}`;
  othersCollection = `/taxii2/sitebus/collections/${idOf('ts-can')}`;
});
afterAll(async () => world[Symbol.asyncDispose]());

interface Envelope {
  readonly more?: boolean;
  readonly next?: string;
  readonly objects?: readonly { readonly id: string; readonly type: string; readonly date_added?: string; readonly version?: string; readonly modified?: string }[];
} // prettier-ignore
const get = (url: string, more: Record<string, string> = {}) =>
  gateway.app.inject({ url, headers: { ...headers, ...more } });
const bodyOf = async (url: string): Promise<Envelope> => (await get(url)).json<Envelope>();

describe('what a client finds', () => {
  test('discovery, without a token, leads to an API root that is absolute and contains the default', async () => {
    const answer = await gateway.app.inject({ url: '/taxii2/', headers: { host: 'bus.example:7080' } });
    const { default: root, api_roots: roots } = answer.json<{ default: string; api_roots: string[] }>();
    expect([answer.statusCode, answer.headers['content-type'], root, roots]).toEqual([
      200,
      TAXII,
      'http://bus.example:7080/taxii2/sitebus/',
      [root],
    ]);
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect((await get('/taxii2/sitebus/')).json()).toMatchObject({ versions: [TAXII], max_content_length: 10_485_760 });
  });

  test('its own view to read and the inbox to write, and no word of other views', async () => {
    const { collections } = (await get('/taxii2/sitebus/collections/')).json<{ collections: object[] }>();
    expect(collections).toMatchObject([
      { alias: 's-can', can_read: true, can_write: false },
      { alias: 'inbox', can_read: false, can_write: true },
    ]);
  });

  test('every path with and without a trailing slash, without a redirect', async () => {
    for (const path of ['/taxii2', '/taxii2/sitebus', '/taxii2/sitebus/collections', collection, `${collection}/objects`])
      for (const url of [path, `${path}/`, `${path}/?view=s-can`]) expect([url, (await get(url)).statusCode]).toEqual([url, 200]);
  }); // prettier-ignore
});

describe('pages', () => {
  test('the manifest names the same objects with the same versions, times ascend, and the headers are theirs', async () => {
    const [objects, manifest] = [await get(`${collection}/objects/`), await get(`${collection}/manifest/`)];
    const entries = manifest.json<Envelope>().objects ?? [];
    expect(entries.length).toBeGreaterThan(15);
    expect(objects.json<Envelope>().objects?.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
    const dates = entries.map((entry) => entry.date_added ?? '');
    expect(dates).toEqual([...new Set(dates)].sort());
    expect(dates.every((date) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/.test(date))).toBe(true);
    for (const { headers: given } of [objects, manifest])
      expect([given['x-taxii-date-added-first'], given['x-taxii-date-added-last']]).toEqual([dates[0], dates.at(-1)]);
  });

  test.each([1, 2, 5, 7])('of %i, by next and by added_after, bring every object once', async (limit) => {
    const whole = (await bodyOf(`${collection}/objects/`)).objects?.map(({ id }) => id) ?? [];
    const byNext: string[] = [];
    for (let next = ''; ;) {
      const page = await bodyOf(`${collection}/objects/?limit=${limit}&next=${next}`);
      byNext.push(...(page.objects ?? []).map(({ id }) => id));
      expect([page.more === true, page.next !== undefined]).toEqual([page.objects?.length === limit && byNext.length < whole.length, page.more === true]);
      if (page.next === undefined) break;
      next = page.next;
    }
    const byTime: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const answer = await get(`${collection}/objects/?limit=${limit}&added_after=${after}`);
      byTime.push(...(answer.json<Envelope>().objects ?? []).map(({ id }) => id));
      const last: unknown = answer.headers['x-taxii-date-added-last'];
      // A client that cuts to milliseconds asks for the same.
      after = typeof last === 'string' ? last.replace('000Z', 'Z') : undefined;
    }
    expect([byNext, byTime]).toEqual([whole, whole]);
  }); // prettier-ignore

  test('next is another at every answer, wins over added_after, and is nobody else’s', async () => {
    const [first, again] = [await bodyOf(`${collection}/objects/?limit=3`), await bodyOf(`${collection}/objects/?limit=3`)];
    expect(first.next).not.toBe(again.next);
    const rest = await bodyOf(`${collection}/objects/?next=${first.next}&added_after=2099-01-01T00:00:00Z`);
    expect(rest.objects?.length).toBeGreaterThan(0);
    expect(rest.objects).toEqual((await bodyOf(`${collection}/objects/?next=${again.next}`)).objects);
    const foreign = await gateway.app.inject({ url: `${collection}/objects/?next=${first.next}`, headers: await world.as('marguerite-thorne') });
    expect(foreign.json()).toMatchObject({ error_code: 'cursor-invalid', http_status: '400' });
  }); // prettier-ignore

  test('nothing at all is {}; a limit above the most is cut, one that is none is 400', async () => {
    expect(await bodyOf(`${collection}/objects/?added_after=2099-01-01T00:00:00.000Z`)).toEqual({});
    expect((await get(`${collection}/objects/?limit=5000`)).statusCode).toBe(200);
    for (const query of ['limit=0', 'limit=-1', 'limit=x', 'match[colour]=red', 'added_after=yesterday', 'match[version]=newest'])
      expect([query, (await get(`${collection}/objects/?${query}`)).statusCode]).toEqual([query, 400]);
  }); // prettier-ignore

  test('filters: a comma means or, several mean and, versions by word and by time', async () => {
    const idsOf = async (query: string) => (await bodyOf(`${collection}/objects/?${query}`)).objects?.map(({ type }) => type) ?? [];
    const report = (await bodyOf(`${collection}/objects/?match[type]=report`)).objects?.[0];
    expect(await idsOf('match[type]=report,note')).toEqual(['report', 'note']);
    expect(await idsOf(`match[type]=note&match[id]=${report?.id}`)).toEqual([]);
    expect(await idsOf(`match[id]=${report?.id}&match[version]=first,last`)).toEqual(['report']);
    expect(await idsOf(`match[id]=${report?.id}&match[version]=${report?.modified}`)).toEqual(['report']);
    expect(await idsOf(`match[id]=${report?.id}&match[version]=2020-01-01T00:00:00Z`)).toEqual([]);
    expect(await idsOf('match[type]=report&match[spec_version]=2.0')).toEqual([]);
    expect(await idsOf('match[type]=report&match[spec_version]=2.0,2.1')).toEqual(['report']);
  }); // prettier-ignore

  test('one object, and its versions', async () => {
    const report = (await bodyOf(`${collection}/objects/?match[type]=report`)).objects?.[0];
    expect(await bodyOf(`${collection}/objects/${report?.id}/`)).toEqual({ objects: [report] });
    const versions = await get(`${collection}/objects/${report?.id}/versions/`);
    expect(versions.json()).toEqual({ versions: [report?.modified] });
    expect(versions.headers['x-taxii-date-added-first']).toMatch(/000Z$/);
  });

  test('each answer with objects has its leaf on the ledger before it is written, one a page', async () => {
    const before = world.leaves('s-can').length;
    const answer = await get(`${collection}/objects/?limit=4`);
    expect(world.leaves('s-can').length).toBe(before + 1);
    expect(answer.headers['sitebus-ledger']).toMatch(new RegExp(`^leaves=${before}-${before};`));
    expect(world.leaves('s-can').at(-1)).toMatchObject({ decision: 'RELEASED', reason: 'LIST' });
  });
});

describe('what is hidden', () => {
  test('is there for whom it is, and for nobody else: not by id, not by value, not in a count', async () => {
    const panel = await gateway.app.inject({ url: `${collection}/objects/`, headers: await world.as('marguerite-thorne') });
    expect(panel.body).toContain('canary.example');
    expect((await get(`${collection}/objects/`)).body).not.toMatch(new RegExp(`canary|${uuidOf('hidden')}`));
  }); // prettier-ignore

  test('hidden, absent and impossible ids, collections and statuses get one answer to the last byte', async () => {
    const urls = [
      `${collection}/objects/observed-data--${uuidOf('hidden')}/`,
      `${collection}/objects/observed-data--${uuidOf('no such thing')}/`,
      `${collection}/objects/x/versions/`,
      `${othersCollection}/`,
      `${othersCollection}/objects/`,
      '/taxii2/sitebus/collections/x/manifest/',
      '/taxii2/sitebus/nothing/',
      `/taxii2/sitebus/status/${uuidOf('none')}/`,
    ];
    const answers = await Promise.all(urls.map((url) => get(url)));
    expect(answers.map(({ statusCode, body, headers: { 'content-type': type } }) => [statusCode, type, body])).toEqual(
      urls.map(() => [404, TAXII, '{"title":"Not found","error_code":"not-found","http_status":"404"}']),
    );
  });

  test('a world without it gives the same pages, times and headers, byte for byte', async () => {
    await using other = await aWorld();
    const elsewhere = await other.gateway('s-can');
    await other.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('member a') }));
    await other.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('member b'), agency: 'rcmp' }));
    await other.assess(anAssessment());
    await other.alert(anAlert(anAssessment()));
    await other.pass(5_000);
    for (const path of ['objects', 'manifest']) {
      const here = await get(`${collection}/${path}/`);
      const there = await elsewhere.app.inject({ url: `${collection}/${path}/`, headers: await other.as('ama-lindqvist') });
      expect(here.body.length).toBeGreaterThan(1_000);
      expect(here.body).toBe(there.body);
      expect(here.headers['x-taxii-date-added-last']).toBe(there.headers['x-taxii-date-added-last']);
    }
  }); // prettier-ignore
});

describe('media types and sign-in', () => {
  test.each([
    [undefined, 200], ['*/*', 200], ['application/*', 200], [TAXII, 200], ['application/taxii+json; version=2.1', 200],
    ['Application/TAXII+JSON;version="2.1"', 200], ['application/taxii+json', 200], ['text/html, application/taxii+json;q=0.5', 200],
    ['application/taxii+json;version=2.0', 406], ['application/json', 406], ['application/stix+json;version=2.1', 406],
  ] as const)('Accept %s is %i, exactly answered', async (accept, status) => {
    const answer = await get(`${collection}/objects/?limit=1`, { ...(accept === undefined ? {} : { accept }), 'content-type': 'text/odd' });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([status, TAXII]);
  }); // prettier-ignore

  test('Basic takes a key as the password, under any user name, on TAXII’s paths alone', async () => {
    const key = await world.keyOf('ama-lindqvist');
    const basic = (pair: string, scheme = 'Basic') => ({ authorization: `${scheme} ${Buffer.from(pair).toString('base64')}` });
    const statusOf = async (url: string, authorization: object) => (await gateway.app.inject({ url, headers: { ...authorization } })).statusCode;
    expect(await statusOf(`${collection}/objects/`, basic(`feeds@partner.example:${key}`))).toBe(200);
    expect(await statusOf(`${collection}/objects/`, basic(`:${key}`, 'bASIC'))).toBe(200);
    expect(await statusOf('/v1/me', basic(`feeds:${key}`))).toBe(401);
    expect(await statusOf(`${collection}/objects/`, basic('feeds:guess'))).toBe(401);
    const refused = await gateway.app.inject({ url: `${collection}/objects/` });
    expect(refused.headers['www-authenticate']).toMatch(/^Bearer .*Basic /);
  }); // prettier-ignore

  test('every refusal is an error message of TAXII', async () => {
    const isMessage = Compile(ErrorMessage);
    const requests = [
      { url: `${collection}/objects/?x=1` },
      { url: `${collection}/objects/`, headers: {} },
      { url: `${collection}/objects/`, headers: { ...headers, accept: 'text/html' } },
      { url: `${collection}/objects/x`, method: 'DELETE' as const },
      { url: '/taxii2/x' },
      { url: `${collection}/objects/`, method: 'POST' as const, payload: '{', headers: { ...headers, 'content-type': TAXII } },
      { url: `${collection}/objects/`, method: 'POST' as const, payload: {} },
    ]; // prettier-ignore
    const answers = await Promise.all(requests.map((each) => gateway.app.inject({ headers, ...each })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 401, 406, 405, 404, 400, 415]);
    for (const answer of answers) {
      expect([answer.json(), isMessage.Check(answer.json())]).toEqual([expect.anything(), true]);
      expect(answer.json()).toMatchObject({ http_status: String(answer.statusCode) });
    }
    const french = await get(`${collection}/objects/?x=1`, { 'accept-language': 'fr' });
    expect(french.json()).toMatchObject({ title: 'Paramètre inconnu' });
  });
});
