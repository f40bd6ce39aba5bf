// Positions, recalls and successors over HTTP: whose records they may be about, what they become, and what is refused.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AgencyIntake, ObservationJson } from '@sitebus/kit';
import type { GatewayService } from '../service.ts';
import { anAssessment, anIndicatorReport, aRecall, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const SECRET = 'SECRET//CANADIAN EYES ONLY';
const OWN = uuidOf('member a');
const RCMP = uuidOf('member b');
const HIDDEN = uuidOf('a record of the panel');
const ALONE = uuidOf('linked to nothing');
const GONE = uuidOf('to be recalled');
let world: World;
let gateway: GatewayService;
let headers: { authorization: string };
const taken: ObservationJson[] = [];

/** The analyst's own agency. */
const cse: AgencyIntake = {
  agency: 'cse',
  async submit(items) {
    taken.push(...items);
    return items.map((_, at) => ({ line: at + 1, status: 'accepted', id: uuidOf(`answer ${taken.length}`), cell: 's-can' }));
  },
  async *importFile() {},
}; // prettier-ignore

beforeAll(async () => {
  world = await aWorld({ intakes: (agency) => (agency === 'cse' ? cse : undefined) });
  gateway = await world.gateway('s-can');
  headers = await world.as('ama-lindqvist');
  await world.observe('IndicatorReport', 's-can', anIndicatorReport({ id: OWN, marking: SECRET }));
  await world.observe('IndicatorReport', 'pb-can', anIndicatorReport({ id: RCMP, agency: 'rcmp', marking: 'PROTECTED B' })); // prettier-ignore
  await world.observe(
    'IndicatorReport',
    's-can',
    anIndicatorReport({ id: HIDDEN, marking: SECRET, groups: ['panel'] }),
  );
  for (const id of [ALONE, GONE])
    await world.observe('IndicatorReport', 's-can', anIndicatorReport({ id, marking: SECRET }));
  await world.assess(anAssessment({ id: uuidOf('matter'), version: 3, marking: SECRET }));
});
beforeEach(() => void taken.splice(0));
afterAll(async () => world[Symbol.asyncDispose]());

const post = (url: string, payload: object, more = {}) =>
  gateway.app.inject({ method: 'POST', url, headers: { ...headers, ...more }, payload });
const positions = `/v1/assessments/${uuidOf('matter')}/positions`;
const dissent = {
  stance: 'DISSENT',
  marking: SECRET,
  portions: [{ text: 'It is what embassies do.', lang: 'en', marking: SECRET }],
  definitionId: 'ordinary-diplomacy',
};

test('a position becomes an observation of the analyst’s agency, about a member and the version that was read', async () => {
  const answer = await post(positions, { ...dissent, confidence: 'MODERATE' });
  expect([answer.statusCode, answer.json()]).toMatchObject([202, { cell: 's-can', readers: ['s-can'] }]);
  expect(taken).toEqual([
    {
      type: 'AgencyPosition',
      envelope: { observedAt: world.clock.now(), marking: SECRET, sourceGrade: 'F', infoGrade: 6 },
      about: OWN,
      seen: { view: 's-can', version: 3 },
      stance: 'DISSENT',
      likelihood: null,
      confidence: 'MODERATE',
      definitionId: 'ordinary-diplomacy',
      portions: dissent.portions,
    },
  ]);
});

test('a position on an observation in no assessment is about it, and says that no version was read', async () => {
  const alone = await post(`/v1/observations/${ALONE}/positions`, { ...dissent, stance: 'CONCUR', portions: [] });
  expect([alone.statusCode, alone.json()]).toMatchObject([202, { cell: 's-can', readers: ['s-can'] }]);
  const member = await post(`/v1/observations/${RCMP}/positions`, dissent);
  expect(member.statusCode).toBe(202);
  expect(taken).toMatchObject([
    { type: 'AgencyPosition', about: ALONE, seen: { view: 's-can', version: 0 }, stance: 'CONCUR', portions: [] },
    { type: 'AgencyPosition', about: RCMP, seen: { view: 's-can', version: 3 }, stance: 'DISSENT' },
  ]);
});

test('a version is said only of an assessment that the analyst may read', async () => {
  const members = anAssessment()
    .members.slice(0, 1)
    .map((member) => ({ ...member, id: ALONE }));
  await world.assess(
    anAssessment({ id: uuidOf('of the panel'), version: 9, marking: SECRET, groups: ['panel'], members }),
  );
  await post(`/v1/observations/${ALONE}/positions`, dissent);
  expect(taken).toMatchObject([{ seen: { version: 0 } }]);
});

test('a position on an observation is refused as one on an assessment is; on what is hidden it is the one 404', async () => {
  const at = (id: string) => `/v1/observations/${id}/positions`;
  const untold = await post(at(ALONE), { ...dissent, portions: [] });
  expect([untold.statusCode, untold.json()]).toMatchObject([422, { errors: [{ code: 'TEXT_REQUIRED' }] }]);
  const [hidden, none] = [await post(at(HIDDEN), dissent), await post(at(uuidOf('nothing')), dissent)];
  expect([hidden.statusCode, hidden.body]).toEqual([404, none.body]);
  expect(taken).toEqual([]);
});

test('of two records with one id the position is on the one that the analyst sees', async () => {
  const twice = uuidOf('one id, two agencies');
  await world.observe('IndicatorReport', 'pb-can', anIndicatorReport({ id: twice, agency: 'rcmp', marking: 'PROTECTED B', groups: ['panel'] })); // prettier-ignore
  await world.observe('IndicatorReport', 's-can', anIndicatorReport({ id: twice, marking: SECRET }));
  expect((await post(`/v1/observations/${twice}/positions`, dissent)).statusCode).toBe(202);
  expect(taken).toMatchObject([{ about: twice }]);
});

test('nobody takes a position on what was recalled, nor on what only says something of another record', async () => {
  await world.observe('Recall', 's-can', aRecall(GONE, { id: uuidOf('a recall'), marking: SECRET }));
  const [recalled, recall] = [await post(`/v1/observations/${GONE}/positions`, dissent), await post(`/v1/observations/${uuidOf('a recall')}/positions`, dissent)]; // prettier-ignore
  expect([recalled.statusCode, recalled.json()]).toMatchObject([422, { errors: [{ code: 'RECALLED' }] }]);
  expect([recall.statusCode, recall.json()]).toMatchObject([422, { errors: [{ code: 'NO_SIGHTING' }] }]);
  expect(taken).toEqual([]);
});

test('failure 8: no shared line between interference and diplomacy: a position without a definition is refused', async () => {
  const { definitionId: _none, ...without } = dissent;
  expect((await post(positions, without)).statusCode).toBe(422);
  const unknown = await post(positions, { ...dissent, definitionId: 'gut-feeling' });
  expect([unknown.statusCode, unknown.json()]).toMatchObject([
    422,
    { errors: [{ pointer: '/definitionId', code: 'UNKNOWN_DEFINITION' }] },
  ]);
  expect(taken).toEqual([]);
});

test.each([
  ['no text at all', []],
  ['blank text', [{ text: '  ', lang: 'en', marking: SECRET }]],
])('a dissent with %s is refused, and nothing is stored', async (_case, portions) => {
  const answer = await post(positions, { ...dissent, portions });
  expect([answer.statusCode, answer.json()]).toMatchObject([422, { errors: [{ pointer: '/portions', code: 'TEXT_REQUIRED' }] }]); // prettier-ignore
  expect(taken).toEqual([]);
});

test('a position on what is hidden, and on what is not there, is one and the same 404', async () => {
  await world.assess(anAssessment({ id: uuidOf('hidden'), marking: SECRET, groups: ['panel'] }));
  const [hidden, none] = await Promise.all(['hidden', 'nothing'].map((name) => post(`/v1/assessments/${uuidOf(name)}/positions`, dissent))); // prettier-ignore
  expect([hidden?.statusCode, none?.statusCode]).toEqual([404, 404]);
  expect(hidden?.json()).toEqual(none?.json());
});

test('one’s own record is recalled under its own marking', async () => {
  const recall = () =>
    post(`/v1/observations/${OWN}/recall`, { reason: 'the address was ours' }, { 'idempotency-key': 'recall' });
  const answer = await recall();
  expect([answer.statusCode, answer.headers['location']]).toEqual([202, `/v1/observations/${answer.json<{ id: string }>().id}`]); // prettier-ignore
  expect(taken).toMatchObject([{ type: 'Recall', reason: 'the address was ours', replacement: null, envelope: { recalls: OWN, marking: { classified: 'SECRET', relTo: ['CAN'] } } }]); // prettier-ignore
  expect((await recall()).headers['idempotency-replayed']).toBe('true');
  expect(taken).toHaveLength(1);
});

test('another agency’s record is not the caller’s to recall, and a hidden one is not there', async () => {
  const [other, hidden, none] = await Promise.all([RCMP, HIDDEN, uuidOf('nothing')].map((id) => post(`/v1/observations/${id}/recall`, { reason: 'x' }, { 'idempotency-key': 'x' }))); // prettier-ignore
  expect([other?.statusCode, hidden?.statusCode, none?.statusCode]).toEqual([403, 404, 404]);
  expect(hidden?.json()).toEqual(none?.json());
  expect(taken).toEqual([]);
});

test('a successor has the marking of what it supersedes, or is told how to go about it', async () => {
  const successor = { type: 'IndicatorReport', envelope: { observedAt: '2031-10-02T14:00:00.000Z', marking: SECRET }, domains: ['b.example'] }; // prettier-ignore
  const other = await post(`/v1/observations/${OWN}/supersede`, { ...successor, envelope: { ...successor.envelope, marking: 'UNCLASSIFIED//TLP:GREEN' } }); // prettier-ignore
  expect([other.statusCode, other.json()]).toMatchObject([422, { errors: [{ code: 'OTHER_MARKING', hint: 'recall it, then publish a new observation' }] }]); // prettier-ignore
  expect(taken).toEqual([]);
  const own = await post(`/v1/observations/${OWN}/supersede`, successor);
  expect(own.statusCode).toBe(202);
  expect(taken).toEqual([{ ...successor, envelope: { ...successor.envelope, supersedes: OWN } }]);
});

test('the same key is answered the same, and writes once', async () => {
  const key = { 'idempotency-key': 'once' };
  const [first, again] = [await post(positions, dissent, key), await post(positions, dissent, key)];
  expect(again.json()).toEqual(first.json());
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect(taken).toHaveLength(1);
});
