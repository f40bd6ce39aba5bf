// What a process believes about policy at its start: the version that was provisioned, and no older one, however well it is signed.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  loadPolicy,
  loadSchemaSet,
  policyRootOf,
  renderSchemaLock,
  signPolicy,
  silentLog,
  toSchemaLock,
} from '@sitebus/sdk';
import { renderVerifierKey } from '@sitebus/sdk/merkle';
import { openAgencyParts } from './agency-parts.ts';

const schemasDir = fileURLToPath(new URL('../../../schemas', import.meta.url));
const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');
let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sitebus-parts-'));
  let note: string | undefined;
  for (const person of ['anna', 'boris'])
    note = await signPolicy(join(schemasDir, 'policy'), { person, seed: seedOf(person) }, note);
  await writeFile(join(dir, 'policy.note'), note ?? '');
  await writeFile(join(dir, 'credentials.json'), '{}');
});
afterAll(() => rm(dir, { recursive: true }));

async function opened(policyVersion: number) {
  const schemaLockFile = join(dir, `${policyVersion}.lock.json`);
  const lock = toSchemaLock(await loadSchemaSet(join(schemasDir, 'avro')), undefined, [], policyVersion);
  await writeFile(schemaLockFile, renderSchemaLock(lock));
  const roots = ['anna', 'boris'].map((person) => policyRootOf(person, seedOf(person)));
  const config = {
    schemasDir, schemaLockFile, policyNote: join(dir, 'policy.note'), credentialsFile: join(dir, 'credentials.json'),
    policyRoots: roots.map(({ name, publicKey }) => renderVerifierKey(name, publicKey)),
    registryUrl: 'http://127.0.0.1:1', signerKey: seedOf('signer'), journalFile: join(dir, 'journal'),
  };
  return openAgencyParts('cse', config as unknown as Parameters<typeof openAgencyParts>[1], silentLog, () => []);
} // prettier-ignore

test('an agency’s service starts with the policy that was provisioned, and refuses an older one after a restart', async () => {
  const { version } = await loadPolicy(join(schemasDir, 'policy'));
  const agency = await opened(version);
  expect(agency.parts.policy.version).toBe(version);
  await agency.close();
  await expect(opened(version + 1)).rejects.toMatchObject({
    code: 'POLICY_UNVERIFIED',
    details: { reason: `version ${version} is older than version ${version + 1}, which is in force` },
  });
});
