// Gaps that agencies declare of themselves: whose they may be, what they become, and where they are shown.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AgencyIntake, ObservationJson } from '@sitebus/kit';
import { toWire } from '@sitebus/sdk';
import type { GatewayService } from '../service.ts';
import { anIndicatorReport, aRecall, uuidOf, wireMarking } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

let world: World;
let gateway: GatewayService;
let headers: { authorization: string };
const taken: ObservationJson[] = [];

/** The operator's own agency. */
const rcmp: AgencyIntake = {
  agency: 'rcmp',
  async submit(items) {
    taken.push(...items);
    return items.map((_, at) => ({ line: at + 1, status: 'accepted', id: uuidOf('declared'), cell: 'pb-can' }));
  },
  async *importFile() {},
}; // prettier-ignore

beforeAll(async () => {
  world = await aWorld({ intakes: (agency) => (agency === 'rcmp' ? rcmp : undefined) });
  gateway = await world.gateway('pb-can');
  headers = await world.as('bastien-okoro');
  await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: uuidOf('theirs') }));
});
afterAll(async () => world[Symbol.asyncDispose]());

const post = (id: string, payload: object) =>
  gateway.app.inject({ method: 'POST', url: `/v1/sources/${id}/gaps`, headers, payload });
const get = (url: string) => gateway.app.inject({ url, headers });
const FROM = '2031-10-01T08:00:00.000Z';
const TO = '2031-10-01T10:00:00.000Z';
const gap = (id: string, to: number | null, agency = 'rcmp') => ({
  envelope: anIndicatorReport({ id, agency, marking: 'PROTECTED B//CANADIAN EYES ONLY' }).envelope,
  from: Date.parse(FROM),
  to,
  reason: 'the sensor was being moved',
});

test('a declared gap becomes an observation of the agency itself, at the ceiling of the cell', async () => {
  const answer = await post('pb-can.rcmp', { from: FROM, to: TO, reason: 'moved' });
  expect([answer.statusCode, answer.json()]).toMatchObject([201, { id: uuidOf('declared'), cell: 'pb-can' }]);
  const ceiling = world.policy.cells.find(({ id }) => id === 'pb-can')!.ceiling;
  expect(taken).toEqual([
    {
      type: 'SourceGap',
      envelope: { observedAt: world.clock.now(), marking: toWire(ceiling), sourceGrade: 'F', infoGrade: 6 },
      from: Date.parse(FROM),
      to: Date.parse(TO),
      reason: 'moved',
    },
  ]);
});

test('it stands beside its source, moves no figure, and is gone once recalled', async () => {
  const before = (await get('/v1/sources')).json<{ items: object[] }>().items;
  expect(before).toMatchObject([{ id: 'open.cse', observations: 1, gaps: [] }]);
  await world.observe('SourceGap', 'pb-can', gap(uuidOf('gap'), Date.parse(TO)));
  await world.observe('SourceGap', 'pb-can', gap(uuidOf('wrong'), null));
  const both = (await get('/v1/sources/pb-can.rcmp')).json<{ gaps: unknown[] }>();
  expect(both).toMatchObject({ id: 'pb-can.rcmp', observations: 0 });
  expect(both.gaps).toHaveLength(2);
  expect(Object.keys(both)).not.toContain('lastEvent');
  const recall = aRecall(uuidOf('wrong'), { agency: 'rcmp', marking: 'PROTECTED B//CANADIAN EYES ONLY' });
  await world.observe('Recall', 'pb-can', recall);
  const left = (await get('/v1/sources')).json<{ items: { id: string; gaps: unknown[] }[] }>().items;
  expect(left.find(({ id }) => id === 'pb-can.rcmp')?.gaps).toEqual([
    { id: uuidOf('gap'), from: FROM, to: TO, reason: 'the sensor was being moved' },
  ]);
  expect(left.find(({ id }) => id === 'open.cse')).toEqual(before[0]);
});

test('nobody declares a gap of another agency: not theirs where they see it, absent where they do not', async () => {
  const body = { from: FROM, reason: 'x' };
  expect((await post('open.cse', body)).json()).toMatchObject({ status: 403, type: 'urn:sitebus:problem:not-yours' });
  const [hidden, none] = await Promise.all(['ts-can.rcmp', 'nowhere.nobody'].map((id) => post(id, body)));
  expect([hidden!.statusCode, hidden!.body]).toEqual([404, none!.body]);
  expect((await post('pb-can.rcmp', { from: TO, to: FROM, reason: 'x' })).json()).toMatchObject({
    status: 422,
    errors: [{ pointer: '/to', code: 'ENDS_BEFORE_BEGIN' }],
  });
});

test('failure: gaps read as calm: what the monitor’s agency declares hatches every platform', async () => {
  const marking = wireMarking('UNCLASSIFIED//TLP:CLEAR', 'gac');
  const { envelope } = anIndicatorReport({ id: uuidOf('account'), agency: 'gac' });
  const account = { account: 'chirper:example', country: 'Examplia', class: 'MEDIA', typology: null, attributionBasis: 'says so', evidenceUrl: 'https://attribution-desk.example/1', from: null, to: null }; // prettier-ignore
  await world.observe('StateMediaAccount', 'open', { envelope, ...account });
  const own = { ...gap(uuidOf('blind'), null, 'gac'), envelope: { ...envelope, id: uuidOf('blind'), marking } };
  await world.observe('SourceGap', 'open', own);
  const { gaps, items } = (await get('/v1/monitor/coverage')).json<{ gaps: object[]; items: object[] }>();
  expect(gaps).toMatchObject([{ platform: 'chirper', from: FROM, kind: 'DECLARED', reason: { en: own.reason } }]);
  expect(items).toMatchObject([{ platform: 'chirper', isInGap: true }]);
});
