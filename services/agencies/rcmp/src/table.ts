// The national police as a table: the formats it reads, and what the names of dropped files tell.
// Holds: data alone; markings, mappings and rights are policy.

import { reportReader, tipsReader, type AgencyTable } from '@sitebus/imports';

/** The national police; a folder below its inbox names another source. */
export const RCMP: AgencyTable = {
  agency: 'rcmp',
  readers: [reportReader, tipsReader],
  drops: [
    { suffix: 'report.json', format: 'report', source: 'rcmp-reports' },
    { suffix: 'report.md', format: 'report', source: 'rcmp-reports' },
    { suffix: 'tips.csv', format: 'tips', source: 'rcmp-tips' },
    { suffix: 'tip.json', format: 'tips', source: 'rcmp-tips' },
  ],
};
