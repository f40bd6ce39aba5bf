// The room from register to recall, over an in-memory bus: who may, what is collected, what leaves, what the ledger says.

import { createHmac } from 'node:crypto';
import { parquetReadObjects } from 'hyparquet';
import { parse as parseCsv } from 'csv-parse/sync';
import { expect, test } from '@jest/globals';
import { sha256Of, type ResearchItem } from '@sitebus/kit';
import type { Person, Role } from '@sitebus/sdk';
import { commitmentOf, toHex } from '@sitebus/sdk/merkle';
import { COLUMN_NAMES } from './columns.ts';
import { storeClosed } from './errors.ts';
import type { ResearchService } from './service.ts';
import { createInMemoryStore } from './store/in-memory.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { idOf, NOW_MS } from './testing/records.ts';
import { aResearchWorld, type ResearchWorld } from './testing/world.ts';

const DAY_MS = 86_400_000;
const LEAD = { person: 'rosalind-quist', view: 'public' };
const instant = (ms: number): string => new Date(ms).toISOString();
const PROJECT = {
  title: { en: 'Paper boats', fr: 'Bateaux de papier' },
  window: { from: instant(NOW_MS - DAY_MS), to: instant(NOW_MS + 10 * DAY_MS) },
  embargoUntil: instant(NOW_MS + 60 * DAY_MS),
  ethicsRef: 'REB-2031-7',
};
const AGREEMENT = { documentSha256: 'a'.repeat(64), with: 'Chirrup', allowsText: true };
const COLUMNS = ['type', 'time', 'platform', 'language', 'account', 'url', 'narrative', 'text'];

interface Made {
  readonly world: ResearchWorld;
  readonly room: ResearchService;
  readonly project: ResearchItem;
  readonly dataset: ResearchItem;
}

/** Twelve accounts that post, a project with its agreement, a data set that collects. */
async function collecting(over: { readonly accounts?: number; readonly project?: object; readonly agreement?: object | null } = {}): Promise<Made> {
  const world = await aResearchWorld();
  const room = await world.room();
  for (let n = 0; n < (over.accounts ?? 12); n += 1)
    await world.post({ id: idOf(n), account: `chirrup:grey_heron_${n}`, text: `the harbour was sold, says @grey_heron_${(n + 1) % 12}`, urls: ['https://harbour-watch.example/sold'] }); // prettier-ignore
  const project = await room.add('project', { ...PROJECT, ...over.project }, LEAD);
  if (over.agreement !== null)
    await room.add('agreement', { project: project.id, ...AGREEMENT, ...over.agreement }, LEAD);
  const dataset = await room.add('dataset', { project: project.id, title: 'posts', types: ['InfluenceActivity'], columns: COLUMNS }, LEAD); // prettier-ignore
  await room.command(dataset.id, 'collect', {}, LEAD);
  world.clock.advance(60_000);
  return { world, room, project, dataset };
} // prettier-ignore

async function exported(format: 'csv' | 'parquet' = 'csv', over: Parameters<typeof collecting>[0] = {}): Promise<Made & { readonly item: ResearchItem }> {
  const made = await collecting(over);
  await made.room.command(made.dataset.id, 'freeze', {}, LEAD);
  made.world.clock.advance(61 * DAY_MS);
  return { ...made, item: await made.room.command(made.dataset.id, 'export', { format }, LEAD) };
} // prettier-ignore

const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'went on',
    (cause: unknown) => ((of) => of.details.code ?? of.code)(cause as { code: string; details: { code?: string } }),
  );

test('accept 1: of a whole run no handle, address, name or observation id stands in either file, nor in what is kept', async () => {
  const { world, room, dataset } = await exported('csv');
  await room.command(dataset.id, 'export', { format: 'parquet' }, LEAD);
  const files = [await room.file(dataset.id, 'csv', LEAD), await room.file(dataset.id, 'parquet', LEAD)];
  const kept = [...world.memory.rows.values()];
  const observed = world.bus.records('obs.open.gac').map(({ value }) => value!.toString('latin1')).join('');
  for (const raw of ['grey_heron_3', 'harbour-watch', 'chirrup:grey', idOf(3)]) {
    expect([raw, observed.includes(raw)]).toEqual([raw, true]); // it was there to be found
    for (const bytes of [...files.map((each) => Buffer.from(each.bytes)), ...kept])
      expect([raw, bytes.includes(raw)]).toEqual([raw, false]);
  }
  expect(Buffer.from(files[0]!.bytes).toString()).toContain('the harbour was sold, says [address]');
}); // prettier-ignore

test('accept 2: two exports of one frozen set are the same bytes, in another process as well', async () => {
  const { world, room, dataset, item } = await exported('parquet');
  const again = await room.command(dataset.id, 'export', { format: 'parquet' }, LEAD);
  expect(hashesOf(again)).toEqual(hashesOf(item));
  const elsewhere = await world.room(); // reads the same store
  const [one, other] = [await room.file(dataset.id, 'parquet', LEAD), await elsewhere.file(dataset.id, 'parquet', LEAD)];
  expect(Buffer.from(one.bytes).equals(Buffer.from(other.bytes))).toBe(true);
  expect(sha256Of(one.bytes)).toBe(hashesOf(item)[0]);
}); // prettier-ignore

test('accept 3: the same account in two data sets has different pseudonyms, and one within a data set', async () => {
  const { world, room, project, dataset } = await collecting();
  const second = await room.add('dataset', { project: project.id, title: 'again', types: ['InfluenceActivity'], columns: COLUMNS }, LEAD); // prettier-ignore
  await room.command(second.id, 'collect', {}, LEAD);
  for (const { id } of [dataset, second]) await room.command(id, 'freeze', {}, LEAD);
  world.clock.advance(61 * DAY_MS);
  const accounts: string[][] = [];
  for (const { id } of [dataset, second]) {
    await room.command(id, 'export', { format: 'csv' }, LEAD);
    accounts.push(rowsOfCsv((await room.file(id, 'csv', LEAD)).bytes).map((row) => row['account']!));
  }
  expect(new Set(accounts[0]).size).toBe(12);
  expect(accounts[0]!.filter((account) => accounts[1]!.includes(account))).toEqual([]);
});

test.each<[string, Partial<Person>]>([
  ['a chair', { roles: ['researcher', 'chair'] as Role[] }],
  ['an agency head', { roles: ['researcher', 'agency-head'] as Role[] }],
  ['a minister', { roles: ['researcher', 'minister'] as Role[] }],
  ['an analyst of a government agency', { roles: ['researcher', 'analyst'] as Role[], agency: 'gac' }],
  ['an analyst without an agency', { roles: ['researcher', 'analyst'] as Role[] }],
  ['a researcher of a government agency', { roles: ['researcher'] as Role[], agency: 'cse' }],
  ['a researcher of an agency that nobody knows', { roles: ['researcher'] as Role[], agency: 'nobody' }],
  ['an administrator', { roles: ['administrator'] as Role[] }],
])('accept 4: %s gets the answer of what is not there, member or not, and a denial is on the ledger', async (_who, over) => {
  const { world, room, project, dataset } = await collecting({ project: { members: ['somebody'] } });
  const { agency: _agency, ...rosalind } = world.people.get('rosalind-quist')!;
  const person = { ...rosalind, ...over, person: 'somebody' };
  world.people.set('somebody', person);
  const by = { person: 'somebody', view: 'public' };
  for (const ask of [
    () => room.find('dataset', dataset.id, by),
    () => room.list('project', by),
    () => room.command(dataset.id, 'export', { format: 'csv', dryRun: true }, by),
    () => room.file(dataset.id, 'csv', by),
    () => room.add('dataset', { project: project.id, title: 'x', types: ['InfluenceActivity'], columns: ['time'] }, by),
  ]) {
    const before = world.denials('public').length;
    await expect(ask()).rejects.toMatchObject({ code: 'RESEARCH_UNKNOWN', details: {} });
    expect(world.denials('public').slice(before)).toMatchObject([{ who: 'somebody', reason: 'NOT_VISIBLE' }]);
  }
  world.people.set('somebody', { ...rosalind, person: 'somebody' }); // without the office the same member sees it
  expect((await room.find('dataset', dataset.id, by))?.id).toBe(dataset.id);
}); // prettier-ignore

test('a researcher who is no member of the project gets the answer of what is not there', async () => {
  const { world, room, project, dataset } = await collecting();
  world.people.set('milo', { ...world.people.get('rosalind-quist')!, person: 'milo' });
  const by = { person: 'milo', view: 'public' };
  expect([await room.find('dataset', dataset.id, by), await room.list('project', by)]).toEqual([undefined, []]);
  for (const ask of [
    () => room.command(dataset.id, 'freeze', {}, by),
    () => room.file(dataset.id, 'csv', by),
    () => room.add('agreement', { project: project.id, ...AGREEMENT }, by),
    () => room.add('output', { project: project.id, title: PROJECT.title, url: 'https://paper-boats.example/' }, by),
  ])
    await expect(ask()).rejects.toMatchObject({ code: 'RESEARCH_UNKNOWN' });
});

test('accept 5: Parquet and CSV hold equal rows, and each carries its marking', async () => {
  const { room, dataset, item } = await exported('csv');
  await room.command(dataset.id, 'export', { format: 'parquet' }, LEAD);
  const [csv, parquet] = [await room.file(dataset.id, 'csv', LEAD), await room.file(dataset.id, 'parquet', LEAD)];
  const { buffer, byteOffset, byteLength } = Buffer.from(parquet.bytes);
  const fromParquet = (await parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) })) as object[]; // prettier-ignore
  const plain = fromParquet.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value ?? '')]))); // prettier-ignore
  expect(plain).toHaveLength(12);
  expect(rowsOfCsv(csv.bytes)).toEqual(plain);
  expect(Object.keys(plain[0]!)).toEqual(COLUMN_NAMES.filter((name) => COLUMNS.includes(name)));
  expect(Buffer.from(csv.bytes).toString().split('\n')[0]).toBe('# UNCLASSIFIED//TLP:CLEAR');
  expect(Buffer.from(parquet.bytes).includes('UNCLASSIFIED//TLP:CLEAR')).toBe(true);
  expect([csv.fileName, parquet.fileName].map((name) => name.split('_')[0])).toEqual(['UNCLASSIFIED-TLP-CLEAR', 'UNCLASSIFIED-TLP-CLEAR']); // prettier-ignore
  expect(item.body).toMatchObject({ k: 12, rows: 12, suppressed: 0, generalised: [] });
});

test('an export under embargo is refused with the date; a dry run says removed, generalised, suppressed and k', async () => {
  const { room, dataset } = await collecting();
  const dry = await room.command(dataset.id, 'export', { format: 'csv', dryRun: true }, LEAD);
  expect(dry.body).toMatchObject({ k: 12, rows: 12, suppressed: 0, generalised: [], state: 'COLLECTING', exports: [] });
  expect(dry.body['removed']).toBe(60); // of each row an account, an address and its host, a narrative, and the handle in its text
  await room.command(dataset.id, 'freeze', {}, LEAD);
  await expect(room.command(dataset.id, 'export', { format: 'csv' }, LEAD)).rejects.toMatchObject({
    code: 'COMMAND_REFUSED',
    details: { code: 'EMBARGOED', until: PROJECT.embargoUntil },
  });
});

test('k out of reach: refused with the sizes of groups and nothing else, and on the ledger', async () => {
  const { world, room, dataset } = await collecting({ accounts: 7 });
  await room.command(dataset.id, 'freeze', {}, LEAD);
  world.clock.advance(61 * DAY_MS);
  for (const dryRun of [true, false])
    await expect(room.command(dataset.id, 'export', { format: 'csv', dryRun }, LEAD)).rejects.toMatchObject({
      details: { code: 'K_UNREACHABLE', sizes: [7], faults: [] },
    });
  expect(world.denials('public').at(-1)).toMatchObject({ who: 'rosalind-quist', reason: 'K_UNREACHABLE', by: 'research' });
}); // prettier-ignore

test.each([
  ['agreement', { agreement: null }, 'TEXT_NOT_AGREED'],
  ['agreement on texts', { agreement: { allowsText: false } }, 'TEXT_NOT_AGREED'],
])('without an %s no text is even kept', async (_what, over, code) => {
  const { room, dataset } = await collecting(over);
  expect(await codeOf(room.command(dataset.id, 'freeze', {}, LEAD))).toBe(code);
});

test('without an ethics reference nothing leaves, and it may come with the agreement', async () => {
  const { world, room, project, dataset } = await collecting({ agreement: null, project: { ethicsRef: undefined } });
  const plain = await room.add('dataset', { project: project.id, title: 'x', types: ['InfluenceActivity'], columns: ['time'] }, LEAD); // prettier-ignore
  await room.command(plain.id, 'collect', {}, LEAD);
  await room.command(plain.id, 'freeze', {}, LEAD);
  world.clock.advance(61 * DAY_MS);
  expect(await codeOf(room.command(plain.id, 'export', { format: 'csv' }, LEAD))).toBe('NO_AGREEMENT');
  await room.add('agreement', { project: project.id, ...AGREEMENT }, LEAD);
  expect(await codeOf(room.command(plain.id, 'export', { format: 'csv' }, LEAD))).toBe('NO_ETHICS_REFERENCE');
  expect(await codeOf(room.add('agreement', { project: project.id, ...AGREEMENT }, LEAD))).toBe('SIGNED_ALREADY');
  expect(dataset.body['state']).toBe('DEFINED');
}); // prettier-ignore

test('what is collected: inside the window, of the types named, not recalled, not ORCON, above the open cell only for the group', async () => {
  const { world, room, project } = await collecting({ accounts: 0, project: { embargoUntil: instant(NOW_MS) } });
  const post = (n: number, over: object) => world.post({ id: idOf(n), account: `chirrup:account_${n}`, ...over });
  await post(1, { observedAt: NOW_MS - 2 * DAY_MS }); // seen before the window
  await post(2, {});
  await post(3, {});
  await post(4, { recalls: idOf(3) }); // takes 3 back, and is one itself
  await post(5, { orcon: true });
  await post(6, { cell: 'partner', groups: ['research'] });
  const dataset = await room.add('dataset', { project: project.id, title: 'x', types: ['InfluenceActivity'], columns: ['account'] }, LEAD); // prettier-ignore
  await room.command(dataset.id, 'collect', {}, LEAD);
  const frozen = await room.command(dataset.id, 'freeze', {}, LEAD);
  expect(frozen.body['frozen']).toMatchObject({ rows: 2 }); // 2 and 4
});

test('in the partner view records of the group are collected, and the file is marked as they are', async () => {
  const world = await aResearchWorld();
  const room = await world.room();
  world.people.set('milo', { ...world.people.get('rosalind-quist')!, person: 'milo' });
  const by = { person: 'milo', view: 'partner' };
  for (let n = 0; n < 12; n += 1) await world.post({ id: idOf(n), account: `chirrup:a${n}`, cell: 'partner', groups: ['research', 'community'] }); // prettier-ignore
  await world.post({ id: idOf(50), account: 'chirrup:b', cell: 'partner', groups: ['community'] });
  await world.post({ id: idOf(51), account: 'chirrup:c', cell: 'partner' });
  const project = await room.add('project', { ...PROJECT, embargoUntil: instant(NOW_MS) }, by);
  await room.add('agreement', { project: project.id, ...AGREEMENT }, by);
  const dataset = await room.add('dataset', { project: project.id, title: 'x', types: ['InfluenceActivity'], columns: ['account'] }, by); // prettier-ignore
  await room.command(dataset.id, 'collect', {}, by);
  const frozen = await room.command(dataset.id, 'freeze', {}, by);
  expect(frozen.body['frozen']).toMatchObject({ rows: 12 });
  expect([frozen.marking.tlp, frozen.marking.needToKnow]).toEqual(['AMBER+STRICT', expect.arrayContaining([['research'], ['community', 'research']])]); // prettier-ignore
  expect(await room.find('dataset', dataset.id, { ...by, view: 'public' })).toBeUndefined();
  expect(await room.catalogue('public')).toEqual([]);
});

test('where not every record can be read nothing is frozen, and the key stays for another try', async () => {
  const { world, room, dataset } = await collecting();
  world.bus.failNext('fetch');
  await expect(room.command(dataset.id, 'freeze', {}, LEAD)).rejects.toMatchObject({ code: 'RECORDS_UNREADABLE', retriable: true }); // prettier-ignore
  expect([world.memory.keys.size, world.memory.rows.size]).toEqual([1, 0]);
  expect((await room.command(dataset.id, 'freeze', {}, LEAD)).body['frozen']).toMatchObject({ rows: 12 });
});

test('a window from which the bus no longer keeps everything makes no data set', async () => {
  const { world, room, dataset } = await collecting({ project: { embargoUntil: instant(NOW_MS) } });
  const { retentionMs } = world.policy.topics.find(({ kind }) => kind === 'obs')!;
  world.clock.advance(retentionMs);
  expect(await codeOf(room.command(dataset.id, 'freeze', {}, LEAD))).toBe('RECORDS_EXPIRED');
});

test('collection outside the window is refused, and the next edition has another key', async () => {
  const { world, room, dataset } = await collecting();
  const first = await room.command(dataset.id, 'freeze', {}, LEAD);
  const second = await room.command(dataset.id, 'collect', {}, LEAD);
  expect(keyIdOf(second)).not.toBe(keyIdOf(first));
  expect(second.body).toMatchObject({ edition: 2, state: 'COLLECTING' });
  world.clock.advance(30 * DAY_MS);
  await world.post({ id: idOf(77), account: 'chirrup:late' }); // seen inside the window, and appended after it
  const late = await room.command(dataset.id, 'freeze', {}, LEAD); // may be late: it takes nothing of after the window
  expect(late.body['frozen']).toMatchObject({ rows: 12 });
  expect(await codeOf(room.command(dataset.id, 'collect', {}, LEAD))).toBe('OUTSIDE_WINDOW');
});

test('a freeze destroys the key; a retraction destroys the rows and owes a recall to each who has a file', async () => {
  const { world, room, dataset } = await collecting({ project: { members: ['milo'] } });
  world.people.set('milo', { ...world.people.get('rosalind-quist')!, person: 'milo' });
  const milo = { person: 'milo', view: 'public' };
  expect([world.memory.keys.size, world.memory.rows.size]).toEqual([1, 0]);
  await room.command(dataset.id, 'freeze', {}, LEAD);
  expect([world.memory.keys.size, world.memory.rows.size]).toEqual([0, 1]);
  world.clock.advance(61 * DAY_MS);
  await room.command(dataset.id, 'export', { format: 'csv' }, LEAD);
  for (const by of [LEAD, milo, milo]) await room.file(dataset.id, 'csv', by);
  const retracted = await room.command(dataset.id, 'retract', { reason: 'a platform withdrew' }, LEAD);
  expect(retracted.body['recalls']).toEqual({ owed: ['rosalind-quist', 'milo'], acknowledged: [] });
  expect([world.memory.keys.size, world.memory.rows.size]).toEqual([0, 0]);
  expect(world.leaves('public').filter(({ decision }) => decision === 'RECALLED').map(({ reason }) => reason)).toEqual(['rosalind-quist', 'milo']); // prettier-ignore
  expect(await codeOf(room.file(dataset.id, 'csv', milo))).toBe('ILLEGAL_TRANSITION');
  const noted = await room.command(dataset.id, 'acknowledge', {}, milo);
  expect(noted.body['recalls']).toEqual({ owed: ['rosalind-quist'], acknowledged: ['milo'] });
});

test('every change, export, file and refusal has a leaf with a commitment, and none says a title or an id', async () => {
  const { world, room, project, dataset } = await exported('csv');
  await room.file(dataset.id, 'csv', LEAD);
  const told = world.leaves('public').map(({ decision, reason, by, who }) => [by, who, decision, reason].join(' '));
  expect(told).toEqual(
    ['CHANGED registered', 'CHANGED agreement-signed', 'CHANGED defined', 'CHANGED collecting', 'CHANGED frozen', 'EXPORTED csv', 'EXPORTED file csv'].map(
      (each) => `research rosalind-quist ${each}`,
    ),
  );
  const bytes = JSON.stringify([world.leaves('public'), world.denials('public')]);
  for (const secret of [project.id, dataset.id, 'Paper boats', 'posts']) expect(bytes.includes(secret)).toBe(false);
}); // prettier-ignore

test('the ledger commits to each event of the store: changed events do not fit it', async () => {
  const { world } = await collecting();
  const leaves = world.leaves('public');
  expect(leaves).toHaveLength(world.memory.events.length);
  for (const [index, { id, hash }] of world.memory.events.entries()) {
    const { nonce, eventCommit } = leaves[index] as { nonce: string; eventCommit: string };
    const salt = createHmac('sha256', Buffer.alloc(32, 9)).update(nonce, 'utf8').digest();
    const commitTo = (contentHash: string): string => toHex(commitmentOf(salt, [{ id, contentHash }]));
    expect([commitTo(hash), commitTo(sha256Of('another'))]).toEqual([eventCommit, expect.not.stringMatching(eventCommit)]);
  }
}); // prettier-ignore

test('without an acknowledged leaf nothing changes and no file is handed out', async () => {
  const { world, room, dataset } = await exported('csv');
  const before = world.memory.events.length;
  world.bus.failNext('produce', 2);
  for (const ask of [() => room.file(dataset.id, 'csv', LEAD), () => room.command(dataset.id, 'retract', { reason: 'x' }, LEAD)])
    await expect(ask()).rejects.toMatchObject({ code: 'LEDGER_CLOSED', retriable: true });
  expect(world.memory.events).toHaveLength(before);
  expect((await room.file(dataset.id, 'csv', LEAD)).fileName).toContain(dataset.id);
}); // prettier-ignore

test('everybody finds title, window and outputs in the catalogue, and nothing else', async () => {
  const { room, project } = await collecting();
  await room.add('output', { project: project.id, title: { en: 'Report', fr: 'Rapport' }, url: 'https://paper-boats.example/report' }, LEAD); // prettier-ignore
  const [entry] = await room.catalogue('public');
  expect(Object.keys(entry!.body).sort()).toEqual(['outputs', 'title', 'window']);
  expect(entry!.body['outputs']).toMatchObject([{ title: { en: 'Report', fr: 'Rapport' } }]);
});

test('what was sent is checked again: places and codes', async () => {
  const { room, project } = await collecting();
  const faultsOf = (asked: Promise<unknown>) =>
    asked.catch((cause: unknown) => (cause as { details: { faults: readonly object[] } }).details.faults);
  expect(await faultsOf(room.add('project', { ...PROJECT, window: { from: instant(NOW_MS), to: instant(NOW_MS) } }, LEAD))).toMatchObject([{ pointer: '/window/to', code: 'NOT_AFTER' }]); // prettier-ignore
  expect(await faultsOf(room.add('project', { ...PROJECT, note: 'x' }, LEAD))).toContainEqual(expect.objectContaining({ code: 'ADDITIONAL_PROPERTIES' })); // prettier-ignore
  const dataset = { project: project.id, title: 'x', types: ['InfluenceActivity'] };
  expect(await faultsOf(room.add('dataset', { ...dataset, types: ['Person'], columns: ['time'] }, LEAD))).toMatchObject([{ pointer: '/types/0', code: 'NO_SUCH_TYPE' }]); // prettier-ignore
  expect(await faultsOf(room.add('dataset', { ...dataset, columns: ['handle'] }, LEAD))).toMatchObject([{ pointer: '/columns/0', code: 'NO_SUCH_COLUMN' }]); // prettier-ignore
  expect(await faultsOf(room.add('dataset', { ...dataset, columns: ['account'], quasi: ['account'] }, LEAD))).toMatchObject([{ pointer: '/quasi/0', code: 'NOT_COARSENABLE' }]); // prettier-ignore
});

test('an event that was changed in the store ends the start', async () => {
  const { world } = await collecting();
  const [first] = world.memory.events;
  world.memory.events[0] = { ...first!, body: first!.body.replace('REB-2031-7', 'REB-2031-8') };
  await expect(world.room()).rejects.toMatchObject({ code: 'CHAIN_BROKEN', retriable: false });
});

test('a store that does not answer at the start is asked again; until then nothing is answered as absent', async () => {
  const { world, dataset } = await collecting();
  const present = createInMemoryStore(world.memory);
  let isAway = true;
  const events = () => (isAway ? Promise.reject(storeClosed({})) : present.events());
  const late = await world.room({ ...present, events });
  expect(late.ready().ready).toBe(false);
  await expect(late.find('dataset', dataset.id, LEAD)).rejects.toMatchObject({ code: 'STORE_CLOSED', retriable: true });
  isAway = false;
  await eventually(() => late.ready().ready, { what: 'the room' });
  expect((await late.find('dataset', dataset.id, LEAD))?.id).toBe(dataset.id);
});

test('two rooms on one store: who comes second reads what the first has done, and decides on that', async () => {
  const { world, room, dataset } = await collecting();
  const other = await world.room();
  const both = await Promise.allSettled([room.command(dataset.id, 'freeze', {}, LEAD), other.command(dataset.id, 'freeze', {}, LEAD)]); // prettier-ignore
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { details: { code: 'ILLEGAL_TRANSITION' } } }); // prettier-ignore
});

function rowsOfCsv(bytes: Uint8Array): Record<string, string>[] {
  return parseCsv<Record<string, string>>(Buffer.from(bytes), { columns: true, comment: '#', comment_no_infix: true }); // prettier-ignore
}

function hashesOf({ body }: ResearchItem): readonly string[] {
  return (body['exports'] as readonly { readonly sha256: string }[]).map(({ sha256 }) => sha256);
}

function keyIdOf({ body }: ResearchItem): string {
  return (body['pseudonymisation'] as { readonly keyId: string }).keyId;
}
