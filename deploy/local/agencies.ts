// Which service runs for which agency of the policy: the agency's own folder where it has one, else the shared runtime.
// Holds: an agency without a folder still takes what is published over HTTP; it imports no files of its own.

import { createCseService } from '@sitebus/cse';
import { createGacService } from '@sitebus/gac';
import { type AgencyService, createAgencyService, mispReader, stixReader } from '@sitebus/imports';
import type { Agency } from '@sitebus/sdk';

type Parts = Parameters<typeof createCseService>[0];

const OWN_FOLDER: Readonly<Record<string, (parts: Parts) => AgencyService>> = {
  cse: createCseService,
  gac: createGacService,
};

/** True when the agency takes in files by a folder of its own. */
export const hasInbox = (agency: string): boolean => agency in OWN_FOLDER;

/** Makes the service of one agency; nothing connects before `start`. */
export function createServiceOf(agency: Agency, { inboxDir, ...parts }: Parts): AgencyService {
  const own = OWN_FOLDER[agency.id];
  if (own !== undefined) return own({ ...parts, ...(inboxDir === undefined ? {} : { inboxDir }) });
  const readers = agency.kind === 'partner' ? [mispReader, stixReader] : [];
  return createAgencyService({ ...parts, agency: agency.id, readers });
}
