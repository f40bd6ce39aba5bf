import { expect, test } from '@jest/globals';
import { RoundShare, sendRound, toTopicMessages, type ProduceAnswer, type SenderParts } from './kafkajs-round.ts';

type Broker = Awaited<ReturnType<SenderParts['cluster']['findBroker']>>;
interface Sent {
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly firstSequence: number }[];
  }[];
}

const TOPIC = 'obs.open.cse';
const shareOf = (partition: number, count: number) =>
  new RoundShare(
    { topic: TOPIC, partition },
    Array.from({ length: count }, () => ({ value: Buffer.from('x') })),
  );
const answerOf = (...partitions: readonly (readonly [partition: number, errorCode: number, base: number])[]) => ({
  topics: [
    {
      topicName: TOPIC,
      partitions: partitions.map(([partition, errorCode, base]) => {
        return { partition, errorCode, baseOffset: String(base) };
      }),
    },
  ],
});

/** A cluster in which each broker leads the partitions it is named with, and what it was sent. */
function clusterOf(brokers: Readonly<Record<string, { leads: number[]; produce: () => Promise<ProduceAnswer> }>>) {
  const sequences = new Map<string, number>();
  const sent: Record<string, Sent> = {};
  let locked = 0;
  const parts: SenderParts = {
    cluster: {
      addMultipleTargetTopics: () => Promise.resolve(),
      refreshMetadataIfNecessary: () => Promise.resolve(),
      findLeaderForPartitions: (_topic, partitions) =>
        Object.fromEntries(
          Object.entries(brokers)
            .map(([id, { leads }]) => [id, partitions.filter((one) => leads.includes(one))] as const)
            .filter(([, led]) => led.length > 0),
        ),
      findBroker: ({ nodeId }) =>
        Promise.resolve<Broker>({
          produce: (request) => {
            sent[nodeId] = request as Sent;
            return brokers[nodeId]!.produce();
          },
        }),
    },
    eosManager: {
      isTransactional: () => false,
      getProducerId: () => 7,
      getProducerEpoch: () => 0,
      getSequence: (topic, partition) => sequences.get(`${topic}/${partition}`) ?? 0,
      updateSequence: (topic, partition, by) =>
        void sequences.set(`${topic}/${partition}`, (sequences.get(`${topic}/${partition}`) ?? 0) + by),
      acquireBrokerLock: () => Promise.resolve(void (locked += 1)),
      releaseBrokerLock: () => (locked -= 1),
    },
  };
  return {
    parts,
    sent,
    sequenceOf: (partition: number) => sequences.get(`${TOPIC}/${partition}`),
    locked: () => locked,
  };
}

test('batches of many partitions are one request, each at its own offset and with its own numbers', async () => {
  const cluster = clusterOf({ 1: { leads: [0, 1], produce: () => Promise.resolve(answerOf([0, 0, 40], [1, 0, 50])) } });
  const send = async () => {
    const shares = [shareOf(0, 2), shareOf(1, 3)];
    await sendRound(cluster.parts, toTopicMessages(shares));
    return Promise.all(shares.map(({ base }) => base));
  };
  expect(await send()).toEqual([40n, 50n]);
  await send();
  expect(cluster.sent['1']?.topicData).toMatchObject([
    { topic: TOPIC, partitions: [{ partition: 0, firstSequence: 2 }, { partition: 1, firstSequence: 3 }] },
  ]); // prettier-ignore
  expect([cluster.sequenceOf(0), cluster.sequenceOf(1), cluster.locked()]).toEqual([4, 6, 0]);
});

test('what a broker refuses of a request, or does not speak of, is wound back; the rest stands', async () => {
  const refused = Object.assign(new Error('MESSAGE_TOO_LARGE'), { answer: answerOf([0, 0, 40], [1, 10, -1]) });
  const cluster = clusterOf({ 1: { leads: [0, 1, 2], produce: () => Promise.reject(refused) } });
  const shares = [shareOf(0, 2), shareOf(1, 3), shareOf(2, 1)];
  await sendRound(cluster.parts, toTopicMessages(shares));
  expect(await Promise.all(shares.map(({ base }) => base))).toEqual([40n, undefined, undefined]);
  expect([0, 1, 2].map(cluster.sequenceOf)).toEqual([2, 0, 0]);
});

test('a broker that does not answer holds up no other, and what it was sent is wound back', async () => {
  let lose: (error: Error) => void = () => undefined;
  const lost = new Promise<ProduceAnswer>((_, reject) => (lose = reject));
  const cluster = clusterOf({
    1: { leads: [0], produce: () => Promise.resolve(answerOf([0, 0, 40])) },
    2: { leads: [1], produce: () => lost },
  });
  const shares = [shareOf(0, 1), shareOf(1, 1)] as const;
  const sending = sendRound(cluster.parts, toTopicMessages(shares));
  expect(await shares[0].base).toBe(40n);
  expect(cluster.sequenceOf(1)).toBe(1);
  lose(new Error('connection closed'));
  await sending;
  expect(await shares[1].base).toBeUndefined();
  expect([cluster.sequenceOf(0), cluster.sequenceOf(1), cluster.locked()]).toEqual([1, 0, 0]);
});
