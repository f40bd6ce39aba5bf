// A checkpoint: what a ledger says its tree is, signed, as text that a person can read and any log client can check.
// Holds: pure; no Node module; strict: one text a checkpoint; unknown signers are passed over, but a known signer's bad
// signature spoils the note. Source: C2SP tlog-checkpoint and signed-note, Ed25519 (signature type 1); RFC 8032

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, toBase64 } from './base64.ts';
import { HASH_BYTES } from './hash.ts';
import type { Hash } from './hash.ts';

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

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** First four bytes of the key's hash, as eight hex digits. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** A note taken apart; nothing is verified yet. */
export interface ParsedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** The text that is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A public key under its name. */
export interface VerifierKey {
  readonly name: string;
  readonly keyId: string;
  readonly publicKey: Uint8Array;
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

/** @returns text and signatures as one note. */
export function renderNote(text: string, signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(
    ({ name, keyId, signature }) => `— ${name} ${toBase64(new Uint8Array([...bytesOfKeyId(keyId), ...signature]))}\n`,
  );
  return `${text}\n${lines.join('')}`;
}

/** Takes a note apart. @returns undefined for anything that is not a checkpoint in exactly this form. */
export function parseCheckpoint(note: string): ParsedCheckpoint | undefined {
  if (note.length > MAX_NOTE_CHARS) return undefined;
  const [, text = '', lines = ''] = /^([^]*?\n)\n((?:— .*\n)+)$/.exec(note) ?? [];
  const [, origin = '', size = '', root64 = '', at = ''] =
    /^([^\s+]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/=]+)\ntime (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\n$/.exec(text) ??
    [];
  const root = fromBase64(root64);
  const signatures = lines.split('\n').slice(0, -1).map(parseSignature);
  const isWhole = signatures.every((each) => each !== undefined);
  if (root?.length !== HASH_BYTES || !Number.isSafeInteger(Number(size)) || !isWhole || origin === '') return undefined;
  return { checkpoint: { origin, size: Number(size), root, at }, text, signatures };
}

/**
 * Checks a note against known keys. @returns the checkpoint and the ids of the keys that signed it; undefined unless a
 * known key whose name is the origin has signed, and no known key's signature is bad.
 */
export function verifyCheckpoint(
  note: string,
  keys: readonly VerifierKey[],
): { readonly checkpoint: Checkpoint; readonly signers: readonly string[] } | undefined {
  const parsed = parseCheckpoint(note);
  if (parsed === undefined) return undefined;
  const message = new TextEncoder().encode(parsed.text);
  const signers: string[] = [];
  for (const { name, keyId, signature } of parsed.signatures) {
    const key = keys.find((known) => known.name === name && known.keyId === keyId);
    if (key === undefined || name !== parsed.checkpoint.origin) continue;
    if (!isSignature(signature, message, key.publicKey)) return undefined;
    signers.push(keyId);
  }
  return signers.length === 0 ? undefined : { checkpoint: parsed.checkpoint, signers };
}

/** @returns a key's text, as operators hand it on: `<name>+<id>+<base64>`. */
export function renderVerifierKey(name: string, publicKey: Uint8Array): string {
  return `${name}+${keyIdOf(name, publicKey)}+${toBase64(new Uint8Array([ED25519, ...publicKey]))}`;
}

/** Reads a key's text. @returns undefined for anything else, also where id and key do not belong together. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const [, name = '', keyId = '', key64 = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const bytes = fromBase64(key64);
  if (bytes?.length !== 1 + PUBLIC_KEY_BYTES || bytes[0] !== ED25519) return undefined;
  const publicKey = bytes.slice(1);
  return keyIdOf(name, publicKey) === keyId ? { name, keyId, publicKey } : undefined;
}

/** @returns the id of a key: eight hex digits of the hash of its name, type and bytes. */
export function keyIdOf(name: string, publicKey: Uint8Array): string {
  const named = new Uint8Array([...new TextEncoder().encode(`${name}\n`), ED25519, ...publicKey]);
  return [...sha256(named).slice(0, KEY_ID_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Signature type of signed notes. */
const ED25519 = 1;
const KEY_ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** A checkpoint with many signers is some kilobytes. */
const MAX_NOTE_CHARS = 16_384;

function parseSignature(line: string): NoteSignature | undefined {
  const [, name = '', value = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
  const bytes = fromBase64(value);
  if (bytes?.length !== KEY_ID_BYTES + SIGNATURE_BYTES) return undefined;
  const keyId = [...bytes.slice(0, KEY_ID_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { name, keyId, signature: bytes.slice(KEY_ID_BYTES) };
}

function bytesOfKeyId(keyId: string): number[] {
  return (keyId.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
}

/** Strict RFC 8032: what one verifier takes and another does not must not prove anything. */
function isSignature(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // not a point on the curve
  }
}
