// The research room as a service: wires its parts, decides nothing.

import { randomUUID } from 'node:crypto';
import { askPolicyInForce, createPolicyAge } from '@sitebus/kit';
import type { Readiness, ResearchPort, Service } from '@sitebus/kit';
import {
  groupOf,
  isRefusal,
  newestOf,
  OBSERVATION_NAMESPACE,
  RESEARCH_PRINCIPAL,
  type BusPort,
  type Clock,
  type Codec,
  type Log,
  type Policy,
} from '@sitebus/sdk';
import type { PeopleRegistry } from './asker.ts';
import { createCollect } from './collect.ts';
import type { ResearchConfig } from './config.ts';
import { registryClosed, storeClosed } from './errors.ts';
import { createJournal } from './journal.ts';
import { createResearchLedger } from './research-ledger.ts';
import { createResearch } from './research.ts';
import { createSkipped } from './skipped.ts';
import type { ResearchStore } from './store/store.ts';

/** A copy of the registry with its life, as the room's principal reads it. */
export interface RegistryCopy extends PeopleRegistry {
  /** `fresh`, or why it may not be answered from. */
  state(): string;
  /** Calls back with the version of policy that the registry's writer judges by. */
  onPolicyVersion(listener: (version: number) => void): void;
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
  const skipped = createSkipped(parts);
  const research = createResearch({ store, journal, ledger, collect, skipped, isType, people, policy, clock });
  const policyAge = createPolicyAge(policy.version);
  let state = 'not started';
  let isRead = false;
  let timer: NodeJS.Timeout | undefined;
  let died: (cause: Error) => void = () => {};
  const broken = new Promise<Error>((resolve) => (died = resolve));

  /** A store that does not answer yet is asked again; one that is not whole is the end. */
  const read = async (): Promise<void> => {
    try {
      await journal.load();
      [isRead, state] = [true, 'ok'];
    } catch (cause) {
      if (!isRefusal(cause) || !cause.retriable) throw cause;
      state = 'store has not been read yet';
      timer = setTimeout(() => void read().catch((fault: unknown) => died(fault as Error)), READ_AGAIN_MS).unref();
    }
  };
  /** Before everything was read, what is there would be answered as if it were not. */
  const whenRead =
    <A extends unknown[], R>(ask: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (!isRead) throw storeClosed({});
      return ask(...args);
    };
  return {
    add: whenRead((...asked: Parameters<ResearchPort['add']>) => research.add(...asked)),
    command: whenRead((...asked: Parameters<ResearchPort['command']>) => research.command(...asked)),
    find: whenRead((...asked: Parameters<ResearchPort['find']>) => research.find(...asked)),
    list: whenRead((...asked: Parameters<ResearchPort['list']>) => research.list(...asked)),
    catalogue: whenRead((...asked: Parameters<ResearchPort['catalogue']>) => research.catalogue(...asked)),
    file: whenRead((...asked: Parameters<ResearchPort['file']>) => research.file(...asked)),
    fatal: Promise.race([policyAge.outdated, registry.fatal, broken]),
    async start() {
      registry.onPolicyVersion(policyAge.saw);
      await askPolicyInForce(parts.bus, policyAge, groupOf(RESEARCH_PRINCIPAL, `policy.${randomUUID().slice(0, 8)}`));
      await Promise.all([registry.start(), ledger.start(), store.start()]);
      await read();
      log.info({ projects: journal.known().projects.size, state }, 'research room started');
    },
    async stop() {
      state = 'stopped';
      clearTimeout(timer);
      await Promise.allSettled([ledger.stop(), registry.stop(), store.stop()]);
    },
    ready(): Readiness {
      const states = {
        research: state,
        policy: policyAge.state(),
        store: store.state(),
        registry: registry.state() === 'fresh' ? 'ok' : registry.state(),
      };
      return { ready: Object.values(states).every((each) => each === 'ok'), parts: states };
    },
  };
}

/** How often a store that does not answer is asked again. */
const READ_AGAIN_MS = 250;
