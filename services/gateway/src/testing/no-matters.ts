// A protocol that has nothing: for tests of what is the same whatever it has.

import type { ProtocolPort } from '@sitebus/kit';
import { SitebusError } from '@sitebus/sdk';

const unknown = async (): Promise<never> => {
  throw new SitebusError('MATTER_UNKNOWN', false, {});
};

/** Opens nothing, knows nothing. */
export const NO_MATTERS: ProtocolPort = Object.freeze({
  open: unknown,
  command: unknown,
  find: async () => undefined,
  list: async () => [],
  issues: async () => [],
});
