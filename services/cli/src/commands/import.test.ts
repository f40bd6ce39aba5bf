import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ndjson, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let folder: string;
let gateway: FakeGateway;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
});
afterEach(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

test('a file is sent as it is, under the source named after it, and the rest lies beside it', async () => {
  gateway = await startGateway({
    'POST /v1/imports/posts': ndjson([
      { line: 2, status: 'accepted', id: 'x', cell: 'open' },
      {
        line: 3,
        status: 'refused',
        code: 'BAD_TIME',
        pointer: 'postedAt',
        reason: 'no such day',
        fix: 'use YYYY-MM-DD',
      },
      { line: 4, status: 'skipped', code: 'EMPTY', reason: 'an empty row', fix: 'none' },
      { summary: { items: 3, accepted: 1, refused: 1, skipped: 1 } },
    ]),
  });
  const file = join(folder, 'monday.csv');
  await writeFile(file, 'account,postedAt\na,2031-10-02\nb,2031-13-02\n,\n');
  const { code, out } = await runCli(['import', 'posts', file], { env: gateway.env });
  expect([code, gateway.received[0]?.query, gateway.received[0]?.body]).toEqual([
    3,
    { source: 'monday' },
    await readFile(file, 'utf8'),
  ]);
  expect(out).toContain('3 items = 1 accepted + 1 refused + 1 skipped');
  const rest = (await readFile(`${file}.refused.ndjson`, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(rest).toEqual([
    {
      line: 3,
      status: 'refused',
      code: 'BAD_TIME',
      pointer: 'postedAt',
      reason: 'no such day',
      fix: 'use YYYY-MM-DD',
      item: 'b,2031-13-02',
    },
    { line: 4, status: 'skipped', code: 'EMPTY', reason: 'an empty row', fix: 'none', item: ',' },
  ]);
});

test('findings are sent as they are; what is refused of JSON is named by number, not by a line of the file', async () => {
  const refused = { line: 2, status: 'refused', code: 'NO_TEXT', reason: 'it says nothing', fix: 'add a text' };
  gateway = await startGateway({
    'POST /v1/imports/influence': ndjson([
      { line: 1, status: 'accepted', id: 'x', cell: 'open' },
      refused,
      { summary: { items: 2, accepted: 1, refused: 1, skipped: 0 } },
    ]),
  });
  const file = join(folder, 'week.json');
  await writeFile(file, '{"findings": [\n{"text": "a"},\n{}\n]}');
  const { code } = await runCli(['import', 'influence', file], { env: gateway.env });
  expect([code, gateway.received[0]?.body]).toEqual([3, await readFile(file, 'utf8')]);
  expect(JSON.parse(await readFile(`${file}.refused.ndjson`, 'utf8'))).toEqual(refused);
});

test('a line of a sensor’s file is shown as it stands, though each line is JSON', async () => {
  const refused = { line: 2, status: 'refused', code: 'BAD_INSTANT', reason: 'no offset', fix: 'export it again' };
  gateway = await startGateway({
    'POST /v1/imports/eve': ndjson([
      { line: 1, status: 'accepted', id: 'x', cell: 'partner' },
      refused,
      { summary: { items: 2, accepted: 1, refused: 1, skipped: 0 } },
    ]),
  });
  const file = join(folder, 'edge.eve.jsonl');
  await writeFile(file, '{"n":1}\n{"n":2}\n');
  await runCli(['import', 'eve', file], { env: gateway.env });
  expect(JSON.parse(await readFile(`${file}.refused.ndjson`, 'utf8'))).toEqual({ ...refused, item: '{"n":2}' });
});

test('a file that is not there costs only itself: the next one is imported', async () => {
  gateway = await startGateway({
    'POST /v1/imports/misp': ndjson([{ summary: { items: 0, accepted: 0, refused: 0, skipped: 0 } }]),
  });
  const there = join(folder, 'event.json');
  await writeFile(there, '{}');
  const { code, err } = await runCli(['import', 'misp', join(folder, 'absent.json'), there, '--source', 'exchange'], {
    env: gateway.env,
  });
  expect([code, gateway.received.map(({ query }) => query)]).toEqual([2, [{ source: 'exchange' }]]);
  expect(err).toContain('absent.json cannot be read');
});

test('a format that is none is a usage error, before anything is sent', async () => {
  gateway = await startGateway({});
  expect([(await runCli(['import', 'floppy', 'x'], { env: gateway.env })).code, gateway.received]).toEqual([2, []]);
});
