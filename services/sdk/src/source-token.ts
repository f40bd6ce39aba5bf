// The token by which reports of one origin are recognised as one, whoever relays them.
// Holds: same key and origin, same token; without the key an origin cannot be confirmed by trying, however short it is.
// Source: RFC 2104; README.md#source-tokens

import { createHmac } from 'node:crypto';

/** HMAC-SHA-256 of the canonical origin under the task force's key, base64url. The key is never logged. */
export function sourceTokenOf(key: Buffer, origin: string): string {
  return createHmac('sha256', key).update(origin.normalize('NFC'), 'utf8').digest('base64url');
}
