// The room's leaves on the ledger of a view: every change, export, file, recall and refusal, before it counts; what people
// read of it the gateway puts there. How a leaf is made, and where it lies: kit's ledger/leaf-writer.ts.
// Holds: without an acknowledged leaf nothing is changed, shown or exported. Source: README.md#ledger

import { createLeafWriter } from '@sitebus/kit';
import type { Marking } from '@sitebus/marking';
import { RESEARCH_PRINCIPAL, type BusPort, type Clock, type Policy } from '@sitebus/sdk';
import { ledgerClosed } from './errors.ts';

/** What a leaf of the room says. */
export interface ResearchLeaf {
  readonly view: string;
  readonly who: string;
  readonly onBehalfOf?: string;
  readonly epoch: number;
  readonly decision: 'CHANGED' | 'EXPORTED' | 'RECALLED' | 'REFUSED';
  /** The command, or the refusal's code. */
  readonly reason: string;
  readonly marking: Marking;
  /** The project, the data set, the file: content hashes where there is content. */
  readonly records: readonly { readonly id: string; readonly contentHash?: string }[];
  /** Bytes of a file. */
  readonly bytes?: number;
}

/** Takes leaves. `append` resolves when the leaf is durable, and rejects with LEDGER_CLOSED (retriable) where it is not. */
export interface ResearchLedger {
  start(): Promise<void>;
  append(leaf: ResearchLeaf): Promise<void>;
  stop(): Promise<void>;
}

/** `salt`: 32 bytes; keys the commitments, as for the gateways of the same view. */
export function createResearchLedger(parts: {
  readonly bus: BusPort;
  readonly salt: Buffer;
  readonly policy: Policy;
  readonly clock: Clock;
}): ResearchLedger {
  const writer = createLeafWriter({ ...parts, by: RESEARCH_PRINCIPAL, closed: (cause) => ledgerClosed({}, cause) });
  return { ...writer, append: ({ bytes = 0, ...rest }) => writer.append({ ...rest, bytes }) };
}
