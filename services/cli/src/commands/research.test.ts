import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

const MARKED = { headers: { 'sitebus-marking': 'UNCLASSIFIED//TLP:CLEAR' } };
const REPORT = {
  id: 'd-1',
  state: 'FROZEN',
  removed: 4,
  generalised: [],
  suppressed: 1,
  k: 12,
  rows: 20,
  possible: ['retract'],
};
const problem = (status: number, slug: string, more: object) =>
  json({ type: `urn:sitebus:problem:${slug}`, title: slug, status, ...more }, { status }); // prettier-ignore

let gateway: FakeGateway | undefined;
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sitebus-cli-'));
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  await rm(folder, { recursive: true, force: true });
});
const run = (words: readonly string[]) => runCli(words, { env: gateway!.env, cwd: folder });

test('a project, its agreement by the hash of a document, and a data set say what was typed', async () => {
  gateway = await startGateway({
    'POST /v1/research/projects': json({ id: 'p-1' }, MARKED),
    'POST /v1/research/agreements': json({ id: 'p-1' }, MARKED),
    'POST /v1/research/datasets': json({ id: 'd-1' }, MARKED),
  });
  await writeFile(join(folder, 'agreement.pdf'), 'signed');
  const [from, to, embargo] = ['2031-09-14T00:00:00Z', '2031-11-04T00:00:00Z', '2031-12-19T00:00:00Z'] as const;
  const codes = [
    await run(['research', 'project', 'Boats', 'Bateaux', '--from', from, '--to', to, '--embargo', embargo, '--member', 'milo']),
    await run(['research', 'agreement', 'p-1', 'agreement.pdf', '--with', 'Chirrup', '--allows-text']),
    await run(['research', 'dataset', 'define', 'p-1', 'posts', '--type', 'StateMediaPost', '--column', 'time', '--column', 'account']),
  ].map(({ code }) => code);
  expect(codes).toEqual([0, 0, 0]);
  expect(gateway.received.map(({ body }) => JSON.parse(body) as object)).toEqual([
    { title: { en: 'Boats', fr: 'Bateaux' }, window: { from, to }, embargoUntil: embargo, members: ['milo'] },
    { project: 'p-1', documentSha256: createHash('sha256').update('signed').digest('hex'), with: 'Chirrup', allowsText: true },
    { project: 'p-1', title: 'posts', types: ['StateMediaPost'], columns: ['time', 'account'], quasi: [] },
  ]);
  expect(gateway.received.every(({ headers }) => headers['idempotency-key'] !== undefined)).toBe(true);
}); // prettier-ignore

test('an export writes the bytes it was given, between marking lines, and never over another file', async () => {
  gateway = await startGateway({
    'POST /v1/research/datasets/d-1/export': json(REPORT, MARKED),
    'GET /v1/research/datasets/d-1/file': (_seen, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'sitebus-marking': 'UNCLASSIFIED//TLP:CLEAR' });
      response.end(Buffer.from([0x50, 0x00, 0xff]));
    },
  });
  const words = ['export', 'research', 'd-1', '--format', 'parquet', '--out', 'boats.parquet'];
  const first = await run(words);
  expect([first.code, first.out.split('\n')[0]]).toEqual([0, 'UNCLASSIFIED//TLP:CLEAR']);
  expect(await readFile(join(folder, 'boats.parquet'))).toEqual(Buffer.from([0x50, 0x00, 0xff]));
  expect(gateway.received[1]).toMatchObject({ query: { format: 'parquet' }, headers: { accept: 'application/octet-stream' } });
  const again = await run(words);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('was not written')]);
}); // prettier-ignore

test('a dry run says removed, generalised, suppressed and k, and writes nothing', async () => {
  gateway = await startGateway({ 'POST /v1/research/datasets/d-1/export': json(REPORT, MARKED) });
  const { code, out } = await run(['export', 'research', 'd-1', '--dry-run', '--json']);
  expect([code, JSON.parse(out)]).toMatchObject([0, { removed: 4, generalised: [], suppressed: 1, k: 12 }]);
  expect(JSON.parse(gateway.received[0]!.body)).toEqual({ format: 'csv', dryRun: true });
});

test.each([
  ['an embargo', 403, 'embargoed', { detail: 'Possible from 2031-12-19T00:00:00.000Z.' }, '2031-12-19'],
  ['k', 409, 'illegal-transition', { errors: [{ code: 'K_UNREACHABLE', detail: 'groups that are too small have 3, 7' }] }, '3, 7'],
])('what %s forbids is exit code 1, and says why', async (_what, status, slug, more, told) => {
  gateway = await startGateway({ 'POST /v1/research/datasets/d-1/export': problem(status, slug, more) });
  const { code, err } = await run(['export', 'research', 'd-1', '--out', 'x.csv']);
  expect([code, err]).toEqual([1, expect.stringContaining(told)]);
}); // prettier-ignore

test('what is typed wrongly asks nothing of the gateway', async () => {
  gateway = await startGateway({});
  for (const words of [['export', 'cases', 'd-1'], ['export', 'research', 'd-1', '--format', 'xls', '--out', 'x'], ['export', 'research', 'd-1']])
    expect((await run(words)).code).toBe(2);
  expect(gateway.received).toEqual([]);
}); // prettier-ignore
