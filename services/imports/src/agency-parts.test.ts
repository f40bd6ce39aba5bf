// What a process believes about policy at its start: the one that was provisioned, as the schema lock's note says, and no older
// one, however well it is signed; a lock that was changed is believed nothing.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
const SIGNERS = ['anna', 'boris'].map((person) => ({ person, seed: seedOf(person) }));
let dir = '';
let note = '';
let newerNote = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sitebus-parts-'));
  const newer = join(dir, 'newer');
  await cp(join(schemasDir, 'policy'), newer, { recursive: true });
  const { version, ...rest } = JSON.parse(await readFile(join(newer, 'policy.json'), 'utf8')) as { version: number };
  await writeFile(join(newer, 'policy.json'), JSON.stringify({ ...rest, version: version + 1 }));
  note = await signed(join(schemasDir, 'policy'));
  newerNote = await signed(newer);
  await writeFile(join(dir, 'policy.note'), note);
  await writeFile(join(dir, 'credentials.json'), '{}');
});
afterAll(() => rm(dir, { recursive: true }));

async function signed(policyDir: string): Promise<string> {
  let text: string | undefined;
  for (const signer of SIGNERS) text = await signPolicy(policyDir, signer, text);
  return text ?? '';
}

async function opened(policyNote: string) {
  const schemaLockFile = join(dir, `${randomUUID()}.lock.json`);
  const lock = toSchemaLock(await loadSchemaSet(join(schemasDir, 'avro')), undefined, [], policyNote);
  await writeFile(schemaLockFile, renderSchemaLock(lock));
  const roots = SIGNERS.map(({ person, seed }) => policyRootOf(person, seed));
  const config = {
    schemasDir, schemaLockFile, policyNote: join(dir, 'policy.note'), credentialsFile: join(dir, 'credentials.json'),
    policyRoots: roots.map(({ name, publicKey }) => renderVerifierKey(name, publicKey)),
    registryUrl: 'http://127.0.0.1:1', signerKey: seedOf('signer'), journalFile: join(dir, 'journal'),
  };
  return openAgencyParts('cse', config as unknown as Parameters<typeof openAgencyParts>[1], silentLog, () => []);
} // prettier-ignore

test('an agency’s service starts with the policy that was provisioned, and refuses an older one after a restart', async () => {
  const { version } = await loadPolicy(join(schemasDir, 'policy'));
  const agency = await opened(note);
  expect(agency.parts.policy.version).toBe(version);
  await agency.close();
  await expect(opened(newerNote)).rejects.toMatchObject({
    code: 'POLICY_OUTDATED',
    details: { version, inForce: version + 1 },
  });
});

test('it does not start on a lock without a note, or with one that was made older', async () => {
  const { version } = await loadPolicy(join(schemasDir, 'policy'));
  for (const text of ['', newerNote.replace(`\n${version + 1}\n`, `\n${version}\n`)])
    await expect(opened(text)).rejects.toMatchObject({
      code: 'POLICY_UNVERIFIED',
      details: { reason: expect.stringContaining('schema lock') },
    });
});
