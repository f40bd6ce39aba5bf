// Whether a checkpoint's signature is true, by the machine's own Ed25519: a gateway checks twenty a second of each busy view.
// Holds: what it takes, `portableVerifying` takes, which a browser runs: keys that strict RFC 8032 refuses are refused here too
// (machine-verifying.test.ts compares them). Source: RFC 8032 §5.1.7

import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { isStrictKey, type Verifying } from '@sitebus/sdk/merkle';

/** For whoever follows a ledger on a server. A key is read once for each object that it is given as. */
export const machineVerifying: Verifying = (signature, message, publicKey) => {
  let key = read.get(publicKey);
  if (key === undefined) read.set(publicKey, (key = isStrictKey(publicKey) ? keyOf(publicKey) : 'refused'));
  return key !== 'refused' && signature.length === SIGNATURE_BYTES && verify(null, message, key, signature);
};

const SIGNATURE_BYTES = 64;
const read = new WeakMap<Uint8Array, KeyObject | 'refused'>();

function keyOf(publicKey: Uint8Array): KeyObject {
  return createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') },
    format: 'jwk',
  });
}
