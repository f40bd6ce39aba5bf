// The listener on which a service is called by other services: over TLS where it has a certificate.
// Holds: whoever calls shows the service credential, which its routes demand; that this goes in the clear to another machine is said
// in the log. Source: README.md#intake-over-http

import fastify, { type FastifyPluginAsync } from 'fastify';
import type { Log } from '@sitebus/sdk';
import { createListenerTls, type TlsFiles } from './listener-tls.ts';

/** What it serves, and where. */
export interface InternalListenerParts {
  readonly routes: FastifyPluginAsync;
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsFiles | undefined;
  readonly log: Log;
}

/** The listener's life. */
export interface InternalListener {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `http://host:port`, or with https, once started. */
  address(): string | undefined;
}

/** Makes it; it listens nowhere before `start`. @throws INVALID_CONFIG where its certificate cannot be used */
export function createInternalListener({ routes, host, port, tls: files, log }: InternalListenerParts): InternalListener {
  const tls = files && createListenerTls({ files, log });
  const app = fastify(tls && ({ https: tls.options } as object));
  let address: string | undefined;
  let unfollow = (): void => {};
  return {
    address: () => address,
    async start() {
      await app.register(routes);
      address = await app.listen({ host, port });
      if (tls !== undefined) unfollow = tls.follow(app.server);
      else if (!isLoopback(host)) log.warn({ address }, 'the service credential comes here in the clear: give it a certificate');
    },
    async stop() {
      unfollow();
      await app.close();
    },
  };
} // prettier-ignore

const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
