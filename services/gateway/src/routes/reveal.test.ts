// Values that policy masks: in no answer, until somebody asks for them and says why.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { GatewayService } from '../service.ts';
import { anAlert, anAssessment, anIndicatorReport, aRecall, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const WALLET = 'btc:1BoatSLRHtKNngkdXEeobR76b53LETtpyT';
const ID = uuidOf('money');
const REASON = 'Needed to ask the exchange who owns it.';
const CEO = 'SECRET//CANADIAN EYES ONLY';

let world: World;
let gateway: GatewayService;
beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can');
  const withWallet = (id: string, over: object = {}) => ({ ...anIndicatorReport({ id, marking: CEO, ...over }), wallets: [WALLET] });
  await world.observe('IndicatorReport', 's-can', withWallet(ID));
  await world.observe('IndicatorReport', 's-can', withWallet(uuidOf('panel’s'), { groups: ['panel'] }));
  await world.observe('IndicatorReport', 's-can', withWallet(uuidOf('wrong')));
  await world.observe('Recall', 's-can', aRecall(uuidOf('wrong'), { id: uuidOf('recall'), marking: CEO }));
  const feature = { kind: 'wallet', value: WALLET, dfBucket: 1, weight: 1, contributionMicro: 700_000 };
  const assessment = anAssessment({
    marking: CEO,
    links: [{ a: ID, b: uuidOf('other'), scoreMicro: 700_000, features: [feature] }],
    contextValues: [{ kind: 'wallet', value: `${WALLET}x`, why: 'HUB' }],
    copies: [{ member: ID, of: null, stated: 1, shared: 1, values: [{ kind: 'wallet', value: WALLET }] }],
  });
  await world.assess(assessment);
  await world.alert(anAlert(assessment));
}); // prettier-ignore
afterAll(async () => world[Symbol.asyncDispose]());

const get = async (url: string) => gateway.app.inject({ url, headers: await world.as('ama-lindqvist') });
const reveal = async (id: string, payload: object, person = 'ama-lindqvist') =>
  gateway.app.inject({
    method: 'POST',
    url: `/v1/observations/${id}/reveal`,
    headers: await world.as(person),
    payload,
  });

test('a masked value is in no answer, and its observation says which fields are masked', async () => {
  const assessment = uuidOf('assessment');
  const answers = await Promise.all(
    [`/v1/observations/${ID}`, '/v1/observations', '/v1/observations?q=1boat', `/v1/assessments/${assessment}`,
      `/v1/assessments/${assessment}/explain`, `/v1/assessments/${assessment}/graph?depth=2`, '/v1/alerts', `/v1/observations/${ID}/assessments`].map(get),
  );
  for (const { statusCode, body } of answers) expect([statusCode, body.includes('1BoatSLR')]).toEqual([200, false]);
  expect(answers[0]?.json()).toMatchObject({ masked: ['wallets'], domains: ['mirror-check.example'] });
  expect(answers[2]?.json()).toEqual({ items: [] });
  expect(answers[4]?.json()).toMatchObject({ links: [{ features: [{ kind: 'wallet', contributionMicro: 700_000 }] }] });
  expect(answers[4]?.json()).toMatchObject({ copies: [{ member: ID, shared: 1, values: [{ kind: 'wallet' }] }] });
}); // prettier-ignore

test('it cannot be found by guessing it', async () => {
  expect((await get(`/v1/observations?feature=${encodeURIComponent(`wallet:${WALLET}`)}`)).json()).toEqual({ items: [] });
  expect((await get('/v1/observations?feature=domain:mirror-check.example')).json<{ items: object[] }>().items).not.toEqual([]);
}); // prettier-ignore

test('who asks with a reason gets it, and each value has a leaf of its own that says who, why, and nothing of it', async () => {
  const before = world.leaves('s-can').length;
  const answer = await reveal(ID, { fields: ['wallets', 'persons'], reason: REASON });
  expect(answer.json()).toMatchObject({ id: ID, values: { wallets: [WALLET] }, marking: { banner: CEO } });
  const leaves = world.leaves('s-can').slice(before);
  expect(leaves).toEqual([
    expect.objectContaining({ who: 'ama-lindqvist', decision: 'RELEASED', reason: 'REVEAL', purpose: REASON, marking: CEO, records: 1 }),
  ]);
  expect(JSON.stringify(leaves)).not.toContain('1BoatSLR');
  expect(answer.json<{ leaves: object[] }>().leaves).toEqual([{ field: 'wallets', leafIndex: before }]);
}); // prettier-ignore

test('no reason, no field, or a field that policy does not mask: nothing is revealed and nothing leafed', async () => {
  const before = world.leaves('s-can').length;
  for (const payload of [{ fields: ['wallets'] }, { fields: ['wallets'], reason: 'because' }, { fields: [], reason: REASON }, { fields: ['envelope'], reason: REASON }])
    expect((await reveal(ID, payload)).statusCode).toBe(422);
  expect(world.leaves('s-can')).toHaveLength(before);
}); // prettier-ignore

test('hidden and absent are one answer, and what was recalled has no values any more', async () => {
  const payload = { fields: ['wallets'], reason: REASON };
  const [hidden, none] = [await reveal(uuidOf('panel’s'), payload), await reveal(uuidOf('nothing'), payload)];
  expect([hidden.statusCode, hidden.body]).toEqual([404, none.body]);
  expect((await reveal(uuidOf('wrong'), payload)).json()).toMatchObject({ values: {}, leaves: [] });
});

test('a role that only reads is not shown it', async () => {
  expect((await reveal(ID, { fields: ['wallets'], reason: REASON }, 'marguerite-thorne')).statusCode).toBe(403);
});
