// A file through the engine: who ends with whom, what becomes of bad lines, and what is left when something fails.

import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadPolicy, type Policy } from '@sitebus/sdk';
import type { CommonValues } from '../common-values.ts';
import { loadListsForFile } from './common-lists.ts';
import { fuseFile, type FuseSummary } from './fuse-file.ts';

const policyDir = fileURLToPath(new URL('../../../../schemas/policy', import.meta.url));
let dir: string;
let policy: Policy;
let commonValues: CommonValues;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fuse-'));
  policy = await loadPolicy(policyDir);
  commonValues = await loadListsForFile(policyDir, undefined);
});
afterAll(() => rm(dir, { recursive: true }));

const DAY = 86_400_000;
const seen = (obsId: string, day: number, ...features: (readonly [type: string, value: string])[]) =>
  JSON.stringify({
    obsId,
    agency: obsId.startsWith('g') ? 'gac' : 'cse',
    eventTime: new Date(Date.UTC(2031, 0, 1) + day * DAY).toISOString(),
    campaign: 'never looked at',
    features: features.map(([type, value]) => ({ type, value })),
  });

let files = 0;
async function fuse(lines: readonly string[], more: Partial<Parameters<typeof fuseFile>[0]> = {}) {
  const input = join(dir, `${(files += 1)}.jsonl`);
  await writeFile(input, `${lines.join('\n')}\n`);
  const output = `${input}.out`;
  const summary = await fuseFile(
    { input, output, refused: `${input}.refused.ndjson`, policy, commonValues, ...more },
    () => undefined,
  );
  const results = await linesOf(output);
  return { input, output, summary, results, groups: groupsOf(results) };
}

const linesOf = async (file: string) =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

function groupsOf(results: readonly Record<string, unknown>[]): string[] {
  const groups = new Map<unknown, string[]>();
  for (const { obsId, assessmentId } of results)
    groups.set(assessmentId, [...(groups.get(assessmentId) ?? []), String(obsId)]);
  return [...groups.values()].map((group) => group.sort().join(' ')).sort();
}

test('every observation gets one line, in the order of the file, and those that share a value one assessment', async () => {
  const { results, groups, summary } = await fuse([
    seen('c1', 0, ['domain', 'bait[.]example']),
    seen('g2', 3, ['domain', 'BAIT.example.'], ['ip', '192.0.2.7']),
    seen('c3', 4, ['ip', '192.0.2.7']),
    seen('c4', 4, ['domain', 'other.example']),
  ]);
  expect(results.map(({ obsId }) => obsId)).toEqual(['c1', 'g2', 'c3', 'c4']);
  expect(groups).toEqual(['c1 c3 g2', 'c4']);
  expect(summary).toMatchObject({ lines: 4, accepted: 4, refused: 0, assessments: 2, largest: 3 });
});

test.each<[string, (readonly [string, string])[], (readonly [string, string])[], number, boolean]>([
  ['two hosts of one registered domain', [['domain', 'a.bait.test']], [['domain', 'b.bait.test']], 9, true],
  ['two names below a provider of names', [['domain', 'one.duckdns.org']], [['domain', 'two.duckdns.org']], 1, false],
  ['one name below a provider of names', [['domain', 'one.duckdns.org']], [['domain', 'one.duckdns.org']], 1, true],
  ['a site that everybody visits', [['domain', 'www.google.com']], [['domain', 'www.google.com']], 1, false],
  ['an analyst’s address', [['email', 'ada@eset.com']], [['email', 'ada@eset.com']], 1, false],
  ['a domain seen again after six weeks', [['domain', 'bait.test']], [['domain', 'bait.test']], 44, true],
  ['a domain seen again after seven weeks', [['domain', 'bait.test']], [['domain', 'bait.test']], 49, false],
  ['a file seen again after seven weeks', [['md5', 'a'.repeat(32)]], [['hash', 'A'.repeat(32)]], 49, true],
  ['neighbours on the network within a fortnight', [['ip', '198.51.100.4']], [['ip', '198.51.100.9']], 13, true],
  ['neighbours on the network a month apart', [['ip', '198.51.100.4']], [['ip', '198.51.100.9']], 30, false],
  ['the host of a link', [['url', 'https://bait.test/login']], [['domain', 'bait.test']], 1, true],
])('%s: links or not, as policy says', async (_, first, second, day, links) => {
  const { groups } = await fuse([seen('c1', 0, ...first), seen('g2', day, ...second)]);
  expect(groups).toEqual(links ? ['c1 g2'] : ['c1', 'g2']);
});

test('a value that comes back at a third separate time is a place and links nobody, nor did it before', async () => {
  const visits = (...days: number[]) => days.map((day, at) => seen(`c${at}`, day, ['domain', 'place.test']));
  expect((await fuse(visits(0, 1, 100, 101))).groups).toEqual(['c0 c1', 'c2 c3']);
  expect((await fuse(visits(0, 1, 100, 101, 200))).groups).toEqual(['c0', 'c1', 'c2', 'c3', 'c4']);
});

test('a bad line costs only itself and is kept with line, code, place and reason', async () => {
  const good = seen('c1', 0, ['domain', 'bait.test']);
  const { input, summary, results } = await fuse(['\ufeff' + good, '', 'nonsense', good, seen('g2', 1)]);
  expect(results.map(({ obsId }) => obsId)).toEqual(['c1', 'g2']);
  expect(summary).toMatchObject({ lines: 4, accepted: 2, refused: 2 });
  expect(await linesOf(`${input}.refused.ndjson`)).toEqual([
    { line: 3, status: 'refused', code: 'NOT_JSON', pointer: '', reason: 'is not JSON', item: 'nonsense' },
    {
      line: 4,
      status: 'refused',
      code: 'REPEATED_ID',
      pointer: '/obsId',
      reason: 'stands on line 1 already',
      item: good,
    },
  ]);
});

test('observations years old are history: nothing expires unless it is asked for', async () => {
  const lines = [
    seen('c1', 0, ['domain', 'bait.test']),
    ...Array.from({ length: 12 }, (_, at) => seen(`c9${at}`, 300 + at)),
    seen('g2', 10, ['domain', 'bait.test']),
  ];
  expect((await fuse(lines)).groups).toContain('c1 g2');
  const { groups, results } = await fuse(lines, { expire: true });
  expect(groups).not.toContain('c1 g2');
  expect(results).toHaveLength(14);
});

test('quality is told when there is a truth, and the truth changes no group', async () => {
  const lines = [seen('c1', 0, ['domain', 'bait.test']), seen('g2', 1, ['domain', 'bait.test']), seen('c3', 1)];
  const truth = join(dir, 'truth.jsonl');
  const say = (...labels: string[]) =>
    writeFile(truth, ['c1', 'g2', 'c3'].map((obsId, at) => JSON.stringify({ obsId, campaign: labels[at] })).join('\n'));
  await say('x', 'x', 'y');
  const right = await fuse(lines, { truth });
  await say('x', 'y', 'y');
  const wrong = await fuse(lines, { truth });
  expect(right.groups).toEqual(wrong.groups);
  expect(qualityOf(right.summary)).toEqual([1, 1]);
  expect(qualityOf(wrong.summary)).toEqual([0, 0]);
});

const qualityOf = ({ quality }: FuseSummary) => [quality!.pairwise.precision, quality!.pairwise.recall];

test('shares give rows and pairs of accounts, and may not stand among observations', async () => {
  const share = (account: string, object: string, t: number) =>
    JSON.stringify({ kind: 'url', object, account, content: `${account}/${object}`, t });
  const { results, summary } = await fuse([
    share('b', 'o1', 100),
    share('a', 'o1', 110),
    share('a', 'o2', 500),
    share('b', 'o2', 505),
    share('c', 'o2', 506),
    seen('c1', 0),
  ]);
  expect(results).toEqual([
    { is: 'row', kind: 'url', object: 'o1', accounts: ['b', 'a'], contents: ['b/o1', 'a/o1'], at: [100, 110] },
    { is: 'row', kind: 'url', object: 'o2', accounts: ['a', 'b'], contents: ['a/o2', 'b/o2'], at: [500, 505] },
    { is: 'pair', kind: 'url', accounts: ['a', 'b'], rows: 2 },
  ]);
  expect(summary.shares).toEqual([{ kind: 'url', shares: 5, rows: 2, accountPairs: 1 }]);
  expect(summary.firstRefusals).toMatchObject([{ line: 6, code: 'MIXED_FILE' }]);
});

test('what cannot be read or written says so, and leaves what stood there', async () => {
  await expect(fuse([], { input: join(dir, 'none') })).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' });
  await expect(fuse([], { input: dir })).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' });
  await expect(fuse([seen('c1', 0)], { output: join(dir, 'no', 'folder') })).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
  });
  await expect(fuse([seen('c1', 0)], { view: 'none' })).rejects.toMatchObject({ code: 'UNKNOWN_VIEW' });
  const truth = join(dir, 'bad-truth.jsonl');
  await writeFile(truth, '{"obsId":"a","campaign":"x"}\n{"obsId":"b"}\n');
  await expect(fuse([seen('c1', 0)], { truth })).rejects.toMatchObject({ code: 'TRUTH_INVALID', details: { line: 2 } });
  expect((await readdir(dir)).filter((file) => file.endsWith('.partial'))).toEqual([]);
});
