// What was about to be recalled when the bus went away is recalled at the next try: a record that should be gone must not stay
// because of the moment at which a process ended.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createAgencyService } from './agency-service.ts';
import { mispReader } from './misp/reader.ts';
import { createImportBench, importAll, type ImportBench } from './testing/index.ts';

const DOMAIN = { type: 'domain', category: 'Network activity', to_ids: true };
const anEvent = (over: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    Event: {
      uuid: '5d2f3b0e-1111-4222-8333-444455556666',
      info: 'A page',
      date: '2031-09-19',
      timestamp: '1947574800',
      Tag: [{ name: 'tlp:green' }],
      Attribute: [
        { ...DOMAIN, value: 'one.example' },
        { ...DOMAIN, value: 'two.example', Tag: [{ name: 'tlp:amber' }] },
      ],
      ...over,
    },
  });
const NEWER = { timestamp: '1947578400' };

const recalled = (bench: ImportBench): readonly unknown[] =>
  [
    ...new Set(
      bench.observations().flatMap(({ type, value }) => (type === 'Recall' ? [value.envelope['recalls']] : [])),
    ),
  ].sort();

async function withJournal(
  then: (bench: ImportBench, start: () => ReturnType<typeof started>) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'journal-'));
  const bench = await createImportBench();
  await then(bench, () => started(bench, join(dir, 'cse.ndjson')));
  await rm(dir, { recursive: true });
}
async function started(bench: ImportBench, journalPath: string) {
  const service = createAgencyService({ ...bench, agency: 'cse', readers: [mispReader], journalPath });
  await service.start();
  return service;
}

const CASES = [
  { what: 'a thing that its producer has deleted', over: { ...NEWER, deleted: true }, count: 2 },
  {
    what: 'a part that the newer revision lacks',
    over: { ...NEWER, Attribute: [{ ...DOMAIN, value: 'one.example' }] },
    count: 1,
  },
  { what: 'what was replaced under another marking', over: { ...NEWER, Tag: [{ name: 'tlp:red' }] }, count: 2 },
];
test.each(CASES.flatMap((each) => [1, 2, 3].map((failures) => ({ ...each, failures }))))(
  '$what is recalled after a restart, whether $failures records could not be written or fewer',
  async ({ over, count, failures }) => {
    await withJournal(async (bench, start) => {
      const first = await start();
      await importAll(first, 'misp', 'cse-misp', anEvent());
      const made = bench.observations().map(({ value }) => value.envelope.id);
      bench.bus.failNext('produce', failures);
      await expect(importAll(first, 'misp', 'cse-misp', anEvent(over))).rejects.toMatchObject({ retriable: true });
      await first.stop();
      const second = await start();
      await untilTaken(() => importAll(second, 'misp', 'cse-misp', anEvent(over)));
      await second.stop();
      expect([made.length, recalled(bench).length]).toEqual([2, count]);
      expect(made).toEqual(expect.arrayContaining([...recalled(bench)]));
    });
  },
);

/** A bus that is away for some records is asked again; more than a few times would be no interruption. */
async function untilTaken(take: () => Promise<unknown>, tries = 4): Promise<unknown> {
  return take().catch((cause: unknown) => {
    if (tries === 0) throw cause;
    return untilTaken(take, tries - 1);
  });
}
