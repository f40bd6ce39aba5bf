// How TAXII's clients sign in: Bearer as everywhere, or Basic with an API key as the password.
// Holds: pure; Basic counts on TAXII's paths alone, with a key alone; anything else goes on as it came, to be refused.

import { isTaxiiPath } from './media.ts';

/** @returns the Authorization header as the check of credentials takes it. */
export function signInOf(url: string, authorization: string | undefined): string | undefined {
  if (authorization === undefined || !isTaxiiPath(url)) return authorization;
  const encoded = /^basic +([A-Za-z0-9+/]{1,8192}={0,2}) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return authorization;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const password = pair.slice(pair.indexOf(':') + 1); // any user name; a key has no colon
  return password.startsWith('sbk_') ? `Bearer ${password}` : authorization;
}

/** What a refused caller may try. */
export const CHALLENGE = 'Bearer realm="sitebus", Basic realm="sitebus", charset="UTF-8"';
