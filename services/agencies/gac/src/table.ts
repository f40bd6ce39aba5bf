// The foreign ministry as a table: the formats it reads, all of open sources, and what the names of dropped files tell.
// Holds: data alone; markings, mappings and rights are policy.

import {
  accountsReader,
  coShareReader,
  coverageReader,
  dailyCounts,
  debunksReader,
  domainsReader,
  influenceReader,
  postsReader,
  reportReader,
  stixReader,
  type AgencyTable,
} from '@sitebus/imports';

/** The foreign ministry; a folder below its inbox names another source. */
export const GAC: AgencyTable = {
  agency: 'gac',
  readers: [
    influenceReader,
    postsReader,
    accountsReader,
    domainsReader,
    coShareReader,
    coverageReader,
    debunksReader,
    reportReader,
    stixReader,
  ],
  drops: [
    { suffix: 'influence.json', format: 'influence', source: 'gac-influence' },
    { suffix: 'posts.json', format: 'posts', source: 'gac-posts' },
    { suffix: 'posts.csv', format: 'posts', source: 'gac-posts' },
    { suffix: 'accounts.csv', format: 'accounts', source: 'gac-accounts' },
    { suffix: 'accounts.json', format: 'accounts', source: 'gac-accounts' },
    { suffix: 'coverage.csv', format: 'coverage', source: 'gac-monitor' },
    { suffix: 'coverage.json', format: 'coverage', source: 'gac-monitor' },
    { suffix: 'debunks.csv', format: 'debunks', source: 'open-debunks' },
    { suffix: 'domains.csv', format: 'domains', source: 'gac-domains' },
    { suffix: 'coshare.csv', format: 'coshare', source: 'gac-co-share' },
    { suffix: 'co-share.csv', format: 'coshare', source: 'gac-co-share' },
    { suffix: 'report.json', format: 'report', source: 'gac-reports' },
    { suffix: 'report.md', format: 'report', source: 'gac-reports' },
    { suffix: 'opencti.json', format: 'stix', source: 'gac-opencti' },
    { suffix: 'stix.json', format: 'stix', source: 'gac-opencti' },
  ],
  recurring: [dailyCounts],
};
