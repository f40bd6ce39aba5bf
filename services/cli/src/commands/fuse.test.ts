// fuse, with fusion's own program started as a process: what a person reads, what a machine reads, how it ends.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXIT } from '../errors.ts';
import { runCli } from '../testing/run-cli.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cli-fuse-'));
});
afterAll(() => rm(dir, { recursive: true }));

const line = (obsId: string, value: string, campaign: string) =>
  JSON.stringify({
    obsId,
    agency: 'cse',
    eventTime: '2031-05-01T12:00:00Z',
    campaign,
    features: [{ type: 'domain', value }],
  });

const REPORTS = [line('o-1', 'bait.test', 'x'), line('o-2', 'bait.test', 'x'), line('o-3', 'other.test', 'y')];

async function fuse(name: string, lines: readonly string[], words: readonly string[] = [], columns?: number) {
  await writeFile(join(dir, name), lines.join('\n'));
  const run = await runCli(['fuse', '--input', name, '--output', `${name}.out`, ...words], {
    cwd: dir,
    ...(columns !== undefined && { columns }),
  });
  return { ...run, results: await readFile(join(dir, `${name}.out`), 'utf8').catch(() => undefined) };
}

test('the groups are written, and how well they agree with the truth is said', async () => {
  const { code, out, err, results } = await fuse('good.jsonl', REPORTS, ['--truth', 'good.jsonl']);
  const rows = results!.trim().split('\n');
  const answered = rows.map((row) => JSON.parse(row) as { obsId: string; assessmentId: string });
  expect(answered.map(({ obsId }) => obsId)).toEqual(['o-1', 'o-2', 'o-3']);
  expect(answered[0]!.assessmentId).toBe(answered[1]!.assessmentId);
  expect(answered[0]!.assessmentId).not.toBe(answered[2]!.assessmentId);
  expect([code, err]).toEqual([EXIT.done, '']);
  expect(out).toContain('3 lines = 3 accepted + 0 refused\n');
  expect(out).toContain('2 assessments, the largest of 2 observations\n');
  expect(out).toContain('pairs precision 1.000 recall 1.000 F1 1.000');
});

test('a bad line is named with its place, the others go through, and the exit code says so', async () => {
  const { code, out, err, results } = await fuse('mixed.jsonl', [REPORTS[0]!, '{"obsId":', REPORTS[1]!]);
  expect(code).toBe(EXIT.partlyRefused);
  expect(err).toBe('mixed.jsonl:2 refused NOT_JSON : is not JSON\n');
  expect(results!.trim().split('\n')).toHaveLength(2);
  expect(out).toContain(`refused: ${join(dir, 'mixed.jsonl.refused.ndjson')}\n`);
  const [refused] = (await readFile(join(dir, 'mixed.jsonl.refused.ndjson'), 'utf8')).trim().split('\n');
  expect(JSON.parse(refused!)).toMatchObject({ line: 2, code: 'NOT_JSON', item: '{"obsId":' });
});

test('--json is one document with every number, and nothing else', async () => {
  const { code, out, err } = await fuse('json.jsonl', REPORTS, ['--json', '--truth', 'json.jsonl'], 80);
  expect([code, err]).toEqual([EXIT.done, '']);
  expect(JSON.parse(out)).toMatchObject({
    lines: 3,
    accepted: 3,
    assessments: 2,
    quality: { bCubed: { precision: 1, recall: 1, f1: 1 }, pairwise: { f1: 1 }, largest: { size: 2, labels: 1 } },
  });
});

test('on a terminal there is a bar, which is gone at the end', async () => {
  const { out, err } = await fuse('bar.jsonl', REPORTS, [], 80);
  expect(err).toContain('100 % · 3 lines');
  expect(out).not.toContain('%');
});

test.each<[string, readonly string[], number, string]>([
  ['an input that is not there', ['--input', 'none.jsonl', '--output', 'o'], EXIT.usage, 'the input cannot be read'],
  ['no input at all', ['--output', 'o'], EXIT.usage, "required option '--input <file>' not specified"],
  [
    'a view that policy lacks',
    ['--input', 'good.jsonl', '--output', 'o', '--view', 'none'],
    EXIT.usage,
    'no such view',
  ],
  ['results that cannot be written', ['--input', 'good.jsonl', '--output', 'no/o'], EXIT.failed, 'cannot be written'],
  [
    'lists that are not there',
    ['--input', 'good.jsonl', '--output', 'o', '--common-values', 'none'],
    EXIT.usage,
    'a list',
  ],
])('%s: what, where, next, and no stack trace', async (_, words, code, text) => {
  await writeFile(join(dir, 'good.jsonl'), REPORTS.join('\n'));
  const run = await runCli(['fuse', ...words], { cwd: dir });
  expect(run.code).toBe(code);
  expect(run.err).toContain(text);
  expect(run.err).not.toMatch(/\n\s+at /);
});
