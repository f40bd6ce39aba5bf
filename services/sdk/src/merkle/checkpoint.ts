// A checkpoint: what a ledger says its tree is, signed, as text that a person can read and any log client can check.
// Holds: pure; no Node module; strict: one text a checkpoint; a bad signature of a known key of its origin spoils it.
// Source: C2SP tlog-checkpoint

import { fromBase64, toBase64 } from './base64.ts';
import { HASH_BYTES } from './hash.ts';
import type { Hash } from './hash.ts';
import { parseNote, signersOf } from './signed-note.ts';
import type { SignedNote, VerifierKey, Verifying } from './signed-note.ts';

/** A tree as its ledger states it. */
export interface Checkpoint {
  /** Whose tree: `sitebus/ledger.<view>` or `sitebus/denial.<view>`; also the name of its keys. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  readonly root: Hash;
  /** When it was signed: RFC 3339, UTC, milliseconds. */
  readonly at: string;
}

/** A checkpoint with its signatures; nothing is verified yet. */
export interface ParsedCheckpoint extends SignedNote {
  readonly checkpoint: Checkpoint;
}

/** The two trees of a view's ledger: what was released, and what was asked for in vain. */
export type LedgerTree = 'releases' | 'denials';

/** The `origin` of a tree of a view's ledger; a note of one tree passes for no other's. */
export const treeOrigin = (view: string, tree: LedgerTree): string =>
  tree === 'denials' ? `sitebus/denial.${view}` : `sitebus/ledger.${view}`;
/** The `origin` of a view's releases. */
export const ledgerOrigin = (view: string): string => treeOrigin(view, 'releases');

/** @returns the text of a checkpoint, which its signatures are over. */
export function checkpointText({ origin, size, root, at }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\ntime ${at}\n`;
}

/** Takes a note apart. @returns undefined for anything that is not a checkpoint in exactly this form. */
export function parseCheckpoint(note: string): ParsedCheckpoint | undefined {
  const parsed = parseNote(note);
  const [, origin = '', size = '', root64 = '', at = ''] =
    /^([^\s+]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/=]+)\ntime (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\n$/.exec(
      parsed?.text ?? '',
    ) ?? [];
  const root = fromBase64(root64);
  if (parsed === undefined || root?.length !== HASH_BYTES || !Number.isSafeInteger(Number(size)) || origin === '')
    return undefined;
  return { ...parsed, checkpoint: { origin, size: Number(size), root, at } };
}

/**
 * Checks a note against known keys. @returns the checkpoint and the ids of the keys that signed it; undefined unless a
 * known key whose name is the origin has signed, and no such key's signature is bad. `verifying`: by what runs anywhere, unless
 * a server says otherwise.
 */
export function verifyCheckpoint(
  note: string,
  keys: readonly VerifierKey[],
  verifying?: Verifying,
): { readonly checkpoint: Checkpoint; readonly signers: readonly string[] } | undefined {
  const parsed = parseCheckpoint(note);
  if (parsed === undefined) return undefined;
  const { checkpoint } = parsed;
  const signers = signersOf(
    parsed,
    keys.filter(({ name }) => name === checkpoint.origin),
    verifying,
  );
  if (signers === undefined || signers.length === 0) return undefined;
  return { checkpoint, signers: signers.map(({ keyId }) => keyId) };
}
