// The certificate that a request's sender shows: on its own TLS connection, or passed on by a proxy in front of the gateway.
// Holds: possession was proved in a handshake, here or at the proxy; from a proxy's address its header alone counts, from any
// other the connection alone; what a page of another site has a browser send shows none. Source: RFC 9440; README.md#certificates

import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { notAuthenticated } from './errors.ts';

/** Asked only where a certificate matters. Throws `not-authenticated` where what a proxy passed on is none. */
export type ShownCertificate = () => X509Certificate | undefined;

/** Whether an address is a proxy's. */
export type IsProxy = (address: string) => boolean;

/** @returns whether an address is among `proxies`: addresses, or networks as `10.0.0.0/8`. Throws an error that shows what is neither. */
export function proxiesAt(proxies: readonly string[]): IsProxy {
  const listed = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    try {
      if (prefix === undefined) listed.addAddress(address, family);
      else listed.addSubnet(address, Number(prefix), family);
    } catch (cause) {
      throw new Error(`gateway configuration: proxies holds what is no address or network: ${proxy}`, { cause });
    }
  }
  return (address) => listed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Makes the look at a request. */
export function lookForCertificates(isProxy: IsProxy): (request: IncomingMessage) => ShownCertificate {
  const ofConnections = new WeakMap<Socket, X509Certificate | undefined>();
  const ofConnection = (socket: Socket): X509Certificate | undefined => {
    if (!ofConnections.has(socket))
      ofConnections.set(socket, socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined);
    return ofConnections.get(socket);
  };
  return (request) => () => {
    if (isOfAnotherSite(request)) return undefined;
    const { socket, headers } = request;
    return isProxy(socket.remoteAddress ?? '') ? passedOn(headers['client-cert']) : ofConnection(socket);
  };
}

/** A browser shows its certificate unasked, as it does cookies: a page elsewhere must gain nothing by that. */
function isOfAnotherSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return site === undefined ? headers.origin !== undefined : site !== 'same-origin' && site !== 'none';
}

/** @returns the one certificate of the header. */
function passedOn(header: string | string[] | undefined): X509Certificate | undefined {
  if (header === undefined) return undefined;
  const encoded = typeof header === 'string' ? /^:([A-Za-z0-9+/]{1,16384}={0,2}):$/.exec(header)?.[1] : undefined;
  if (encoded === undefined) throw notAuthenticated({ expired: false });
  try {
    return new X509Certificate(Buffer.from(encoded, 'base64'));
  } catch (cause) {
    throw notAuthenticated({ expired: false }, cause);
  }
}
