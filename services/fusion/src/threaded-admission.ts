// Judges a lane's records in a thread of their own, so that the lane's thread is left to link and publish.
// Holds: batches come back in their order; what is judged is what the lane was handed, after spills and behind the schema
// gate, and nothing else; when the thread ends, whatever waits for it is refused, and so is all that follows.
// Source: README.md#packed-records

import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import {
  packReceived,
  type BusRecord,
  type PackedBatch,
  type Policy,
  type SchemaLock,
  type SchemaRegistry,
} from '@sitebus/sdk';
import type { AdmissionThreadData, FromAdmissionThread, ToAdmissionThread } from './admission-messages.ts';
import type { AdmittedBatch, BatchSlice } from './admitted-batch.ts';
import type { Admitting } from './admitting.ts';
import type { CommonValues } from './common-values.ts';
import { admissionFailed } from './errors.ts';

/** What the thread judges by: the same as the lane's. */
export interface ThreadedAdmissionParts {
  readonly view: string;
  readonly policy: Policy;
  readonly lock: SchemaLock;
  readonly commonValues: CommonValues;
  /** That of the lane's codec: the thread itself asks nobody. */
  readonly registry?: Pick<SchemaRegistry, 'schemaOf'>;
}

interface Waiting {
  readonly resolve: (judged: BatchSlice) => void;
  readonly reject: (cause: Error) => void;
}

/** Judging in a thread, until `close`. */
export interface ThreadedAdmission extends Admitting {
  /** Ends the thread; what still waits is refused. */
  close(): Promise<void>;
}

/** Starts the thread. What is asked of one that failed rejects with ADMISSION_FAILED (retriable, in a new process). */
export function createThreadedAdmission(parts: ThreadedAdmissionParts): ThreadedAdmission {
  return new AdmissionLink(parts);
}

class AdmissionLink implements ThreadedAdmission {
  readonly seed = randomBytes(4).readInt32BE(0);
  readonly isElsewhere = true;
  readonly ready: Promise<void>;
  readonly #view: string;
  readonly #registry: ThreadedAdmissionParts['registry'];
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #given: PackedBatch[] = [];
  #failure: Error | undefined;
  #onReady: () => void = () => undefined;
  #onNeverReady: (cause: Error) => void = () => undefined;

  constructor({ view, policy, lock, commonValues, registry }: ThreadedAdmissionParts) {
    this.#view = view;
    this.#registry = registry;
    this.#worker = startWorker({ view, policy, lock, commonValues: commonValues.texts, seed: this.seed });
    this.ready = new Promise((resolve, reject) => {
      this.#onReady = resolve;
      this.#onNeverReady = reject;
    });
    this.ready.catch(() => undefined); // whoever waits is told; nobody need
    this.#worker.on('message', (message: FromAdmissionThread) => this.#on(message));
    this.#worker.on('messageerror', (cause) => this.#fail(cause));
    this.#worker.on('error', (cause) => this.#fail(cause));
    this.#worker.on('exit', () => this.#fail(undefined));
    this.#worker.unref(); // what it is asked for keeps nobody alive: the bus does
  }

  admit(records: readonly BusRecord[]): Promise<BatchSlice> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#given.length === 0) process.nextTick(() => this.#giveAll());
      this.#given.push(packReceived(records));
    });
  }

  /** What came in one turn goes over as one. */
  #giveAll(): void {
    const batches = this.#given;
    this.#given = [];
    const memory = batches.map((batch) => batch.memory);
    this.#worker.postMessage({ kind: 'admit', batches } satisfies ToAdmissionThread, memory);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #on(message: FromAdmissionThread): void {
    if (message.kind === 'ready') this.#onReady();
    else if (message.kind === 'admitted') this.#onAdmitted(message.batch, message.ends);
    else this.#tellSchema(message.id).catch((cause: unknown) => this.#fail(cause));
  }

  #onAdmitted(batch: AdmittedBatch, ends: readonly number[]): void {
    let from = 0;
    for (const to of ends) {
      this.#waiting.shift()?.resolve({ batch, from, to });
      from = to;
    }
  }

  async #tellSchema(id: number): Promise<void> {
    const schema = await this.#registry?.schemaOf(id);
    this.#worker.postMessage({ kind: 'schema', id, schema } satisfies ToAdmissionThread);
  }

  #fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = admissionFailed({ view: this.#view }, cause);
    void this.#worker.terminate();
    this.#onNeverReady(this.#failure);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}

/** Built, the thread is JavaScript and runs as the process does; from sources it brings the loader along. */
function startWorker(workerData: AdmissionThreadData): Worker {
  const isBuilt = import.meta.url.endsWith('.js');
  const entry = isBuilt ? './admission-thread.js' : '../scripts/admission-thread-from-source.js';
  const execArgv = isBuilt ? undefined : ['--conditions=source'];
  return new Worker(new URL(entry, import.meta.url), { workerData, ...(execArgv && { execArgv }) });
}
