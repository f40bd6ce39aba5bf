import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createCodec } from './avro-codec.ts';
import { incompatibilities } from './schema-compatibility.ts';
import { toSchemaLock } from './schema-lock.ts';
import { loadSchemaSet, toSelfContained, type AvroField, type RecordSchema } from './schema-set.ts';
import { knownVersions, loadKeptVersions } from './schema-versions.ts';

const schemasDir = fileURLToPath(new URL('../../../schemas', import.meta.url));
const goldenDir = fileURLToPath(new URL('./golden', import.meta.url));
const set = await loadSchemaSet(join(schemasDir, 'avro'));
const versions = await Promise.all(
  set.map(async (record) => [...(await loadKeptVersions(join(schemasDir, 'avro'), record.subject)), record]),
);

test('each version of each subject reads what each other version wrote', () => {
  expect(versions.length).toBeGreaterThan(0);
  expect(versions.flatMap(incompatiblePairs)).toEqual([]);
});

const string: AvroField = { name: 'a', type: 'string' };
const optional: AvroField = { name: 'b', type: ['null', 'string'], default: null };
const enumOf = (...symbols: string[]): AvroField => ({ name: 'e', type: { type: 'enum', name: 'E', symbols } });

test.each([
  ['a field added without a default', [string], [string, { name: 'b', type: 'string' }]],
  ['a field removed that had no default', [string, { name: 'b', type: 'string' }], [string]],
  ['a field of another type', [string], [{ name: 'a', type: 'int' }]],
  ['a symbol added to an enum', [enumOf('X')], [enumOf('X', 'Y')]],
  ['a field renamed', [string], [{ name: 'z', type: 'string' }]],
] as const)('%s is found to be incompatible', (_what, before, after) => {
  expect(incompatiblePairs([thing(before), thing(after)])).not.toEqual([]);
});

test('a nullable field added with default null is compatible in both directions, over several versions', () => {
  const third: AvroField = { name: 'c', type: { type: 'array', items: 'string' }, default: [] };
  expect(incompatiblePairs([thing([string]), thing([string, optional]), thing([string, optional, third])])).toEqual([]);
});

test('a pair that is compatible step by step but not from first to last is found', () => {
  const asLong: AvroField = { name: 'n', type: ['null', 'long'], default: null };
  const asText: AvroField = { name: 'n', type: ['null', 'string'], default: null };
  expect(incompatiblePairs([thing([string, asLong]), thing([string]), thing([string, asText])])).not.toEqual([]);
});

test('the same text is one version, whether it is locked, kept or both; what is locked alone or kept alone is one too', () => {
  const [one, two, three] = [thing([string]), thing([string, optional]), thing([string, { ...optional, name: 'c' }])];
  const lock = toSchemaLock([two, three], (_, index) => ({ id: 7 + index, version: 2 + index }));
  expect(knownVersions('test.Thing', lock, [one, two])).toEqual([
    { version: 1, schema: one.text, isKept: true },
    { version: 2, id: 7, schema: two.text, isKept: true },
    { version: 3, id: 8, schema: three.text, isKept: false },
  ]);
  expect(knownVersions('test.Other', lock, [])).toEqual([]);
  expect(knownVersions('test.Thing', undefined, [one]).map(({ version }) => version)).toEqual([1]);
});

test('kept versions are read in the order of their numbers, and a file that is none is named', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sitebus-versions-'));
  try {
    const folder = join(dir, 'versions', 'test.Thing');
    await mkdir(folder, { recursive: true });
    for (const [n, fields] of [
      [10, [string, optional]],
      [2, [string]],
    ] as const)
      await writeFile(join(folder, `${n}.avsc`), thing(fields).text);
    expect((await loadKeptVersions(dir, 'test.Thing')).map(({ text }) => text)).toEqual([
      thing([string]).text,
      thing([string, optional]).text,
    ]);
    expect(await loadKeptVersions(dir, 'test.Nothing')).toEqual([]);
    await writeFile(join(folder, '11.avsc'), '{');
    await expect(loadKeptVersions(dir, 'test.Thing')).rejects.toMatchObject({
      code: 'INVALID_SCHEMA_SET',
      details: { file: 'versions/test.Thing/11.avsc' },
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

/** Subject → version → bytes of schemas/examples/<Type>/valid/full.json, in hexadecimal; written by `npm run schemas:golden`. */
const golden = await goldenFiles();

test('the full example of each record type with examples still has the bytes it had', async () => {
  const codec = createCodec({ lock: toSchemaLock(set) });
  const wrong: string[] = [];
  for (const [index, { subject, type }] of set.entries()) {
    const value = await fullExample(type);
    if (value === undefined) continue;
    const file = `${subject}.${versions[index]?.length ?? 0}.hex`;
    if (golden.get(file) !== codec.encode(subject, value).subarray(5).toString('hex')) wrong.push(file);
  }
  expect(golden.size).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
});

test('each golden file belongs to a version that is checked in, and is still read by the newest', () => {
  const known = new Map(
    versions.flatMap((all) => all.map((record, index) => [`${record.subject}.${index + 1}.hex`, { all, index }])),
  );
  const orphans = [...golden.keys()].filter((file) => !known.has(file));
  expect(orphans).toEqual([]);
  for (const [file, hex] of golden) {
    const { all, index } = known.get(file) ?? { all: [], index: 0 };
    const codec = createCodec({ lock: toSchemaLock(all, (_, at) => ({ id: at + 1, version: at + 1 })) });
    const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0, index + 1]), Buffer.from(hex, 'hex')]);
    expect(codec.decode(bytes)).toMatchObject({ schemaId: index + 1 });
  }
});

/** Every ordered pair (reader, writer) that cannot be resolved. */
function incompatiblePairs(all: readonly RecordSchema[]): string[] {
  const numbered = all.map(({ text: schema }, index) => ({ version: index + 1, schema }));
  return numbered.flatMap(({ version, schema }) =>
    incompatibilities(schema, numbered.slice(0, version - 1)).map(
      (why) => `${all[0]?.subject ?? ''} ${version}: ${why}`,
    ),
  );
}

function thing(fields: readonly AvroField[]): RecordSchema {
  return toSelfContained({ type: 'record', name: 'Thing', namespace: 'test', fields });
}

async function goldenFiles(): Promise<ReadonlyMap<string, string>> {
  const files = await readdir(goldenDir);
  return new Map(
    await Promise.all(
      files.map(async (file) => [file, (await readFile(join(goldenDir, file), 'utf8')).trim()] as const),
    ),
  );
}

async function fullExample(type: string): Promise<unknown> {
  const text = await readFile(join(schemasDir, 'examples', type, 'valid/full.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
