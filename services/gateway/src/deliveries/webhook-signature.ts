// How a webhook's receiver knows that a post is ours: a keyed hash over id, time and body.
// Holds: pure; a subscription's secret is made from the gateway's own key and kept nowhere; every subscription has another.
// Source: Standard Webhooks 1.0 (webhook-id, webhook-timestamp, webhook-signature, whsec_); RFC 5869 for the secret

import { createHmac, hkdfSync } from 'node:crypto';

/** @returns the secret of a subscription, to be shown to its owner alone: `whsec_` and 32 bytes in base64. */
export function webhookSecret(key: Buffer, subscriptionId: string): string {
  const bytes = hkdfSync('sha256', key, Buffer.alloc(0), `sitebus webhook ${subscriptionId}`, SECRET_BYTES);
  return `whsec_${Buffer.from(bytes).toString('base64')}`;
}

/** @returns the headers that prove a post. `atMs` is when this attempt is made, UTC milliseconds. */
export function signatureHeaders(
  secret: string,
  post: { readonly id: string; readonly atMs: number; readonly body: string },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(post.atMs / 1000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const hash = createHmac('sha256', key).update(`${post.id}.${timestamp}.${post.body}`, 'utf8').digest('base64');
  return { 'webhook-id': post.id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${hash}` };
}

const SECRET_BYTES = 32;
