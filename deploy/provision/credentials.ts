// The passwords of services: made here, kept in one file that only its owner can read, handed to whoever starts services.
// Holds: 256 random bits each; written (0600, atomically) before the broker learns them, so a crash leaves no password
// that nobody knows; entries outlive runs, and belong to one cluster: another cluster id means that none is set there yet.

import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a service signs in with. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** The file's content. `set` lists the principals whose password the cluster has been told. */
export interface CredentialFile {
  readonly clusterId: string;
  readonly credentials: Readonly<Record<string, Credential>>;
  readonly set: readonly string[];
}

const PASSWORD_BYTES = 32;

/** Path of the file below a data folder. */
export const credentialsPath = (dataDir: string): string => join(dataDir, 'credentials.json');

/** @returns the file as it is, empty when there is none. Rejects when it exists and cannot be read as such a file. */
export async function loadCredentials(dataDir: string): Promise<CredentialFile> {
  try {
    return JSON.parse(await readFile(credentialsPath(dataDir), 'utf8')) as CredentialFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { clusterId: '', credentials: {}, set: [] };
    throw error;
  }
}

/** @returns the file with a credential for each principal: kept where there was one, else new. Pure but for randomness. */
export function withCredentialsFor(
  file: CredentialFile,
  principals: readonly string[],
  clusterId: string,
): CredentialFile {
  const entries = principals.map((username) => [
    username,
    file.credentials[username] ?? { username, password: randomBytes(PASSWORD_BYTES).toString('base64url') },
  ]);
  return {
    clusterId,
    credentials: { ...file.credentials, ...(Object.fromEntries(entries) as Record<string, Credential>) },
    set: file.clusterId === clusterId ? file.set : [],
  };
}

/** Writes the file, readable by its owner alone. */
export async function saveCredentials(dataDir: string, file: CredentialFile): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = credentialsPath(dataDir);
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  await chmod(part, 0o600); // an older part file would have kept its own mode
  await rename(part, path);
}
