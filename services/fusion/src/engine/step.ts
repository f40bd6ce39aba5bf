// One step of a view's fusion: a cut of admitted records in, the assessments and alerts that changed out.
// Holds: synchronous, no clock but the cut's, no randomness; the same cuts give the same bytes; what is published is
// sorted by id. The state is handed over and handed back: whoever calls must not use the old one. Source: README.md#engine

import type { Alert, Assessment } from '@sitebus/sdk';
import type { FusionObservation } from './observation.ts';
import { pack } from './observation-packer.ts';
import { wholeOf, type PackedSlice } from './packed-observations.ts';
import { admitAll, type Turned } from './records/admit-all.ts';
import { expire } from './records/expiry.ts';
import { forget, reclaim } from './records/forget.ts';
import { compareText } from './records/records.ts';
import { relink } from './linking/relink.ts';
import { sweepWhenDue } from './records/sweep.ts';
import { byIdAndVersion, toAssessment, type KeepContent, type Product } from './publishing/product.ts';
import { publish } from './publishing/publish.ts';
import { noticesOf, overflow, type EngineNotice } from './records/quota.ts';
import { withAged } from './publishing/ageing.ts';
import type { EngineState } from './state.ts';

/** A sorted batch with its time. */
export interface EngineCut {
  /** UTC milliseconds; never less than in the cut before. */
  readonly now: number;
  /** In the order of (topic, partition, offset); the order decides nothing. Read once, and none is kept. */
  readonly observations: Iterable<FusionObservation>;
}

/** The same as whoever reads the bus packs it. */
export interface PackedCut {
  readonly now: number;
  /** In the order of (topic, partition, offset). None is kept. */
  readonly slices: Iterable<PackedSlice>;
}

/** The state after a step, and what it published. */
export interface Stepped {
  readonly state: EngineState;
  readonly changes: Changes;
}

/** What a step publishes. Sorted by assessment id. */
export interface Changes {
  readonly products: readonly Product[];
  /** The records of the products, made when first asked for. */
  readonly assessments: readonly Assessment[];
  readonly alerts: readonly Alert[];
  /** For the operators of the view, sorted by code and agency. */
  readonly notices: readonly EngineNotice[];
}

/** What one act of publishing says. */
export type Published = Pick<Changes, 'products' | 'alerts'>;

/** What is published, with what operators are told. */
export function toChanges({ products, alerts }: Published, notices: readonly EngineNotice[] = []): Changes {
  let assessments: readonly Assessment[] | undefined;
  return {
    products,
    get assessments() {
      return (assessments ??= products.map(toAssessment));
    },
    alerts,
    notices,
  };
}

/** Applies one cut. Cost: the new records, the components they touch, and once an hour what leaves. */
export function step(state: EngineState, { now, observations }: EngineCut): Stepped {
  return stepPacked(state, { now, slices: [wholeOf(pack(state.rules, state.seed, observations))] });
}

/** Applies one cut of packed records; `keep` says what is kept of what a product says. */
export function stepPacked(state: EngineState, cut: PackedCut, keep?: KeepContent): Stepped {
  const expired = expire(state, cut.now, keep);
  const admitted = admitAll(state, cut.slices, () => cut.now);
  const { turned, lost } = withinQuota(state, admitted);
  const affected = relink(state, turned);
  withAged(state, cut.now, affected);
  const published = publish(state, affected, turned.removed, cut.now, keep);
  const notices = noticesOf(state, lost);
  reclaim(state);
  sweepWhenDue(state);
  return { state, changes: toChanges(inOneCut(expired, published), notices) };
}

/** Gives up what there is no room for; a record that came and went in one cut never was. */
function withinQuota(
  state: EngineState,
  turned: Turned,
): { readonly turned: Turned; readonly lost: readonly number[] } {
  const given = overflow(state);
  if (given.length === 0) return { turned, lost: given };
  const first = state.leaving.length;
  const counted = new Set(forget(state, given));
  const lost = state.leaving.slice(first);
  const added = turned.added.filter((record) => !counted.delete(record));
  return { turned: { added, removed: [...turned.removed, ...counted] }, lost };
}

/** What leaves is published before what comes: of an id that does both, two versions. */
function inOneCut(first: Published | undefined, second: Published): Published {
  if (first === undefined) return second;
  return {
    products: [...first.products, ...second.products].sort(byIdAndVersion),
    alerts: [...first.alerts, ...second.alerts].sort(
      (a, b) => compareText(a.assessmentId, b.assessmentId) || a.version - b.version,
    ),
  };
}
