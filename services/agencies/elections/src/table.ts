// The election administration as a table: the formats it reads, what the names of dropped files tell, and its clock of ads.
// Holds: data alone; markings, mappings and rights are policy.

import {
  adsReader,
  arrangementsReader,
  candidatesReader,
  missingEntries,
  reportReader,
  sightingsReader,
  tipsReader,
  type AgencyTable,
} from '@sitebus/imports';

/** The election administration; a folder below its inbox names another source. */
export const ELECTIONS: AgencyTable = {
  agency: 'elections',
  readers: [adsReader, sightingsReader, arrangementsReader, candidatesReader, reportReader, tipsReader],
  drops: [
    { suffix: 'sightings.csv', format: 'ad-sightings', source: 'elections-ad-sightings' },
    { suffix: 'sightings.json', format: 'ad-sightings', source: 'elections-ad-sightings' },
    { suffix: 'ads.csv', format: 'ads', source: 'elections-ads' },
    { suffix: 'ads.json', format: 'ads', source: 'elections-ads' },
    { suffix: 'arrangements.csv', format: 'arrangements', source: 'elections-arrangements' },
    { suffix: 'candidates.csv', format: 'candidates', source: 'elections-candidates' },
    { suffix: 'report.json', format: 'report', source: 'elections-reports' },
    { suffix: 'report.md', format: 'report', source: 'elections-reports' },
    { suffix: 'tips.csv', format: 'tips', source: 'elections-tips' },
  ],
  recurring: [missingEntries],
};
