// Keys with which the local stack's people sign grants and approvals: one a release authority, made at its first start.
// Holds: each lies in a file of its own, 0600, as a person's would lie with them; the registry gets the public half alone.

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Person, signatureKeyOf } from '@sitebus/sdk';

/** Person → seed: 32 bytes in base64url. */
export type SigningKeys = ReadonlyMap<string, string>;

/** Reads the keys of a data folder, or makes them. A person whose key policy has needs none here. */
export async function loadSigningKeys(people: readonly Person[], dataDir: string): Promise<SigningKeys> {
  const signers = people.filter(({ roles, signatureKeys }) => roles.includes('release-authority') && !signatureKeys);
  const folder = join(dataDir, 'signing-keys');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return new Map(
    await Promise.all(signers.map(async ({ person }) => [person, await keyIn(join(folder, `${person}.key`))] as const)),
  );
}

/** The people with the public halves of their keys, as the registry is seeded with. */
export function withSignatureKeys(people: readonly Person[], keys: SigningKeys): readonly Person[] {
  return people.map((person) => {
    const seed = keys.get(person.person);
    return seed === undefined ? person : { ...person, signatureKeys: [signatureKeyOf(seed)] };
  });
}

async function keyIn(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return kept.trim();
  const seed = randomBytes(32).toString('base64url');
  await writeFile(file, `${seed}\n`, { mode: 0o600, flag: 'wx' });
  return seed;
}
