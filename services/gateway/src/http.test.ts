// Conventions of the API: unknown input, languages, representations, headers, limits, its own description.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Compile } from 'typebox/compile';
import { catalogue } from './errors.ts';
import { PROBLEM_TEXTS } from './problem-texts.ts';
import { languageOf, ProblemBody } from './problem.ts';
import type { GatewayService } from './service.ts';
import { anAlert, anAssessment, anIndicatorReport, uuidOf } from './testing/records.ts';
import { FAILURES_A_MINUTE } from './sign-in-attempts.ts';
import { aWorld } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let gateway: GatewayService;
let headers: { authorization: string };
const logged: unknown[] = [];

beforeAll(async () => {
  world = await aWorld();
  const keep = (keys: unknown, message: unknown) => void logged.push([keys, message]);
  gateway = await world.gateway('s-can', {}, { debug: keep, info: keep, warn: keep, error: keep });
  headers = await world.as('ama-lindqvist');
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('open') }));
  await world.assess(anAssessment());
  await world.alert(anAlert(anAssessment()));
});
afterAll(async () => world[Symbol.asyncDispose]());

const get = (url: string, more = {}) => gateway.app.inject({ url, headers: { ...headers, ...more } });
const post = (url: string, payload: object | string, more = {}) =>
  gateway.app.inject({ method: 'POST', url, headers: { ...headers, ...more }, payload });

describe('what a caller sends', () => {
  test('an unknown query parameter is 400 and named, on every route that takes a query', async () => {
    for (const url of ['/v1/alerts', '/v1/observations', '/v1/assessments/x', '/v1/me', '/version']) {
      const answer = await get(`${url}?colour=crimson`);
      expect([url, answer.statusCode, answer.json()]).toEqual([
        url,
        400,
        expect.objectContaining({
          type: 'urn:sitebus:problem:unknown-parameter',
          detail: expect.stringContaining('colour'),
        }),
      ]);
      expect(answer.body).not.toContain('crimson');
    }
  });

  test.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'status=OPEN',
    'from=yesterday',
    'limit=5&limit=6',
    'likelihoodMin=101',
  ])('?%s is 400', async (query) => {
    expect((await get(`/v1/alerts?${query}`)).json()).toMatchObject({ type: 'urn:sitebus:problem:bad-request' });
  });

  test('an unknown body property is 422 with its pointer, and nothing is coerced', async () => {
    const unknown = await post('/v1/markings/parse', { text: 'SECRET', colour: 'red' });
    expect([unknown.statusCode, unknown.json()]).toEqual([
      422,
      expect.objectContaining({
        type: 'urn:sitebus:problem:invalid-body',
        errors: expect.arrayContaining([expect.objectContaining({ pointer: '/colour' })]),
      }),
    ]);
    expect((await post('/v1/markings/parse', { text: 7 })).statusCode).toBe(422);
    expect(
      (
        await post('/v1/features/lookup', {
          features: Array.from({ length: 1_001 }, () => ({ kind: 'ip', value: '192.0.2.1' })),
        })
      ).statusCode,
    ).toBe(422);
  });

  test('JSON that is none is 400, another type 415, too much 413, a forged cursor 400', async () => {
    const json = { 'content-type': 'application/json' };
    expect((await post('/v1/markings/parse', '{', json)).statusCode).toBe(400);
    expect((await post('/v1/markings/parse', '', json)).statusCode).toBe(400);
    expect((await post('/v1/markings/parse', 'x', { 'content-type': 'text/plain' })).statusCode).toBe(415);
    expect((await post('/v1/markings/parse', `{"text":"${'x'.repeat(1024 * 1024)}"}`, json)).statusCode).toBe(413);
    expect((await get('/v1/alerts?cursor=AAAA')).json()).toMatchObject({ type: 'urn:sitebus:problem:cursor-invalid' });
  });

  test('an Accept that this route cannot satisfy is 406 with what it can', async () => {
    const answer = await get('/v1/alerts', { accept: 'text/csv' });
    expect([answer.statusCode, answer.json()]).toEqual([
      406,
      expect.objectContaining({ detail: expect.stringContaining('application/json') }),
    ]);
    for (const accept of ['*/*', 'application/*', 'text/html, application/json;q=0.1', ''])
      expect((await get('/v1/alerts', { accept })).statusCode).toBe(200);
  });
});

describe('problems', () => {
  const isProblem = Compile(ProblemBody);

  test('are the same facts in English and French', async () => {
    const english = (await get('/v1/alerts?x=1')).json<Record<string, unknown>>();
    const french = await get('/v1/alerts?x=1', { 'accept-language': 'fr-CA' });
    expect(isProblem.Check(english)).toBe(true);
    expect(french.json()).toMatchObject({
      type: english['type'],
      status: english['status'],
      title: 'Paramètre inconnu',
    });
    expect([french.headers['content-language'], french.headers['vary'], french.headers['content-type']]).toEqual([
      'fr',
      expect.stringContaining('Accept-Language'),
      'application/problem+json; charset=utf-8',
    ]);
  });

  test.each(['/v1/periods/%ZZ', '/v1/observations/%E0%A4%A?view=s-can'])(
    'a path that does not decode is answered as any that is not there: %s',
    async (url) => {
      const [answer, absent] = [await get(url), await get('/v1/nowhere')];
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, absent.headers['content-type']]);
      expect(answer.json()).toEqual(absent.json());
    },
  );

  test.each(['e'.repeat(5_000), '%E1%B9%B0'.repeat(1_000)])('a path longer than any id is refused as other faults are, and not repeated', async (part) => {
    const answer = await get(`/v1/periods/${part}`);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(isProblem.Check(answer.json())).toBe(true);
    expect(answer.body.length).toBeLessThan(1_000);
  }); // prettier-ignore

  test('every slug of the catalogue has both languages, and no text is without a slug', () => {
    const slugs = catalogue.map(({ slug }) => slug).sort();
    expect(slugs.length).toBeGreaterThan(25);
    expect(Object.keys(PROBLEM_TEXTS).sort()).toEqual(slugs);
    for (const { en, fr } of Object.values(PROBLEM_TEXTS)) {
      expect(en.title).not.toBe(fr.title);
      expect((en.detail ?? '').match(/\{\w+\}/g)).toEqual((fr.detail ?? '').match(/\{\w+\}/g));
    }
  });

  test.each([
    [undefined, 'en'], ['', 'en'], ['fr', 'fr'], ['fr-CA,fr;q=0.9,en;q=0.8', 'fr'], ['en;q=0.4, fr;q=0.5', 'fr'], ['fr;q=0, en', 'en'], ['de, fr', 'fr'], ['de', 'en'],
  ] as const)('Accept-Language %j reads as %s', (header, language) => {
    expect(languageOf(header)).toBe(language);
  }); // prettier-ignore

  test('carry the caller’s trace, which also comes back as traceparent', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const answer = await get('/v1/alerts?x=1', { traceparent: `00-${trace}-b7ad6b7169203331-01` });
    expect(answer.json()).toMatchObject({ traceId: trace });
    expect(answer.headers['traceparent']).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`));
  });

  test('of a defect say no more than a trace id: no stack, no message', async () => {
    await using broken = await aWorld({ intakes: () => { throw new TypeError('secret detail of a defect'); } }); // prettier-ignore
    const { app } = await broken.gateway('s-can');
    const answer = await app.inject({
      method: 'POST',
      url: '/v1/observations',
      headers: await broken.as('ama-lindqvist'),
      payload: { type: 'IndicatorReport', envelope: { marking: 'UNCLASSIFIED//TLP:CLEAR' } },
    });
    expect([answer.statusCode, Object.keys(answer.json<object>()).sort()]).toEqual([
      500,
      ['detail', 'help', 'status', 'title', 'traceId', 'type'],
    ]);
    expect(answer.body).not.toContain('secret detail');
  });

  test('a store whose ledger cannot take a leaf releases nothing', async () => {
    await using closed = await aWorld();
    const gatewayOfIt = await closed.gateway('s-can');
    const { app } = gatewayOfIt;
    await closed.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('open') }));
    const asReader = await closed.as('ama-lindqvist');
    closed.bus.failNext('produce', 1);
    const answer = await app.inject({ url: `/v1/observations/${uuidOf('open')}`, headers: asReader });
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      expect.objectContaining({ type: 'urn:sitebus:problem:fail-closed', detail: expect.stringContaining('ledger') }),
    ]);
    expect(answer.body).not.toContain('mirror-check');
    expect(gatewayOfIt.ready().parts['ledger']).not.toBe('ok');
    expect((await app.inject({ url: `/v1/observations/${uuidOf('open')}`, headers: asReader })).statusCode).toBe(200);
  });
});

describe('headers', () => {
  test('keep answers out of caches and frames, and limits are told per reader', async () => {
    const { headers: sent } = await get('/v1/alerts');
    expect(sent).toMatchObject({
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'ratelimit-limit': '10000',
    });
    expect(sent['content-security-policy']).toContain("default-src 'none'");
    expect(sent['access-control-allow-origin']).toBeUndefined();
    expect(Number(sent['ratelimit-remaining'])).toBeGreaterThan(0);
    expect(sent['sitebus-marking']).toBe('UNCLASSIFIED//TLP:CLEAR');
  });

  test('the marking of a page is the join of what is on it', async () => {
    await world.observe(
      'IndicatorReport',
      's-can',
      anIndicatorReport({ id: uuidOf('secret'), marking: 'SECRET//CANADIAN EYES ONLY' }),
    );
    expect((await get('/v1/observations')).headers['sitebus-marking']).toBe('SECRET//CANADIAN EYES ONLY');
    expect((await get('/v1/observations?marking=UNCLASSIFIED//TLP:CLEAR')).headers['sitebus-marking']).toBe(
      'UNCLASSIFIED//TLP:CLEAR',
    );
  });

  test('one reader’s limit is their own', async () => {
    await using small = await aWorld();
    const { app } = await small.gateway('s-can', { requestsPerMinute: 2 });
    const ask = async (person: string) => app.inject({ url: '/v1/me', headers: await small.as(person) });
    expect([(await ask('ama-lindqvist')).statusCode, (await ask('ama-lindqvist')).statusCode]).toEqual([200, 200]);
    const third = await ask('ama-lindqvist');
    expect([third.statusCode, third.json()]).toEqual([
      429,
      expect.objectContaining({ type: 'urn:sitebus:problem:rate-limited' }),
    ]);
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask('teodor-vance')).statusCode).toBe(200);
  });

  test('wrong credentials count against their address; a good one from there is let in all the same', async () => {
    await using small = await aWorld();
    const { app } = await small.gateway('s-can');
    const wrong = () => app.inject({ url: '/v1/me', headers: { authorization: 'Bearer nonsense' } });
    for (let tried = 0; tried < FAILURES_A_MINUTE; tried += 1) expect((await wrong()).statusCode).toBe(401);
    const next = await wrong();
    expect([next.statusCode, Number(next.headers['retry-after']) > 0]).toEqual([429, true]);
    const good = await app.inject({ url: '/v1/me', headers: await small.as('ama-lindqvist') });
    expect(good.statusCode).toBe(200);
  });
});

describe('the public view', () => {
  test('may be cached where nobody is signed in, and nowhere else', async () => {
    const { app } = await world.gateway('public');
    expect((await app.inject({ url: '/version' })).headers['cache-control']).toBe('public, max-age=30');
    expect((await app.inject({ url: '/version', headers })).headers['cache-control']).toBe('private, no-store');
    expect((await app.inject({ url: '/nowhere' })).headers['cache-control']).toBe('private, no-store');
  });
});

describe('the description', () => {
  test('names every route but the documentation itself, and every answer fits it', async () => {
    interface Answer {
      readonly content?: Readonly<Record<string, { readonly schema: object }>>;
    }
    const { paths, components } = (await get('/openapi.json')).json<{
      paths: Record<string, Record<string, { responses: Record<string, Answer | { readonly $ref: string }> }>>;
      components: { responses: Record<string, Answer> };
    }>();
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const real = [...gateway.app.routeMethods]
      .filter(([path]) => !path.startsWith('/docs') && path !== '/openapi.json')
      .flatMap(([path, methods]) => [...methods].map((method) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`));
    expect(described.sort()).toEqual(real.sort());

    const requests: [string, string, object?][] = [
      ['GET', '/v1/observations'], ['GET', `/v1/observations/${uuidOf('open')}`], ['GET', `/v1/observations/${uuidOf('open')}/assessments`],
      ['GET', '/v1/assessments'], ['GET', `/v1/assessments/${anAssessment().id}`], ['GET', `/v1/assessments/${anAssessment().id}/explain`],
      ['GET', `/v1/redirects/${anAssessment().id}`], ['GET', '/v1/alerts'], ['GET', `/v1/alerts/${anAlert(anAssessment()).id}`],
      ['GET', '/v1/sources'], ['GET', '/v1/me'], ['GET', '/v1/policy'], ['GET', '/v1/schemas'], ['GET', '/v1/schemas/ca.sitebus.fusion.Alert'],
      ['GET', '/version'], ['POST', '/v1/features/lookup', { features: [{ kind: 'domain', value: 'mirror-check.example' }] }],
      ['POST', '/v1/markings/parse', { text: 'SECRETT' }], ['POST', '/v1/markings/join', { texts: ['SECRET//REL TO CAN, GBR', 'SECRET//REL TO CAN, USA'] }],
      ['POST', '/v1/markings/check', { text: 'UNCLASSIFIED//TLP:CLEAR' }], ['GET', '/v1/alerts?x=1'], ['GET', '/v1/alerts/none'],
    ]; // prettier-ignore
    for (const [method, url, payload] of requests) {
      const answer = await gateway.app.inject({
        method: method as 'GET',
        url,
        headers,
        ...(payload === undefined ? {} : { payload }),
      });
      const path = Object.keys(paths).find(
        (each) =>
          new RegExp(`^${each.replace(/\{\w+\}/g, '[^/]+')}$`).test(url.split('?')[0] ?? '') &&
          !(each.includes('{') && url.split('?')[0]! in paths),
      );
      const { responses } = paths[path ?? '']?.[method.toLowerCase()] ?? { responses: {} };
      const stated = responses[String(answer.statusCode)] ?? responses[`${String(answer.statusCode)[0]}XX`] ?? {};
      const response = '$ref' in stated ? components.responses[stated.$ref.split('/').at(-1)!] : stated;
      const schema = Object.values(response?.content ?? {})[0]?.schema;
      expect([
        method,
        url,
        schema === undefined ? 'not described' : Compile(schema as never).Errors(answer.json()),
      ]).toEqual([method, url, []]);
    }
  });

  test('the page of the description asks nothing of anybody else', async () => {
    const page = await get('/docs/static/index.html').then((first) => get(first.headers['location'] ?? '/docs'));
    const initializer = await get('/docs/static/swagger-initializer.js');
    expect(page.statusCode).toBe(200);
    expect(`${page.body}${initializer.body}`).not.toMatch(/(src|href|url)\s*[=:(]\s*["'`]?https?:/i);
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
  });
});

describe('markings and policy', () => {
  test('the kernel answers: canonical form, fault with its index, join, cell and readers', async () => {
    expect((await post('/v1/markings/parse', { text: 'SECRET//REL TO CAN, GBR' })).json()).toEqual({
      canonical: 'SECRET//REL TO CAN, GBR',
      faults: [],
    });
    expect((await post('/v1/markings/parse', { text: 'SECRET//XX' })).json()).toMatchObject({
      faults: [{ pointer: '/text', index: expect.any(Number) }],
    });
    expect(
      (await post('/v1/markings/join', { texts: ['SECRET//REL TO CAN, GBR', 'SECRET//REL TO USA'] })).json(),
    ).toMatchObject({ canonical: 'SECRET//REL TO NONE' });
    expect((await post('/v1/markings/check', { text: 'SECRET//CANADIAN EYES ONLY' })).json()).toMatchObject({
      cell: 's-can',
      readers: ['s-can'],
    });
    // The cell above is not told of: for this reader it is as if there were none.
    expect((await post('/v1/markings/check', { text: 'TOP SECRET//SI//CANADIAN EYES ONLY' })).json()).toEqual({
      canonical: 'TOP SECRET//SI//CANADIAN EYES ONLY',
      readers: [],
      faults: [],
    });
  });

  test('policy shows a reader the cells and views they dominate, and no trace of the rest', async () => {
    const answer = await get('/v1/policy');
    const { views, cells } = answer.json<{ views: { id: string }[]; cells: { id: string }[] }>();
    expect(views.map(({ id }) => id)).toEqual(['public', 'partner', 'pb-can', 's-fvey', 's-can']);
    expect(cells.map(({ id }) => id)).toEqual(['open', 'partner', 'pb-can', 's-fvey', 's-can']);
    expect(answer.body).not.toContain('ts-can');
    const higher = await gateway.app.inject({ url: '/v1/policy', headers: await world.as('noor-castellane') });
    expect(higher.body).toContain('ts-can');
    expect((await get('/v1/policy?version=999')).statusCode).toBe(404);
  });
});

test('no log line and no metric names a record, a reader or a value', async () => {
  const metrics = await gateway.metrics();
  expect(metrics).toContain('route="/v1/observations/:id"');
  for (const word of [uuidOf('open'), 'mirror-check', 'ama-lindqvist']) {
    expect(metrics).not.toContain(word);
    expect(JSON.stringify(logged)).not.toContain(word);
  }
});
