// Signs checkpoints of one tree with the keys of its view's ledger.
// Holds: every present key signs, so that keys overlap while they are exchanged; a private key leaves this file for
// nobody. Source: RFC 8032 (Ed25519); README.md#keys

import { signatureKeyOf, statementSigner } from '@sitebus/sdk';
import {
  checkpointText,
  keyIdOf,
  parseVerifierKey,
  renderNote,
  renderVerifierKey,
  treeOrigin,
} from '@sitebus/sdk/merkle';
import type { Checkpoint, LedgerTree, VerifierKey } from '@sitebus/sdk/merkle';
import { keyUnreadable } from './errors.ts';

/** Signs, and says who it is. */
export interface Signer {
  readonly origin: string;
  /** The public halves of the present keys, as texts to hand on. */
  readonly verifierKeys: readonly string[];
  /** @returns a signed note. */
  sign(head: Pick<Checkpoint, 'size' | 'root' | 'at'>): string;
}

/**
 * `keys`: `<id>:<32-byte seed in base64url>`, comma-separated; the ids are for whoever exchanges them.
 * Throws KEY_UNREADABLE (not retriable).
 */
export function createSigner(view: string, tree: LedgerTree, keys: string): Signer {
  const origin = treeOrigin(view, tree);
  const present = keys.split(',').map((text) => toSigningKey(origin, text));
  return {
    origin,
    verifierKeys: present.map(({ publicKey }) => renderVerifierKey(origin, publicKey)),
    sign(head) {
      const text = checkpointText({ origin, ...head });
      return renderNote(
        text,
        present.map(({ keyId, sign }) => ({
          name: origin,
          keyId,
          signature: new Uint8Array(sign(text)),
        })),
      );
    },
  };
}

/**
 * @returns the public halves of `keys` for a view, as texts to hand on: what gateways and readers are given. Each key has two:
 * it signs both trees, under a name of each.
 */
export function verifierKeysOf(view: string, keys: string): readonly string[] {
  return (['releases', 'denials'] as const).flatMap((tree) => createSigner(view, tree, keys).verifierKeys);
}

/** Reads keys that others hold. Throws KEY_UNREADABLE (not retriable). */
export function parseVerifierKeys(texts: readonly string[]): readonly VerifierKey[] {
  return texts.map((text) => {
    const key = parseVerifierKey(text);
    if (key === undefined) throw keyUnreadable({ id: text.slice(0, 80) });
    return key;
  });
}

const SEED_BYTES = 32;

interface SigningKey {
  readonly keyId: string;
  readonly publicKey: Uint8Array;
  readonly sign: (text: string) => Uint8Array;
}

function toSigningKey(origin: string, text: string): SigningKey {
  const [id = '', seed = ''] = text.split(':');
  if (Buffer.from(seed, 'base64url').length !== SEED_BYTES) throw keyUnreadable({ id });
  const publicKey = new Uint8Array(Buffer.from(signatureKeyOf(seed), 'base64url'));
  return { keyId: keyIdOf(origin, publicKey), publicKey, sign: statementSigner(seed) };
}
