// A whole sitebus of its own for one test: broker, registry and every service, on free ports and a fresh folder.
// Holds: two worlds share nothing but the registry, which holds the same schemas for all of a jest run; whoever starts one stops it,
// and nothing is left on disk.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, type Log, silentLog, SitebusError, systemClock } from '@sitebus/sdk';
import { freePorts } from '../../deploy/local/processes/index.ts';
import { type Stack, startStack } from '../../deploy/local/stack.ts';
import { startOwnBroker } from './own-broker.ts';
import { startOwnStore, type OwnStore } from './own-store.ts';
import { sharedRegistry } from './shared-registry.ts';

export interface World extends Stack {
  readonly dataDir: string;
  readonly inboxDir: string;
  readonly bootstrap: string;
  /** Its database. */
  readonly store: OwnStore;
  /** May do everything on the broker. */
  readonly admin: { readonly user: string; readonly password: string };
  /**
   * Asks the gateway as the person whose card name this is (`analyst`, `ingrid-tamihana`); undefined asks without a token. What
   * the registry's lease of two seconds closes, because a busy machine was late with a heartbeat, is asked again; so is what is
   * only read while the database does not answer.
   */
  ask(as: string | undefined, path: string, init?: RequestInit): Promise<Response>;
  /** The parsed body of a 200; throws with status and body otherwise. */
  get(as: string | undefined, path: string): Promise<Record<string, unknown>>;
  /** Stops every service and starts them again, on the same broker, database and folder; this value is of no use then. */
  restart(): Promise<World>;
  close(): Promise<void>;
}

/** Where everything starts at once a broker may be late with an answer; what may be tried again is, as whoever starts it would. */
const MOST_STARTS = 3;

/** Starts a world; `clock` can stand still, so that two worlds stamp the same times; `log` gets what all services say. */
export async function startWorld({
  clock = systemClock,
  log = silentLog,
}: { clock?: Clock; log?: Log } = {}): Promise<World> {
  const registryUrl = await sharedRegistry();
  const [broker, store] = await Promise.all([startOwnBroker({ registryUrl }), startOwnStore()]);
  const home = await mkdtemp(join(tmpdir(), 'sitebus-world-'));
  const [gatewayPort = 0, healthPort = 0] = await freePorts(2);
  const inboxDir = join(home, 'inbox');
  const dataDir = join(home, 'data');
  const start = async (): Promise<Stack> => {
    for (let left = MOST_STARTS; ; left -= 1)
      try {
        return await startStack({
          ...broker,
          store,
          dataDir,
          schemasDir: 'schemas',
          inboxDir,
          host: '127.0.0.1',
          gatewayPort,
          healthPort,
          clock,
          log,
          maxEventLoopDelayMs: 0, // a busy machine holds the test up, and with it everyone
        });
      } catch (error) {
        if (isPassing(error) && left > 1) continue;
        await Promise.all([broker.stop(), store.stop()]);
        throw error;
      }
  };
  const end = async (): Promise<void> => {
    await Promise.all([broker.stop(), store.stop()]);
    await rm(home, { recursive: true, force: true });
  };
  return worldOf(await start(), {
    start,
    end,
    dataDir,
    inboxDir,
    bootstrap: broker.bootstrap,
    store,
    admin: broker.admin,
  });
}

/** Whether a stack that did not start may start the next time: what it, or the service that ended, says of itself. */
const isPassing = (error: unknown): boolean =>
  error instanceof Error && ((error instanceof SitebusError && error.retriable) || isPassing(error.cause));

/** How long either may be late on the busiest machine; one that is gone for good is told after it. */
const LATE_MS = 30_000;
const ASK_AGAIN_MS = 100;

/** Such a request was not let in; or, rarely, its answer was not let out: then asking again does it a second time. */
const LEASE_IS_LATE = /registry is not available/;
const ANYTHING_IS_LATE = /(?:registry|store) is not available/;

/** What is read from any gateway, once neither its registry nor its database is a moment late: for what `World.ask` does not ask. */
export const patiently = (asking: () => Promise<Response>): Promise<Response> => pastMoment(ANYTHING_IS_LATE, asking);

/** The answer, once it is none of a gateway that `late` names. */
async function pastMoment(late: RegExp, asking: () => Promise<Response>): Promise<Response> {
  for (const giveUpAt = Date.now() + LATE_MS; ;) {
    const answer = await asking();
    if (answer.status !== 503 || Date.now() > giveUpAt) return answer;
    if (!late.test(await answer.clone().text())) return answer;
    await pause(ASK_AGAIN_MS);
  }
}

/** What a world is made of beside its services. */
interface Ground extends Pick<World, 'dataDir' | 'inboxDir' | 'bootstrap' | 'store' | 'admin'> {
  readonly start: () => Promise<Stack>;
  readonly end: () => Promise<void>;
}

function worldOf(stack: Stack, ground: Ground): World {
  const { start, end, ...kept } = ground;
  const ask: World['ask'] = (as, path, init = {}) => {
    const token =
      as === undefined
        ? undefined
        : stack.tokens.find(({ role, person }) => role === as || person.person === as)?.token;
    if (as !== undefined && token === undefined) throw new Error(`policy has nobody called ${as}`);
    return pastMoment((init.method ?? 'GET') === 'GET' ? ANYTHING_IS_LATE : LEASE_IS_LATE, () =>
      fetch(`${stack.gateway}${path}`, {
        redirect: 'manual',
        ...init,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
    );
  };
  return {
    ...stack,
    ...kept,
    ask,
    async get(as, path) {
      const response = await ask(as, path);
      const body = await response.text();
      if (response.status !== 200) throw new Error(`GET ${path} as ${as ?? 'nobody'}: ${response.status} ${body}`);
      return JSON.parse(body) as Record<string, unknown>;
    },
    async restart() {
      await stopWhole(stack);
      return worldOf(await start(), ground);
    },
    async close() {
      await stopWhole(stack).finally(end);
    },
  };
}

/** Rejects with the names of what did not stop: what a test left running is a fault, too. */
async function stopWhole(stack: Stack): Promise<void> {
  const left = await stack.stop();
  if (left.length > 0) throw new Error(left.join('; '));
}
