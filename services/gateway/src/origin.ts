// The origin that absolute links begin with: as configured, or as the request says it was asked.
// Holds: nothing but http or https and a plain host gets into a link, whatever a client or proxy sends.
// Source: README.md#environment

import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { badRequest } from './errors.ts';

/** A name or an address, with its port where it has one; as in a `Host` header. */
export const HOST = '([a-z0-9._-]{1,253}|\\[[0-9a-f:.]{2,45}\\])(:\\d{1,5})?';
const PLAIN_HOST = new RegExp(`^${HOST}$`, 'i');
/** Of a proxy that is believed any text may come, whatever the type of a request's protocol says. */
const PROTOCOLS: readonly string[] = ['http', 'https'];

/**
 * @returns `publicOrigin` where there is one; otherwise that of the request, which depends on `Host` and on what a believed
 * proxy passes on: such an answer is for no cache. Throws `bad-request` where the request names no plain host.
 */
export function originOf(request: FastifyRequest, publicOrigin: string | undefined): string {
  if (publicOrigin !== undefined) return publicOrigin;
  const { protocol, host, raw } = request;
  if (!PLAIN_HOST.test(host)) throw badRequest({ parameter: 'Host' });
  return `${PROTOCOLS.includes(protocol) ? protocol : raw.socket instanceof TLSSocket ? 'https' : 'http'}://${host}`;
}
