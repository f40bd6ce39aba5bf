import { appendFile, cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCli } from '../testing/run-cli.ts';

const SHIPPED = fileURLToPath(new URL('../../../../schemas/policy', import.meta.url));
let home: string;
let policy: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sitebus-cli-policy-'));
  policy = join(home, 'policy');
  await cp(SHIPPED, policy, { recursive: true });
});
afterAll(() => rm(home, { recursive: true, force: true }));

test('two persons make keys, sign a folder one after the other, and anybody can verify it until a byte changes', async () => {
  const roots: string[] = [];
  for (const person of ['anna', 'boris']) {
    const seed = join(home, `${person}.seed`);
    const made = await runCli(['policy', 'key', person, '--out', seed]);
    expect(made.out).toMatch(new RegExp(`^sitebus/policy/${person}\\+[0-9a-f]{8}\\+\\S+\n$`));
    expect((await stat(seed)).mode & 0o777).toBe(0o600);
    expect(made.out + made.err).not.toContain((await readFile(seed, 'utf8')).trim());
    roots.push(made.out.trim());
  }
  const verify = ['policy', 'verify', '--policy', policy, '--roots', roots.join(), '--json'];
  expect((await runCli(['policy', 'sign', 'anna', '--key', join(home, 'anna.seed'), '--policy', policy])).code).toBe(0);
  const early = await runCli(verify);
  expect([early.code, early.out, early.err]).toEqual([1, '', expect.stringContaining('1 of the 2 pinned persons')]);
  expect((await runCli(['policy', 'sign', 'boris', '--key', join(home, 'boris.seed'), '--policy', policy])).code).toBe(
    0,
  );
  const { code, out } = await runCli(verify);
  expect([code, JSON.parse(out)]).toEqual([
    0,
    { version: expect.any(Number), signedBy: ['sitebus/policy/anna', 'sitebus/policy/boris'] },
  ]);
  await appendFile(join(policy, 'cells.json'), ' ');
  const { code: after, err } = await runCli(verify);
  expect([after, err]).toEqual([1, expect.stringContaining('changed')]);
});

test('a file that may hold a key is never overwritten', async () => {
  const seed = join(home, 'kept.seed');
  await runCli(['policy', 'key', 'kira', '--out', seed]);
  const before = await readFile(seed, 'utf8');
  const { code, err } = await runCli(['policy', 'key', 'kira', '--out', seed]);
  expect([code, err.split('\n')[0]]).toEqual([1, 'error: the file is there already, and may hold a key']);
  expect(await readFile(seed, 'utf8')).toBe(before);
});

test('what is no seed signs nothing, and a folder that is no policy is named', async () => {
  const noSeed = await runCli(['policy', 'sign', 'anna', '--key', join(policy, 'cells.json'), '--policy', policy]);
  expect([noSeed.code, noSeed.err.split('\n')[0]]).toEqual([1, 'error: no seed in the file']);
  await runCli(['policy', 'key', 'lev', '--out', join(home, 'lev.seed')]);
  const noPolicy = await runCli(['policy', 'sign', 'lev', '--key', join(home, 'lev.seed'), '--policy', home]);
  expect([noPolicy.code, noPolicy.err]).toEqual([1, expect.stringContaining('INVALID_POLICY')]);
});
