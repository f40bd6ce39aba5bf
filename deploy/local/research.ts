// The research room in the local stack: asked by the gateways in process, on a database role of its own.

import { createRegistryCopy } from '@sitebus/kit';
import { createResearchService, type ResearchService, type ResearchServiceParts } from '@sitebus/research';
import { createPostgresStore } from '@sitebus/research/store';
import { groupOf, RESEARCH_PRINCIPAL } from '@sitebus/sdk';

/** Makes it; nothing connects before its start. `storeUrl`: of the room's own role. */
export function createLocalResearch(
  parts: Omit<ResearchServiceParts, 'config' | 'registry' | 'store'> & {
    readonly ledgerSalt: string;
    readonly storeUrl: string;
  },
): ResearchService {
  const { ledgerSalt, storeUrl, bus, clock, log } = parts;
  return createResearchService({
    ...parts,
    config: { ledgerSalt },
    registry: createRegistryCopy({ bus, clock, log, groupId: groupOf(RESEARCH_PRINCIPAL, 'people') }),
    store: createPostgresStore({ url: storeUrl, log }),
  });
}
