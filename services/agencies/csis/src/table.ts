// The security intelligence service as a table: the formats it reads, and what the names of dropped files tell.
// Holds: data alone; markings, mappings and rights are policy.

import { mispReader, reportReader, type AgencyTable } from '@sitebus/imports';

/** The security intelligence service; a folder below its inbox names another source. */
export const CSIS: AgencyTable = {
  agency: 'csis',
  readers: [reportReader, mispReader],
  drops: [
    { suffix: 'report.json', format: 'report', source: 'csis-reports' },
    { suffix: 'report.md', format: 'report', source: 'csis-reports' },
    { suffix: 'misp.json', format: 'misp', source: 'csis-liaison' },
  ],
};
