// Which service runs for which agency of the policy: the table of the agency's own folder where it has one, else the shared
// runtime.
// Holds: an agency without a folder still takes what is published over HTTP; it imports no dropped files.

import { CSE } from '@sitebus/cse';
import { CSIS } from '@sitebus/csis';
import { ELECTIONS } from '@sitebus/elections';
import { GAC } from '@sitebus/gac';
import { createTableService, type AgencyService, type AgencyTable, type HostParts } from '@sitebus/imports';
import { tenantTable } from '@sitebus/partners';
import { RCMP } from '@sitebus/rcmp';
import { type Agency, writerOf } from '@sitebus/sdk';

/** The tables of the agencies that have a folder of their own. */
export const AGENCY_TABLES: readonly AgencyTable[] = Object.freeze([CSE, CSIS, RCMP, GAC, ELECTIONS]);

/** The table of an agency's own folder, of a partner that of all partners; undefined where it has none. */
export const tableOf = (agency: string): AgencyTable | undefined =>
  writerOf(agency) === agency ? AGENCY_TABLES.find((table) => table.agency === agency) : tenantTable(agency);

/** True when the agency takes in files by a folder of its own. */
export const hasInbox = (agency: string): boolean => tableOf(agency) !== undefined;

/** Makes the service of one agency that is no partner; nothing connects before `start`. */
export function createServiceOf({ id }: Agency, parts: HostParts): AgencyService {
  return createTableService(tableOf(id) ?? { agency: id, readers: [], drops: [] }, parts);
}
