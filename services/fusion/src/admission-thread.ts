// The thread in which a lane's records are judged: decoded, checked, normalised, hashed and packed.
// Holds: the same function as in the lane's own thread; what fails here ends the thread, and the lane with it; it reaches
// nothing outside: of a schema beyond the lock it asks the lane. Source: README.md#packed-records

import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { createAdmit } from '@sitebus/kit';
import { createCodec, unpackBatch, type BusRecord, type PackedBatch, type SchemaRegistry } from '@sitebus/sdk';
import type { AdmissionThreadData, FromAdmissionThread, ToAdmissionThread } from './admission-messages.ts';
import { admitBatch, memoryOf } from './admitted-batch.ts';
import { toCommonValues } from './common-values.ts';
import { roomyRow } from './engine/observation-packer.ts';
import { toRules } from './engine/rules.ts';

const MAGIC_BYTES = 5;
/** So many records are judged together and go to the lane as one: small batches cost little then, and a large one waits for no other. */
const ENOUGH_RECORDS = 500;

/** Asks the lane, which has asked the registry already. */
class LaneRegistry implements Pick<SchemaRegistry, 'schemaOf'> {
  readonly #port: MessagePort;
  readonly #asked = new Map<number, (schema: string | undefined) => void>();

  constructor(port: MessagePort) {
    this.#port = port;
  }

  schemaOf(id: number): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      this.#port.postMessage({ kind: 'schema-wanted', id } satisfies FromAdmissionThread);
    });
  }

  answer(id: number, schema: string | undefined): void {
    this.#asked.get(id)?.(schema);
    this.#asked.delete(id);
  }
}

function start(port: MessagePort, { view: id, policy, lock, commonValues: texts, seed }: AdmissionThreadData): void {
  const registry = new LaneRegistry(port);
  const codec = createCodec({ lock, registry });
  const commonValues = toCommonValues(texts);
  const rules = toRules(policy, commonValues.isSharedSuffix);
  const view = policy.views.find((each) => each.id === id)!;
  const parts = { view, policy, codec, commonValues, admit: createAdmit() };
  const settled = new Set<number>();
  const row = roomyRow(seed);

  async function settle(records: readonly BusRecord[]): Promise<void> {
    for (const schemaId of unsettledIn(records, settled)) {
      await codec.ensure(schemaId);
      settled.add(schemaId);
    }
  }

  async function admit(batches: readonly PackedBatch[]): Promise<void> {
    let records: BusRecord[] = [];
    let ends: number[] = [];
    for (const [nth, packed] of batches.entries()) {
      for (const record of unpackBatch(packed)) records.push(record); // what was held back may be more than a call takes
      ends.push(records.length);
      if (records.length < ENOUGH_RECORDS && nth < batches.length - 1) continue;
      await settle(records);
      give(records, ends);
      [records, ends] = [[], []];
    }
  }

  /** One after the other, so that they come back in their order. */
  let before: Promise<void> = Promise.resolve();
  port.on('message', (message: ToAdmissionThread) => {
    if (message.kind === 'schema') registry.answer(message.id, message.schema);
    else before = before.then(() => admit(message.batches));
  });

  port.postMessage({ kind: 'ready' } satisfies FromAdmissionThread);

  function give(records: readonly BusRecord[], ends: readonly number[]): void {
    const batch = admitBatch(records, parts, rules, seed, row);
    port.postMessage({ kind: 'admitted', batch, ends } satisfies FromAdmissionThread, memoryOf(batch));
  }
}

/** Ids of schemas that have not been asked for. */
function unsettledIn(records: readonly BusRecord[], settled: ReadonlySet<number>): number[] {
  const ids = new Set<number>();
  for (const { value } of records)
    if (value !== null && value.length >= MAGIC_BYTES && value[0] === 0) {
      const id = value.readInt32BE(1);
      if (!settled.has(id)) ids.add(id);
    }
  return [...ids];
}

start(parentPort!, workerData as AdmissionThreadData);
