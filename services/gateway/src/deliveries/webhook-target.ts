// Where webhooks may go: origins that whoever runs the gateway has named, and loopback where they have said so.
// Holds: pure; without a word in the configuration nothing is a target; a name is never guessed from a look-up, user names
// and fragments are no part of one, and a redirect is not followed. Source: README.md#deliveries

import { isIP } from 'node:net';

/** In the list of origins: any port of this machine, by address and not by name. */
export const LOOPBACK = 'loopback';

/** @returns the address as it is posted to; undefined where it is none that may be. `allowed`: origins, or `loopback`. */
export function webhookTarget(text: string, allowed: readonly string[]): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isPlain = url.username === '' && url.password === '' && url.hash === '';
  if (!isPlain || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  const isNamed = allowed.some(
    (each) => each !== LOOPBACK && URL.canParse(each) && new URL(each).origin === url.origin,
  );
  return isNamed || (allowed.includes(LOOPBACK) && isLoopbackAddress(url.hostname)) ? url : undefined;
}

/** A name may be looked up as anything: addresses alone. */
function isLoopbackAddress(hostname: string): boolean {
  if (hostname === '[::1]') return true;
  return isIP(hostname) === 4 && hostname.startsWith('127.');
}
