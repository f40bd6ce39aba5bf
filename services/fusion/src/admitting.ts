// Who judges what a lane reads: this thread, or one beside it.
// Holds: batches come back in the order in which they were given; a failure is the lane's end. Source: README.md#packed-records

import type { BusRecord } from '@sitebus/sdk';
import type { AdmissionParts } from './admission.ts';
import { admitBatch, wholeBatch, type BatchSlice } from './admitted-batch.ts';
import { roomyRow } from './engine/observation-packer.ts';
import { toRules } from './engine/rules.ts';

/** Judges batches. */
export interface Admitting {
  /** By which texts are hashed: that of the state which takes the batches in. */
  readonly seed: number;
  /** Whether it is done beside the caller's thread: then it is worth reading on meanwhile. */
  readonly isElsewhere: boolean;
  /** Resolves when it can judge at once; rejects where it never will. */
  readonly ready: Promise<void>;
  /** Records of one partition, ascending, whose schemas the lane's codec knows. A rejection is final. */
  admit(records: readonly BusRecord[]): Promise<BatchSlice>;
}

/** Judges in the caller's thread. */
export function createAdmitting(parts: AdmissionParts, seed: number): Admitting {
  const rules = toRules(parts.policy, parts.commonValues.isSharedSuffix);
  const row = roomyRow(seed);
  return {
    seed,
    isElsewhere: false,
    ready: Promise.resolve(),
    admit: (records) => Promise.resolve().then(() => wholeBatch(admitBatch(records, parts, rules, seed, row))),
  };
}
