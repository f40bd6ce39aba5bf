// What is written on receipt.<view>: distributions, receipts, events of notifications, recalls; to a record and back.
// Holds: one record a fact, keyed by product; a record that is none of the four is no fact. Source: README.md#receipts

import { receiptTopic, toCloudEventHeaders, viewSource } from '@sitebus/sdk';
import type {
  BusRecord,
  Codec,
  Distribution,
  NotificationFact,
  OutgoingRecord,
  ProductRecall,
  Receipt,
} from '@sitebus/sdk';
import { v5 as uuidOf } from 'uuid';

/** One thing that happened to a product or to one person's notification of it. */
export type Fact =
  | { readonly type: 'Distribution'; readonly value: Distribution }
  | { readonly type: 'Receipt'; readonly value: Receipt }
  | { readonly type: 'NotificationEvent'; readonly value: NotificationFact }
  | { readonly type: 'ProductRecall'; readonly value: ProductRecall };

/** A version of a product: what is issued, sent and recalled. */
export interface ProductVersion {
  readonly productId: string;
  readonly productVersion: number;
}

const TYPES: readonly string[] = [
  'Distribution',
  'Receipt',
  'NotificationEvent',
  'ProductRecall',
] satisfies Fact['type'][];

/** @returns the record to write. */
export function toFactRecord({ type, value }: Fact, view: string, codec: Codec): OutgoingRecord {
  const subject = `ca.sitebus.gateway.${type}`;
  const bytes = codec.encode(subject, value);
  const person = 'person' in value ? value.person : '';
  const kind = 'kind' in value ? value.kind : '';
  const id = uuidOf([type, value.productId, value.productVersion, person, kind, value.at].join(' '), FACT_NAMESPACE);
  const headers = toCloudEventHeaders({ id, source: viewSource(view), type: subject, timeMs: value.at });
  return { topic: receiptTopic(view), key: value.productId, value: bytes, headers };
}

/** @returns the fact of a record, undefined for what is none. Throws SCHEMA_UNKNOWN {schemaId}, which may come to be known. */
export function toFact(record: Pick<BusRecord, 'value'>, codec: Codec): Fact | undefined {
  if (record.value === null) return undefined;
  const { type, value } = codec.decode(record.value);
  return TYPES.includes(type) ? ({ type, value } as Fact) : undefined; // its schema has established its shape
}

/** @returns the id of a person's notification of a product version in a view: the same wherever it is computed. */
export function notificationIdOf(
  viewNamespace: string,
  { productId, productVersion }: ProductVersion,
  person: string,
): string {
  return uuidOf(`notification ${productId} ${productVersion} ${person}`, viewNamespace);
}

/** A random constant: ids of facts share their namespace with nothing. */
const FACT_NAMESPACE = 'f1a6e0b4-6c0e-4a0e-9d0b-2f6b1b0a7d55';
