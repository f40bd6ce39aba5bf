// Makes what an agency's service needs, for a process of its own: policy, codec, and a bus per cell on its own principal.
// Holds: decides nothing; a cell without a credential fails the start, not the first write.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  agencyPrincipal,
  createCodec,
  createConfluentRegistry,
  loadSchemaLock,
  loadSignedPolicy,
  notAllowed,
  policyRootsOf,
  systemClock,
  type BusPort,
  type BusTls,
  type Log,
  type Policy,
} from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { readBusTls } from '@sitebus/kit';
import type { AgencyConfig } from './agency-config.ts';
import type { HostParts } from './agency-table.ts';
import { cellsOfAgency } from './publish-port.ts';
import { at, objectAt, textAt } from './untrusted.ts';

/** Opened parts, and how to close them. */
export interface OpenParts {
  readonly parts: HostParts;
  /** Closes every bus; after the service has stopped. */
  close(): Promise<void>;
}

/** Opens the parts; nothing connects before the service starts. Rejects with NOT_ALLOWED where a credential is missing. */
export async function openAgencyParts(
  agency: string,
  config: AgencyConfig,
  log: Log,
  cellsIn: (policy: Policy) => readonly string[] = (policy) => cellsOfAgency(policy, agency),
): Promise<OpenParts> {
  const lock = await loadSchemaLock(config.schemaLockFile);
  const [policy, credentials] = await Promise.all([
    loadSignedPolicy(join(config.schemasDir, 'policy'), {
      roots: policyRootsOf(config.policyRoots),
      provisioned: lock.policyNote,
      ...(config.policyNote !== undefined && { notePath: config.policyNote }),
    }),
    readFile(config.credentialsFile, 'utf8').then((text) => at(JSON.parse(text) as unknown, 'credentials')),
  ]);
  const shared = { brokers: config.brokers, tls: readBusTls(config.tls), log };
  const buses = new Map(
    cellsIn(policy).map((cell) => [cell, busOf(agencyPrincipal(agency, cell), credentials, shared)]),
  );
  const connect = (cell: string): BusPort => {
    const bus = buses.get(cell);
    if (bus === undefined) throw notAllowed({ what: `cell ${cell}` });
    return bus;
  };
  return {
    parts: {
      policy,
      codec: createCodec({ lock, registry: createConfluentRegistry({ url: config.registryUrl }) }),
      connect,
      signerKey: Buffer.from(config.signerKey, 'base64url'),
      journalPath: config.journalFile,
      ...(config.inboxDir !== undefined && { inboxDir: config.inboxDir }),
      clock: systemClock,
      log,
    },
    async close() {
      await Promise.all([...buses.values()].map((bus) => bus.close()));
    },
  };
}

interface SharedByCells {
  readonly brokers: readonly string[];
  readonly tls: BusTls;
  readonly log: Log;
}

function busOf(principal: string, credentials: unknown, shared: SharedByCells): BusPort {
  const own = objectAt(credentials, principal);
  const [username, password] = [textAt(own, 'username'), textAt(own, 'password')];
  if (username === undefined || password === undefined) throw notAllowed({ what: `signing in as ${principal}` });
  return createKafkaBus({ ...shared, sasl: { username, password }, clientId: principal });
}
