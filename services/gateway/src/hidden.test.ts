// Hidden, absent and impossible ids: one answer, byte for byte, headers and ledger leaf included.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import type { GatewayService } from './service.ts';
import { anAlert, anAssessment, anIndicatorReport, uuidOf } from './testing/records.ts';
import { aWorld } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let gateway: GatewayService;
// The view's own analyst lacks the group `panel`; the panel member of the same view has it.
const hidden = anAssessment({
  id: uuidOf('hidden assessment'),
  marking: 'SECRET//CANADIAN EYES ONLY',
  groups: ['panel'],
});
const hiddenAlert = anAlert(hidden);

beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can');
  await world.observe(
    'IndicatorReport',
    's-can',
    anIndicatorReport({ id: uuidOf('hidden'), marking: 'SECRET//CANADIAN EYES ONLY', groups: ['panel'] }),
  );
  await world.assess(hidden);
  await world.alert(hiddenAlert);
});
afterAll(async () => world[Symbol.asyncDispose]());

const THINGS = [
  ['an observation', '/v1/observations/{id}', uuidOf('hidden')],
  ['its assessments', '/v1/observations/{id}/assessments', uuidOf('hidden')],
  ['an assessment', '/v1/assessments/{id}', hidden.id],
  ['an explanation', '/v1/assessments/{id}/explain', hidden.id],
  ['a redirect', '/v1/redirects/{id}', hidden.id],
  ['an alert', '/v1/alerts/{id}', hiddenAlert.id],
] as const;

async function answerTo(url: string, person: string, language = 'en') {
  const { statusCode, headers, body } = await gateway.app.inject({
    url,
    headers: { ...(await world.as(person)), 'accept-language': language },
  });
  const { date: _date, 'ratelimit-reset': _reset, ...rest } = headers;
  return { statusCode, headers: { ...rest, 'ratelimit-remaining': 'counts requests' }, body };
}

test.each(THINGS)(
  '%s that is hidden answers as one that does not exist, to the last header',
  async (_what, path, id) => {
    const url = (of: string): string => path.replace('{id}', of);
    expect((await answerTo(url(id), 'marguerite-thorne')).statusCode).toBe(200); // it is there, for whom it is
    const answers = [];
    for (const each of [id, uuidOf('no such thing'), 'not-a-uuid'])
      answers.push(await answerTo(url(each), 'ama-lindqvist'));
    const [toHidden, toAbsent, toImpossible] = answers;
    expect(toHidden).toEqual(toAbsent);
    expect(toImpossible).toEqual(toAbsent);
    expect(toHidden?.body).toBe('{"type":"urn:sitebus:problem:not-found","title":"Not found","status":404}');
  },
);

test.each(THINGS)(
  '%s that is hidden leaves the leaf that an absent one leaves, but for the id that was asked',
  async (_what, path, id) => {
    const leafOf = async (asked: string) => {
      await answerTo(path.replace('{id}', asked), 'ama-lindqvist');
      const { seq: _seq, nonce: _nonce, eventCommit, ...leaf } = world.denials('s-can').at(-1) ?? {};
      return { leaf, eventCommit };
    };
    const toHidden = await leafOf(id);
    const toAbsent = await leafOf(uuidOf('no such thing'));
    expect(toHidden.leaf).toEqual(toAbsent.leaf);
    expect(toHidden.leaf).toMatchObject({ decision: 'WITHHELD', records: 1, bytes: 0 });
    expect(toHidden.eventCommit).not.toBe(toAbsent.eventCommit);
    expect(createHmac('sha256', 'guess').update(id).digest('hex')).not.toBe(toHidden.eventCommit);
  },
);

test.each(THINGS)(
  'who is denied %s leaves the tree of releases as it was, and a leaf in the other',
  async (_what, path, id) => {
    const before = [world.leaves('s-can').length, world.denials('s-can').length];
    await answerTo(path.replace('{id}', id), 'ama-lindqvist');
    await answerTo(path.replace('{id}', uuidOf('no such thing')), 'ama-lindqvist');
    expect([world.leaves('s-can').length, world.denials('s-can').length]).toEqual([before[0], (before[1] ?? 0) + 2]);
    await answerTo(`/v1/alerts/${hiddenAlert.id}`, 'marguerite-thorne');
    expect(world.leaves('s-can').length).toBe((before[0] ?? 0) + 1); // what is released has its leaf there
  },
);

test('the constant body is one in each language', async () => {
  const french = await answerTo('/v1/alerts/x', 'ama-lindqvist', 'fr-CA, en;q=0.5');
  expect(french.body).toBe('{"type":"urn:sitebus:problem:not-found","title":"Introuvable","status":404}');
  expect(french.headers['content-language']).toBe('fr');
});

test('a view above the reader and a view that does not exist answer alike, on every way in', async () => {
  const lower = await world.gateway('partner');
  const headers = await world.as('piotr-adeyemi');
  const at = async (url: string) => {
    const { statusCode, body } = await lower.app.inject({ url, headers });
    return { statusCode, body };
  };
  expect(await at('/v1/alerts?view=s-can')).toEqual(await at('/v1/alerts?view=nowhere'));
  // A partner at the door of s-can: nothing of it exists for them, not even its empty list.
  const above = await gateway.app.inject({ url: '/v1/alerts', headers });
  expect([above.statusCode, above.body]).toEqual([404, (await at('/v1/alerts?view=nowhere')).body]);
});

test('what is hidden changes no list, no source and no look-up', async () => {
  const without = await aWorld();
  const twin = await without.gateway('s-can');
  const answers = async (to: GatewayService, of: World) => {
    const headers = await of.as('ama-lindqvist');
    const urls = [
      '/v1/observations',
      '/v1/assessments',
      '/v1/alerts',
      '/v1/sources',
      '/v1/observations?feature=domain:mirror-check.example',
    ];
    const lists = await Promise.all(urls.map((url) => to.app.inject({ url, headers })));
    const lookup = await to.app.inject({
      method: 'POST',
      url: '/v1/features/lookup',
      headers,
      payload: {
        features: [
          { kind: 'domain', value: 'mirror-check.example' },
          { kind: 'ip', value: '192.0.2.10' },
        ],
      },
    });
    return [...lists, lookup].map(({ body }) => body);
  };
  const seen = await answers(gateway, world);
  expect(seen).toEqual(await answers(twin, without));
  expect(JSON.parse(seen[0] ?? '')).toEqual({ items: [] });
  const reader = await gateway.app.inject({ url: '/v1/observations', headers: await world.as('marguerite-thorne') });
  expect(reader.json<{ items: unknown[] }>().items).toHaveLength(1); // somebody sees it
  await without[Symbol.asyncDispose]();
});

test('a record under the id of a hidden one is there as if the hidden one were not; who sees both gets the first', async () => {
  const again = anIndicatorReport({ id: uuidOf('twice'), marking: 'SECRET//CANADIAN EYES ONLY', title: 'second' });
  const first = { ...again, ...anIndicatorReport({ id: uuidOf('twice'), marking: 'SECRET//CANADIAN EYES ONLY', groups: ['panel'], title: 'first' }) }; // prettier-ignore
  const seenIn = async (records: readonly (typeof again)[], person: string) => {
    await using of = await aWorld();
    const at = await of.gateway('s-can');
    for (const record of records) await of.observe('IndicatorReport', 's-can', record);
    const headers = await of.as(person);
    const gets = ['/v1/observations', `/v1/observations/${uuidOf('twice')}`, '/v1/sources'];
    const got = await Promise.all(gets.map((url) => at.app.inject({ url, headers })));
    const payload = { features: [{ kind: 'domain', value: 'mirror-check.example' }] };
    const lookup = await at.app.inject({ method: 'POST', url: '/v1/features/lookup', headers, payload });
    return [...got, lookup].map(({ body }) => body);
  };
  const without = await seenIn([again], 'ama-lindqvist');
  expect(without.every((body) => body.includes('second') || body.includes('"observations":'))).toBe(true);
  expect(await seenIn([first, again], 'ama-lindqvist')).toEqual(without);
  const [list, one] = await seenIn([first, again], 'marguerite-thorne');
  expect((JSON.parse(list ?? '') as { items: { report: object }[] }).items).toMatchObject([
    { report: { title: 'first' } },
  ]);
  expect(JSON.parse(one ?? '')).toMatchObject({ report: { title: 'first' } });
});

test('a tenant’s record under the id of a member is no member', async () => {
  await using of = await aWorld();
  const at = await of.gateway('partner');
  const copy = anIndicatorReport({ id: uuidOf('copied'), agency: 'partner-lookout' });
  const [one, other] = anAssessment().members;
  const assessment = anAssessment({
    view: 'partner',
    independentRoots: 2,
    members: [
      { ...one!, id: uuidOf('copied'), agency: 'cse' },
      { ...other!, id: uuidOf('another'), agency: 'rcmp' },
    ],
  });
  await of.observe('IndicatorReport', 'open', copy);
  await of.assess(assessment);
  const get = async (path: string) =>
    (await at.app.inject({ url: `/v1/observations/${uuidOf('copied')}${path}`, headers: await of.as('piotr-adeyemi') })).json<unknown>(); // prettier-ignore
  expect(await get('')).toMatchObject({ status: 'RELEASED', envelope: { agency: 'partner-lookout' } });
  expect(await get('/assessments')).toEqual({ items: [] });
  await of.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('another'), agency: 'rcmp' }));
  const member = await at.app.inject({ url: `/v1/observations/${uuidOf('another')}`, headers: await of.as('piotr-adeyemi') }); // prettier-ignore
  expect(member.json()).toMatchObject({ status: 'CORROBORATED' }); // and a member is one
});
