// Signed notes: a short text and the keys that stand for it, as text that a person can read and any log client can check.
// Holds: pure; no Node module; strict: one form a note; unknown signers are passed over, but a known signer's bad
// signature spoils the note. Source: C2SP signed-note, Ed25519 (signature type 1); RFC 8032

import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, toBase64 } from './base64.ts';

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** First four bytes of the key's hash, as eight hex digits. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

/** A note taken apart; nothing is verified yet. */
export interface SignedNote {
  /** The text that is signed; ends with a line break. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A public key under its name. */
export interface VerifierKey {
  readonly name: string;
  readonly keyId: string;
  readonly publicKey: Uint8Array;
}

/** Whether a key made a signature on a message; false for whatever is no signature or no key, never an exception. */
export type Verifying = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/** @returns text and signatures as one note. */
export function renderNote(text: string, signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(
    ({ name, keyId, signature }) => `— ${name} ${toBase64(new Uint8Array([...bytesOfKeyId(keyId), ...signature]))}\n`,
  );
  return `${text}\n${lines.join('')}`;
}

/** Takes a note apart. @returns undefined for anything that is not a note in exactly this form. */
export function parseNote(note: string): SignedNote | undefined {
  if (note.length > MAX_NOTE_CHARS) return undefined;
  const [, text = '', lines = ''] = /^([^]*?\n)\n((?:— .*\n)+)$/.exec(note) ?? [];
  const signatures: NoteSignature[] = [];
  for (const line of lines.split('\n').slice(0, -1)) {
    const signature = parseSignature(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return text === '' ? undefined : { text, signatures };
}

/** @returns the known keys that signed, in the note's order; undefined where a known key's signature is bad. */
export function signersOf(
  { text, signatures }: SignedNote,
  keys: readonly VerifierKey[],
  verifying: Verifying = portableVerifying,
): VerifierKey[] | undefined {
  const message = new TextEncoder().encode(text);
  const signers: VerifierKey[] = [];
  for (const { name, keyId, signature } of signatures) {
    const key = keys.find((known) => known.name === name && known.keyId === keyId);
    if (key === undefined) continue;
    if (!verifying(signature, message, key.publicKey)) return undefined;
    signers.push(key);
  }
  return signers;
}

/** Strict RFC 8032: what one verifier takes and another does not must not prove anything. Runs anywhere. */
export function portableVerifying(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // not a point on the curve
  }
}

/** Whether strict RFC 8032 takes signatures of the key at all: a point in its one spelling, of large order. */
export function isStrictKey(publicKey: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(publicKey, false).isSmallOrder();
  } catch {
    return false; // not a point on the curve
  }
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
/** A text with many signers is some kilobytes. */
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
