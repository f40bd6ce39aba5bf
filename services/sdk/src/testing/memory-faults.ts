// Failures that a test orders in advance.
// Holds: each is used up once, in the order of use.

/**
 * - `produce`: the record is not written; UNREACHABLE.
 * - `ack`: the record is written but its sender hears TIMEOUT, as when a connection breaks at the wrong moment.
 * - `fetch`: a consumer dies with UNREACHABLE through `fatal`.
 * - `rebalance`: the group is divided anew before its next batch.
 */
export type FaultKind = 'produce' | 'ack' | 'fetch' | 'rebalance';

/** The failures still to come. */
export interface Faults {
  order(kind: FaultKind, times: number): void;
  /** True when one was ordered; it is used up by asking. */
  take(kind: FaultKind): boolean;
}

export function createFaults(): Faults {
  const ordered = new Map<FaultKind, number>();
  return {
    order: (kind, times) => void ordered.set(kind, (ordered.get(kind) ?? 0) + times),
    take(kind) {
      const left = ordered.get(kind) ?? 0;
      if (left > 0) ordered.set(kind, left - 1);
      return left > 0;
    },
  };
}
