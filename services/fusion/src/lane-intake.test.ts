// How intake and the bus take turns: what is judged elsewhere is judged while the next batch is fetched.

import { expect, test } from '@jest/globals';
import { laneTopic, silentLog, type BusBatch, type BusConsumer, type BusPort, type BusRecord, type Codec, type ConsumerOptions } from '@sitebus/sdk'; // prettier-ignore
import { createTestClock } from '@sitebus/sdk/testing';
import { wholeBatch, type AdmittedBatch } from './admitted-batch.ts';
import type { Admitting } from './admitting.ts';
import { pack } from './engine/observation-packer.ts';
import { FROM_THE_BEGINNING, Intake } from './lane-intake.ts';
import { someRules } from './testing/observations.ts';

const VIEW = 'public';
const READY = Promise.resolve();
const TOPIC = 'obs.open.cse';

const record = (offset: number): BusRecord => ({
  topic: TOPIC, partition: 0, offset: BigInt(offset), key: null, value: null, headers: {}, timestampMs: 0,
}); // prettier-ignore
const batch = (...offsets: readonly number[]): BusBatch => ({
  topic: TOPIC, partition: 0, records: offsets.map(record), highWatermark: 100n, isRevoked: () => false,
}); // prettier-ignore

/** Judging that lasts until the test ends it, batch by batch, in their order. */
function slowly() {
  const asked: { readonly offsets: readonly number[]; readonly finish: () => void; readonly fail: (cause: Error) => void }[] = [];
  const admit: Admitting['admit'] = (records) =>
    new Promise((resolve, reject) => {
      const offsets = records.map(({ offset }) => Number(offset));
      const packed = { ...pack(someRules(), 0, []), count: offsets.length };
      const judged: AdmittedBatch = { offsets: Float64Array.from(offsets), packed, refused: [] };
      asked.push({ offsets, finish: () => resolve(wholeBatch(judged)), fail: reject });
    });
  return { asked, admit };
} // prettier-ignore

/** An intake on a bus in the test's hands. */
async function anIntake(admitting: Admitting) {
  const died: unknown[] = [];
  let deliver: ConsumerOptions['onBatch'] = () => Promise.reject(new Error('nobody has joined'));
  const consumer = { fatal: new Promise<Error>(() => undefined), pause: () => undefined, close: async () => undefined };
  const bus = {
    inspect: { ends: async () => [{ topic: TOPIC, partition: 0, earliest: 0n, next: 100n }] },
    createConsumer: async ({ onBatch }: ConsumerOptions) => {
      deliver = onBatch;
      return consumer as unknown as BusConsumer;
    },
  };
  const intake = new Intake({
    bus: bus as unknown as BusPort,
    clock: createTestClock(0),
    log: silentLog,
    codec: { ensure: async () => 'known' } as unknown as Codec,
    admitting,
    view: VIEW,
    topics: [TOPIC],
    instance: 'one',
    wake: () => undefined,
    die: (cause) => void died.push(cause),
  });
  await intake.open(FROM_THE_BEGINNING);
  expect(laneTopic(VIEW)).not.toBe(TOPIC);
  return { intake, died, deliver: (one: BusBatch) => deliver(one) };
}

/** Whether it has come to an end when everything else has. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test('one batch of a partition is judged elsewhere while the next is fetched, and no more than one', async () => {
  const { asked, admit } = slowly();
  const { intake, deliver } = await anIntake({ seed: 0, isElsewhere: true, ready: READY, admit });
  expect(await isDone(deliver(batch(0, 1)))).toBe(true);
  const second = deliver(batch(2, 3));
  expect(await isDone(second)).toBe(false);
  expect(asked.map(({ offsets }) => offsets)).toEqual([[0, 1]]); // one after the other: their order is the log's
  asked[0]!.finish();
  expect(await isDone(second)).toBe(true);
  asked[1]!.finish();
  await isDone(second);
  expect(intake.take(10).inputs).toEqual([{ topic: TOPIC, partition: 0, from: 0, next: 4 }]);
});

test('what is judged here is judged before its batch counts as handled', async () => {
  const { asked, admit } = slowly();
  const { deliver } = await anIntake({ seed: 0, isElsewhere: false, ready: READY, admit });
  const first = deliver(batch(0));
  expect(await isDone(first)).toBe(false);
  asked[0]!.finish();
  expect(await isDone(first)).toBe(true);
});

test('judging that fails is the end of the lane, also when its batch was handed back already', async () => {
  const { asked, admit } = slowly();
  const { died, deliver } = await anIntake({ seed: 0, isElsewhere: true, ready: READY, admit });
  await deliver(batch(0));
  await isDone(Promise.resolve());
  const cause = new Error('the thread is gone');
  asked[0]!.fail(cause);
  await isDone(Promise.resolve());
  expect(died).toEqual([cause]);
  await expect(deliver(batch(1))).rejects.toBe(cause); // and nothing behind it is taken in
});
