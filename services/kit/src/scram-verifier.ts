// What a database server stores of a password, made by whoever provisions, so that no statement and no log has the
// password itself. Source: RFC 7677; RFC 5802 §3

import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

const SCRAM_ROUNDS = 4096;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** @returns a SCRAM-SHA-256 verifier in PostgreSQL's spelling, with a fresh salt. */
export function scramVerifierOf(password: string): string {
  const salt = randomBytes(SALT_BYTES);
  const salted = pbkdf2Sync(password, salt, SCRAM_ROUNDS, HASH_BYTES, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${SCRAM_ROUNDS}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}
