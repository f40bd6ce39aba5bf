// The research room as a container of its own runs it: what provisioning left for this principal, then its own program.
// Holds: of the provisioned passwords it takes its own two alone; everything else it is told by its environment.

import { join } from 'node:path';
import { RESEARCH_PRINCIPAL } from '@sitebus/sdk';
import { renderVerifierKey } from '@sitebus/sdk/merkle';
import { loadCredentials, loadStoreUrls, localTrust, LOCK_FILE, RESEARCH_STORE } from '../provision/index.ts';

const { env } = process;
const folder = env['SITEBUS_PROVISIONED'] ?? '';
const { credentials } = await loadCredentials(folder);
const own = credentials[RESEARCH_PRINCIPAL];
const urls = await loadStoreUrls(folder, [RESEARCH_STORE]);
if (own === undefined) throw new Error(`SITEBUS_PROVISIONED: ${folder} has no password for ${RESEARCH_PRINCIPAL}`);
env['SITEBUS_BUS_USERNAME'] = own.username;
env['SITEBUS_BUS_PASSWORD'] = own.password;
env['SITEBUS_STORE_URL'] = urls[RESEARCH_STORE] ?? '';
env['SITEBUS_SCHEMA_LOCK'] = join(folder, LOCK_FILE);
if (!env['SITEBUS_POLICY_ROOTS']) {
  const { roots, notePath } = await localTrust(folder);
  env['SITEBUS_POLICY_ROOTS'] = roots.map(({ name, publicKey }) => renderVerifierKey(name, publicKey)).join();
  env['SITEBUS_POLICY_NOTE'] = notePath ?? '';
}
await import('@sitebus/research/main');
