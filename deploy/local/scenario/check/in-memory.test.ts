// The scenario against its ground truth, on an in-memory bus: what is one matter in each view, and what is not.

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadCommonValues } from '@sitebus/fusion';
import { cellOf, cellsOf } from '@sitebus/marking';
import { alertTopic, assessTopic, fromWire, type Assessment, type WireMarking } from '@sitebus/sdk';
import { loadContract } from '@sitebus/sdk/testing';
import { ROWS } from '../rows.ts';
import { DOWNGRADE } from './downgrade-act.ts';
import { expectedMatters, mattersOf } from './matters.ts';
import { INPUTS, MATTERS, NEVER_MEMBERS, type TrueView, WRITTEN } from './ground-truth.ts';
import { DROPPED_AFTER_MS } from '../steps.ts';
import { D0_MS, playInMemory, type PlayedInMemory, type PlayParts } from './in-memory.ts';

const source = fileURLToPath(new URL('../in/', import.meta.url));
const lists = fileURLToPath(new URL('../../../../schemas/policy/common-values/', import.meta.url));
const views = Object.keys(MATTERS) as TrueView[];
let parts: PlayParts;
let played: PlayedInMemory;
/** Matters of the partner view before each day's first row. */
const partnerBefore = new Map<number, readonly string[]>();

beforeAll(async () => {
  parts = { source, ...(await loadContract()), commonValues: await loadCommonValues(lists) };
  played = await playInMemory({
    ...parts,
    onDay: ({ day }, { assessments, rowOf }) => {
      if (!partnerBefore.has(day)) partnerBefore.set(day, mattersOf(assessments('partner'), rowOf));
    },
  });
});
afterAll(() => played.stop());

const here = (): ReadonlySet<string> => played.made;
const truthOf = (view: TrueView): readonly string[] =>
  expectedMatters(MATTERS[view].map((matter) => matter.filter((row) => here().has(row))).filter(({ length }) => length > 1)); // prettier-ignore
const newest = (view: TrueView): readonly Assessment[] => [
  ...new Map(played.assessments(view).map((each) => [each.id, each])).values(),
];
/** The live assessment of which the row is a member. */
function matterOf(view: TrueView, row: string): Assessment {
  const found = newest(view).find(({ status, members }) => status === 'LIVE' && members.some(({ agency, id }) => played.rowOf(agency, id) === row)); // prettier-ignore
  if (found === undefined) throw new Error(`row ${row} is in no assessment of ${view}`);
  return found;
}

test('every file is taken in whole', () => {
  expect(played.refused.filter(({ answer }) => answer.status === 'refused')).toEqual([]);
});

test('every row of the ground truth is there, and each agency wrote as many as it says', () => {
  const told = new Set([...Object.values(MATTERS).flat(2), ...NEVER_MEMBERS]);
  expect([...told].filter((row) => !here().has(row))).toEqual([]);
  const written = new Map<string, number>();
  for (const { agency } of [...Object.values(ROWS), DOWNGRADE]) written.set(agency, (written.get(agency) ?? 0) + 1);
  expect(Object.fromEntries(written)).toEqual(WRITTEN);
});

test.each(views)('the cells of %s hold as many records as it says', (view) => {
  const { policy, codec } = parts;
  const cells = new Set(cellsOf(policy.views.find(({ id }) => id === view)!.clearance, policy.cells).map(({ id }) => id));
  const inView = played.bus.records().filter(({ topic, value }) => {
    if (!topic.startsWith('obs.') || value === null) return false;
    const { envelope } = codec.decode(value).value as { readonly envelope: { readonly marking: WireMarking } };
    return cells.has(cellOf(fromWire(envelope.marking), policy.cells)?.id ?? '');
  });
  expect(inView).toHaveLength(INPUTS[view]);
}); // prettier-ignore

test.each(views)('in %s, exactly the rows that belong together are one matter', (view) => {
  expect(mattersOf(played.assessments(view), played.rowOf)).toEqual(truthOf(view));
});

test('what is attached, aggregated or catalogued is a member of nothing', () => {
  const members = views.flatMap((view) => newest(view).flatMap(({ members: all }) => all.map(({ agency, id }) => played.rowOf(agency, id)))); // prettier-ignore
  expect(NEVER_MEMBERS.filter((row) => members.includes(row))).toEqual([]);
});

test.each(views.filter((view) => view !== 'public'))('failure 16: one source echoed as many: in %s whatever tells row 6.01 again, said or unsaid, is one root with it, and not a digit more likely', async (view) => {
  const rowsOf = ({ members }: Assessment) => members.map(({ agency, id }) => played.rowOf(agency, id));
  const echoes = played.assessments(view).filter((each) => rowsOf(each).length > 1 && rowsOf(each).includes('6.01'));
  expect(echoes.map(({ independentRoots, confidence }) => [independentRoots, confidence])).toEqual(echoes.map(() => [1, 'LOW']));
  const echo = echoes.at(-1)!;
  expect(rowsOf(echo).sort()).toEqual(MATTERS[view].find((matter) => matter.includes('6.01'))!.slice().sort());
  const unsaid = ['6.04', '6.05'].filter((row) => rowsOf(echo).includes(row));
  const copies = echo.members.filter(({ discounted }) => discounted === 'COPY').map(({ agency, id }) => played.rowOf(agency, id));
  expect(copies).toEqual(expect.arrayContaining(unsaid));
  const day = (echo.assessedAt - DROPPED_AFTER_MS - D0_MS) / 86_400_000;
  const alone = await playInMemory({ ...parts, views: [view], keep: ({ row }) => row === '6.01', dayOf: (row) => (row.row === '6.01' ? day : row.day) });
  const [first] = alone.assessments(view);
  await alone.stop();
  expect([first?.assessedAt, first?.likelihood.pMicro]).toEqual([echo.assessedAt, echo.likelihood.pMicro]);
}); // prettier-ignore

test('a tearline and its source, a downgrade and its original, and posts of one channel are one root each', () => {
  const rootOf = (view: TrueView, row: string) =>
    matterOf(view, row).members.find(({ agency, id }) => played.rowOf(agency, id) === row)?.root;
  if (here().has('1.15')) expect(rootOf('s-can', '1.15')).toBe(rootOf('s-can', '1.12'));
  if (here().has('1.18')) expect(rootOf('s-can', '1.18')).toBe(rootOf('s-can', '1.11'));
  const channel = ['2.02', '2.03', '2.09'].map((row) => rootOf('partner', row));
  expect(new Set(channel).size).toBe(1);
});

test('between the mistaken report and its recall threads 2 and 9 are one matter, and afterwards what they would have been', () => {
  const between = partnerBefore.get(-14)!;
  expect(between.some((matter) => matter.includes('2.08') && matter.includes('2.05') && matter.includes('9.01'))).toBe(true); // prettier-ignore
  const after = mattersOf(played.assessments('partner'), played.rowOf);
  expect(after.some((matter) => matter.includes('2.08'))).toBe(false);
  const merged = newest('partner').filter(({ status }) => status === 'REDIRECTED');
  for (const { redirectTo } of merged) expect(newest('partner').map(({ id }) => id)).toContain(redirectTo);
});

test('in the end the content network is context alone wherever it is read, and never joined threads 1 and 3', () => {
  const cdn = '192.0.2.10';
  for (const view of views.filter((each) => each !== 'public')) {
    const live = newest(view).filter(({ status }) => status === 'LIVE');
    const linking = live.filter(({ links }) => links.some(({ features }) => features.some(({ value }) => value === cdn)));
    expect(linking.map(({ id }) => id)).toEqual([]);
    expect(matterOf(view, '1.01').contextValues).toContainEqual(expect.objectContaining({ value: cdn, why: 'HUB' }));
    const joined = played.assessments(view).filter(({ members }) => {
      const rows = members.map(({ agency, id }) => played.rowOf(agency, id));
      return rows.includes('1.01') && rows.includes('3.04');
    });
    expect(joined.map(({ version }) => version)).toEqual([]);
  }
}); // prettier-ignore

test('an instance that knows nothing but the bus finds the same, and publishes nothing again', async () => {
  const before = views.map((view) => played.assessments(view).length);
  await played.restart();
  expect(views.map((view) => played.assessments(view).length)).toEqual(before);
});

/** Every byte that a view's fusion said of content, and the order in which it said it. */
function said(world: PlayedInMemory, view: string): readonly string[] {
  return [assessTopic(view), alertTopic(view)].flatMap(
    (topic) =>
    world.bus.records(topic).map(({ key, value, headers }) => `${topic} ${String(key)} ${value!.toString('base64')} ${JSON.stringify(headers)}`), // prettier-ignore
  );
}

test.each(['public', 'partner', 's-can'] as const)('without any row above %s its topics are the same, byte for byte', async (view) => {
  const { policy } = parts;
  const cells = new Set(cellsOf(policy.views.find(({ id }) => id === view)!.clearance, policy.cells).map(({ id }) => id));
  const below = await playInMemory({ ...parts, views: [view], keep: ({ row }) => cells.has(ROWS[row]?.cell ?? '') });
  const whole = await playInMemory({ ...parts, views: [view], keep: ({ row }) => row !== DOWNGRADE.row }); // its ids are drawn at random
  expect(below.rows.length).toBeLessThan(whole.rows.length);
  expect(said(below, view)).toEqual(said(whole, view));
  await whole.stop();
  await below.stop();
}); // prettier-ignore
