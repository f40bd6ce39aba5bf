// What operators and orchestrators ask a process: does it live, is it ready and if not why, and its figures.
// Holds: a listener of its own, never the readers'; `/livez` looks at nothing but the event loop that answers it;
// reasons are words of our own, never a driver's text or a record's value. Source: README.md#admin-listener

import fastify from 'fastify';
import type { Readiness } from './service.ts';

/** What the listener tells about, and where it listens. */
export interface AdminServerParts {
  /** What must be ready, by name. */
  readonly services: readonly { readonly name: string; readonly ready: () => Readiness }[];
  /** Prometheus' text form. */
  readonly metrics: () => Promise<string>;
  readonly listen: { readonly host: string; readonly port: number };
}

/** The listener's life. */
export interface AdminServer {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `http://host:port`, once started. */
  address(): string | undefined;
}

/** Makes the listener with GET /livez, /readyz, /startupz and /metrics. */
export function createAdminServer({ services, metrics, listen }: AdminServerParts): AdminServer {
  const app = fastify({ logger: false });
  let hasBeenReady = false;
  let address: string | undefined;
  const readiness = (): Readiness => {
    const parts = Object.fromEntries(
      services.flatMap(({ name, ready }) =>
        Object.entries(ready().parts).map(([part, state]) => [`${name}: ${part}`, state]),
      ),
    );
    const isReady = services.every(({ ready }) => ready().ready);
    hasBeenReady ||= isReady;
    return { ready: isReady, parts };
  };
  app.get('/livez', () => ({ alive: true }));
  app.get('/readyz', (_request, reply) => {
    const state = readiness();
    return reply.code(state.ready ? 200 : 503).send(state);
  });
  app.get('/startupz', (_request, reply) => {
    readiness();
    return reply.code(hasBeenReady ? 200 : 503).send({ started: hasBeenReady });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics()),
  );
  return {
    async start() {
      address = await app.listen(listen);
    },
    stop: () => app.close(),
    address: () => address,
  };
}
