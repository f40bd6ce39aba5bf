// Every policy that was provisioned, a folder a version, each with its signed note: for who asks what held before.
// Holds: provision writes it, nobody else; a version is there whole or not at all; what is read is verified as at a start, by
// the keys that are pinned now, so that whoever changes a kept file changes no answer. Source: README.md#policy

import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { policyUnverified } from './errors.ts';
import { parseNote, type VerifierKey } from './merkle/signed-note.ts';
import type { PolicyOutline } from './policy-load.ts';
import { loadSignedOutline, POLICY_NOTE, POLICY_ORIGIN } from './policy-signature.ts';

/** Name of the folder that holds them, beside the schema lock. */
export const KEPT_POLICIES = 'policies';

/** One that was provisioned. */
export interface KeptPolicy extends PolicyOutline {
  /** The signed note as it was provisioned. */
  readonly note: string;
  /** Persons who signed it, as their pinned keys name them. */
  readonly signers: readonly string[];
}

/** What is kept. */
export interface PolicyArchive {
  /** Versions, lowest first; empty where nothing is kept. */
  versions(): Promise<readonly number[]>;
  /** @returns undefined where that version is not kept. Rejects as `loadSignedPolicy` does where it is not what was signed. */
  read(version: number): Promise<KeptPolicy | undefined>;
}

/** An archive with nothing in it, for whoever runs on a policy that nobody provisioned. */
export const NO_ARCHIVE: PolicyArchive = Object.freeze({ versions: async () => [], read: async () => undefined });

/** Opens the archive in a folder; one that is not there is empty. What was read stays in memory: a version never changes. */
export function openPolicyArchive(dir: string, roots: readonly VerifierKey[]): PolicyArchive {
  const read = new Map<number, Promise<KeptPolicy>>();
  const versions = async (): Promise<readonly number[]> =>
    (await readdir(dir).catch(() => []))
      .filter((name) => VERSION.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  return {
    versions,
    async read(version) {
      if (!(await versions()).includes(version)) return undefined;
      const found = read.get(version) ?? readKept(dir, version, roots);
      read.set(version, found);
      found.catch(() => read.delete(version)); // whoever mends it need not restart anything
      return found;
    },
  };
}

/** @returns the note with which a version is kept; undefined where it is not. */
export function keptNote(dir: string, version: number): Promise<string | undefined> {
  return readFile(join(dir, String(version), POLICY_NOTE), 'utf8').catch(() => undefined);
}

/** Keeps a policy that was verified. The same version again replaces what was kept of it, where anything differs. */
export async function keepPolicy(
  dir: string,
  policyDir: string,
  { version, note }: { readonly version: number; readonly note: string },
): Promise<void> {
  if ((await keptNote(dir, version)) === note) return;
  const place = join(dir, String(version));
  const part = `${place}.${process.pid}.part`;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await rm(part, { recursive: true, force: true });
  await cp(policyDir, part, { recursive: true });
  await writeFile(join(part, POLICY_NOTE), note);
  await rm(place, { recursive: true, force: true });
  await rename(part, place);
}

/** Whether two notes stand for the same files; who signed may differ. */
export function isSamePolicy(note: string, other: string): boolean {
  const [text, otherText] = [parseNote(note)?.text, parseNote(other)?.text];
  return text !== undefined && text === otherText;
}

async function readKept(dir: string, version: number, roots: readonly VerifierKey[]): Promise<KeptPolicy> {
  const { names, ...outline } = await loadSignedOutline(join(dir, String(version)), { roots });
  if (outline.version !== version)
    throw policyUnverified({ reason: `version ${outline.version} lies where version ${version} was kept` });
  return Object.freeze({ ...outline, signers: names.map((name) => name.slice(POLICY_ORIGIN.length + 1)) });
}

const VERSION = /^[1-9]\d{0,9}$/;
