// A research room in which there is nothing, for tests that are about something else.

import type { ResearchPort } from '@sitebus/kit';
import { SitebusError } from '@sitebus/sdk';

const unknown = async (): Promise<never> => {
  throw new SitebusError('RESEARCH_UNKNOWN', false);
};

/** Knows nothing, and refuses everything else as unknown. */
export const NO_RESEARCH: ResearchPort = Object.freeze({
  add: unknown,
  command: unknown,
  find: async () => undefined,
  list: async () => [],
  catalogue: async () => [],
  file: unknown,
});
