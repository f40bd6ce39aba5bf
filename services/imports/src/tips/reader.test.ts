import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import { eventually } from '../../../../test/support/eventually.ts';
import { createAgencyService } from '../agency-service.ts';
import type { ReadingContext } from '../reading.ts';
import {
  aReadingContext,
  createImportBench,
  draftsOf,
  fateLine,
  importAll,
  type ImportBench,
} from '../testing/index.ts';
import { tipsReader } from './reader.ts';
import { readTips, withoutContacts } from './tip-table.ts';

let policy: Policy;
beforeAll(async () => {
  ({ policy } = await createImportBench());
});

function read(content: string, over: Partial<ReadingContext> = {}) {
  return tipsReader.read(
    Buffer.from(content),
    aReadingContext(policy, { agency: 'rcmp', source: 'rcmp-tips', format: 'tips', ...over }),
  );
}

const HEADER = 'serial,received_at,channel,lang,text,urls,accounts,riding,firsthand,caller_name,caller_phone\n';
const TIP =
  '41,2031-10-02T14:00:00-04:00,telephone,en,They know where she speaks,https://one.example/p,chirrup:@Grey_Heron,cedar-narrows,true,Somebody,555-0100\n';
const aTip = (over: Readonly<Record<string, unknown>> = {}) => ({
  serial: '41',
  received_at: '2031-10-02T14:00:00-04:00',
  channel: 'telephone',
  lang: 'en',
  text: 'They know where she speaks',
  urls: ['https://one.example/p'],
  accounts: ['chirrup:@Grey_Heron'],
  riding: 'cedar-narrows',
  firsthand: true,
  ...over,
});

test('a tip is graded F6, marked by the decision for its source, and its own origin when first-hand', () => {
  expect(draftsOf(read(HEADER + TIP))[0]).toMatchObject({
    type: 'PublicTip',
    origin: 'tip:rcmp/41',
    sourceGrade: 'F',
    infoGrade: 6,
    observedAtMs: Date.UTC(2031, 9, 2, 18),
    marking: { protected: 'B', relTo: ['CAN'] },
    fields: {
      texts: [{ text: 'They know where she speaks', lang: 'en' }],
      urls: ['https://one.example/p'],
      accounts: ['chirrup:grey_heron'],
      firsthand: true,
      channel: 'telephone',
      report: { ridings: ['cedar-narrows'] },
    },
  });
});

test('what the caller did not see has no origin, so that many who repeat it are no source', () => {
  const [draft] = draftsOf(read(HEADER + TIP.replace(',true,', ',false,')));
  expect(draft?.fields['firsthand']).toBe(false);
  expect(draft?.origin).toBeUndefined();
});

test('one tip as JSON is the row of the table', () => {
  expect(draftsOf(read(JSON.stringify(aTip())))).toEqual(draftsOf(read(HEADER + TIP)));
});

test.each([
  ['without text', { text: '' }, 'refused MISSING_COLUMN'],
  ['that does not say whether it is first-hand', { firsthand: undefined }, 'refused MISSING_COLUMN'],
  ['that is perhaps first-hand', { firsthand: 'perhaps' }, 'refused BAD_VALUE'],
  ['received at an hour of no zone', { received_at: '2031-10-02T14:00:00' }, 'refused BAD_INSTANT'],
  [
    'received on a day, where policy declares no way of writing one',
    { received_at: '02/10/2031' },
    'refused BAD_INSTANT',
  ],
  ['with a marking that is none', { marking: 'SECRETISH' }, 'refused MARKING_UNREADABLE'],
])('a tip %s is refused, its neighbour stands', (_name, over, is) => {
  expect(read(JSON.stringify([aTip(over), aTip({ serial: '42' })])).fates.map(fateLine)).toEqual([is, 'carried']);
});

test('a day is read as the source writes days', () => {
  const { mapping } = aReadingContext(policy, { agency: 'rcmp', source: 'rcmp-tips', format: 'tips' });
  const reading = read(JSON.stringify(aTip({ received_at: '02/10/2031' })), {
    mapping: { ...mapping, dateFormat: 'dd/mm/yyyy' },
  });
  expect(draftsOf(reading)[0]?.observedAtMs).toBe(Date.UTC(2031, 9, 2));
});

test('what is written as an address and is none is a label, and the answer says so', () => {
  const [fate] = read(JSON.stringify(aTip({ urls: ['www something'] }))).fates;
  expect(fate).toMatchObject({ warnings: ['a part of urls or accounts is none: it is a label, and links nothing'] });
});

test('a row that says nothing but who called is skipped', () => {
  expect(read(`${HEADER},,,,,,,,,Somebody,555-0100\n`).fates.map(fateLine)).toEqual(['skipped BLANK_ROW']);
});

const CANARY = 'CANARY-CALLER';
/** Callers in columns that policy knows nothing of, in a row that is taken, one that is refused and one that is blank. */
const WITH_CALLERS = [
  HEADER.trim(),
  TIP.trim().replace('Somebody', `${CANARY} A`).replace('555-0100', `${CANARY}-1`),
  `42,no instant,telephone,en,text,,,,true,${CANARY} B,${CANARY}-2`,
  `,,,,,,,,,${CANARY} C,${CANARY}-3`,
  `43,"never closed,${CANARY} D`,
].join('\n');

async function aService(inboxDir?: string) {
  const bench = await createImportBench();
  const service = createAgencyService({
    ...bench,
    agency: 'rcmp',
    readers: [tipsReader],
    ...(inboxDir !== undefined && {
      inbox: { dir: inboxDir, rules: [{ suffix: 'tips.csv', format: 'tips', source: 'rcmp-tips' }], stableMs: 50 },
    }),
  });
  await service.start();
  return { bench, service };
}

/** Everything on the bus, compressed or not. */
function everythingOn({ bus }: ImportBench): string {
  return bus
    .records()
    .map(({ key, value, headers, topic }) => {
      const plain = topic.startsWith('dead.') && value !== null ? gunzipSync(value) : value;
      return [key?.toString(), plain?.toString('latin1'), JSON.stringify(headers)].join(' ');
    })
    .join('\n');
}

test.each([
  ['a table', WITH_CALLERS],
  [
    'JSON',
    JSON.stringify([
      aTip({ email: CANARY, contact: { name: CANARY } }),
      aTip({ serial: '42', text: '', phone: CANARY }),
    ]),
  ],
  ['JSON that is none', `[{"text": "${CANARY}"`],
])('who called leaves the agency in no observation, answer or dead letter: %s', async (_name, content) => {
  const { bench, service } = await aService();
  const outcome = await importAll(service, 'tips', 'rcmp-tips', content);
  expect(outcome.summary.refused).toBeGreaterThan(0);
  expect(bench.bus.records().some(({ topic }) => topic.startsWith('dead.'))).toBe(true);
  expect(everythingOn(bench)).not.toContain(CANARY);
  expect(JSON.stringify(outcome)).not.toContain(CANARY);
});

test('who called is kept in no file of the drop either', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tips-'));
  const { service } = await aService(dir);
  await writeFile(join(dir, '.tips.csv.part'), WITH_CALLERS);
  await rename(join(dir, '.tips.csv.part'), join(dir, 'line.tips.csv'));
  await eventually(() => service.inboxTaken() === 1);
  await service.stop();
  const left = await Promise.all(
    (await readdir(dir, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
  );
  expect(left).toHaveLength(2); // the answer, and the file without callers
  expect(left.join('\n')).toContain('They know where she speaks');
  expect(left.join('\n')).not.toContain(CANARY);
  await rm(dir, { recursive: true });
});

test('what is kept can be sent again and is read as before', () => {
  const kept = withoutContacts(Buffer.from(WITH_CALLERS));
  const rows = (content: Buffer) =>
    readTips(content).rows.flatMap(({ columns }) =>
      columns === undefined || columns.size === 0 ? [] : [[...columns]],
    );
  expect(rows(kept)).toEqual(rows(Buffer.from(WITH_CALLERS)));
  expect(kept.toString()).not.toContain(CANARY);
});
