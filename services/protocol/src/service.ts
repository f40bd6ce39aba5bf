// The guard as a service: wires its parts, decides nothing.

import { askPolicyInForce, createPolicyAge, createSpillCopy, honourSpills, spillsUnusable } from '@sitebus/kit';
import type { AgencyIntake, GuardPort, ProtocolPort, Readiness, Service } from '@sitebus/kit';
import { randomUUID } from 'node:crypto';
import {
  groupOf,
  GUARD_PRINCIPAL,
  isRefusal,
  type BusPort,
  type Clock,
  type Codec,
  type Log,
  type Policy,
} from '@sitebus/sdk';
import { createAssessmentIndex } from './assessment-index.ts';
import type { GuardConfig } from './config.ts';
import { createDisclosures } from './disclosures.ts';
import { chainBroken, registryClosed } from './errors.ts';
import { createEventLog } from './event-log.ts';
import type { PeopleRegistry } from './event-writer.ts';
import { createGuard } from './guard.ts';
import { createGuardLedger } from './guard-ledger.ts';
import { createHandDown } from './hand-down.ts';
import { machinesOfProtocol } from './machines.ts';
import { createProceedings } from './proceedings.ts';
import type { AnyMachine } from './protocol-machine.ts';
import { createRecordIndex } from './record-index.ts';
import { identifierKeyOf } from './targets/identifiers.ts';

/** A copy of the registry with its life, as the guard's principal reads it. */
export interface RegistryCopy extends PeopleRegistry {
  /** `fresh`, or why it may not be answered from. */
  state(): string;
  /** Calls back with the version of policy that the registry's writer judges by. */
  onPolicyVersion(listener: (version: number) => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly fatal: Promise<Error>;
}

/** What the guard is made of; whoever made a part ends it. */
export interface GuardServiceParts {
  readonly config: GuardConfig;
  readonly policy: Policy;
  readonly codec: Codec;
  /** As the guard's principal sees it. */
  readonly bus: BusPort;
  readonly registry: RegistryCopy;
  /** The service of an agency, where it can be reached. */
  readonly intakes: (agency: string) => AgencyIntake | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: every machine of this room. */
  readonly machines?: readonly AnyMachine[];
}

/** The guard and the machines: their service face, and what gateways ask of either. */
export interface GuardService extends Service, GuardPort {
  readonly protocol: ProtocolPort;
  /** Gives what is due now, without waiting for the next look. For hosts with a clock of their own. */
  look(): Promise<void>;
  /** One past the last record that was taken in of a partition of observations or assessments; undefined where none was. */
  readTo(topic: string, partition: number): bigint | undefined;
}

/** Makes the guard. One instance decides: a second one fences it. */
export function createGuardService(parts: GuardServiceParts): GuardService {
  const { config, policy, registry, clock, log } = parts;
  const spills = createSpillCopy({
    bus: parts.bus, log, cells: policy.cells.map(({ id }) => id), keys: policy.signers ?? [],
    groupId: groupOf(GUARD_PRINCIPAL, `spills.${randomUUID().slice(0, 8)}`),
  }); // prettier-ignore
  const policyAge = createPolicyAge(policy.version);
  const honoured = { ...parts, bus: honourSpills(parts.bus, spills) };
  const index = createRecordIndex(honoured);
  const assessments = createAssessmentIndex({ ...parts, policyAge });
  const events = createEventLog(parts);
  const ledger = createGuardLedger({ ...parts, salt: Buffer.from(config.ledgerSalt, 'base64url') });
  const disclosures = createDisclosures();
  const people: PeopleRegistry = {
    personNamed(person) {
      if (registry.state() !== 'fresh') throw registryClosed({ state: registry.state() });
      return registry.personNamed(person);
    },
    persons() {
      if (registry.state() !== 'fresh') throw registryClosed({ state: registry.state() });
      return registry.persons();
    },
  };
  const guard = createGuard({
    disclosures, log: events, ledger, index, people, policy, codec: parts.codec, clock,
    handDown: createHandDown({ intakes: parts.intakes, index, policy }),
  }); // prettier-ignore
  const proceedings = createProceedings({
    machines: parts.machines ?? machinesOfProtocol({
      identifierKey: identifierKeyOf(config.ledgerSalt),
      ...(config.noticeKey === undefined ? {} : { noticeKey: config.noticeKey }),
    }),
    log: events, ledger, index, assessments, disclosures, people, policy, clock,
  }); // prettier-ignore
  let endSpilled: (cause: Error) => void = () => {};
  const spilled = new Promise<Error>((resolve) => (endSpilled = resolve));
  let state = 'not started';
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<void> = Promise.resolve();

  /** One look at a time, or what is being finished would be begun again. */
  const look = (): Promise<void> => {
    ticking = ticking
      .then(() => Promise.all([guard.tick(), proceedings.tick()]))
      .then(
        () => undefined,
        (cause: unknown) => {
          const code = isRefusal(cause) ? cause.code : 'UNEXPECTED';
          const detail = isRefusal(cause) ? {} : { err: cause };
          log.warn({ code, ...detail }, 'what was begun or due could not be finished yet');
        },
      );
    return ticking;
  };
  const tick = (): void => {
    void look().then(() => {
      if (state === 'ok') timer = setTimeout(tick, config.tickMs);
    });
  };

  return {
    request: (...args) => guard.request(...args),
    command: (...args) => guard.command(...args),
    find: (...args) => guard.find(...args),
    list: (...args) => guard.list(...args),
    protocol: proceedings,
    look: async () => (state === 'ok' ? look() : undefined),
    readTo: (topic, partition) => assessments.readTo(topic, partition) ?? index.readTo(topic, partition),
    fatal: Promise.race([
      policyAge.outdated,
      spilled,
      spills.fatal,
      events.fatal,
      index.fatal,
      assessments.fatal,
      registry.fatal,
    ]),
    async start() {
      registry.onPolicyVersion(policyAge.saw);
      await askPolicyInForce(parts.bus, policyAge, groupOf(GUARD_PRINCIPAL, `policy.${randomUUID().slice(0, 8)}`));
      await spills.start(); // first: what is to be skipped is skipped from the first record on
      if (spills.state() !== 'ok') throw spillsUnusable({ state: spills.state() });
      const { version } = spills.current();
      spills.onChange(() => {
        // made again by its host: it reads everything anew, without what is skipped
        if (spills.state() !== 'ok' || spills.current().version !== version)
          endSpilled(spillsUnusable({ state: spills.current().version }));
      });
      await Promise.all([registry.start(), index.start(), assessments.start(), ledger.start()]);
      await events.start(({ view, subject, event, topic, offset }) => {
        const isTaken = proceedings.apply(view, subject, event) ?? disclosures.apply(view, subject, event);
        if (!isTaken) throw chainBroken({ topic, offset: String(offset) });
      });
      state = 'ok';
      tick();
    },
    async stop() {
      state = 'stopped';
      clearTimeout(timer);
      await ticking;
      await Promise.allSettled([
        spills.stop(),
        events.stop(),
        index.stop(),
        assessments.stop(),
        ledger.stop(),
        registry.stop(),
      ]);
    },
    ready(): Readiness {
      const parts = {
        guard: state,
        policy: policyAge.state(),
        spills: spills.state(),
        records: index.state(),
        assessments: assessments.state(),
        registry: registry.state() === 'fresh' ? 'ok' : registry.state(),
      };
      return { ready: Object.values(parts).every((each) => each === 'ok'), parts };
    },
  };
}
