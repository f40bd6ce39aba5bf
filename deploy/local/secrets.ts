// The secrets of one data folder: made at its first start, kept until it is wiped.
// Holds: mode 0600, written whole or not at all; a folder that has them keeps them, or cursors and source tokens change.

import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Secrets {
  /** `<id>:<32 bytes in base64url>`: seals cursors. */
  readonly cursorKeys: string;
  /** 32 bytes in base64url: keys the commitments in ledger leaves. */
  readonly ledgerSalt: string;
  /** `<id>:<32-byte Ed25519 seed in base64url>`, comma-separated: sign the ledgers' checkpoints. */
  readonly ledgerKeys: string;
  /** 32-byte Ed25519 seed in base64url: signs notices to the public. */
  readonly noticeKey: string;
  /** 32 bytes in base64url: the task force's key for source tokens. */
  readonly signerKey: string;
  /** API keys by key name; valid while the registry's topic lives. */
  readonly apiKeys: Readonly<Record<string, string>>;
}

const FILE = 'secrets.json';
const key = (): string => randomBytes(32).toString('base64url');

/** Reads the secrets of a data folder, or makes them. */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const text = await readFile(join(dataDir, FILE), 'utf8').catch(() => undefined);
  const kept = text === undefined ? {} : (JSON.parse(text) as Partial<Secrets>);
  const made = {
    cursorKeys: `1:${key()}`,
    ledgerSalt: key(),
    ledgerKeys: `1:${key()}`,
    noticeKey: key(),
    signerKey: key(),
    apiKeys: {},
  };
  const secrets: Secrets = { ...made, ...kept }; // a folder of an older version lacks what came later
  if (Object.keys(made).every((name) => name in kept)) return secrets;
  await saveSecrets(dataDir, secrets);
  return secrets;
}

/** Replaces the secrets of a data folder. */
export async function saveSecrets(dataDir: string, secrets: Secrets): Promise<void> {
  const part = join(dataDir, `${FILE}.part`);
  await writeFile(part, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  await rename(part, join(dataDir, FILE));
}
