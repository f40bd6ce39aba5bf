import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import { runCli } from '../testing/run-cli.ts';

const SHIPPED = fileURLToPath(new URL('../../../../schemas/policy', import.meta.url));
let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sitebus-create-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));
const run = (...words: string[]) => runCli(['create', ...words], { cwd: home });
const agency = (...more: string[]) =>
  run('agency', 'coastwatch', '--en', 'Coast Watch', '--fr', 'Garde côtière', '--cell', 'open', '--cell', 'partner', ...more); // prettier-ignore

test('a producer is one folder; a second of the same name is refused, and what is there stays', async () => {
  const { code, err } = await run('producer', 'weather-hoax', '--in', '.');
  expect([code, err]).toEqual([0, expect.stringContaining('agency sandbox · may write open, partner')]);
  const files = await readdir(join(home, 'weather-hoax'), { recursive: true });
  expect(files).toEqual(expect.arrayContaining(['README.md', 'package.json', 'src/main.ts', 'src/table.ts', 'src/samples.test.ts'])); // prettier-ignore
  await writeFile(join(home, 'weather-hoax', 'src', 'table.ts'), 'edited');
  expect((await run('producer', 'weather-hoax', '--in', '.')).code).toBe(1);
  expect(await readFile(join(home, 'weather-hoax', 'src', 'table.ts'), 'utf8')).toBe('edited');
});

test('a dry run writes nothing; a name that leads elsewhere and an agency that is none are mistakes', async () => {
  const { code, out } = await run('producer', 'dry', '--in', '.', '--dry-run', '--json');
  expect([code, (JSON.parse(out) as { files: string[] }).files.length]).toEqual([0, 10]);
  expect((await run('producer', '../elsewhere', '--in', '.')).code).toBe(2);
  expect((await run('producer', 'mine', '--in', '.', '--agency', 'nobody')).err).toContain('next:  one of cse');
  expect(await readdir(home)).toEqual([]);
});

test('an agency is a patch that git applies, after which policy knows it under the next version', async () => {
  expect((await agency('--out', 'agency.patch')).code).toBe(0);
  const policy = join(home, 'schemas', 'policy');
  await mkdir(policy, { recursive: true });
  await cp(SHIPPED, policy, { recursive: true });
  const applied = spawnSync('git', ['apply', 'agency.patch'], { cwd: home, encoding: 'utf8' });
  expect([applied.status, applied.stderr]).toEqual([0, '']);
  const [before, after] = [await loadPolicy(SHIPPED), await loadPolicy(policy)];
  expect(after.version).toBe(before.version + 1);
  expect(after.agencies.slice(0, -1)).toEqual(before.agencies);
  expect(after.agencies.at(-1)).toMatchObject({ id: 'coastwatch', kind: 'government', name: { fr: 'Garde côtière' }, cells: ['open', 'partner'] }); // prettier-ignore
});

test.each([
  ['a cell that policy has not', ['--cell', 'basement'], '/agencies'],
  ['a kind that policy has not', ['--kind', 'secret'], '/agencies'],
])('%s is refused before anybody signs', async (_case, words, pointer) => {
  const { code, out, err } = await agency(...words);
  expect([code, out, err]).toEqual([
    2,
    '',
    expect.stringContaining(`policy would refuse it: agencies.json ${pointer}`),
  ]);
});

test('an agency that is there already is refused', async () => {
  const { code, err } = await run('agency', 'cse', '--en', 'X', '--fr', 'X', '--cell', 'open');
  expect([code, err]).toEqual([2, expect.stringContaining('policy would refuse it')]);
});
