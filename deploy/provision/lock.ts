// Writes schemas.lock.json: the ids under which this registry holds the contract, for every service to assert at start, and
// the signed note of the policy that is in force, below whose version no service starts.
// Holds: written atomically and only when something differs; ids that an operator has denied stay denied.
// Source: README.md#schemas

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { loadSchemaLock, renderSchemaLock, toSchemaLock } from '@sitebus/sdk';
import type { RecordSchema } from '@sitebus/sdk';
import type { RegisteredSchema } from './adapters/registry.ts';
import { registryRefused } from './errors.ts';

/** @returns whether the file changed. `registered` is by subject and holds every schema; throws REGISTRY_REFUSED where one lacks. */
export async function writeLock(
  path: string,
  schemas: readonly RecordSchema[],
  registered: ReadonlyMap<string, RegisteredSchema>,
  policyNote: string,
): Promise<boolean> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  const denied = before === undefined ? [] : (await loadSchemaLock(path)).denied;
  const placed = ({ subject }: RecordSchema): RegisteredSchema => placeOf(subject, registered);
  const text = renderSchemaLock(toSchemaLock(schemas, placed, denied, policyNote));
  if (text === before) return false;
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, text);
  await rename(part, path);
  return true;
}

function placeOf(subject: string, registered: ReadonlyMap<string, RegisteredSchema>): RegisteredSchema {
  const entry = registered.get(subject);
  if (entry === undefined) throw registryRefused({ subject, status: 404 });
  return entry;
}
