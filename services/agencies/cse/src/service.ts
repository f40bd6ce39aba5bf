// The cyber agency's service: which formats it reads, and which source a dropped file comes from.
// Holds: wires, decides nothing; markings, mappings and rights are policy.

import {
  createAgencyService,
  mispReader,
  stixReader,
  type AgencyService,
  type AgencyServiceParts,
  type DropRule,
} from '@sitebus/imports';

/** What the host gives: everything but what makes this agency this agency. */
export interface CseParts extends Omit<AgencyServiceParts, 'agency' | 'readers' | 'inbox'> {
  /** Folder of the file drop; without one, files come over HTTP alone. */
  readonly inboxDir?: string;
}

/** How names of dropped files end (`1.01.cse-misp.json`); a folder below the inbox names another source. */
export const CSE_DROPS: readonly DropRule[] = Object.freeze([
  { suffix: 'misp.json', format: 'misp', source: 'cse-misp' },
  { suffix: 'stix.json', format: 'stix', source: 'cse-stix' },
  { suffix: '.stix2', format: 'stix', source: 'cse-stix' },
]);

/** Makes the service; nothing connects before `start`. */
export function createCseService({ inboxDir, ...parts }: CseParts): AgencyService {
  return createAgencyService({
    ...parts,
    agency: 'cse',
    readers: [mispReader, stixReader],
    ...(inboxDir !== undefined && { inbox: { dir: inboxDir, rules: CSE_DROPS } }),
  });
}
