// The room's leaves on the ledger of a view: every change, export, file, recall and refusal, before it counts; what people read of it the gateway puts there.
// Holds: what is refused lies among the view's denials, which reviewers read; a leaf carries commitments and markings, never
// content; without an acknowledged leaf nothing is changed, shown or exported. The topic is never written in a transaction.
// Source: RFC 8785; README.md#ledger

import { createHmac, randomBytes } from 'node:crypto';
import { print, type Marking } from '@sitebus/marking';
import { denialTopic, ledgerTopic, RESEARCH_PRINCIPAL, type BusPort, type BusProducer, type Clock, type Policy } from '@sitebus/sdk'; // prettier-ignore
import { commitmentOf, toHex } from '@sitebus/sdk/merkle';
import { canonicalText } from './canonical.ts';
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
  const { bus, salt, policy, clock } = parts;
  let producer: BusProducer | undefined;
  let seq = 0;
  return {
    async start() {
      producer = await bus.createProducer();
    },
    async append({ view, records, marking, bytes = 0, ...rest }) {
      const nonce = randomBytes(16).toString('base64url');
      const own = createHmac('sha256', salt).update(nonce, 'utf8').digest();
      const leaf = {
        seq: (seq += 1),
        at: new Date(clock.now()).toISOString(),
        by: RESEARCH_PRINCIPAL,
        nonce,
        ...rest,
        marking: print(marking, { homeNation: policy.homeNation }),
        eventCommit: toHex(commitmentOf(own, records)),
        records: records.length,
        bytes,
        policyVersion: policy.version,
      };
      try {
        if (producer === undefined) throw new Error('the room is not started');
        const topic = rest.decision === 'REFUSED' ? denialTopic(view) : ledgerTopic(view);
        await producer.send({ topic, key: null, value: Buffer.from(canonicalText(leaf)) });
      } catch (cause) {
        throw ledgerClosed({}, cause);
      }
    },
    async stop() {
      await producer?.close();
      producer = undefined;
    },
  };
}
