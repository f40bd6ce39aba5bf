// Which service runs for which agency of the policy: the table of the agency's own folder where it has one, else the shared
// runtime.
// Holds: an agency without a folder still takes what is published over HTTP; it imports no dropped files.

import { CSE } from '@sitebus/cse';
import { GAC } from '@sitebus/gac';
import {
  createTableService,
  mispReader,
  stixReader,
  type AgencyService,
  type AgencyTable,
  type HostParts,
} from '@sitebus/imports';
import type { Agency } from '@sitebus/sdk';

/** The tables of the agencies that have a folder of their own. */
export const AGENCY_TABLES: readonly AgencyTable[] = Object.freeze([CSE, GAC]);

/** The table of an agency's own folder; undefined where it has none. */
export const tableOf = (agency: string): AgencyTable | undefined =>
  AGENCY_TABLES.find((table) => table.agency === agency);

/** True when the agency takes in files by a folder of its own. */
export const hasInbox = (agency: string): boolean => tableOf(agency) !== undefined;

/** Makes the service of one agency; nothing connects before `start`. */
export function createServiceOf({ id, kind }: Agency, parts: HostParts): AgencyService {
  const shared = { agency: id, readers: kind === 'partner' ? [mispReader, stixReader] : [], drops: [] };
  return createTableService(tableOf(id) ?? shared, parts);
}
