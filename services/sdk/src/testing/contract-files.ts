// The contract as tests need it: policy, codec and examples straight from a folder like the repository's `schemas`.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCodec, type Codec } from '../avro-codec.ts';
import { loadPolicy } from '../policy-load.ts';
import type { Policy } from '../policy.ts';
import { toSchemaLock } from '../schema-lock.ts';
import { loadSchemaSet } from '../schema-set.ts';

/** The repository's own contract. */
export const SCHEMAS_DIR = fileURLToPath(new URL('../../../../schemas', import.meta.url));

/** Policy and a codec whose schema ids count from 1, as no registry would give them. */
export async function loadContract(
  schemasDir = SCHEMAS_DIR,
): Promise<{ readonly policy: Policy; readonly codec: Codec }> {
  const [policy, set] = await Promise.all([
    loadPolicy(join(schemasDir, 'policy')),
    loadSchemaSet(join(schemasDir, 'avro')),
  ]);
  return { policy, codec: createCodec({ lock: toSchemaLock(set) }) };
}

/** The smallest valid example of a type, as JSON. */
export async function loadExample(type: string, schemasDir = SCHEMAS_DIR): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(join(schemasDir, 'examples', type, 'valid/minimal.json'), 'utf8');
  return JSON.parse(text) as Record<string, unknown>; // checked in against its schema
}
