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
async function anIntake(admitting: Admitting, ensure: Codec['ensure'] = async () => 'known') {
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
    codec: { ensure } as unknown as Codec,
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

/** A record of the schema with this id. */
function written(schemaId: number, offset: number): BusRecord {
  const value = Buffer.alloc(5);
  value.writeInt32BE(schemaId, 1);
  return { ...record(offset), value };
}

/** Ends the judging of the first `count`, once they have been asked for. */
async function finishAll(asked: readonly { readonly finish: () => void }[], count: number): Promise<void> {
  await isDone(Promise.resolve());
  for (const { finish } of asked.slice(0, count)) finish();
  await isDone(Promise.resolve());
}

/** Whether it has come to an end when everything else has. */
async function isDone(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test('while a batch is judged elsewhere, some more are fetched, and are judged together afterwards', async () => {
  const { asked, admit } = slowly();
  const { intake, deliver } = await anIntake({ seed: 0, isElsewhere: true, ready: READY, admit });
  expect(await isDone(deliver(batch(0, 1)))).toBe(true);
  const later = [batch(2, 3), batch(4), batch(5, 6), batch(7)].map((one) => deliver(one));
  expect(await Promise.all(later.map(isDone))).toEqual([true, true, true, false]);
  expect(asked.map(({ offsets }) => offsets)).toEqual([[0, 1]]); // one group after the other: their order is the log's
  asked[0]!.finish();
  expect(await isDone(later[3]!)).toBe(true);
  expect(asked.slice(1).map(({ offsets }) => offsets)).toEqual([[2, 3], [4], [5, 6], [7]]);
  for (const { finish } of asked.slice(1).reverse()) finish();
  await isDone(Promise.resolve());
  expect(intake.take(10).inputs).toEqual([{ topic: TOPIC, partition: 0, from: 0, next: 8 }]);
});

test('what follows a record of an unknown schema in its group waits behind it, and what came before is taken', async () => {
  const { asked, admit } = slowly();
  const known = new Set([1]);
  const ensure: Codec['ensure'] = async (id) => (known.has(id) ? 'known' : 'unknown');
  const { intake, deliver } = await anIntake({ seed: 0, isElsewhere: true, ready: READY, admit }, ensure);
  await deliver(batch(0));
  const later = [batch(1, 2), { ...batch(3, 4, 5), records: [written(1, 3), written(2, 4), written(1, 5)] }, batch(6)];
  await Promise.all(later.map((one) => deliver(one)));
  await finishAll(asked, 1);
  await finishAll(asked, 3);
  expect(asked.map(({ offsets }) => offsets)).toEqual([[0], [1, 2], [3]]);
  expect(intake.take(10).inputs).toEqual([{ topic: TOPIC, partition: 0, from: 0, next: 4 }]);
  expect(intake.blocked).toMatchObject([{ offset: 4n, schemaId: 2 }]);
  known.add(2);
  const released = intake.retrySchemas();
  await finishAll(asked, 4);
  await released;
  expect(asked.at(-1)!.offsets).toEqual([4, 5, 6]);
  expect(intake.take(10).inputs).toEqual([{ topic: TOPIC, partition: 0, from: 4, next: 7 }]);
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
