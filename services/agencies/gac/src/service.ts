// The foreign ministry's service: open sources only; which formats it reads, and which source a dropped file comes from.
// Holds: wires, decides nothing; markings, mappings and rights are policy.

import {
  accountsReader,
  coShareReader,
  createAgencyService,
  domainsReader,
  influenceReader,
  postsReader,
  stixReader,
  type AgencyService,
  type AgencyServiceParts,
  type DropRule,
} from '@sitebus/imports';

/** What the host gives: everything but what makes this agency this agency. */
export interface GacParts extends Omit<AgencyServiceParts, 'agency' | 'readers' | 'inbox'> {
  /** Folder of the file drop; without one, files come over HTTP alone. */
  readonly inboxDir?: string;
}

/** How names of dropped files end (`1.01.cse-misp.json`); a folder below the inbox names another source. */
export const GAC_DROPS: readonly DropRule[] = Object.freeze([
  { suffix: 'influence.json', format: 'influence', source: 'gac-influence' },
  { suffix: 'posts.json', format: 'posts', source: 'gac-posts' },
  { suffix: 'posts.csv', format: 'posts', source: 'gac-posts' },
  { suffix: 'accounts.csv', format: 'accounts', source: 'gac-accounts' },
  { suffix: 'domains.csv', format: 'domains', source: 'gac-domains' },
  { suffix: 'coshare.csv', format: 'coshare', source: 'gac-co-share' },
  { suffix: 'co-share.csv', format: 'coshare', source: 'gac-co-share' },
  { suffix: 'opencti.json', format: 'stix', source: 'gac-opencti' },
  { suffix: 'stix.json', format: 'stix', source: 'gac-opencti' },
]);

/** Makes the service; nothing connects before `start`. */
export function createGacService({ inboxDir, ...parts }: GacParts): AgencyService {
  return createAgencyService({
    ...parts,
    agency: 'gac',
    readers: [influenceReader, postsReader, accountsReader, domainsReader, coShareReader, stixReader],
    ...(inboxDir !== undefined && { inbox: { dir: inboxDir, rules: GAC_DROPS } }),
  });
}
