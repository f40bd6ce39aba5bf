// weather-hoax as a table: the formats it reads, and what the names of dropped files tell.
// Holds: data alone; markings, mappings and rights are policy.

import { reportReader, type AgencyTable } from '@sitebus/imports';

/** What sandbox takes in; a folder below its inbox names another source. */
export const WEATHER_HOAX: AgencyTable = {
  agency: 'sandbox',
  readers: [reportReader],
  drops: [
    { suffix: 'report.json', format: 'report', source: 'weather-hoax-reports' },
    { suffix: 'report.md', format: 'report', source: 'weather-hoax-reports' },
  ],
};
