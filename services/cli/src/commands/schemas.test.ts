import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  loadKeptVersions,
  loadSchemaSet,
  parseSchemaLock,
  renderSchemaLock,
  toSchemaLock,
  toSelfContained,
} from '@sitebus/sdk';
import type { AvroField, AvroObject } from '@sitebus/sdk';
import { runCli } from '../testing/run-cli.ts';

const SHIPPED = fileURLToPath(new URL('../../../../schemas', import.meta.url));
const TIP = 'observation/public-tip.avsc';
const SUBJECT = 'ca.sitebus.observation.PublicTip';
let home: string;
let contract: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sitebus-schemas-'));
  contract = join(home, 'schemas');
  await cp(join(SHIPPED, 'avro'), join(contract, 'avro'), { recursive: true });
  await cp(join(SHIPPED, 'examples', 'PublicTip'), join(contract, 'examples', 'PublicTip'), { recursive: true });
});
afterEach(() => rm(home, { recursive: true, force: true }));

const run = (...words: string[]) =>
  runCli(['schemas', ...words], { cwd: home, env: { SITEBUS_SCHEMAS: contract, BUS_DATA: join(home, 'data') } });
const json = async (...words: string[]) => {
  const { code, out } = await run(...words, '--json');
  return { code, rows: out.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) }; // prettier-ignore
};
const inContract = (file: string): Promise<string> => readFile(join(contract, 'avro', file), 'utf8');

/** The public tip with other fields, in a file of its own. */
async function tipWith(change: (fields: readonly AvroField[]) => readonly unknown[], file = 'tip.avsc'): Promise<string> {
  const tip = JSON.parse(await readFile(join(SHIPPED, 'avro', TIP), 'utf8')) as AvroObject;
  await writeFile(join(home, file), JSON.stringify({ ...tip, fields: change(tip.fields ?? []) }));
  return file;
} // prettier-ignore

/** Locks what the contract holds now, as provision would; `denied` ids are denied. */
async function lockContract(denied: readonly number[] = []): Promise<void> {
  const set = await loadSchemaSet(join(contract, 'avro'));
  const kept = await Promise.all(set.map(({ subject }) => loadKeptVersions(join(contract, 'avro'), subject)));
  const placed = (_: unknown, index: number) => ({ id: index + 1, version: (kept[index]?.length ?? 0) + 1 });
  await mkdir(join(home, 'data'), { recursive: true });
  await writeFile(join(home, 'data', 'schemas.lock.json'), renderSchemaLock(toSchemaLock(set, placed, denied)));
}

const REGION = { name: 'region', type: ['null', 'string'], default: null, doc: 'Region of Canada, ISO 3166-2.' };
const withRegion = (fields: readonly AvroField[]) => [...fields, REGION];
const newType = { type: 'record', name: 'WeatherHoax', namespace: 'ca.sitebus.observation', doc: 'A hoax about weather.', fields: [{ name: 'envelope', type: 'ca.sitebus.observation.Envelope', doc: 'Who saw it.' }, { name: 'station', type: 'string', doc: 'Station id.' }] }; // prettier-ignore

test('list gives versions, ids and annotations of the lock, and says what is not provisioned', async () => {
  await lockContract([1]);
  await writeFile(join(contract, 'avro', TIP), await readFile(join(home, await tipWith(withRegion)), 'utf8'));
  const { code, rows } = await json('list');
  const subjects = (await loadSchemaSet(join(contract, 'avro'))).map(({ subject }) => subject);
  expect([code, [...new Set(rows.map(({ subject }) => subject))]]).toEqual([0, subjects]);
  expect(rows.filter(({ subject }) => subject === SUBJECT)).toEqual([
    { subject: SUBJECT, version: 1, id: expect.any(Number), state: 'in force', annotations: expect.arrayContaining([{ path: 'urls', kind: 'url' }]) }, // prettier-ignore
    expect.objectContaining({ version: 2, id: null, state: 'not provisioned' }),
  ]);
  expect(rows.find(({ id }) => id === 1)).toMatchObject({ state: 'denied' });
  const { out, err } = await run('list', 'PublicTip');
  expect(out.split('\n')[1]).toMatch(/PublicTip +1 +\d+ +in force +texts text · urls url · accounts account$/);
  expect(err).toBe('denied ids: 1\n');
});

test('without a lock nobody knows what is in force, and that is said; a type that is none is a mistake', async () => {
  const { rows } = await json('list', SUBJECT);
  expect(rows).toEqual([expect.objectContaining({ version: 1, id: null, state: 'unknown' })]);
  expect((await run('list')).err).toContain('what is in force is not known here');
  expect(await run('list', 'Nothing')).toMatchObject({ code: 2, out: '' });
  expect((await run('list', '--lock', 'nowhere.json')).code).toBe(1);
});

test('check takes a compatible version and names what it goes with', async () => {
  await lockContract();
  const { code, out, err } = await run('check', await tipWith(withRegion), join('schemas', 'avro', TIP));
  expect([code, err]).toEqual([0, '']);
  expect(out.split('\n').map((line) => line.replace(/id \d+/, 'id n'))).toEqual([
    `ok     tip.avsc  ${SUBJECT}: goes with version 1 (id n)`,
    `ok     schemas/avro/${TIP}  ${SUBJECT}: goes with version 1 (id n)`,
    '',
  ]);
});

test('check names place, code and what to do for every fault of a file, and goes on to the next file', async () => {
  const faulty = await tipWith((fields) => [...fields, { name: 'host', type: 'string', feature: 'hostname' }]);
  await writeFile(join(home, 'broken.avsc'), '{\n  "type": record');
  const { code, rows } = await json('check', 'broken.avsc', faulty);
  expect([code, rows.map(({ isOk }) => isOk)]).toEqual([1, [false, false]]);
  expect(rows[0]?.['faults']).toEqual([expect.objectContaining({ code: 'NOT_JSON', detail: expect.stringContaining('line 2, column 11') })]); // prettier-ignore
  expect(rows[1]?.['faults']).toEqual([
    expect.objectContaining({ code: 'DOC_REQUIRED', pointer: '/fields/7', fix: expect.stringContaining('add "doc"') }),
    expect.objectContaining({ code: 'FEATURE_UNKNOWN', pointer: '/fields/7/feature' }),
    expect.objectContaining({ code: 'INCOMPATIBLE', detail: expect.stringContaining('default-less ca.sitebus.observation.PublicTip.host') }), // prettier-ignore
  ]);
  const { out } = await run('check', faulty);
  expect(out).toContain('       /fields/7 DOC_REQUIRED: every record, enum and field says what it holds: host\n       next: add "doc"'); // prettier-ignore
});

test('check compares with every version, locked or kept, not with the newest alone', async () => {
  const rating = (type: string): AvroField => ({ name: 'rating', type: ['null', type], default: null, doc: 'Rating.' });
  const kept = join(contract, 'avro', 'versions', SUBJECT);
  await mkdir(kept, { recursive: true });
  const [current] = (await loadSchemaSet(join(contract, 'avro'))).filter(({ subject }) => subject === SUBJECT);
  const older = toSelfContained({ ...current!.schema, fields: [...(current!.schema.fields ?? []), rating('long')] });
  await writeFile(join(kept, '1.avsc'), older.text);
  const { code, rows } = await json('check', await tipWith((fields) => [...fields, rating('string')]));
  expect(code).toBe(1);
  expect(rows[0]).toMatchObject({ against: ['version 1 (kept)', 'version 2 (in the checkout)'] });
  expect(rows[0]?.['faults']).toEqual([
    expect.objectContaining({ detail: expect.stringContaining('cannot read records of version 1') }),
    expect.objectContaining({ detail: expect.stringContaining('cannot be read by readers of version 1') }),
  ]);
});

test('a shared part is checked with every record type that has it', async () => {
  await lockContract();
  const file = join('schemas', 'avro', 'shared', 'lang-text.avsc');
  const part = JSON.parse(await readFile(join(home, file), 'utf8')) as AvroObject;
  await writeFile(join(home, file), JSON.stringify({ ...part, fields: [...(part.fields ?? []), { name: 'script', type: 'string', doc: 'ISO 15924.' }] })); // prettier-ignore
  const { code, rows } = await json('check', file);
  const details = (rows[0]?.['faults'] as { detail: string }[]).map(({ detail }) => detail);
  expect(code).toBe(1);
  expect(details).toContainEqual(expect.stringMatching(/^ca\.sitebus\.observation\.PublicTip: .*LangText\.script/));
  expect(details).toContainEqual(expect.stringMatching(/^ca\.sitebus\.observation\.InfluenceActivity: /));
});

test('diff names what came, went and is another, and calls a changed annotation a change of rules', async () => {
  await lockContract();
  const file = await tipWith((fields) => [...fields.map((field) => (field.name === 'urls' ? { ...field, feature: 'domain' } : field)), REGION]); // prettier-ignore
  const { code, out } = await run('diff', file);
  expect([code, out.replace(/id \d+/, 'id n').split('\n')]).toEqual([0, [
    `${SUBJECT}: version 1 (id n) → tip.avsc`,
    '+ region  string?, default null',
    '! rule change: urls links as domain instead of url, in records already written too',
    'each reads what the other wrote',
    '',
  ]]); // prettier-ignore
  const { rows } = await json('diff', 'PublicTip@1', await tipWith((fields) => fields.slice(0, -1), 'less.avsc'));
  expect(rows[0]).toMatchObject({ removed: [{ path: 'channel', type: 'string' }], isCompatible: false });
  expect((await run('check', file)).out).toContain('note   rule change: urls links as domain instead of url');
});

test('diff takes two versions, and refuses two types, a version that is none, and a word that is none', async () => {
  await lockContract();
  const { out } = await run('diff', 'PublicTip');
  expect(out).toContain('they are the same');
  expect(await run('diff', 'PublicTip', 'Recall')).toMatchObject({ code: 2, err: expect.stringContaining('two record types') }); // prettier-ignore
  expect(await run('diff', 'PublicTip@1', 'PublicTip@9')).toMatchObject({ code: 2, err: expect.stringContaining('one of 1') }); // prettier-ignore
  expect((await run('diff', 'Nothing')).code).toBe(2);
  expect((await run('diff', 'nothing.avsc')).code).toBe(1);
});

test('add keeps the version it replaces, as it was registered, and puts the new one in its place', async () => {
  await lockContract();
  const before = parseSchemaLock(await readFile(join(home, 'data', 'schemas.lock.json'), 'utf8'));
  const { code, out, err } = await run('add', await tipWith(withRegion));
  expect(code).toBe(0);
  expect(out.trim().split('\n')).toEqual([`wrote  ${join(contract, 'avro', 'versions', SUBJECT, '1.avsc')}`, `wrote  ${join(contract, 'avro', TIP)}`]); // prettier-ignore
  expect(err).toContain('nothing is registered: provision does that');
  expect(err).toContain('next:  schemas/examples/PublicTip/valid/full.json must say something in region');
  const kept = await inContract(`versions/${SUBJECT}/1.avsc`);
  expect(toSelfContained(JSON.parse(kept) as AvroObject).text).toBe(before.entries.find(({ subject }) => subject === SUBJECT)?.schema); // prettier-ignore
  expect(JSON.parse(await inContract(TIP))).toMatchObject({ fields: expect.arrayContaining([REGION]) });
  const { code: again, rows } = await json('add', 'tip.avsc');
  expect([again, rows[0]]).toEqual([0, expect.objectContaining({ files: [], isWritten: false })]);
  expect((await json('list', 'PublicTip')).rows.map(({ version, state }) => [version, state])).toEqual([[1, 'in force'], [2, 'not provisioned']]); // prettier-ignore
});

test('add puts a new type where its namespace lies and names the examples it needs; a dry run writes nothing', async () => {
  await writeFile(join(home, 'new.avsc'), JSON.stringify(newType));
  const folder = join(contract, 'avro', 'observation');
  const before = await readdir(folder);
  const { rows } = await json('add', 'new.avsc', '--dry-run');
  expect(rows[0]).toMatchObject({ files: [join(folder, 'weather-hoax.avsc')], isWritten: false, next: expect.arrayContaining(['schemas/examples/WeatherHoax/valid/minimal.json', 'schemas/examples/WeatherHoax/valid/full.json']) }); // prettier-ignore
  expect(await readdir(folder)).toEqual(before);
  expect((await run('add', 'new.avsc')).code).toBe(0);
  expect((await readdir(folder)).filter((file) => !before.includes(file))).toEqual(['weather-hoax.avsc']);
});

test('add writes nothing for a file with a fault, nor where nobody knows what was in force', async () => {
  const before = await inContract(TIP);
  const { code, out } = await run('add', await tipWith((fields) => fields.slice(1)));
  expect([code, out]).toEqual([1, expect.stringContaining('ENVELOPE_FIRST')]);
  expect(out).toContain('nothing was written');
  expect(await inContract(TIP)).toBe(before);
  const inPlace = await run('add', join('schemas', 'avro', TIP));
  expect([inPlace.code, inPlace.err]).toEqual([1, expect.stringContaining('no lock says what was in force before')]);
  await lockContract();
  await writeFile(join(contract, 'avro', TIP), await readFile(join(home, await tipWith(withRegion)), 'utf8'));
  expect((await run('add', join('schemas', 'avro', TIP))).out).toBe(`wrote  ${join(contract, 'avro', 'versions', SUBJECT, '1.avsc')}\n`); // prettier-ignore
});
