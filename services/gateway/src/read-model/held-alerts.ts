// Alerts in memory, in the order of alert.<view>.
// Holds: offsets ascend and may have gaps; an alert is handed to a stream beside an assessment of at least its version,
// where that comes in time, and is not known not to come. Grows with the topic: nothing is forgotten before the process ends.

import type { Marking } from '@sitebus/marking';
import { fromWire } from '@sitebus/sdk';
import type { Alert } from '@sitebus/sdk';
import type { ProductVersion } from '../receipts/facts.ts';
import type { createAssessments } from './held-assessments.ts';
import type { AlertLog, StoredAlert } from './model.ts';
import { createSignal } from './signal.ts';

/**
 * How long after an alert its assessment may come: both lie in one transaction, on two topics. A stream holds the alert back
 * so long, and what follows it: without its assessment a filter would pass it over for good.
 */
const ASSESSMENT_WAIT_MS = 10_000;

interface HeldAlert {
  readonly id: string;
  readonly offset: bigint;
  readonly atMs: number;
  readonly marking: Marking;
  readonly value: Alert;
  /** Monotonic. */
  readonly waitUntilMs: number;
}

/** Makes an empty log of alerts. `endOnBus`: default: as far as was added. */
export function createAlerts(assessments: ReturnType<typeof createAssessments>, endOnBus?: AlertLog['endOnBus']) {
  const inOrder: HeldAlert[] = []; // ascending offsets, not necessarily contiguous
  const byId = new Map<string, HeldAlert>();
  const absent = new Set<string>();
  const arrivals = createSignal();
  let earliest = 0n;
  let next = 0n;
  const toStored = ({ waitUntilMs: _waited, ...held }: HeldAlert): StoredAlert => ({
    ...held,
    kind: 'alert',
    assessment: assessments.get(held.value.assessmentId),
  });
  /** Index of the first alert for which `isAtOrAfter` holds. */
  const firstWhere = (isAtOrAfter: (alert: HeldAlert) => boolean): number => {
    let low = 0;
    let high = inOrder.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAtOrAfter(inOrder[middle] as HeldAlert)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const isExplained = ({ value }: HeldAlert): boolean =>
    (assessments.get(value.assessmentId)?.value.version ?? 0) >= value.version ||
    absent.has(`${value.assessmentId} ${value.version}`);

  const log: AlertLog = {
    ends: () => ({ earliest, next }),
    endOnBus: endOnBus ?? (async () => next),
    async read(from, limit) {
      const start = firstWhere(({ offset }) => offset >= from);
      for (;;) {
        const page = inOrder.slice(start, start + limit);
        const waiting = page.findIndex((alert) => !isExplained(alert) && performance.now() < alert.waitUntilMs);
        if (waiting !== 0) return (waiting === -1 ? page : page.slice(0, waiting)).map(toStored);
        const leftMs = (page[0]?.waitUntilMs ?? 0) - performance.now();
        await assessments.arrivals.wait(AbortSignal.timeout(Math.max(1, Math.ceil(leftMs))));
      }
    },
    offsetAt(timeMs) {
      return inOrder[firstWhere(({ atMs }) => atMs >= timeMs)]?.offset ?? next;
    },
    async arrival(from, signal) {
      while (next <= from && !signal.aborted) await arrivals.wait(signal);
    },
  };
  return {
    log,
    setEnds(ends: { readonly earliest: bigint; readonly next: bigint }): void {
      earliest = ends.earliest;
      if (next < ends.earliest) next = ends.earliest;
    },
    /** @returns false for one that is held: it was read again after a rebalance. */
    add(value: Alert, offset: bigint, atMs: number): boolean {
      if (offset < next) return false;
      const waitUntilMs = performance.now() + ASSESSMENT_WAIT_MS;
      const held: HeldAlert = { id: value.id, offset, atMs, marking: fromWire(value.marking), value, waitUntilMs };
      inOrder.push(held);
      if (!byId.has(value.id)) byId.set(value.id, held);
      next = offset + 1n;
      arrivals.notify();
      return true;
    },
    /** A version was read that is kept from everybody: an alert about it, and what follows that, waits for it no longer. */
    passOver({ productId, productVersion }: ProductVersion): void {
      absent.add(`${productId} ${productVersion}`);
      assessments.arrivals.notify();
    },
    /** The alert at an offset that `add` took. */
    at(offset: bigint): StoredAlert {
      return toStored(inOrder[firstWhere((alert) => alert.offset >= offset)] as HeldAlert);
    },
    get(id: string): StoredAlert | undefined {
      const held = byId.get(id);
      return held === undefined ? undefined : toStored(held);
    },
    before(offset: bigint | undefined): StoredAlert | undefined {
      const at = offset === undefined ? inOrder.length : firstWhere((alert) => alert.offset >= offset);
      const held = inOrder[at - 1];
      return held === undefined ? undefined : toStored(held);
    },
  };
}
