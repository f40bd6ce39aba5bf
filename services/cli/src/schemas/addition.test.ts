import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { printAvro } from './addition.ts';

const avroDir = fileURLToPath(new URL('../../../../schemas/avro', import.meta.url));

test('a kept version is laid out as the files of the contract are', async () => {
  const files = (await readdir(avroDir, { recursive: true })).filter((file) => file.endsWith('.avsc'));
  const texts = await Promise.all(files.map((file) => readFile(join(avroDir, file), 'utf8')));
  const spread = texts.filter((text) => !text.includes('{ "')); // an object on one line is left as its author had it
  expect(spread.length).toBeGreaterThan(40);
  expect(spread.filter((text) => printAvro(text) !== text)).toEqual([]);
});
