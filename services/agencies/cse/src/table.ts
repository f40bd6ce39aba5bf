// The cyber agency as a table: the formats it reads, and what the names of dropped files tell.
// Holds: data alone; markings, mappings and rights are policy.

import { eveReader, mispReader, reportReader, stixReader, type AgencyTable } from '@sitebus/imports';

/** The cyber agency; a folder below its inbox names another source. */
export const CSE: AgencyTable = {
  agency: 'cse',
  readers: [mispReader, stixReader, eveReader, reportReader],
  drops: [
    { suffix: 'misp.json', format: 'misp', source: 'cse-misp' },
    { suffix: 'stix.json', format: 'stix', source: 'cse-stix' },
    { suffix: '.stix2', format: 'stix', source: 'cse-stix' },
    { suffix: 'community.eve.json', format: 'eve', source: 'cse-community-eve' },
    { suffix: 'community-eve.jsonl', format: 'eve', source: 'cse-community-eve' },
    { suffix: '.eve.json', format: 'eve', source: 'cse-eve' },
    { suffix: 'eve.jsonl', format: 'eve', source: 'cse-eve' },
    { suffix: 'report.json', format: 'report', source: 'cse-reports' },
    { suffix: 'report.md', format: 'report', source: 'cse-reports' },
  ],
};
