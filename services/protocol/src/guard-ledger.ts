// The guard's leaves on the ledger of a view: each refusal, each approval of an identity, and each handing down before it
// happens. How a leaf is made, and where it lies: kit's ledger/leaf-writer.ts.
// Holds: without an acknowledged leaf nothing is handed down. Source: README.md#ledger

import { createLeafWriter } from '@sitebus/kit';
import { fromWire, GUARD_PRINCIPAL, type BusPort, type Clock, type Policy, type WireMarking } from '@sitebus/sdk';
import { ledgerClosed } from './errors.ts';

/** What a leaf of the guard says. */
export interface GuardLeaf {
  readonly view: string;
  readonly who: string;
  readonly onBehalfOf?: string;
  readonly epoch: number;
  readonly decision: 'REFUSED' | 'HANDED_DOWN' | 'IDENTITY_APPROVED';
  /** The refusal's code, or what was handed down. */
  readonly reason: string;
  readonly marking: WireMarking;
  /** Ids of the disclosure and the records it is about; content hashes where there is content. */
  readonly records: readonly { readonly id: string; readonly contentHash?: string }[];
}

/** Takes leaves. `append` resolves when the leaf is durable, and rejects with LEDGER_CLOSED (retriable) where it is not. */
export interface GuardLedger {
  start(): Promise<void>;
  append(leaf: GuardLeaf): Promise<void>;
  stop(): Promise<void>;
}

/** `salt`: 32 bytes; keys the commitments, as for the gateways of the same view. */
export function createGuardLedger(parts: {
  readonly bus: BusPort;
  readonly salt: Buffer;
  readonly policy: Policy;
  readonly clock: Clock;
}): GuardLedger {
  const writer = createLeafWriter({ ...parts, by: GUARD_PRINCIPAL, closed: (cause) => ledgerClosed({}, cause) });
  return {
    ...writer,
    append: ({ marking, ...rest }) => writer.append({ ...rest, marking: fromWire(marking), bytes: 0 }),
  };
}
