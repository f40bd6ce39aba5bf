// Positions, recalls and successors over HTTP: whose records they may be about, what they become, and what is refused.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { AgencyIntake, ObservationJson } from '@sitebus/kit';
import type { GatewayService } from '../service.ts';
import { anAssessment, anIndicatorReport, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const SECRET = 'SECRET//CANADIAN EYES ONLY';
const OWN = uuidOf('member a');
const RCMP = uuidOf('member b');
const HIDDEN = uuidOf('a record of the panel');
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
  const answer = await post(`/v1/observations/${OWN}/recall`, { reason: 'the address was ours' });
  expect([answer.statusCode, answer.headers['location']]).toEqual([202, `/v1/observations/${answer.json<{ id: string }>().id}`]); // prettier-ignore
  expect(taken).toMatchObject([{ type: 'Recall', reason: 'the address was ours', replacement: null, envelope: { recalls: OWN, marking: { classified: 'SECRET', relTo: ['CAN'] } } }]); // prettier-ignore
});

test('another agency’s record is not the caller’s to recall, and a hidden one is not there', async () => {
  const [other, hidden, none] = await Promise.all([RCMP, HIDDEN, uuidOf('nothing')].map((id) => post(`/v1/observations/${id}/recall`, { reason: 'x' }))); // prettier-ignore
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
