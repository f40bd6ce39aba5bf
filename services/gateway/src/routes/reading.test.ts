// What a reader gets of observations, assessments and alerts, through the whole gateway of a view.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GatewayService } from '../service.ts';
import { anAlert, anAssessment, anIndicatorReport, aRecall, uuidOf, wireMarking } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

let world: World;
let gateway: GatewayService;
const open = anIndicatorReport({ id: uuidOf('open'), title: 'open one' });
const secret = anIndicatorReport({
  id: uuidOf('secret'),
  title: 'secret one',
  marking: 'SECRET//CANADIAN EYES ONLY',
  derivedFrom: [uuidOf('open'), uuidOf('never sent')],
  sourceToken: 'a'.repeat(64),
});
const forPanel = anIndicatorReport({
  id: uuidOf('panel'),
  title: 'narrow one',
  marking: 'SECRET//CANADIAN EYES ONLY',
  groups: ['panel'],
});
const recalled = anIndicatorReport({ id: uuidOf('recalled'), title: 'wrong one' });
const assessment = anAssessment({
  marking: 'SECRET//CANADIAN EYES ONLY',
  members: [
    { ...anAssessment().members[0]!, id: uuidOf('open') },
    { ...anAssessment().members[1]!, id: uuidOf('secret') },
  ],
});

beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can');
  await world.observe('IndicatorReport', 'open', open);
  await world.observe('IndicatorReport', 's-can', secret);
  await world.observe('IndicatorReport', 's-can', forPanel);
  await world.observe('IndicatorReport', 'open', recalled);
  await world.observe('Recall', 'open', aRecall(uuidOf('recalled')));
  await world.assess(assessment);
  await world.alert(anAlert(assessment));
});
afterAll(async () => world[Symbol.asyncDispose]());

const get = async (url: string, person = 'ama-lindqvist', headers = {}) =>
  gateway.app.inject({ method: 'GET', url, headers: { ...(await world.as(person)), ...headers } });

describe('observations', () => {
  test('a reader gets an observation with times in RFC 3339 and its banner, and the header names the marking', async () => {
    const answer = await get(`/v1/observations/${uuidOf('secret')}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      type: 'IndicatorReport',
      status: 'RELEASED',
      marking: { banner: 'SECRET//CANADIAN EYES ONLY' },
      envelope: { agency: 'cse', observedAt: '2031-10-02T13:05:00.000Z', lineage: { derivedFrom: [uuidOf('open')] } },
      report: { title: 'secret one' },
      domains: ['mirror-check.example'],
    });
    expect(answer.headers['sitebus-marking']).toBe('SECRET//CANADIAN EYES ONLY');
    expect(answer.headers['cache-control']).toBe('private, no-store');
  });

  test('the leaf is on the ledger, names the reader and its place, and holds no content', async () => {
    const before = world.leaves('s-can').length;
    const answer = await get(`/v1/observations/${uuidOf('open')}`);
    expect(answer.headers['sitebus-ledger']).toBe(`leaves=${before}-${before}; checkpoint=0`);
    const leaf = world.leaves('s-can')[before];
    expect(leaf).toMatchObject({
      who: 'ama-lindqvist',
      onBehalfOf: 'cse',
      decision: 'RELEASED',
      reason: 'READ',
      records: 1,
    });
    expect(JSON.stringify(leaf)).not.toContain(uuidOf('open'));
    expect(JSON.stringify(leaf)).not.toContain('mirror-check');
  });

  test('source tokens, and ids that the reader cannot resolve, are not in any answer', async () => {
    const { body } = await get(`/v1/observations/${uuidOf('secret')}`);
    expect(body).toContain(uuidOf('open'));
    expect(body).not.toContain('a'.repeat(64));
    expect(body).not.toContain(uuidOf('never sent'));
  });

  test('a recalled observation is told of without its content', async () => {
    const answer = await get(`/v1/observations/${uuidOf('recalled')}`);
    expect(answer.json()).toEqual({
      id: uuidOf('recalled'),
      status: 'RECALLED',
      marking: expect.objectContaining({ banner: 'UNCLASSIFIED//TLP:CLEAR' }),
    });
  });

  test('a list is newest first, leaves hidden ones out without a gap, and its pages are exact', async () => {
    const whole = (await get('/v1/observations')).json<{ items: { id: string }[]; next?: string }>();
    expect(whole.items).toHaveLength(4); // open, secret, recalled, the recall: not the panel's
    expect(whole.items.map(({ id }) => id)).not.toContain(uuidOf('panel'));
    expect(whole.next).toBeUndefined();
    const pages: string[] = [];
    let url = '/v1/observations?limit=1';
    for (let page = 0; page < 10 && url !== ''; page += 1) {
      const answer = await get(url);
      const { items, next } = answer.json<{ items: { id: string }[]; next?: string }>();
      expect(items).toHaveLength(1);
      pages.push(...items.map(({ id }) => id));
      expect(answer.headers['link'] === undefined).toBe(next === undefined);
      url = next === undefined ? '' : `/v1/observations?limit=1&cursor=${next}`;
    }
    expect(pages).toEqual(whole.items.map(({ id }) => id));
    expect((await get('/v1/observations', 'marguerite-thorne')).statusCode).toBe(200);
    expect((await get(`/v1/observations/${uuidOf('panel')}`, 'marguerite-thorne')).statusCode).toBe(200); // it is there
  });

  test('filters apply to what is released', async () => {
    const count = async (filter: string) =>
      (await get(`/v1/observations?${filter}`)).json<{ items: unknown[] }>().items.length;
    expect(await count('feature=domain:mirror-check.example')).toBe(2); // not the recalled one, not the hidden one
    expect(await count('q=SECRET%20one')).toBe(1);
    expect(await count('q=narrow')).toBe(0);
    expect(await count('type=Recall')).toBe(1);
    expect(await count('status=RECALLED')).toBe(1);
    expect(await count('agency=gac')).toBe(0);
  });

  test('the assessments of an observation are listed', async () => {
    const answer = await get(`/v1/observations/${uuidOf('open')}/assessments`);
    expect(answer.json()).toMatchObject({ items: [{ id: assessment.id }] });
  });
});

describe('assessments and alerts', () => {
  test('an assessment carries its headline in both languages and the same ETag for the same bytes', async () => {
    const first = await get(`/v1/assessments/${assessment.id}`);
    expect(first.json()).toMatchObject({
      id: assessment.id,
      headline: { en: 'Phishing: 2 observations, 2 agencies', fr: 'Hameçonnage : 2 observations, 2 organismes' },
    });
    const { etag } = first.headers;
    expect(etag).toMatch(/^"[\w-]{32}"$/);
    const again = await get(`/v1/assessments/${assessment.id}`, 'ama-lindqvist', { 'if-none-match': String(etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  test('a likelihood is said in the reader’s lexicon, in both languages; it says nothing of confidence', async () => {
    const said = async () =>
      (await get(`/v1/assessments/${assessment.id}`)).json<{ likelihood: { term: { en: string; fr: string } } }>()
        .likelihood;
    const canadian = await said();
    expect(canadian).toMatchObject({ pMicro: 569_000, term: { en: 'roughly even chance' }, lexiconId: 'ca-cyber' });
    const ama = world.policy.people.find(({ person }) => person === 'ama-lindqvist')!;
    await world.writer.put({ ...ama, lexicon: 'fr-estimative' });
    await world.pass(0);
    const french = await said();
    expect([french, french.term]).toEqual([
      expect.objectContaining({ pMicro: 569_000, lexiconId: 'fr-estimative' }),
      { en: expect.any(String), fr: expect.any(String) },
    ]);
    expect(french.term).not.toEqual(canadian.term);
    expect(JSON.stringify([canadian, french])).not.toMatch(/confiden|confiance/i);
    const alerts = (await get('/v1/alerts')).json<{ items: { likelihood: unknown }[] }>();
    expect(alerts.items[0]?.likelihood).toEqual(french);
    await world.writer.put(ama);
    await world.pass(0);
  });

  test('an explanation has what one needs to recompute it', async () => {
    const { statusCode, body } = await get(`/v1/assessments/${assessment.id}/explain`);
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      links: [{ features: [{ kind: 'domain', weight: 1, dfBucket: 1 }] }],
      contextValues: [{ why: 'HUB' }],
      confidenceCaps: [{ cap: 'FEW_ROOTS' }],
      ruleVersion: 1,
    });
  });

  test('a merged assessment answers 307 to its survivor with the tombstone, or 200 when told not to follow', async () => {
    const merged = anAssessment({
      id: uuidOf('merged'),
      status: 'REDIRECTED',
      redirectTo: assessment.id,
      marking: 'SECRET//CANADIAN EYES ONLY',
      members: [],
      links: [],
    });
    await world.assess(merged);
    const answer = await get(`/v1/assessments/${merged.id}`);
    expect([answer.statusCode, answer.headers['location'], answer.headers['cache-control']]).toEqual([
      307,
      `/v1/assessments/${assessment.id}`,
      'no-store',
    ]);
    expect(answer.json()).toMatchObject({ status: 'REDIRECTED', redirectTo: assessment.id });
    expect((await get(`/v1/assessments/${merged.id}?follow=false`)).statusCode).toBe(200);
    expect((await get(`/v1/redirects/${merged.id}`)).json()).toEqual({
      chain: [merged.id, assessment.id],
      resolvesTo: assessment.id,
    });
  });

  test('an alert says why: the linked observations, their agencies and the shared value', async () => {
    const { items } = (await get('/v1/alerts?category=PHISHING&agency=rcmp')).json<{
      items: Record<string, unknown>[];
    }>();
    expect(items).toMatchObject([
      {
        assessmentId: assessment.id,
        reason: 'NEW',
        memberCount: 2,
        why: [{ features: [{ kind: 'domain', value: 'mirror-check.example' }] }],
      },
    ]);
    expect((await get(`/v1/alerts/${String(items[0]?.['id'])}`)).statusCode).toBe(200);
  });

  test('a look-up answers for released observations alone, with the reason why a value does not link', async () => {
    const answer = await gateway.app.inject({
      method: 'POST', url: '/v1/features/lookup', headers: await world.as('ama-lindqvist'),
      payload: { features: [{ kind: 'domain', value: 'MIRROR-CHECK[.]example' }, { kind: 'ip', value: '192.0.2.10' }, { kind: 'domain', value: 'nobody.example' }] },
    }); // prettier-ignore
    expect(answer.json()).toMatchObject({
      items: [
        {
          value: 'mirror-check.example',
          seen: true,
          observations: expect.arrayContaining([uuidOf('open'), uuidOf('secret')]),
        },
        { seen: false, context: 'HUB' },
        { value: 'nobody.example', seen: false, observations: [] },
      ],
    });
    expect(answer.body).not.toContain(uuidOf('panel'));
  });

  test('sources are told by agency and cell', async () => {
    const { items } = (await get('/v1/sources')).json<{ items: { id: string }[] }>();
    expect(items.map(({ id }) => id)).toEqual(['open.cse', 's-can.cse']);
    expect((await get('/v1/sources/s-can.cse')).json()).toEqual(items[1]);
    expect((await get('/v1/sources/ts-can.cse')).statusCode).toBe(404);
  });
});

test('failure 18: public reports over-redacted, mis-marked: each source says how much it over-marks and holds back', async () => {
  await using one = await aWorld();
  const at = await one.gateway('s-can');
  const [over, held, kept] = ['over', 'held', 'kept'].map((name) => anIndicatorReport({ id: uuidOf(name), marking: 'SECRET//CANADIAN EYES ONLY' }));
  const portions = [{ text: 'Known to everybody.', lang: 'en', marking: wireMarking('UNCLASSIFIED//TLP:CLEAR', 'cse') }];
  const records = [
    { ...over!, report: { ...over!.report, portions } },
    { ...held!, report: { ...held!.report, releasePlan: 'NO_TEARLINE', noTearlineReason: 'sole source' } },
    { ...kept!, envelope: { ...kept!.envelope, marking: { ...kept!.envelope.marking, orcon: true } } },
  ];
  for (const record of records) await one.observe('IndicatorReport', 's-can', record);
  const answer = await at.app.inject({ url: '/v1/sources', headers: await one.as('ama-lindqvist') });
  expect(answer.json<{ items: object[] }>().items).toMatchObject([
    { id: 's-can.cse', observations: 3, overMarked: 2, orcon: 1, withoutTearline: 1 },
  ]);
}); // prettier-ignore

test('the cursor of a list whose rest has passed its retention is stale: 410, and the list begins again without it', async () => {
  await using later = await aWorld();
  const at = await later.gateway('s-can');
  for (const name of ['one', 'two', 'three'])
    await later.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf(name), title: name }));
  const ask = async (url: string) => at.app.inject({ url, headers: await later.as('ama-lindqvist') });
  const { next } = (await ask('/v1/observations?limit=1')).json<{ next: string }>();
  const rule = later.policy.topics.find(({ kind }) => kind === 'obs')!;
  const days = Math.ceil(rule.retentionMs / 86_400_000) + 2;
  const key = await later.writer.issueKey({ name: 'ama-lindqvist', person: 'ama-lindqvist', days: days + 1 });
  await later.pass(rule.retentionMs - 1_000);
  const headers = { authorization: `Bearer ${key}` };
  const read = async (url: string) => at.app.inject({ url, headers });
  expect((await read(`/v1/observations?limit=1&cursor=${next}`)).statusCode).toBe(200);
  await later.pass(2_000);
  const stale = await read(`/v1/observations?limit=1&cursor=${next}`);
  expect([stale.statusCode, stale.json()]).toEqual([
    410,
    expect.objectContaining({ type: 'urn:sitebus:problem:cursor-stale', status: 410 }),
  ]);
  expect((await read('/v1/observations?limit=1')).statusCode).toBe(200);
});

test('assessments are found by their text and listed by severity, likelihood or time, page by page, none twice', async () => {
  await using one = await aWorld();
  const at = await one.gateway('s-can');
  const told = { lo: 20, hi: 40, uMicro: 100_000, band: 3 };
  for (const [name, score, pMicro, lastSeen] of [['mild', 10, 900_000, 3], ['grave', 90, 100_000, 2], ['same', 90, 500_000, 1]] as const) {
    await one.pass(1_000); // ties go to what changed last
    await one.assess(anAssessment({ id: uuidOf(name), severity: { score, inputs: [] }, likelihood: { ...told, pMicro }, lastSeen: Date.UTC(2031, 0, lastSeen), ridings: [`Riding of ${name}`] }));
  }
  await one.assess(anAssessment({ id: uuidOf('above'), marking: 'SECRET//CANADIAN EYES ONLY', groups: ['panel'], severity: { score: 99, inputs: [] } }));
  const names = new Map(['mild', 'grave', 'same'].map((name) => [uuidOf(name), name]));
  type Listed = { items: { id: string }[]; next?: string };
  const ask = async (url: string) => at.app.inject({ url, headers: await one.as('ama-lindqvist') });
  const listed = async (search: string): Promise<(string | undefined)[]> => {
    const found: (string | undefined)[] = [];
    for (let cursor = ''; ;) {
      const { items, next } = (await ask(`/v1/assessments?limit=1&${search}${cursor}`)).json<Listed>();
      found.push(...items.map(({ id }) => names.get(id)));
      if (next === undefined) return found;
      cursor = `&cursor=${next}`;
    }
  };
  expect(await listed('sort=severity')).toEqual(['same', 'grave', 'mild']);
  expect(await listed('sort=likelihood')).toEqual(['mild', 'same', 'grave']);
  expect(await listed('sort=lastSeen')).toEqual(['mild', 'grave', 'same']);
  expect(await listed('sort=changed')).toEqual(['same', 'grave', 'mild']);
  expect(await listed('sort=severity&q=RIDING%20of%20GRAVE')).toEqual(['grave']);
  expect(await listed('q=riding%20of%20nowhere')).toEqual([]);
  const { next } = (await ask('/v1/assessments?limit=1&sort=severity')).json<Listed>();
  const foreign = [`sort=likelihood&cursor=${next}`, `cursor=${next}`, 'sort=colour'];
  expect(await Promise.all(foreign.map(async (search) => (await ask(`/v1/assessments?limit=1&${search}`)).statusCode))).toEqual([400, 400, 400]);
}); // prettier-ignore
