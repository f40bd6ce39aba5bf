// What runs once for each view: its fusion, its ledgers, its gateway.
// Holds: each on its own view's principal; fusion's cuts and the deadlines of receipts follow the election's clock, credentials,
// leases and signatures the time of day.

import { join } from 'node:path';
import { createFusionService, loadCommonValues } from '@sitebus/fusion';
import { createGatewayService, parseConfig, type GatewayService, type GatewayServiceParts } from '@sitebus/gateway';
import { createPostgresDesk } from '@sitebus/gateway/store';
import { createSupervised, type Service } from '@sitebus/kit';
import { createLedgerService, verifierKeysOf, type LedgerService } from '@sitebus/ledger';
import {
  type Clock,
  type Codec,
  type Log,
  type Policy,
  fusionPrincipal,
  gatewayPrincipal,
  ledgerPrincipal,
} from '@sitebus/sdk';
import type { StoreUrls } from '../provision/index.ts';
import type { Buses } from './buses.ts';
import { storeUrlOf } from './provisioned.ts';
import type { Secrets } from './secrets.ts';

/** What every service of a view is given. */
export interface ViewParts {
  readonly policy: Policy;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly log: Log;
}

/** One fusion a view, in the order of policy; each is made again when it cannot go on. */
export async function createFusions(
  { clock: electionClock, ...parts }: ViewParts,
  { schemasDir, dataDir }: { readonly schemasDir: string; readonly dataDir: string },
  buses: Buses,
): Promise<readonly Service[]> {
  const commonValues = await loadCommonValues(join(schemasDir, 'policy', 'common-values'));
  return parts.policy.views.map((view) =>
    createSupervised({
      name: fusionPrincipal(view.id),
      log: parts.log,
      create: () =>
        createFusionService({
          ...parts,
          clock: electionClock,
          config: { view: view.id, snapshotDir: join(dataDir, 'snapshots') },
          bus: buses.as(fusionPrincipal(view.id)),
          commonValues,
        }),
    }),
  );
}

/** One ledger service a view, in the order of policy. */
export function createLedgers(parts: ViewParts, { ledgerKeys }: Secrets, buses: Buses): readonly LedgerService[] {
  return parts.policy.views.map((view) =>
    createLedgerService({
      ...parts,
      config: { view: view.id, keys: ledgerKeys },
      bus: buses.as(ledgerPrincipal(view.id)),
    }),
  );
}

/** One gateway a view, by view; none of them listens, as a front door hands them their requests. */
export function createGateways(
  parts: ViewParts & Omit<GatewayServiceParts, 'config' | 'bus' | 'store'>,
  {
    secrets,
    storeUrls,
    dataDir,
    maxEventLoopDelayMs,
  }: {
    readonly secrets: Secrets;
    readonly storeUrls: StoreUrls;
    readonly dataDir: string;
    readonly maxEventLoopDelayMs?: number | undefined;
  },
  buses: Buses,
): ReadonlyMap<string, GatewayService> {
  const { policy, log } = parts;
  return new Map(
    policy.views.map((view) => [
      view.id,
      createGatewayService({
        ...parts,
        config: parseConfig({
          view: view.id,
          besideViews: policy.views.map(({ id }) => id),
          webhookOrigins: ['loopback'], // for trying: a listener of one's own on this machine
          outboxDir: join(dataDir, 'outbox', view.id),
          cursorKeys: secrets.cursorKeys,
          ledgerSalt: secrets.ledgerSalt,
          ledgerKeys: verifierKeysOf(view.id, secrets.ledgerKeys),
          ...(maxEventLoopDelayMs !== undefined && { maxEventLoopDelayMs }),
        }),
        bus: buses.as(gatewayPrincipal(view.id)),
        store: createPostgresDesk({ url: storeUrlOf(storeUrls, view.id), view: view.id, log }),
      }),
    ]),
  );
}
