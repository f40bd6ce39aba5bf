// Batches of many partitions in one produce request a broker, where kafkajs has one verdict for a whole request.
// Holds: a round is one attempt; each batch is told by itself whether the broker has it; of one that it has not, or of which
// nothing is known, the sequence number is wound back, so that the same batch sent alone is the same to the broker: written
// once, and answered alike. Brokers do not wait for one another. Source: Kafka protocol §Produce; README.md#the-bus

import type { Message } from 'kafkajs';
import type { TopicPartition } from '../bus.ts';
import { partitionKey } from '../starting-positions.ts';

/** One batch of a round; to the driver it is a list of messages. */
export class RoundShare {
  readonly place: TopicPartition;
  readonly messages: readonly Message[];
  /** The offset of its first record; undefined where the broker has not said that it has the batch. Never rejects. */
  readonly base: Promise<bigint | undefined>;
  settle: (base: bigint | undefined) => void = () => undefined;

  constructor(place: TopicPartition, messages: readonly Message[]) {
    this.place = place;
    this.messages = messages;
    this.base = new Promise((resolve) => (this.settle = resolve));
  }
}

/** A topic's share of a round, as the driver is handed it in place of a list of messages. */
export interface RoundOfTopic {
  readonly topic: string;
  readonly messages: { readonly byPartition: Readonly<Record<number, RoundShare>>; find(): undefined };
}

/** A round as `sendBatch` of the driver takes it. No place may be named twice. */
export function toTopicMessages(shares: readonly RoundShare[]): RoundOfTopic[] {
  const topics = new Map<string, Record<number, RoundShare>>();
  for (const share of shares) {
    const { topic, partition } = share.place;
    const byPartition = topics.get(topic) ?? {};
    byPartition[partition] = share;
    topics.set(topic, byPartition);
  }
  return [...topics].map(([topic, byPartition]) => ({ topic, messages: { byPartition, find: () => undefined } }));
}

/** What the driver's sender is made of, as far as a round needs it. */
export interface SenderParts {
  readonly cluster: {
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>;
    findBroker(by: { nodeId: string }): Promise<RoundBroker>;
  };
  readonly eosManager: {
    isTransactional(): boolean;
    getProducerId(): number;
    getProducerEpoch(): number;
    getSequence(topic: string, partition: number): number;
    updateSequence(topic: string, partition: number, increment: number): void;
    acquireBrokerLock(broker: RoundBroker): Promise<void>;
    releaseBrokerLock(broker: RoundBroker): unknown;
  };
}

interface RoundBroker {
  produce(request: object): Promise<ProduceAnswer>;
}

/** A broker's answer to a produce request, partition by partition. */
export interface ProduceAnswer {
  readonly topics: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly baseOffset: string;
    }[];
  }[];
}

/** What the driver throws when one partition was refused; `kafkajs-fixed.ts` adds what was said of the others. */
export interface RefusedInPart {
  readonly answer?: ProduceAnswer;
}

/** Sends a round once. Rejects when leaders are not known; whatever is not settled then was not sent. */
export async function sendRound(parts: SenderParts, topics: readonly RoundOfTopic[]): Promise<void> {
  const { cluster } = parts;
  await cluster.addMultipleTargetTopics(topics.map(({ topic }) => topic));
  await cluster.refreshMetadataIfNecessary();
  const byLeader = new Map<string, RoundShare[]>();
  for (const { topic, messages } of topics) {
    const leaders = cluster.findLeaderForPartitions(topic, Object.keys(messages.byPartition).map(Number));
    for (const [nodeId, partitions] of Object.entries(leaders)) {
      const shares = byLeader.get(nodeId) ?? [];
      for (const partition of partitions) shares.push(messages.byPartition[partition]!);
      byLeader.set(nodeId, shares);
    }
  }
  await Promise.all([...byLeader].map(([nodeId, shares]) => sendTo(parts, nodeId, shares)));
}

async function sendTo({ cluster, eosManager }: SenderParts, nodeId: string, shares: readonly RoundShare[]) {
  let accepted = NOTHING;
  try {
    const broker = await cluster.findBroker({ nodeId });
    await eosManager.acquireBrokerLock(broker);
    try {
      const request = toRequest(eosManager, shares);
      accepted = await broker.produce(request).then(acceptedIn, acceptedOfError);
      for (const { place, messages } of shares)
        if (!accepted.has(partitionKey(place)))
          eosManager.updateSequence(place.topic, place.partition, -messages.length);
    } finally {
      await eosManager.releaseBrokerLock(broker);
    }
  } finally {
    for (const share of shares) share.settle(accepted.get(partitionKey(share.place)));
  }
}

/** The request, each batch with the sequence numbers that are its own from here on. */
function toRequest(eosManager: SenderParts['eosManager'], shares: readonly RoundShare[]): object {
  const topics = new Map<string, object[]>();
  for (const { place, messages } of shares) {
    const { topic, partition } = place;
    const firstSequence = eosManager.getSequence(topic, partition);
    eosManager.updateSequence(topic, partition, messages.length);
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, firstSequence, messages });
    topics.set(topic, partitions);
  }
  return {
    acks: -1,
    producerId: eosManager.getProducerId(),
    producerEpoch: eosManager.getProducerEpoch(),
    topicData: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
  };
}

const NOTHING: ReadonlyMap<string, bigint> = new Map();
const NO_ERROR = 0;

function acceptedIn({ topics }: ProduceAnswer): ReadonlyMap<string, bigint> {
  const accepted = new Map<string, bigint>();
  for (const { topicName: topic, partitions } of topics)
    for (const { partition, errorCode, baseOffset } of partitions)
      if (errorCode === NO_ERROR) accepted.set(partitionKey({ topic, partition }), BigInt(baseOffset));
  return accepted;
}

/** A lost connection or a late answer says nothing of any batch. */
function acceptedOfError(error: unknown): ReadonlyMap<string, bigint> {
  const { answer } = error as RefusedInPart;
  return answer === undefined ? NOTHING : acceptedIn(answer);
}
