// An agency as a table: which formats it reads, and what the names of dropped files tell. A folder of `agencies` is one
// such table with samples; the code is this room's.
// Holds: wires, decides nothing; markings, mappings and rights are policy.

import { createAgencyService, type AgencyService, type AgencyServiceParts } from './agency-service.ts';
import type { DropRule } from './inbox.ts';
import type { FormatReader } from './reading.ts';
import type { Recurring } from './recurring.ts';

/** What makes an agency this agency. */
export interface AgencyTable {
  readonly agency: string;
  readonly readers: readonly FormatReader[];
  /** How names of dropped files end; the first that fits counts. Without any the agency has no file drop. */
  readonly drops: readonly DropRule[];
  /** What it observes by itself when time has come. */
  readonly recurring?: readonly Recurring[];
}

/** What the host gives: everything but what the table says. */
export interface HostParts extends Omit<AgencyServiceParts, 'agency' | 'readers' | 'inbox'> {
  /** Folder of the file drop; without one, files come over HTTP alone. */
  readonly inboxDir?: string;
}

/** Makes the service of a table; nothing connects before `start`. */
export function createTableService(table: AgencyTable, { inboxDir, ...parts }: HostParts): AgencyService {
  const { agency, readers, drops, recurring = [] } = table;
  const inbox = inboxDir === undefined || drops.length === 0 ? undefined : { dir: inboxDir, rules: drops };
  return createAgencyService({ ...parts, agency, readers, recurring, ...(inbox !== undefined && { inbox }) });
}
