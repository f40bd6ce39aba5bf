// Versions of assessments that were made with a spilled record in them: they are released to nobody any more.
// Holds: fusion says in a header what it skipped when it wrote a version; one that names a spilled record as member or position,
// written by a fusion that did not skip it yet, is spilled with it; an alert about such a version too. When each stood as the
// newest is kept, for the question who was sent it. Source: README.md#spills

import { knownOf, SPILLS_HEADER } from '@sitebus/kit';
import type { SpillEntry, Spills } from '@sitebus/kit';
import type { Assessment } from '@sitebus/sdk';
import type { ProductVersion } from '../receipts/facts.ts';
import type { Stored } from '../read-model/model.ts';

/** From when to when an assessment stood with the spilled record in it, UTC milliseconds; `to` exclusive. */
export interface SpilledSpan {
  readonly assessmentId: string;
  readonly from: number;
  readonly to: number;
}

/** What is known of them. */
export interface SpilledProducts {
  /** Tells of a version as it is read. @returns true for one that is spilled: it must go no further. */
  takes(value: Assessment, headers: Readonly<Record<string, string>>, atMs: number): boolean;
  isSpilled(version: ProductVersion): boolean;
  /** Whether it must be answered as if it were not there. */
  isGone(record: Stored): boolean;
  /** When which assessment rested on this record. */
  spansOf(entry: SpillEntry): readonly SpilledSpan[];
}

/** Makes the knowledge of one reading of the bus, under these orders. `onSpilled` is told of each version. */
export function createSpilledProducts(spills: Spills, onSpilled: (version: ProductVersion) => void): SpilledProducts {
  const versions = new Set<string>();
  const spans = new Map<SpillEntry, Map<string, SpilledSpan>>();
  const named = spills.orders.filter(({ order }) => order.id !== null);

  const note = (entry: SpillEntry, assessmentId: string, atMs: number): void => {
    const known = spans.get(entry) ?? new Map<string, SpilledSpan>();
    spans.set(entry, known);
    const from = Math.min(known.get(assessmentId)?.from ?? Infinity, atMs);
    known.set(assessmentId, { assessmentId, from, to: Infinity });
  };
  /** A version without the record follows: that was the end of it. */
  const close = (assessmentId: string, atMs: number): void => {
    for (const known of spans.values()) {
      const span = known.get(assessmentId);
      if (span?.to === Infinity && atMs >= span.from) known.set(assessmentId, { ...span, to: atMs });
    }
  };
  return {
    takes(value, headers, atMs) {
      if (named.length === 0) return false;
      const skipped = headers[SPILLS_HEADER] ?? '';
      const entries = named.filter(({ order }) => knownOf(skipped, order.cell) < order.seq && restsOn(value, order));
      if (entries.length === 0) {
        close(value.id, atMs);
        return false;
      }
      for (const entry of entries) note(entry, value.id, atMs);
      versions.add(`${value.id} ${value.version}`);
      onSpilled({ productId: value.id, productVersion: value.version });
      return true;
    },
    isSpilled: ({ productId, productVersion }) => versions.has(`${productId} ${productVersion}`),
    isGone(record) {
      if (record.kind === 'alert') return versions.has(`${record.value.assessmentId} ${record.value.version}`);
      return record.kind === 'assessment' && versions.has(`${record.id} ${record.value.version}`);
    },
    spansOf: (entry) => {
      const found = [...spans].filter(([{ order }]) => order.cell === entry.order.cell && order.seq === entry.order.seq);
      return found.flatMap(([, known]) => [...known.values()]);
    },
  };
} // prettier-ignore

function restsOn({ members, positions }: Assessment, { id, agency }: SpillEntry['order']): boolean {
  return [...members, ...positions].some((each) => each.id === id && each.agency === agency);
}
