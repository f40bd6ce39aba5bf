// What the routes of one gateway are given: each takes the two or three it uses.

import type { FastifyPluginAsync, FastifyTypeProvider, RawServerDefault } from 'fastify';
import type { Static, TSchema } from 'typebox';
import type { AgencyIntake, GuardPort, ProtocolPort, ResearchPort, SpillCopy } from '@sitebus/kit';
import type { SpilledProducts } from './spills/spilled-products.ts';
import type { BusPort, Clock, Codec, Log, Policy, PolicyArchive, View } from '@sitebus/sdk';
import type { StreamLimits } from './config.ts';
import type { Cursors } from './cursor.ts';
import type { Deliveries } from './deliveries/deliveries.ts';
import type { IdempotencyStore } from './idempotency.ts';
import type { KeyUses } from './key-uses.ts';
import type { LedgerCopy } from './ledger-copy.ts';
import type { LocalIssuer } from './local-issuer.ts';
import type { PolicyAge } from '@sitebus/kit';
import type { ReadModel } from './read-model/model.ts';
import type { NotificationStreams } from './receipts/notification-stream.ts';
import type { Receipts } from './receipts/receipts.ts';
import type { RegistryCommands } from './registry/commands.ts';
import type { Registry } from '@sitebus/kit';
import type { Monitor, Released } from './release.ts';
import type { DeskStore } from './store/desk.ts';
import type { Streams } from './stream.ts';
import type { Subjects } from './subject.ts';
import type { UploadSlots } from './upload-slots.ts';

export interface GatewayParts {
  readonly view: View;
  readonly policy: Policy;
  /** What was provisioned before, and the notes of all. */
  readonly policies: PolicyArchive;
  /** Whether that policy is as new as that of the view's fusion. */
  readonly policyAge: PolicyAge;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly subjects: Subjects;
  readonly monitor: Monitor;
  readonly cursors: Cursors;
  readonly readModel: ReadModel;
  readonly streams: Streams;
  readonly receipts: Receipts;
  readonly notificationStreams: NotificationStreams;
  /** What was released. */
  readonly ledger: LedgerCopy;
  /** What was asked for in vain: a tree of its own, for reviewers. */
  readonly denials: LedgerCopy;
  /** Keys the commitments in leaves; a leaf's own salt is made from it (ledger.ts). */
  readonly ledgerSalt: Buffer;
  /** What is skipped in the cells of the view, and which products rested on it. */
  readonly spills: Pick<SpillCopy, 'current' | 'state'>;
  readonly spilledProducts: Pick<SpilledProducts, 'spansOf'>;
  /** As the view's gateway sees it: for the one record that is to be spilled, which is in no store. */
  readonly bus: BusPort;
  readonly desk: DeskStore;
  readonly deliveries: Deliveries;
  readonly idempotency: IdempotencyStore;
  readonly keyUses: KeyUses;
  /** Example records by subject, for the description of the bus. */
  readonly examples: ReadonlyMap<string, unknown>;
  readonly uploads: UploadSlots;
  /** The agency's own service, where it can be reached. */
  readonly intakes: (agency: string) => AgencyIntake | undefined;
  /** Decides on what leaves its marking; absent: nothing is decided here. */
  readonly guard?: GuardPort;
  readonly protocol?: ProtocolPort;
  /** Keeps what is collected at arm's length; absent: nothing is. */
  readonly research?: ResearchPort;
  /** Changes the registry; absent where this process reaches no writer. */
  readonly registryCommands?: RegistryCommands;
  readonly streamLimits: StreamLimits;
  readonly requestsPerMinute: number;
  /** What absolute links begin with; absent: as the request was sent. */
  readonly publicOrigin?: string;
  /** Other views at the same origin, whose collections are listed here. */
  readonly besideViews: readonly string[];
  /** What does not work just now, in words safe for every reader; empty when all does. */
  readonly degraded: () => readonly string[];
  /** Only in the local stack. */
  readonly localIssuer?: LocalIssuer;
}

/** Types a request from its schemas, and lets a handler return nothing but a Released. */
export interface ReleasedTypeProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  readonly serializer: Released<unknown>;
}

/** A file of routes. */
export type Routes = FastifyPluginAsync<GatewayParts, RawServerDefault, ReleasedTypeProvider>;
