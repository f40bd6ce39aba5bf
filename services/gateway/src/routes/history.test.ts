// The versions of an assessment, the time between them, and its neighbourhood, through the whole gateway of a view.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GatewayService } from '../service.ts';
import { anAssessment, anIndicatorReport, aRecall, NOW_MS, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const CEO = 'SECRET//CANADIAN EYES ONLY';
const [A, B, C] = ['a', 'b', 'c'].map(uuidOf) as [string, string, string];
const [MEMBER] = anAssessment().members;
const member = (id: string, agency = 'cse') => ({ ...MEMBER!, id, agency });
const linked = (a: string, b: string, scoreMicro = 700_000) => ({
  a, b, scoreMicro, features: [{ kind: 'domain', value: 'mirror-check.example', dfBucket: 1, weight: 1, contributionMicro: scoreMicro }],
}); // prettier-ignore
const first = anAssessment({ members: [member(A), member(B)], links: [linked(A, B)] });
const second = { ...first, version: 2, marking: anAssessment({ marking: CEO }).marking, members: [member(A), member(B), member(C)], links: [linked(A, B), linked(B, C, 800_000)] }; // prettier-ignore
const third = { ...first, version: 3, members: [member(A), member(B)] };

let world: World;
let gateway: GatewayService;
let isoBeforeThird: string;

beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can');
  for (const [id, marking, cell] of [[A, 'UNCLASSIFIED//TLP:CLEAR', 'open'], [B, 'UNCLASSIFIED//TLP:CLEAR', 'open'], [C, CEO, 's-can']] as const)
    await world.observe('IndicatorReport', cell, anIndicatorReport({ id, marking, title: `report ${id}` }));
  await world.assess(first);
  await world.pass(1_000);
  await world.assess(second);
  await world.pass(1_000);
  isoBeforeThird = new Date(world.clock.now()).toISOString();
  await world.pass(1_000);
  await world.observe('Recall', 's-can', aRecall(C, { id: uuidOf('recall'), marking: CEO }));
  await world.assess(third);
}); // prettier-ignore
afterAll(async () => world[Symbol.asyncDispose]());

const get = async (path: string) =>
  gateway.app.inject({ url: `/v1/assessments/${path}`, headers: await world.as('ama-lindqvist') });
interface Line {
  version: number;
  marking: { banner: string };
  causes?: string[];
  change?: { causes: string[]; left?: unknown; members?: unknown; marking: { banner: string } };
}

describe('history', () => {
  test('every version is there, newest first, with what changed and why, and a recall is told as the reason', async () => {
    const answer = await get(`${first.id}/history`);
    const { items } = answer.json<{ items: Line[] }>();
    expect(items.map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(items[0]?.change).toMatchObject({
      causes: ['MEMBERS_REMOVED'],
      members: { removed: [{ id: C, agency: 'cse' }] },
      left: [{ id: C, why: 'RECALLED' }],
    });
    expect(items[1]?.change).toMatchObject({ causes: ['MEMBERS_ADDED'], members: { added: [{ id: C }] } });
    expect([items[2]?.change, items[2]?.causes]).toEqual([undefined, ['FIRST']]);
  });

  test('what changed is marked as both versions together', async () => {
    const { items } = (await get(`${first.id}/history`)).json<{ items: Line[] }>();
    expect(items[0]?.change?.marking.banner).toBe(CEO); // the third is open, the second was not
  });

  test('its pages are exact', async () => {
    const one = (await get(`${first.id}/history?limit=2`)).json<{ items: Line[]; next: string }>();
    const two = (await get(`${first.id}/history?limit=2&cursor=${one.next}`)).json<{ items: Line[]; next?: string }>();
    expect([...one.items, ...two.items].map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(two.next).toBeUndefined();
    expect((await get(`${uuidOf('other')}/history?cursor=${one.next}`)).statusCode).toBe(404);
  });

  test('a version is read whole from its place on the bus, as it was written', async () => {
    const answer = await get(`${first.id}/history/1`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ version: 1, members: [{ id: A }, { id: B }], links: [{ features: [{ value: 'mirror-check.example' }] }] }); // prettier-ignore
    expect(answer.headers['sitebus-ledger']).toBeDefined();
  });

  test('what a version took from a record that was recalled since is not told again, and it says so', async () => {
    const body = (await get(`${first.id}/history/2`)).json<{ links: { a: string; features: unknown[] }[] }>();
    expect(body).toMatchObject({ version: 2, recalledSince: [C], contextValues: [] });
    expect(body.links.map(({ features }) => features.length)).toEqual([1, 0]);
  });

  test('a version that there never was is absent, as an assessment is that there never was', async () => {
    const [never, absent] = [await get(`${first.id}/history/9`), await get(`${uuidOf('nothing')}/history/1`)];
    expect([never.statusCode, never.body]).toEqual([404, absent.body]);
  });

  test('as of a time it is the version that could be read then; before the first there was none', async () => {
    const asOf = async (time: string) => get(`${first.id}?asOf=${encodeURIComponent(time)}`);
    expect((await asOf(isoBeforeThird)).json()).toMatchObject({ version: 2 });
    expect((await asOf(new Date(NOW_MS + 10_000).toISOString())).json()).toMatchObject({ version: 3 });
    expect((await asOf(new Date(NOW_MS - 1).toISOString())).statusCode).toBe(404);
  });

  test('a version that the reader does not see is not in the list, nor what changed beside it', async () => {
    await using other = await aWorld();
    const at = await other.gateway('s-can');
    const hidden = { ...first, version: 2, marking: anAssessment({ marking: CEO, groups: ['panel'] }).marking };
    for (const version of [first, hidden, { ...third, members: [] }]) await other.assess(version);
    const answer = await at.app.inject({
      url: `/v1/assessments/${first.id}/history`,
      headers: await other.as('ama-lindqvist'),
    });
    const { items } = answer.json<{ items: Line[] }>();
    expect(items.map(({ version, change }) => [version, change])).toEqual([
      [3, undefined],
      [1, undefined],
    ]);
    const url = `/v1/assessments/${first.id}/history/2`;
    expect((await at.app.inject({ url, headers: await other.as('ama-lindqvist') })).statusCode).toBe(404);
  });
});

describe('graph', () => {
  interface Graph {
    nodes: { id: string; title?: string; status?: string; more: number }[];
    edges: { kind: string }[];
    shown: number;
    total: number;
  }

  test('members that the reader sees are nodes, what links them edges, and both are counted', async () => {
    const answer = await get(`${first.id}/graph`);
    const graph = answer.json<Graph>();
    expect(graph).toMatchObject({ root: { id: first.id, kind: 'assessment' }, shown: 2, total: 2 });
    expect(graph.nodes.map(({ id, title }) => [id, title])).toEqual([A, B].sort().map((id) => [id, `report ${id}`]));
    expect(graph.edges).toMatchObject([{ kind: 'link', features: [{ value: 'mirror-check.example' }] }]);
  });

  test('never silently less: shown and total differ, and each node says how many neighbours are missing', async () => {
    const graph = (await get(`${first.id}/graph?limit=1&depth=2`)).json<Graph>();
    expect([graph.shown, graph.total, graph.edges]).toEqual([1, 3, []]);
    expect(graph.nodes[0]).toMatchObject({ id: 'value:domain mirror-check.example', more: 2 });
  });

  test('a member whose record the reader does not see is neither drawn nor counted', async () => {
    await using other = await aWorld();
    const at = await other.gateway('s-can');
    await other.observe('IndicatorReport', 'open', anIndicatorReport({ id: A }));
    await other.observe('IndicatorReport', 's-can', anIndicatorReport({ id: B, marking: CEO, groups: ['panel'] }));
    await other.assess(first);
    const url = `/v1/assessments/${first.id}/graph`;
    const graph = (await at.app.inject({ url, headers: await other.as('ama-lindqvist') })).json<Graph>();
    expect([graph.nodes.map(({ id }) => id), graph.total, graph.edges]).toEqual([[A], 1, []]);
    expect(graph.nodes[0]?.more).toBe(0);
  });

  test('it is filtered by type and time, and the total with it', async () => {
    const total = async (query: string) => (await get(`${first.id}/graph?${query}`)).json<Graph>().total;
    expect(await total('types=IndicatorReport')).toBe(2);
    expect(await total('types=PublicTip')).toBe(0);
    expect(await total(`from=${new Date(NOW_MS + 1).toISOString()}`)).toBe(0);
    expect(await total(`to=${new Date(NOW_MS + 1).toISOString()}`)).toBe(2);
  });
});
