// Whom a folder's processes believe about policy, and two keys of the folder's own for a stack that nobody runs for others:
// they sign whatever policy lies there, so that every process checks signatures in the one way there is.
// Holds: the keys are made at the first start, mode 0600, and lie apart from what processes read; production pins keys that
// people hold, and never has these.

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policyRootOf, policyRootsOf, signPolicy, type PolicyTrust } from '@sitebus/sdk';
import { renderVerifierKey } from '@sitebus/sdk/merkle';
import { notProvisioned } from './errors.ts';

const KEYS_FILE = 'policy-keys.json';
const ROOTS_FILE = 'policy-roots.json';
const NOTE_FILE = 'policy.note';
const PERSONS = ['local-1', 'local-2'] as const;

/** Signs a policy with the folder's own keys, made if there are none. @returns whom to believe. */
export async function signLocally(dataDir: string, policyDir: string): Promise<PolicyTrust> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const seeds = await keysIn(join(dataDir, KEYS_FILE));
  const signers = PERSONS.map((person, at) => ({ person, seed: seeds[at] ?? '' }));
  let note: string | undefined;
  for (const signer of signers) note = await signPolicy(policyDir, signer, note);
  const roots = signers.map(({ person, seed }) => policyRootOf(person, seed));
  const texts = roots.map(({ name, publicKey }) => renderVerifierKey(name, publicKey));
  await writeFile(join(dataDir, ROOTS_FILE), `${JSON.stringify(texts)}\n`);
  await writeFile(join(dataDir, NOTE_FILE), note ?? '');
  return { roots, notePath: join(dataDir, NOTE_FILE) };
}

/** Whom `signLocally` said to believe. Rejects with NOT_PROVISIONED where it was never asked. */
export async function localTrust(dataDir: string): Promise<PolicyTrust> {
  const texts = await readFile(join(dataDir, ROOTS_FILE), 'utf8').catch((cause: unknown) => {
    throw notProvisioned({ folder: dataDir, missing: PERSONS.length }, cause);
  });
  return { roots: policyRootsOf(JSON.parse(texts) as readonly string[]), notePath: join(dataDir, NOTE_FILE) };
}

/** Whom an operator says to believe: keys, comma-separated, and where the note lies; undefined where they say nothing. */
export function statedTrust(roots: string | undefined, notePath: string | undefined): PolicyTrust | undefined {
  if (roots === undefined || roots === '') return undefined;
  return { roots: policyRootsOf(roots.split(',')), ...(notePath ? { notePath } : {}) };
}

async function keysIn(file: string): Promise<readonly string[]> {
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as readonly string[];
  const made = PERSONS.map(() => randomBytes(32).toString('base64url'));
  await writeFile(file, `${JSON.stringify(made)}\n`, { mode: 0o600, flag: 'wx' });
  return made;
}
