// The thread in which a lane's records are judged: decoded, checked, normalised, hashed and packed.
// Holds: the same function as in the lane's own thread; what fails here ends the thread, and the lane with it; it reaches
// nothing outside: of a schema beyond the lock it asks the lane. Source: README.md#packed-records

import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { createAdmit } from '@sitebus/kit';
import { createCodec, unpackBatch, type BusRecord, type PackedBatch, type SchemaRegistry } from '@sitebus/sdk';
import type { AdmissionThreadData, FromAdmissionThread, ToAdmissionThread } from './admission-messages.ts';
import { admitBatch, memoryOf, type AdmittedBatch } from './admitted-batch.ts';
import { toCommonValues } from './common-values.ts';
import { toRules } from './engine/rules.ts';

const MAGIC_BYTES = 5;
/** What is judged goes to the lane by so many records at least: small batches together, and a large one before the next. */
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

  async function admit(packed: PackedBatch): Promise<AdmittedBatch> {
    const records = unpackBatch(packed);
    for (const schemaId of unsettledIn(records, settled)) {
      await codec.ensure(schemaId);
      settled.add(schemaId);
    }
    return admitBatch(records, parts, rules, seed);
  }

  /** One after the other, so that they come back in their order. */
  let before: Promise<void> = Promise.resolve();
  port.on('message', (message: ToAdmissionThread) => {
    if (message.kind === 'schema') registry.answer(message.id, message.schema);
    else
      before = before.then(async () => {
        let batches: AdmittedBatch[] = [];
        let records = 0;
        for (const each of message.batches) {
          const batch = await admit(each);
          batches.push(batch);
          records += batch.offsets.length;
          if (records < ENOUGH_RECORDS) continue;
          give(batches);
          batches = [];
          records = 0;
        }
        if (batches.length > 0) give(batches);
      });
  });

  port.postMessage({ kind: 'ready' } satisfies FromAdmissionThread);

  function give(batches: readonly AdmittedBatch[]): void {
    port.postMessage({ kind: 'admitted', batches } satisfies FromAdmissionThread, batches.flatMap(memoryOf));
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
