// The research room of a stack: asked by the gateways in process, on a database role of its own, or where it runs elsewhere.
// Holds: a room elsewhere is neither started nor stopped here; while it is away its routes are closed, and nothing else.

import { createRegistryCopy, createResearchClient, type InternalCallerOptions } from '@sitebus/kit';
import { createResearchService, type ResearchService, type ResearchServiceParts } from '@sitebus/research';
import { createPostgresStore } from '@sitebus/research/store';
import { groupOf, RESEARCH_PRINCIPAL } from '@sitebus/sdk';

/** Makes it; nothing connects before its start. `storeUrl`: of the room's own role. `at`: where another process runs it. */
export function createLocalResearch(
  parts: Omit<ResearchServiceParts, 'config' | 'registry' | 'store'> & {
    readonly ledgerSalt: string;
    readonly storeUrl: string;
    readonly at?: InternalCallerOptions | undefined;
  },
): ResearchService {
  const { ledgerSalt, storeUrl, at, bus, clock, log } = parts;
  if (at !== undefined) return elsewhere(at);
  return createResearchService({
    ...parts,
    config: { ledgerSalt },
    registry: createRegistryCopy({ bus, clock, log, groupId: groupOf(RESEARCH_PRINCIPAL, 'people') }),
    store: createPostgresStore({ url: storeUrl, log }),
  });
}

function elsewhere(at: InternalCallerOptions): ResearchService {
  return {
    ...createResearchClient(at),
    fatal: new Promise(() => {}),
    start: async () => undefined,
    stop: async () => undefined,
    ready: () => ({ ready: true, parts: {} }),
  };
}
