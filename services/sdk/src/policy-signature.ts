// Who stands for a policy: a signed note over its version and every byte of its files, by two persons whose keys are pinned.
// Holds: the keys come from outside the folder they vouch for; a file added, changed or taken away, one signer, the same
// person twice, a key that is not pinned, a version older than the one provisioned: refused. Source: README.md#policy; C2SP signed-note

import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { policyOutdated, policyUnverified } from './errors.ts';
import {
  keyIdOf,
  parseNote,
  parseVerifierKey,
  renderNote,
  signersOf,
  toBase64,
  type VerifierKey,
} from './merkle/index.ts';
import type { Policy } from './policy.ts';
import { loadPolicy, loadPolicyOutline, type PolicyOutline } from './policy-load.ts';
import { signatureKeyOf, signStatement } from './signature.ts';

/** File name of the note, in the policy folder unless it lies elsewhere; it vouches for all other files there. */
export const POLICY_NOTE = 'signed.note';
/** The first line of every note; also what the names of pinned keys begin with: `sitebus/policy/<person>`. */
export const POLICY_ORIGIN = 'sitebus/policy';
/** Distinct persons who must have signed. */
export const POLICY_SIGNERS = 2;

/** Whom a process believes. */
export interface PolicyTrust {
  /** Pinned keys of those who may sign policy, one or more a person; the name tells persons apart. */
  readonly roots: readonly VerifierKey[];
  /** Where the note lies; default `signed.note` in the policy folder. */
  readonly notePath?: string;
}

/**
 * Which policy is in force, below which none is believed: its signed note as the schema lock carries it (`policyNote`), which
 * is checked as the policy's own is; or, for who provisions, the version that was provisioned last, 0 where nothing is yet.
 */
export type PolicyInForce = { readonly provisioned: string } | { readonly atLeast: number };

/** The text that is signed for these files. */
export function policyNoteText(version: number, digest: Uint8Array): string {
  return `${POLICY_ORIGIN}\n${version}\n${toBase64(digest)}\n`;
}

/** SHA-256 over `<SHA-256 of a file, hexadecimal>  <path>` and a line break, a line a file, sorted by path; without the note. */
export async function policyDigest(dir: string): Promise<Uint8Array> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw policyUnverified({ reason: 'the policy folder cannot be read' }, cause);
  });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length).replaceAll('\\', '/').replace(/^\/+/, ''))
    .filter((path) => path !== POLICY_NOTE)
    .sort((a, b) => (a < b ? -1 : 1));
  const digest = createHash('sha256');
  for (const path of paths) {
    const file = createHash('sha256').update(await readFile(join(dir, path)));
    digest.update(`${file.digest('hex')}  ${path}\n`);
  }
  return new Uint8Array(digest.digest());
}

/**
 * Reads a policy that two pinned persons have signed.
 * Rejects with POLICY_UNVERIFIED, the reason in words, with POLICY_OUTDATED (neither retriable), or as `loadPolicy` does.
 */
export async function loadSignedPolicy(dir: string, trust: PolicyTrust & PolicyInForce): Promise<Policy> {
  const signed = await signedStatement(dir, trust);
  mustNotBeOlder(signed, trust);
  const policy = await loadPolicy(dir);
  mustBeSigned(policy, signed);
  return Object.freeze({ ...policy, signers: trust.roots });
}

/** Who has signed, by name; rejects as `loadSignedPolicy` does. */
export async function policySigners(
  dir: string,
  trust: PolicyTrust,
): Promise<{ readonly version: number; readonly names: readonly string[] }> {
  const { version, names } = await signedStatement(dir, trust);
  return { version, names };
}

/** The outline of a policy whatever is in force, with its note and the names of who signed it; rejects as `loadSignedPolicy` does. */
export async function loadSignedOutline(
  dir: string,
  trust: PolicyTrust,
): Promise<PolicyOutline & { readonly note: string; readonly names: readonly string[] }> {
  const signed = await signedStatement(dir, trust);
  const outline = await loadPolicyOutline(dir);
  mustBeSigned(outline, signed);
  return Object.freeze({ ...outline, note: signed.note, names: signed.names });
}

/** What a note says, and who stands for it. */
interface Statement {
  readonly version: number;
  /** In base64. */
  readonly digest: string;
  readonly names: readonly string[];
  readonly note: string;
}

/** The statement of the note, once every file is what it says. */
async function signedStatement(
  dir: string,
  { roots, notePath = join(dir, POLICY_NOTE) }: PolicyTrust,
): Promise<Statement> {
  const note = await readFile(notePath, 'utf8').catch((cause: unknown) => {
    throw policyUnverified({ reason: 'nobody has signed it: the note cannot be read' }, cause);
  });
  const statement = statementIn(note, roots);
  if (toBase64(await policyDigest(dir)) !== statement.digest)
    throw policyUnverified({ reason: 'a file was added, changed or taken away after it was signed' });
  return statement;
}

/** @param where names the note in a refusal, where it is another than the policy's own. */
function statementIn(text: string, roots: readonly VerifierKey[], where = ''): Statement {
  const refuse = (reason: string): Error => policyUnverified({ reason: `${where}${reason}` });
  const note = parseNote(text);
  const [, version = '', digest = ''] =
    /^sitebus\/policy\n([1-9]\d{0,9})\n([A-Za-z0-9+/=]{44})\n$/.exec(note?.text ?? '') ?? [];
  if (note === undefined || version === '') throw refuse('the note is none of a policy');
  const signers = signersOf(note, roots);
  if (signers === undefined) throw refuse('a signature of a pinned key is bad');
  const names = [...new Set(signers.map(({ name }) => name))];
  if (names.length < POLICY_SIGNERS)
    throw refuse(`${names.length} of the ${POLICY_SIGNERS} pinned persons it takes have signed`);
  return { version: Number(version), digest, names, note: text };
}

/** The lock could be changed by whoever can change the folder: what it says of policy counts as far as pinned keys say it. */
function mustNotBeOlder({ version, digest }: Statement, trust: PolicyTrust & PolicyInForce): void {
  const inForce =
    'atLeast' in trust
      ? { version: trust.atLeast, digest }
      : statementIn(trust.provisioned, trust.roots, 'of what the schema lock says is in force: ');
  if (version < inForce.version) throw policyOutdated({ version, inForce: inForce.version });
  if (version === inForce.version && digest !== inForce.digest)
    throw policyUnverified({ reason: `version ${version} was provisioned with other files` });
}

function mustBeSigned({ version: found }: Pick<Policy, 'version'>, { version }: Statement): void {
  if (found !== version)
    throw policyUnverified({ reason: `version ${version} is signed, and version ${found} lies there` });
}

/** @returns the pinned keys, each `<name>+<id>+<base64>`. Throws POLICY_UNVERIFIED where a text is none, or of something else. */
export function policyRootsOf(texts: readonly string[]): readonly VerifierKey[] {
  return texts.map((text, place) => {
    const key = parseVerifierKey(text);
    if (key?.name.startsWith(`${POLICY_ORIGIN}/`)) return key;
    throw policyUnverified({ reason: `pinned key ${place + 1} is no key of ${POLICY_ORIGIN}/<person>` });
  });
}

/** The pinned key of whoever holds a seed (32 bytes, base64url). */
export function policyRootOf(person: string, seed: string): VerifierKey {
  const name = `${POLICY_ORIGIN}/${person}`;
  const publicKey = new Uint8Array(Buffer.from(signatureKeyOf(seed), 'base64url'));
  return { name, keyId: keyIdOf(name, publicKey), publicKey };
}

/**
 * Adds a person's signature to a policy's note. @returns the note to write; signatures of other texts, such as those of an
 * earlier version, are left out, and so is an earlier one of the same key.
 */
export async function signPolicy(
  dir: string,
  by: { readonly person: string; readonly seed: string },
  note?: string,
): Promise<string> {
  const { version } = await loadPolicy(dir);
  const text = policyNoteText(version, await policyDigest(dir));
  const { name, keyId } = policyRootOf(by.person, by.seed);
  const before = note === undefined ? undefined : parseNote(note);
  const others = before?.text === text ? before.signatures.filter((each) => each.keyId !== keyId) : [];
  const signature = new Uint8Array(Buffer.from(signStatement(text, by.seed), 'base64url'));
  return renderNote(text, [...others, { name, keyId, signature }]);
}
