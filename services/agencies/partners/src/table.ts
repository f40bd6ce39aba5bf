// A partner as a table: the formats that every tenant may send, and what the names of dropped files tell.
// Holds: data alone; every tenant has the same; markings, mappings and quotas are policy (partners.json).

import {
  catalogueReader,
  coShareReader,
  influenceReader,
  mispReader,
  platformReportReader,
  stixReader,
  type AgencyTable,
} from '@sitebus/imports';

/** The table of one tenant, by its agency id `partner-<slug>`. */
export function tenantTable(agency: string): AgencyTable {
  return { agency, readers: READERS, drops: DROPS };
}

const READERS = [platformReportReader, coShareReader, influenceReader, mispReader, stixReader, catalogueReader];
const DROPS = [
  { suffix: 'platform.json', format: 'platform-report', source: 'partner-platform' },
  { suffix: 'coshare.csv', format: 'coshare', source: 'partner-coshare' },
  { suffix: 'influence.json', format: 'influence', source: 'partner-influence' },
  { suffix: 'misp.json', format: 'misp', source: 'partner-misp' },
  { suffix: 'stix.json', format: 'stix', source: 'partner-stix' },
  { suffix: 'catalogue.json', format: 'catalogue', source: 'partner-catalogue' },
  { suffix: 'catalogue.csv', format: 'catalogue', source: 'partner-catalogue' },
];
