// The only erasure there is: a tombstone under the key of a record that two persons have ordered everybody to skip.
// Holds: pure; the order is verified here again, against the keys pinned with policy, and it reaches the topics of this
// writer alone; what is no order of two, or names no key, erases nothing. Source: kit README.md#spills

import { obsTopic, type OutgoingRecord, type Policy } from '@sitebus/sdk';
import { signedSpillIn } from './signed-spill.ts';

/** Where a tombstone goes. */
export interface Tombstone {
  readonly cell: string;
  readonly record: OutgoingRecord;
}

/** @returns what the order has this agency write; undefined for a note that is no order to it. */
export function tombstoneOf(
  note: string,
  { agency, policy }: { readonly agency: string; readonly policy: Pick<Policy, 'signers'> },
): Tombstone | undefined {
  const order = signedSpillIn(note, policy);
  if (order === undefined) return undefined;
  const { cell, topic, partition, key } = order;
  if (topic !== obsTopic(cell, agency) || key === null) return undefined;
  return { cell, record: { topic, partition, key: Buffer.from(key, 'base64url'), value: null } };
}
