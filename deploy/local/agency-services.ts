// The services of all agencies in one process: each its own, and the one that partners share.
// Holds: each writes on the credentials of its own principals; records are stamped with the time of day, and only what an
// agency does by itself when time has come follows the election's clock.

import { join } from 'node:path';
import type { AgencyService } from '@sitebus/imports';
import { createTenantDirectory } from '@sitebus/kit';
import { createPartnersService } from '@sitebus/partners';
import { type Clock, type Codec, type Log, type Policy, agencyPrincipal, groupOf, writerOf } from '@sitebus/sdk';
import { createServiceOf, hasInbox } from './agencies.ts';
import type { Buses } from './buses.ts';
import type { Secrets } from './secrets.ts';

/** Makes every agency's service, by agency; partners share one, under the name of their writer. Nothing connects before `start`. */
export function createAgencies(
  {
    dataDir,
    inboxDir,
    electionClock,
  }: {
    readonly dataDir: string;
    readonly inboxDir?: string;
    /** What time it is for what agencies do by themselves. */
    readonly electionClock: Clock;
  },
  parts: { readonly policy: Policy; readonly codec: Codec; readonly clock: Clock; readonly log: Log },
  buses: Buses,
  secrets: Pick<Secrets, 'signerKey'>,
): ReadonlyMap<string, AgencyService> {
  const signerKey = Buffer.from(secrets.signerKey, 'base64url');
  const due = { dueClock: electionClock };
  const own = parts.policy.agencies
    .filter(({ kind }) => kind !== 'partner')
    .map(
      (agency) =>
        [
          agency.id,
          createServiceOf(agency, {
            ...parts,
            ...due,
            connect: (cell) => buses.as(agencyPrincipal(agency.id, cell)),
            signerKey,
            journalPath: join(dataDir, 'journal', `${agency.id}.jsonl`),
            ...(inboxDir !== undefined && hasInbox(agency.id) ? { inboxDir: join(inboxDir, agency.id) } : {}),
          }),
        ] as const,
    );
  const [cell = ''] = parts.policy.partners.everyTenant.cells;
  const reader = agencyPrincipal(PARTNERS, cell);
  const partners = createPartnersService({
    ...parts,
    ...due,
    connect: (each) => buses.as(agencyPrincipal(PARTNERS, each)),
    signerKey,
    tenants: createTenantDirectory({
      bus: buses.as(reader),
      clock: parts.clock,
      groupId: groupOf(reader, 'people'),
      policyVersion: parts.policy.version,
    }),
    journalDir: join(dataDir, 'journal'),
    ...(inboxDir !== undefined && { inboxDir }),
  });
  return new Map<string, AgencyService>([...own, [PARTNERS, partners]]);
}

/** The writer that all partners share. */
const PARTNERS = writerOf('partner-');
