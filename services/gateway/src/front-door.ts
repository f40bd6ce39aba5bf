// One local listener for all views: hands each request to the gateway of the reader's home view, or of `?view=`.
// Holds: it decides nothing that a gateway does not decide again; a view that may not be entered and one that does not
// exist go the same way, to the home view's gateway, which answers 404. Source: README.md#front-door

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { clearanceDominates } from '@sitebus/marking';
import { DRAIN_MS } from '@sitebus/kit';
import type { Service } from '@sitebus/kit';
import type { Clock, Policy } from '@sitebus/sdk';
import { REQUEST_WITHIN_MS } from './app.ts';
import type { Authenticate } from './authenticate.ts';
import { hurryClosing } from './closing.ts';
import { Problem } from './errors.ts';
import { loopTurns } from './loop-turns.ts';
import type { Registry } from '@sitebus/kit';
import { createSubjects, PUBLIC_VIEW } from './subject.ts';
import type { GatewayService } from './service.ts';
import { viewOfCollection } from './taxii/collections.ts';
import { signInOf } from './taxii/sign-in.ts';
import { turnAway } from './turned-away.ts';

/** One listener before the gateways of several views: it picks the view, the gateway decides everything else. */
export interface FrontDoor extends Service {
  /** `http://host:port`, once started. */
  address(): string | undefined;
}

/** Makes the front door. Gateways are started and stopped by whoever made them. */
export function createFrontDoor(parts: {
  readonly gateways: ReadonlyMap<string, Pick<GatewayService, 'app' | 'ready' | 'endStreams'>>;
  readonly registry: Registry;
  readonly authenticate: Authenticate;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly listen: { readonly host: string; readonly port: number };
  readonly drainMs?: number;
}): FrontDoor {
  const { gateways, policy } = parts;
  const publicGateway = gateways.get(PUBLIC_VIEW);
  const publicView = policy.views.find(({ id }) => id === PUBLIC_VIEW);
  if (publicGateway === undefined || publicView === undefined) throw new Error('a front door needs the public view');
  const subjects = createSubjects({
    registry: parts.registry,
    view: publicView,
    open: publicView.clearance,
    clock: parts.clock,
  });
  let server: Server | undefined;
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const chosen = async (request: IncomingMessage): Promise<Pick<GatewayService, 'app'>> => {
    if (request.headers.authorization !== undefined) await parts.registry.heartbeat.awaited();
    try {
      const signIn = signInOf(request.url ?? '', request.headers.authorization);
      const { held, homeView } = subjects.current(await parts.authenticate(signIn));
      const home = gateways.get(homeView) ?? publicGateway;
      const asked = new URLSearchParams(request.url?.split('?')[1] ?? '').get('view');
      const view = viewOfCollection(request.url ?? '', policy.views) ?? policy.views.find(({ id }) => id === asked);
      const mayEnter = view !== undefined && clearanceDominates(held, view.clearance);
      return (mayEnter ? gateways.get(view.id) : undefined) ?? home;
    } catch (cause) {
      if (cause instanceof Problem && cause.slug === 'fail-closed') turnAway(request);
      return publicGateway; // which refuses the credential itself, with the right words
    }
  };
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    void chosen(request).then(({ app }) => app.routing(request, response));
  };

  return {
    fatal,
    async start() {
      await Promise.all([...gateways.values()].map(({ app }) => app.ready()));
      server = createServer({ requestTimeout: REQUEST_WITHIN_MS }, serve);
      server.on('error', died);
      server.on('connection', loopTurns.giveWay);
      await new Promise<void>((resolve, reject) => {
        server?.once('error', reject);
        server?.listen(parts.listen.port, parts.listen.host, resolve);
      });
    },
    async stop() {
      if (server === undefined) return;
      const closed = new Promise<void>((resolve) => server?.close(() => resolve()));
      await Promise.all([...gateways.values()].map((gateway) => gateway.endStreams())); // they are on our connections
      const settled = hurryClosing(server, parts.drainMs ?? DRAIN_MS);
      await closed;
      settled();
    },
    ready() {
      const states = [...gateways].map(
        ([view, gateway]) => [`gateway.${view}`, gateway.ready().ready ? 'ok' : 'not ready'] as const,
      );
      return { ready: states.every(([, state]) => state === 'ok'), parts: Object.fromEntries(states) };
    },
    address() {
      const at = server?.address() as AddressInfo | null | undefined;
      return at ? `http://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}` : undefined;
    },
  };
}
