// The guard's leaves on the ledger of a view: each refusal, each approval of an identity, and each handing down before it
// happens.
// Holds: what is refused lies among the view's denials, which reviewers read; a leaf carries commitments and markings, never content; without an acknowledged leaf nothing is handed down. The
// topic is never written in a transaction, whose markers would leave holes in the tree. Source: RFC 8785; README.md#ledger

import { createHmac, randomBytes } from 'node:crypto';
import { print } from '@sitebus/marking';
import {
  denialTopic,
  fromWire,
  GUARD_PRINCIPAL,
  ledgerTopic,
  type BusPort,
  type BusProducer,
  type Clock,
  type Policy,
  type WireMarking,
} from '@sitebus/sdk';
import { commitmentOf, toHex } from '@sitebus/sdk/merkle';
import { canonicalText } from './canonical.ts';
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
  const { bus, salt, policy, clock } = parts;
  let producer: BusProducer | undefined;
  let seq = 0;
  return {
    async start() {
      producer = await bus.createProducer();
    },
    async append({ view, records, marking, ...rest }) {
      const nonce = randomBytes(16).toString('base64url');
      const own = createHmac('sha256', salt).update(nonce, 'utf8').digest();
      const leaf = {
        seq: (seq += 1),
        at: new Date(clock.now()).toISOString(),
        by: GUARD_PRINCIPAL,
        nonce,
        ...rest,
        marking: print(fromWire(marking), { homeNation: policy.homeNation }),
        eventCommit: toHex(commitmentOf(own, records)),
        records: records.length,
        bytes: 0,
        policyVersion: policy.version,
      };
      try {
        if (producer === undefined) throw new Error('the guard is not started');
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
