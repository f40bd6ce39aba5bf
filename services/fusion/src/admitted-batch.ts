// Records as they were judged: packed observations, and what was refused, by their place in the batch; of one partition, or of
// several one behind the other, because a batch of two records costs most of what one of fifty costs.
// Holds: every record has a place, whatever came of it; a function of the records, policy, lock, lists and seed, so that it
// does not matter in which thread it is made (a test compares them byte for byte). Source: README.md#packed-records

import type { Quarantined } from '@sitebus/kit';
import type { BusRecord } from '@sitebus/sdk';
import { admission, checkedPartsOf, type AdmissionParts } from './admission.ts';
import { ObservationPacker } from './engine/observation-packer.ts';
import type { PackedObservations } from './engine/packed-observations.ts';
import type { Rules } from './engine/rules.ts';
import type { WordRow } from './engine/values/text-words.ts';

/** A batch that was judged; can be cloned. */
export interface AdmittedBatch {
  /** By place, ascending within a partition. */
  readonly offsets: Float64Array<ArrayBuffer>;
  readonly packed: PackedObservations;
  readonly refused: readonly RefusedRecord[];
}

/** A record that every reader skips; ascending by place. */
export interface RefusedRecord {
  readonly place: number;
  readonly quarantined: Quarantined;
}

/** Some places of a batch, one behind the other, all of one partition. */
export interface BatchSlice {
  readonly batch: AdmittedBatch;
  readonly from: number;
  /** One past the last. */
  readonly to: number;
}

/**
 * Judges records whose schemas are settled. `seed` is that of the state which will take them in; `row` is where they are
 * written, where the caller keeps one: what was there before is gone.
 */
export function admitBatch(
  records: readonly BusRecord[],
  parts: AdmissionParts,
  rules: Rules,
  seed: number,
  row?: WordRow,
): AdmittedBatch {
  const packer = new ObservationPacker(rules, seed, row);
  const checked = checkedPartsOf(parts);
  const offsets = new Float64Array(records.length);
  const refused: RefusedRecord[] = [];
  for (const [place, record] of records.entries()) {
    offsets[place] = Number(record.offset);
    const outcome = admission(record, parts, checked);
    if (outcome.kind === 'observation') packer.add(outcome.observation);
    else packer.skip();
    if (outcome.kind === 'refused') refused.push({ place, quarantined: outcome.quarantined });
  }
  return { offsets, packed: packer.packed(), refused };
}

/** All of a batch whose records are of one partition. */
export function wholeBatch(batch: AdmittedBatch): BatchSlice {
  return { batch, from: 0, to: batch.offsets.length };
}

/** How many records slices have. */
export function lengthOf(slices: readonly BatchSlice[]): number {
  return slices.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Bytes of a batch's memory. */
export function bytesOf({ offsets, packed }: AdmittedBatch): number {
  return offsets.byteLength + packed.words.byteLength + packed.starts.byteLength + packed.times.byteLength;
}

/** What of a batch is given away when it goes to another thread. */
export function memoryOf({ offsets, packed }: AdmittedBatch): ArrayBuffer[] {
  return [offsets.buffer, packed.words.buffer, packed.starts.buffer, packed.times.buffer];
}
