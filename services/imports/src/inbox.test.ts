import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createAgencyService, type AgencyService } from './agency-service.ts';
import type { DropRule } from './inbox.ts';
import { mispReader } from './misp/reader.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { createImportBench, type ImportBench } from './testing/index.ts';

const RULES: readonly DropRule[] = [{ suffix: '.misp.json', format: 'misp', source: 'cse-misp' }];
const EVENT = JSON.stringify({
  Event: {
    uuid: '5d2f3b0e-1111-4222-8333-444455556666',
    info: 'A page',
    date: '2031-09-19',
    timestamp: '1947574800',
    Tag: [{ name: 'tlp:green' }],
    Attribute: [{ type: 'domain', category: 'Network activity', value: 'one.example', to_ids: true }],
  },
});

interface Drop {
  readonly dir: string;
  readonly bench: ImportBench;
  readonly service: AgencyService;
  readonly put: (name: string, content: string) => Promise<void>;
  readonly answer: (name: string) => Promise<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

async function aDrop(): Promise<Drop> {
  const dir = await mkdtemp(join(tmpdir(), 'inbox-'));
  const bench = await createImportBench();
  const service = createAgencyService({
    ...bench,
    agency: 'cse',
    readers: [mispReader],
    inbox: { dir, rules: RULES, stableMs: 60, retryMs: 20 },
  });
  return {
    dir,
    bench,
    service,
    put: async (name, content) => {
      await mkdir(join(dir, name, '..'), { recursive: true });
      await writeFile(join(dir, `.${name.replaceAll('/', '-')}.part`), content);
      await rename(join(dir, `.${name.replaceAll('/', '-')}.part`), join(dir, name));
    },
    answer: async (name) =>
      JSON.parse(await readFile(join(dir, `${name}.answer.json`), 'utf8')) as Record<string, unknown>,
    close: async () => {
      await service.stop();
      await rm(dir, { recursive: true });
    },
  };
}

test('a dropped file is taken in, answered beside it, and moved to done', async () => {
  const { dir, bench, service, put, answer, close } = await aDrop();
  await service.start();
  await put('one.misp.json', EVENT);
  await eventually(() => service.inboxTaken() === 1);
  expect(await answer('one.misp.json')).toMatchObject({
    file: 'one.misp.json',
    format: 'misp',
    source: 'cse-misp',
    summary: { items: 2, accepted: 2, refused: 0, skipped: 0 },
  });
  expect((await readdir(dir)).sort()).toEqual(['done', 'one.misp.json.answer.json']);
  expect(await readdir(join(dir, 'done'))).toEqual([expect.stringMatching(/^[0-9a-f]{12}-one\.misp\.json$/)]);
  expect(bench.observations()).toHaveLength(1);
  await close();
});

test('a file that waited before the start is taken in, and a second copy of it doubles nothing', async () => {
  const { bench, service, put, answer, close } = await aDrop();
  await put('one.misp.json', EVENT);
  await service.start();
  await eventually(() => service.inboxTaken() === 1);
  await put('again.misp.json', EVENT);
  await eventually(() => service.inboxTaken() === 2);
  expect(await answer('again.misp.json')).toMatchObject({ answers: [{ known: true }, { known: true }] });
  expect(bench.observations()).toHaveLength(1);
  await close();
});

test('a folder below the inbox names the source', async () => {
  const { service, put, answer, close } = await aDrop();
  await service.start();
  await put('open-reports/one.misp.json', EVENT);
  await eventually(() => service.inboxTaken() === 1);
  expect(await answer('open-reports/one.misp.json')).toMatchObject({
    source: 'open-reports',
    summary: { accepted: 2 },
  });
  await close();
});

test('a file whose name tells no format is answered, and moved like any other', async () => {
  const { service, put, answer, close } = await aDrop();
  await service.start();
  await put('notes.txt', 'hello');
  await eventually(() => service.inboxTaken() === 1);
  expect(await answer('notes.txt')).toMatchObject({
    summary: { items: 1, refused: 1 },
    answers: [{ code: 'FORMAT_UNKNOWN' }],
  });
  await close();
});

test('a file waits while the bus is away, and is taken in when it is back', async () => {
  const { bench, service, put, answer, close } = await aDrop();
  await service.start();
  bench.bus.failNext('produce', 3);
  await put('one.misp.json', EVENT);
  await eventually(() => service.inboxTaken() === 1);
  expect(await answer('one.misp.json')).toMatchObject({ summary: { accepted: 2 } });
  expect(bench.observations()).toHaveLength(1);
  await close();
});
