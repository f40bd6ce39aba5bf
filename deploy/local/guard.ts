// The guard in the local stack: made again when it cannot go on, and asked by the gateways in process.
// Holds: whoever is asked is the instance that is alive; one that was fenced or lost a commit reads everything anew.

import { createRegistryCopy, createSupervised, type GuardPort, type ProtocolPort, type Service } from '@sitebus/kit';
import { createGuardService, type GuardService, type GuardServiceParts } from '@sitebus/protocol';
import { groupOf, GUARD_PRINCIPAL, type Clock } from '@sitebus/sdk';

/** Its life, and the port that gateways are given. */
export interface LocalGuard {
  readonly service: Service;
  readonly port: GuardPort;
  readonly protocol: ProtocolPort;
  /** Of the instance that is alive. */
  readonly look: GuardService['look'];
  readonly readTo: GuardService['readTo'];
}

const TICK_MS = 1_000;

/** Makes it; nothing connects before its start. */
export function createLocalGuard(
  parts: Omit<GuardServiceParts, 'config' | 'registry'> & {
    readonly ledgerSalt: string;
    readonly noticeKey?: string;
    /** What protocol decides by; its copy of the registry lives by `clock`, as the registry's leases do. */
    readonly electionClock: Clock;
  },
): LocalGuard {
  const { ledgerSalt, noticeKey, bus, clock, electionClock, log } = parts;
  const create = (): GuardService =>
    createGuardService({
      ...parts,
      clock: electionClock,
      config: { ledgerSalt, tickMs: TICK_MS, ...(noticeKey === undefined ? {} : { noticeKey }) },
      registry: createRegistryCopy({ bus, clock, log, groupId: groupOf(GUARD_PRINCIPAL, 'people') }),
    });
  let current: GuardService | undefined;
  const alive = (): GuardService => {
    if (current === undefined) throw new Error('the guard has not been made');
    return current;
  };
  return {
    look: () => alive().look(),
    readTo: (...asked) => alive().readTo(...asked),
    service: createSupervised({ name: GUARD_PRINCIPAL, log, create: () => (current = create()) }),
    port: {
      request: (...asked) => alive().request(...asked),
      command: (...asked) => alive().command(...asked),
      find: (...asked) => alive().find(...asked),
      list: (...asked) => alive().list(...asked),
    },
    protocol: {
      open: (...asked) => alive().protocol.open(...asked),
      command: (...asked) => alive().protocol.command(...asked),
      find: (...asked) => alive().protocol.find(...asked),
      list: (...asked) => alive().protocol.list(...asked),
      issues: (...asked) => alive().protocol.issues(...asked),
    },
  };
}
