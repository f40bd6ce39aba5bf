// Judging in a thread against judging in place: the same bytes, whatever the records are.

import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAdmit } from '@sitebus/kit';
import {
  OBSERVATION_NAMESPACE, fromWire, obsTopic, observationSubject, packReceived, unpackBatch, writerOf,
  type BusRecord, type Envelope,
} from '@sitebus/sdk'; // prettier-ignore
import { cellOf } from '@sitebus/marking';
import type { AdmissionParts } from './admission.ts';
import { wholeBatch, type AdmittedBatch, type BatchSlice } from './admitted-batch.ts';
import { createAdmitting, type Admitting } from './admitting.ts';
import { toRules } from './engine/rules.ts';
import { createState } from './engine/state.ts';
import { applyCut, toOutgoing } from './handlers/observations.ts';
import { aRecord, loadShipped, NOON, type Shipped } from './testing/lane.ts';
import { createThreadedAdmission, type ThreadedAdmission } from './threaded-admission.ts';

const EXAMPLES = fileURLToPath(new URL('../../../schemas/examples', import.meta.url));
const VIEW = 'ts-can';
/** A loaded machine starts the thread from its sources in half a minute. */
const PATIENCE_MS = 120_000;

/** An id that the lock has not and the lane's registry knows as a report's schema. */
const BEYOND_THE_LOCK = 4_001;
const KNOWN_TO_NOBODY = 4_002;

/** What the thread asked the lane for. */
const asked: number[] = [];
let shipped: Shipped;
let parts: AdmissionParts;
let records: readonly BusRecord[];
let threaded: ThreadedAdmission;
let inPlace: Admitting;

beforeAll(async () => {
  shipped = await loadShipped();
  const { policy, lock, commonValues } = shipped;
  const view = policy.views.find(({ id }) => id === VIEW)!;
  parts = { ...shipped, view, admit: createAdmit() };
  records = [...(await examples()), ...badOnes()];
  const newest = lock.entries.find(({ subject }) => subject === observationSubject('IndicatorReport'))!;
  const schemaOf = async (id: number) => (asked.push(id), id === BEYOND_THE_LOCK ? newest.schema : undefined);
  threaded = createThreadedAdmission({ view: VIEW, policy, lock, commonValues, registry: { schemaOf } });
  inPlace = createAdmitting(parts, threaded.seed);
}, PATIENCE_MS);

afterAll(() => threaded.close());

/** Every valid example of every type of observation, as its agency would write it. */
async function examples(): Promise<BusRecord[]> {
  const { codec, policy } = shipped;
  const found: BusRecord[] = [];
  const subjects = new Set(shipped.lock.entries.map(({ subject }) => subject));
  for (const subject of [...subjects].filter((name) => name.startsWith(OBSERVATION_NAMESPACE)).sort()) {
    const folder = `${EXAMPLES}/${subject.slice(OBSERVATION_NAMESPACE.length + 1)}/valid`;
    for (const file of (await readdir(folder)).sort()) {
      const example = JSON.parse(await readFile(`${folder}/${file}`, 'utf8')) as { envelope: Envelope };
      const { agency, id, marking } = example.envelope;
      const cell = cellOf(fromWire(marking), policy.cells)!.id;
      const value = codec.encode(subject, example);
      found.push(aRead(obsTopic(cell, writerOf(agency)), found.length, value, { ce_id: id }));
    }
  }
  return found;
}

/** What is skipped, what is refused, and what was taken away. */
function badOnes(): BusRecord[] {
  const { topic, value } = aRecord(shipped, 1, { domains: ['mail.bait.example'], urls: ['https://bait.example/é'] });
  const at = (n: number, bytes: Buffer | null, headers = {}) => aRead(topic, 1_000 + n, bytes, headers);
  return [
    at(0, null),
    at(1, value),
    at(2, value!.subarray(0, 40)),
    at(3, Buffer.from('nothing')),
    at(4, value, { ce_id: 'another' }),
    aRead('obs.pb-can.gac', 1_005, value),
    at(6, aRecord(shipped, 6, { marking: { orcon: true } }).value),
    at(7, value),
  ];
}

function aRead(topic: string, offset: number, value: Buffer | null, headers = {}): BusRecord {
  return { topic, partition: 0, offset: BigInt(offset), key: Buffer.from('k'), value, headers, timestampMs: NOON };
}

/** All a batch is, in texts and numbers of this realm. */
function plain({ offsets, refused, packed }: AdmittedBatch) {
  const { starts, words, times, references, ...rest } = packed;
  const bytes = [offsets, starts, words, times].map(({ buffer }) => Buffer.from(buffer).toString('hex'));
  return JSON.parse(
    JSON.stringify({ bytes, refused, references: [...references], ...rest }, (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
  ) as unknown;
}

/** Every byte that is written when batches are a cut. */
function written(slices: readonly BatchSlice[]): string[] {
  const { policy, commonValues } = shipped;
  const rules = toRules(policy, commonValues.isSharedSuffix);
  const draft = { seq: 1, now: NOON, inputs: [], slices };
  const result = applyCut(createState(parts.view, rules, 5), draft, parts);
  const versions = { policyVersion: 1, ruleVersion: 1, lockVersion: '', commonValuesVersion: '', engineVersion: 1 };
  return toOutgoing(draft, result, 'one', parts, { ...versions, spills: '' }).map(
    ({ topic, key, value }) => `${topic} ${String(key)} ${value!.toString('hex')}`,
  );
}

/** What was refused among these places, with the offsets of all. */
function outcomeOf({ batch: { offsets, refused }, from, to }: BatchSlice) {
  const places = refused.filter(({ place }) => place >= from && place < to);
  return {
    offsets: [...offsets.subarray(from, to)],
    refused: places.map(({ place, ...rest }) => [place - from, rest]),
  };
}

test('a thread judges as the lane itself would: not a byte of what it packs, or of what is then written, differs', async () => {
  const topics = [...new Set(records.map(({ topic }) => topic))];
  const ofOneTopic = topics.map((name) => records.filter(({ topic }) => topic === name));
  const here = await Promise.all(ofOneTopic.map((some) => inPlace.admit(some)));
  const there: BatchSlice[] = [];
  for (const some of ofOneTopic) there.push(await threaded.admit(some)); // each by itself, as in place
  expect(there.map(({ batch }) => plain(batch))).toEqual(here.map(({ batch }) => plain(batch)));
  expect(there).toEqual(there.map(({ batch }) => wholeBatch(batch)));
  expect(written(there)).toEqual(written(here));
  const together = await Promise.all(ofOneTopic.map((some) => threaded.admit(some))); // several topics in one batch
  expect(new Set(together.map(({ batch }) => batch)).size).toBe(1);
  expect(together.map(outcomeOf)).toEqual(here.map(outcomeOf));
  expect(written(together)).toEqual(written(here));
  expect(here.flatMap(({ batch }) => batch.refused).length).toBeGreaterThanOrEqual(4);
  expect(here.reduce((sum, { batch: { packed } }) => sum + packed.references.size, 0)).toBeGreaterThan(2);
  expect(written(here).length).toBeGreaterThan(10);
}, PATIENCE_MS); // prettier-ignore

test('records that look into a fetched batch are judged like any others, and batches come back in their order', async () => {
  const viewed = unpackBatch(packReceived(records.filter(({ topic }) => topic === records[0]!.topic)));
  expect(viewed.length).toBeGreaterThan(1);
  const [inOne, ...each] = await Promise.all([
    threaded.admit(viewed),
    ...viewed.map((record) => threaded.admit([record])),
  ]);
  const there = await threaded.admit(viewed);
  expect(plain(there.batch)).toEqual(plain((await inPlace.admit(viewed)).batch));
  expect(outcomeOf(inOne)).toEqual(outcomeOf(there));
  expect(each.map((slice) => outcomeOf(slice).offsets)).toEqual(viewed.map(({ offset }) => [Number(offset)]));
}, PATIENCE_MS); // prettier-ignore

test('a schema beyond the lock is asked of the lane; one that stays unknown ends the thread, with all it has in hand', async () => {
  const [known, unknown] = [BEYOND_THE_LOCK, KNOWN_TO_NOBODY].map((id) => {
    const { topic, value } = aRecord(shipped, 1);
    value!.writeInt32BE(id, 1);
    return aRead(topic, 1, value);
  });
  const { packed, refused } = (await threaded.admit([known!])).batch;
  expect([packed.starts.length, packed.starts[0], refused]).toEqual([1, 0, []]);
  const failed = expect.objectContaining({ code: 'ADMISSION_FAILED' });
  const inHand = await Promise.allSettled([threaded.admit([unknown!]), threaded.admit([known!])]);
  expect(inHand).toEqual([1, 2].map(() => ({ status: 'rejected', reason: failed })));
  await expect(threaded.admit([known!])).rejects.toEqual(failed);
  expect(asked).toEqual([BEYOND_THE_LOCK, KNOWN_TO_NOBODY]);
}, PATIENCE_MS); // prettier-ignore
