// The signature on a notice to the public: what it is on, and whether one of the keys made it.
// Holds: pure; both languages are signed in one statement, with everything by which a copy could be passed off as another version;
// a key counts for notices alone, by its name. Source: services/protocol/README.md#notices; RFC 8032 (Ed25519)

import { renderVerifierKey, type VerifierKey } from './merkle/signed-note.ts';
import { isSigned, signatureKeyOf, signStatement } from './signature.ts';

/** The name under which notices are signed, and no checkpoint is. */
export const NOTICE_SIGNER = 'sitebus/notices';

/** A notice as it is answered. */
export interface SignableNotice {
  readonly id: string;
  readonly version: number;
  readonly kind: string;
  readonly electionId: string;
  readonly en: SignableText;
  readonly fr: SignableText;
  readonly decisionHash: string;
  /** RFC 3339, UTC, with milliseconds. */
  readonly issuedAt: string;
}

/** One language of it. */
export interface SignableText {
  readonly title: string;
  readonly known: string;
  readonly steps: readonly string[];
}

/** @returns the text that is signed: a JSON array, so that nothing of one field can be read as the next one's. */
export function noticeStatement({ id, version, kind, electionId, en, fr, decisionHash, issuedAt }: SignableNotice): string {
  const words = ({ title, known, steps }: SignableText): readonly unknown[] => [title, known, steps];
  return JSON.stringify([NOTICE_SIGNER, id, version, kind, electionId, words(en), words(fr), decisionHash, issuedAt]);
} // prettier-ignore

/** @returns the signature (base64url) of whoever holds the seed (32 bytes, base64url). */
export function signNotice(notice: SignableNotice, seed: string): string {
  return signStatement(noticeStatement(notice), seed);
}

/** @returns the public half of a seed, as a text to hand on beside those of the ledger. */
export function noticeVerifierKey(seed: string): string {
  return renderVerifierKey(NOTICE_SIGNER, new Uint8Array(Buffer.from(signatureKeyOf(seed), 'base64url')));
}

/** True when one of the keys of notices made the signature on exactly this notice. */
export function isNoticeSigned(notice: SignableNotice, signature: string, keys: readonly VerifierKey[]): boolean {
  const own = keys.filter(({ name }) => name === NOTICE_SIGNER);
  return isSigned(noticeStatement(notice), signature, own.map(({ publicKey }) => Buffer.from(publicKey).toString('base64url')));
} // prettier-ignore
