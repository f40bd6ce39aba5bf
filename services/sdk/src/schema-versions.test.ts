import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { toStrictType } from './avro-types.ts';
import { createCodec } from './avro-codec.ts';
import { toSchemaLock } from './schema-lock.ts';
import { loadSchemaSet, toSelfContained, type AvroField, type AvroObject, type RecordSchema } from './schema-set.ts';

const schemasDir = fileURLToPath(new URL('../../../schemas', import.meta.url));
const goldenDir = fileURLToPath(new URL('./golden', import.meta.url));
const set = await loadSchemaSet(join(schemasDir, 'avro'));
const versions = await Promise.all(set.map(async (record) => [...(await olderVersionsOf(record.subject)), record]));

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
  const types = all.map(({ text }) => toStrictType(JSON.parse(text)));
  return types.flatMap((reader, r) =>
    types.flatMap((writer, w) => {
      try {
        reader.createResolver(writer);
        return [];
      } catch (cause) {
        return [`${all[r]?.subject ?? ''}: version ${r + 1} cannot read version ${w + 1}: ${(cause as Error).message}`];
      }
    }),
  );
}

function thing(fields: readonly AvroField[]): RecordSchema {
  return toSelfContained({ type: 'record', name: 'Thing', namespace: 'test', fields });
}

async function olderVersionsOf(subject: string): Promise<RecordSchema[]> {
  const dir = join(schemasDir, 'avro/versions', subject);
  const files = (await readdir(dir).catch(() => [])).sort((a, b) => Number.parseInt(a) - Number.parseInt(b));
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
  return texts.map((text) => toSelfContained(JSON.parse(text) as AvroObject));
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
