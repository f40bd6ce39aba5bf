// What a source's format lacks is filled from signed policy, by agency and source; nothing here has a default.
// Holds: no entry, no import. Source: README.md#what-a-format-lacks

import type { ImportMapping, Policy } from '@sitebus/sdk';

/** The entry for exactly this agency and source; undefined refuses the file with MAPPING_REQUIRED. */
export function findMapping(policy: Policy, agency: string, source: string): ImportMapping | undefined {
  return policy.importMappings.find((mapping) => mapping.agency === agency && mapping.source === source);
}
