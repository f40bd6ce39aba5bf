// What a lane and its admission thread tell each other.
// Holds: every message can be cloned; memory of records goes along. Source: README.md#packed-records

import type { PackedBatch, Policy, SchemaLock } from '@sitebus/sdk';
import type { AdmittedBatch } from './admitted-batch.ts';
import type { CommonValues } from './common-values.ts';

/** What the thread is started with: whatever a verdict depends on. */
export interface AdmissionThreadData {
  readonly view: string;
  readonly policy: Policy;
  readonly lock: SchemaLock;
  readonly commonValues: CommonValues['texts'];
  readonly seed: number;
}

/** From the lane to the thread. */
export type ToAdmissionThread =
  /** What the lane was given in one turn. */
  | { readonly kind: 'admit'; readonly batches: readonly PackedBatch[] }
  /** What the lane's registry has; `undefined` for what it does not know. */
  | { readonly kind: 'schema'; readonly id: number; readonly schema: string | undefined };

/** From the thread to the lane. Batches come back in the order in which they were given. */
export type FromAdmissionThread =
  /** Its code is loaded. */
  | { readonly kind: 'ready' }
  /** Some of what was given, judged together; `ends` are the places behind each. */
  | { readonly kind: 'admitted'; readonly batch: AdmittedBatch; readonly ends: readonly number[] }
  | { readonly kind: 'schema-wanted'; readonly id: number };
