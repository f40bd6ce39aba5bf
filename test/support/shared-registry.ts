// The registry of this jest run, for brokers of tests that register the contract's schemas and no other: one takes as long to start
// as a broker does, and what it holds is the same for all.
// Holds: the contract is in it, so that whoever provisions finds every schema there; who comes first registers, the others wait.

import { join } from 'node:path';
import { loadSchemaSet } from '@sitebus/sdk';
import { connectRegistry } from '../../deploy/provision/adapters/registry.ts';
import { observeRegistry } from '../../deploy/provision/observe.ts';
import { registerAll } from '../../deploy/provision/subjects.ts';
import { withLock } from '../../deploy/setup/folder-lock.ts';

const WAIT_FOR_OTHERS_MS = 120_000;

/** Its ccompat root; undefined where this run started none: then a broker has its own. */
export async function sharedRegistry(): Promise<string | undefined> {
  const { BUS_SHARED_REGISTRY: url, BUS_DATA: folder } = process.env;
  if (url === undefined || folder === undefined) return undefined;
  // The lock of `provision` there, which registers the same.
  await withLock(join(folder, 'provision.lock'), WAIT_FOR_OTHERS_MS, async () => {
    const [registry, schemas] = [connectRegistry(url), await loadSchemaSet(join('schemas', 'avro'))];
    const { registered } = await observeRegistry(registry, schemas);
    await registerAll(
      registry,
      schemas.filter(({ subject }) => !registered.has(subject)),
    );
  });
  return url;
}
