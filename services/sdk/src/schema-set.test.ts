import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { parseSchemaLock, renderSchemaLock, newestFeaturesOf, newestOf, toSchemaLock } from './schema-lock.ts';
import { loadSchemaSet } from './schema-set.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const made: string[] = [];
afterAll(() => Promise.all(made.map((dir) => rm(dir, { recursive: true }))));

const MARK = { type: 'record', name: 'Mark', namespace: 'test', fields: [{ name: 'level', type: 'int' }] };
const THING = {
  type: 'record',
  name: 'Thing',
  namespace: 'test',
  fields: [
    { name: 'first', type: 'test.Mark' },
    { name: 'second', type: ['null', 'Mark'], default: null },
    { name: 'hosts', type: { type: 'array', items: 'string' }, feature: 'domain' },
  ],
};

test('a shared type is written out where it is first used and named after that, with annotations kept', async () => {
  const [thing] = await loadSchemaSet(await folder({ 'shared/mark.avsc': MARK, 'thing/thing.avsc': THING }));
  expect(thing).toMatchObject({
    subject: 'test.Thing',
    type: 'Thing',
    file: 'thing/thing.avsc',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(thing?.text).toBe(
    '{"type":"record","name":"Thing","namespace":"test","fields":[' +
      '{"name":"first","type":{"type":"record","name":"Mark","fields":[{"name":"level","type":"int"}]}},' +
      '{"name":"second","type":["null","Mark"],"default":null},' +
      '{"name":"hosts","type":{"type":"array","items":"string"},"feature":"domain"}]}',
  );
});

test('the order in which files lie in the folder changes nothing', async () => {
  const other = { ...THING, name: 'Another' };
  const one = await loadSchemaSet(
    await folder({ 'shared/mark.avsc': MARK, 'a/thing.avsc': THING, 'b/another.avsc': other }),
  );
  const two = await loadSchemaSet(
    await folder({ 'b/thing.avsc': THING, 'a/another.avsc': other, 'shared/mark.avsc': MARK }),
  );
  expect(one.map(({ subject, text }) => [subject, text])).toEqual(two.map(({ subject, text }) => [subject, text]));
  expect(one.map(({ subject }) => subject)).toEqual(['test.Another', 'test.Thing']);
});

test('a proposed text stands in the place of the file of its path, or beside the files that are there', async () => {
  const dir = await folder({ 'shared/mark.avsc': MARK, 'thing.avsc': THING });
  const proposed = { ...THING, fields: THING.fields.slice(0, 1) };
  const other = { ...THING, name: 'Another' };
  const set = await loadSchemaSet(dir, new Map([['thing.avsc', JSON.stringify(proposed)], ['other/another.avsc', JSON.stringify(other)]])); // prettier-ignore
  expect(set.map(({ subject, file, schema }) => [subject, file, schema.fields?.length])).toEqual([
    ['test.Another', 'other/another.avsc', 3],
    ['test.Thing', 'thing.avsc', 1],
  ]);
  expect((await loadSchemaSet(dir)).map(({ schema }) => schema.fields?.length)).toEqual([3]);
});

test.each([
  ['a type defined nowhere', { 'thing.avsc': THING }, 'thing.avsc'],
  [
    'a name defined twice',
    { 'shared/mark.avsc': MARK, 'shared/other.avsc': MARK, 'thing.avsc': THING },
    'shared/other.avsc',
  ],
  ['a file that is no JSON', { 'shared/mark.avsc': MARK, 'thing.avsc': '{' }, 'thing.avsc'],
  ['a file without a named type', { 'thing.avsc': '"string"' }, 'thing.avsc'],
])('%s refuses the set and names the file', async (_what, files, file) => {
  await expect(loadSchemaSet(await folder(files))).rejects.toMatchObject({
    code: 'INVALID_SCHEMA_SET',
    details: { file },
  });
});

test('a lock comes back as it was rendered, and the newest version’s annotations hold', async () => {
  const [thing] = await loadSchemaSet(await folder({ 'shared/mark.avsc': MARK, 'thing.avsc': THING }));
  const plain = await loadSchemaSet(
    await folder({ 'shared/mark.avsc': MARK, 'thing.avsc': { ...THING, fields: THING.fields.slice(0, 2) } }),
  );
  const lock = toSchemaLock([thing!, ...plain], (_, index) => ({ id: 9 - index, version: 2 - index }), [44, 3], 'a note\n\n— of\n'); // prettier-ignore
  expect(parseSchemaLock(renderSchemaLock(lock))).toEqual(lock);
  expect(lock.entries.map(({ id, version }) => [id, version])).toEqual([
    [8, 1],
    [9, 2],
  ]);
  expect(lock.denied).toEqual([3, 44]);
  expect(newestOf(lock, 'test.Thing')?.id).toBe(9);
  expect(newestFeaturesOf(lock, 'test.Thing')).toEqual([{ path: 'hosts', kind: 'domain' }]);
  expect(newestFeaturesOf(lock, 'test.Nothing')).toEqual([]);
});

test.each([
  ['a changed schema', (text: string) => text.replace('hosts', 'boxes'), '/entries/0/schema does not match its sha256'],
  [
    'a changed annotation',
    (text: string) => text.replace('"kind":"domain"', '"kind":"ip"'),
    "/entries/0/features differ from the schema's annotations",
  ],
  [
    'an id that is none',
    (text: string) => text.replace('"id":1', '"id":0'),
    '/entries/0 needs a positive id and version',
  ],
  ['no JSON', (text: string) => text.slice(1), 'is not JSON'],
  ['no lists', () => '{}', 'has no entries and denied'],
  [
    'a note that is none',
    (text: string) => text.replace('"policyNote": ""', '"policyNote": 2'),
    '/policyNote is no note',
  ],
])('a lock with %s is refused', async (_what, change, reason) => {
  const [thing] = await loadSchemaSet(await folder({ 'shared/mark.avsc': MARK, 'thing.avsc': THING }));
  const text = renderSchemaLock(toSchemaLock([thing!]));
  expect(() => parseSchemaLock(change(text))).toThrow(
    expect.objectContaining({ code: 'INVALID_SCHEMA_LOCK', details: { file: 'schemas.lock', reason } }),
  );
});

test('the generated types are those of the schemas', () => {
  const script = join(root, 'services/sdk/scripts/generate-types.ts');
  const run = spawnSync(process.execPath, ['--conditions=source', '--import', 'tsx', script, '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect([run.status, run.stderr]).toEqual([0, '']);
});

async function folder(files: Readonly<Record<string, unknown>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'sitebus-schemas-'));
  made.push(dir);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await writeFile(join(dir, file), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return dir;
}
