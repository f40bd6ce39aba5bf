// The broker and registry of this jest run, provisioned from the committed policy, as every suite may share it.
// Holds: whichever worker comes first provisions, the others find it done (a lock, one data folder a broker);
// all get the same passwords, so no suite takes another's away.
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provision } from '../../deploy/provision/index.ts';
import type { Provisioned } from '../../deploy/provision/index.ts';
import { realStack } from './real-stack.ts';
import type { RealStack } from './real-stack.ts';

/** The stack, and the password of every principal of the policy. */
export interface ProvisionedStack extends RealStack, Provisioned {
  readonly dataDir: string;
}

/** Provisions the shared broker, idempotently. @throws SitebusError as `provision` does */
export async function provisionedStack(): Promise<ProvisionedStack> {
  const stack = realStack();
  const dataDir = dataDirOf(stack.brokers.join());
  const provisioned = await provision({
    bootstrap: stack.brokers.join(),
    registryUrl: stack.registryUrl,
    admin: { user: stack.admin.username, password: stack.admin.password },
    dataDir,
    schemasDir: 'schemas',
  });
  return { ...stack, ...provisioned, dataDir };
}

/** broker-up.ts names a folder that goes with its broker; a configured broker has one by its address. */
function dataDirOf(bootstrap: string): string {
  const name = createHash('sha256').update(bootstrap).digest('hex').slice(0, 12);
  return process.env['BUS_DATA'] ?? join(tmpdir(), `sitebus-provisioned-${name}`);
}
