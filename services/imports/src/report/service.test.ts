import { expect, test } from '@jest/globals';
import type { ItemAnswer } from '@sitebus/sdk';
import { createTableService } from '../agency-table.ts';
import { mispReader } from '../misp/reader.ts';
import { createImportBench, importAll } from '../testing/index.ts';
import { reportReader } from './reader.ts';

const aReport = (over: Readonly<Record<string, unknown>> = {}) => ({
  serial: 's-1',
  title: 'A page that is run from abroad',
  category: 'INFORMATION_MANIPULATION',
  dateOfInformation: '2031-09-11T15:00:00Z',
  paragraphs: ['Somebody says so. (S//CANADIAN EYES ONLY)'],
  details: { method: 'a contractor' },
  ...over,
});

async function aService() {
  const bench = await createImportBench();
  const service = createTableService({ agency: 'csis', readers: [reportReader, mispReader], drops: [] }, bench);
  await service.start();
  const take = async (...reports: readonly unknown[]): Promise<readonly ItemAnswer[]> =>
    (await importAll(service, 'report', 'csis-reports', JSON.stringify(reports))).answers;
  const envelopes = () => bench.observations().map(({ value }) => value.envelope);
  return { bench, service, take, envelopes };
}
const codes = (answers: readonly ItemAnswer[]): string[] =>
  answers.map((answer) =>
    answer.status === 'accepted' ? (answer.known === true ? 'known' : 'accepted') : answer.code,
  );

test('two reports of one serial in one file: the second is refused, never taken for the first', async () => {
  const { take, envelopes } = await aService();
  expect(codes(await take(aReport(), aReport(), aReport({ title: 'Another' })))).toEqual([
    'accepted',
    'accepted',
    'SAME_REVISION_OTHER_CONTENT',
  ]);
  expect(envelopes()).toHaveLength(1);
});

test('another text under the same serial needs a revision, and then supersedes', async () => {
  const { take, envelopes } = await aService();
  await take(aReport());
  expect(codes(await take(aReport({ soWhat: 'more is known' })))).toEqual(['SAME_REVISION_OTHER_CONTENT']);
  expect(codes(await take(aReport({ soWhat: 'more is known', revisedAt: '2031-09-13T10:00:00Z' })))).toEqual([
    'accepted',
  ]);
  expect(codes(await take(aReport({ soWhat: 'less', revisedAt: '2031-09-12T10:00:00Z' })))).toEqual(['OLDER_REVISION']);
  const [first, second] = envelopes().sort(
    (a, b) => Number(a['supersedes'] !== null) - Number(b['supersedes'] !== null),
  );
  expect(second?.['supersedes']).toBe(first?.id);
});

test('a recall by serial or by id lies in the cell of what it recalls, once', async () => {
  const { bench, take } = await aService();
  const [low, high] = await take(
    aReport({ paragraphs: ['text (U//TLP:AMBER)'], groups: ['community'] }),
    aReport({ serial: 's-2' }),
  );
  const recall = { kind: 'recall', serial: 'r-1', reason: 'not so' };
  const ids = [low, high].map((answer) => (answer?.status === 'accepted' ? answer.id : ''));
  expect(codes(await take({ ...recall, recalls: { format: 'report', nativeId: 's-1' }, replacement: ids[1] }))).toEqual(
    ['accepted'],
  );
  expect(codes(await take({ ...recall, recalls: ids[1] }))).toEqual(['accepted']);
  expect(codes(await take({ ...recall, recalls: ids[0] }, { ...recall, recalls: ids[1] }))).toEqual([
    'NOTHING_TO_RECALL',
    'NOTHING_TO_RECALL',
  ]);
  const recalls = bench.observations().filter(({ type }) => type === 'Recall');
  expect(recalls.map(({ value }) => [value.envelope['recalls'], value['reason'], value['replacement']]).sort()).toEqual(
    [
      [ids[0], 'not so', ids[1]],
      [ids[1], 'not so', null],
    ].sort(),
  );
  expect(bench.bus.records('obs.partner.csis')).toHaveLength(2);
  expect(bench.bus.records('obs.s-can.csis')).toHaveLength(2);
});

test('what another agency published cannot be recalled', async () => {
  const { take, envelopes } = await aService();
  const strange = { kind: 'recall', serial: 'r-1', reason: 'not so', recalls: '613caf82-0168-5488-8bd0-8af7e5e8109e' };
  expect(codes(await take(strange))).toEqual(['NOTHING_TO_RECALL']);
  expect(envelopes()).toEqual([]);
});

test('a file refused for a name alone is not kept; one refused for anything else is, where only the agency’s highest readers are', async () => {
  const { bench, take } = await aService();
  await take(aReport({ values: { persons: ['Ada Quill'] } }));
  expect(bench.bus.records().filter(({ topic }) => topic.startsWith('dead.'))).toEqual([]);
  await take(aReport({ paragraphs: ['unmarked'] }));
  expect(
    bench.bus
      .records()
      .filter(({ topic }) => topic.startsWith('dead.'))
      .map(({ topic }) => topic),
  ).toEqual(['dead.ts-can.csis']);
});

test.each([
  [
    'a dissent without text',
    { stance: 'DISSENT', marking: 'SECRET//CANADIAN EYES ONLY', paragraphs: undefined },
    'TOO_FEW',
  ],
  ['failure 8: a position without a definition', { definitionId: undefined }, 'MISSING_PROPERTY'],
  ['a position with text and definition', {}, 'accepted'],
])('%s is answered as it must be', async (_name, over, is) => {
  const { take } = await aService();
  const position = {
    kind: 'position',
    serial: 'p-1',
    dateOfInformation: '2031-09-14',
    about: '613caf82-0168-5488-8bd0-8af7e5e8109e',
    seen: { view: 's-can', version: 2 },
    stance: 'DISSENT',
    definitionId: 'ordinary-diplomacy',
    paragraphs: ['We read it otherwise. (S//CANADIAN EYES ONLY)'],
    ...over,
  };
  expect(codes(await take(position))).toEqual([is]);
});
