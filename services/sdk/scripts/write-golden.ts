// Writes services/sdk/src/golden/<subject>.<version>.hex: the bytes of each record type's full example in its newest version.
// Holds: the bytes of an older version are never rewritten; a changed file is a changed contract and is read as a diff.

import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCodec } from '../src/avro-codec.ts';
import { toSchemaLock } from '../src/schema-lock.ts';
import { loadSchemaSet } from '../src/schema-set.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const goldenDir = join(root, 'services/sdk/src/golden');
const FRAME_BYTES = 5;

const set = await loadSchemaSet(join(root, 'schemas/avro'));
const codec = createCodec({ lock: toSchemaLock(set) });
for (const { subject, type } of set) {
  const example = await readFile(join(root, 'schemas/examples', type, 'valid/full.json'), 'utf8').catch(
    () => undefined,
  );
  if (example === undefined) continue;
  const older = await readdir(join(root, 'schemas/avro/versions', subject)).catch(() => []);
  const file = join(goldenDir, `${subject}.${older.length + 1}.hex`);
  const hex = codec.encode(subject, JSON.parse(example)).subarray(FRAME_BYTES).toString('hex');
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before === `${hex}\n`) continue;
  await writeFile(file, `${hex}\n`);
  process.stdout.write(`${before === undefined ? 'wrote' : 'changed'} ${subject}.${older.length + 1}.hex\n`);
}
