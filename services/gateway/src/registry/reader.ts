// The gateway's copy of the registry: kit's, whose refusals are the problems that readers get.
// Holds: what the copy may not answer is `fail-closed`, never a default identity. Source: README.md#registry

import { createRegistryCopy } from '@sitebus/kit';
import type { Registry, RegistryCopy } from '@sitebus/kit';
import { isRefusal } from '@sitebus/sdk';
import { failClosed } from '../errors.ts';

/** Reads the topic `people`. Every question throws `fail-closed` unless the copy is fresh. */
export function createRegistryReader(parts: Parameters<typeof createRegistryCopy>[0]): RegistryCopy {
  const copy = createRegistryCopy(parts);
  const answering =
    <A extends unknown[], R>(ask: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return ask(...args);
      } catch (cause) {
        throw isRefusal(cause) && cause.code === 'REGISTRY_STALE' ? failClosed({ part: 'registry' }, cause) : cause;
      }
    };
  const answered: Pick<Registry, 'version' | 'personOf' | 'personNamed' | 'keyNamed' | 'persons' | 'keys' | 'tenantOf' | 'tenants' | 'proposals'> = {
    version: answering(copy.version),
    personOf: answering(copy.personOf),
    personNamed: answering(copy.personNamed),
    keyNamed: answering(copy.keyNamed),
    persons: answering(copy.persons),
    keys: answering(copy.keys),
    tenantOf: answering(copy.tenantOf),
    tenants: answering(copy.tenants),
    proposals: answering(copy.proposals),
  }; // prettier-ignore
  return { ...copy, ...answered };
}
