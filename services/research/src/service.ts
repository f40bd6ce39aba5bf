// The research room as a service: wires its parts, decides nothing.

import type { Readiness, ResearchPort, Service } from '@sitebus/kit';
import {
  newestOf,
  OBSERVATION_NAMESPACE,
  type BusPort,
  type Clock,
  type Codec,
  type Log,
  type Policy,
} from '@sitebus/sdk';
import type { PeopleRegistry } from './asker.ts';
import { createCollect } from './collect.ts';
import type { ResearchConfig } from './config.ts';
import { registryClosed } from './errors.ts';
import { createJournal } from './journal.ts';
import { createResearchLedger } from './research-ledger.ts';
import { createResearch } from './research.ts';
import type { ResearchStore } from './store/store.ts';

/** A copy of the registry with its life, as the room's principal reads it. */
export interface RegistryCopy extends PeopleRegistry {
  /** `fresh`, or why it may not be answered from. */
  state(): string;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly fatal: Promise<Error>;
}

/** What the room is made of; the registry and the store are started and stopped with it. */
export interface ResearchServiceParts {
  readonly config: ResearchConfig;
  readonly policy: Policy;
  readonly codec: Codec;
  /** As the room's principal sees it. */
  readonly bus: BusPort;
  readonly registry: RegistryCopy;
  readonly store: ResearchStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** The room: its service face, and what gateways ask. */
export interface ResearchService extends Service, ResearchPort {}

/** Makes the room. Several instances may run: the store says who came first. */
export function createResearchService(parts: ResearchServiceParts): ResearchService {
  const { config, policy, registry, store, clock, log } = parts;
  const journal = createJournal(store);
  const ledger = createResearchLedger({ ...parts, salt: Buffer.from(config.ledgerSalt, 'base64url') });
  const people: PeopleRegistry = {
    personNamed(person) {
      if (registry.state() !== 'fresh') throw registryClosed({ state: registry.state() });
      return registry.personNamed(person);
    },
  };
  const isType = (type: string): boolean =>
    newestOf(parts.codec.lock, `${OBSERVATION_NAMESPACE}.${type}`) !== undefined;
  const collect = createCollect(parts);
  const research = createResearch({ store, journal, ledger, collect, isType, people, policy, clock });
  let state = 'not started';
  return {
    ...research,
    fatal: registry.fatal,
    async start() {
      await Promise.all([registry.start(), ledger.start(), store.start()]);
      await journal.load();
      state = 'ok';
      log.info({ projects: journal.known().projects.size }, 'research room reads its store');
    },
    async stop() {
      state = 'stopped';
      await Promise.allSettled([ledger.stop(), registry.stop(), store.stop()]);
    },
    ready(): Readiness {
      const states = {
        research: state,
        store: store.state(),
        registry: registry.state() === 'fresh' ? 'ok' : registry.state(),
      };
      return { ready: Object.values(states).every((each) => each === 'ok'), parts: states };
    },
  };
}
