// The leaves of a service that decides in several views: guard and research room.
// Holds: what is refused lies among the view's denials, which reviewers read, everything else among its releases; without an
// acknowledged leaf nothing is done; the topics are never written in a transaction, whose markers would leave holes in the
// tree. Source: README.md#leaves

import { print, type Marking } from '@sitebus/marking';
import { denialTopic, ledgerTopic, type BusPort, type BusProducer, type Clock, type Policy } from '@sitebus/sdk';
import { createLeafSeal, type LeafContent } from './leaf.ts';

/** What such a leaf says, and of which view. */
export interface ServiceLeaf extends Omit<LeafContent, 'marking'> {
  readonly view: string;
  readonly marking: Marking;
}

/** Takes leaves. `append` resolves when the leaf is durable, and rejects with what `closed` makes where it is not. */
export interface LeafWriter {
  start(): Promise<void>;
  append(leaf: ServiceLeaf): Promise<void>;
  stop(): Promise<void>;
}

/** Makes the writer. `salt` is that of the gateways of the same views; `by` the service's principal. */
export function createLeafWriter(parts: {
  readonly bus: BusPort;
  readonly salt: Buffer;
  readonly by: string;
  readonly policy: Pick<Policy, 'version' | 'homeNation'>;
  readonly clock: Clock;
  /** The room's retriable refusal. */
  readonly closed: (cause: unknown) => Error;
}): LeafWriter {
  const { bus, salt, by, policy, clock, closed } = parts;
  const seal = createLeafSeal({ salt, by, clock, policyVersion: policy.version });
  let producer: BusProducer | undefined;
  return {
    async start() {
      producer = await bus.createProducer();
    },
    async append({ view, marking, ...rest }) {
      const { value } = seal.one({ ...rest, marking: print(marking, { homeNation: policy.homeNation }) });
      try {
        if (producer === undefined) throw new Error(`${by} is not started`);
        const topic = rest.decision === 'REFUSED' ? denialTopic(view) : ledgerTopic(view);
        await producer.send({ topic, key: null, value });
      } catch (cause) {
        throw closed(cause);
      }
    },
    async stop() {
      await producer?.close();
      producer = undefined;
    },
  };
}
