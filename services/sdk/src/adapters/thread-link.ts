// The host's end of a bus's thread: starts it, asks it, hears it, and knows when it has died.
// Holds: every request is answered or refused, also when the thread dies; errors that this side threw come back as
// themselves; secrets go to the thread as its start data and nowhere else. Source: README.md#a-bus-in-a-thread

import { Worker } from 'node:worker_threads';
import type { TopicPartition } from '../bus.ts';
import { closed, unreachable } from '../errors.ts';
import type { KafkaConnection } from './kafkajs-client.ts';
import { fromErrorMessage, type ErrorMessage } from './thread-errors.ts';
import type { Callback, FromThread, Instruction, Outcome, Request, ThreadData, ToThread } from './thread-messages.ts';

const PULSE_MS = 1_000;

/** What a consumer of this thread is told. */
export interface LinkedConsumer {
  onCallback(callback: Callback): Promise<unknown>;
  onAssigned(places: readonly TopicPartition[]): void;
  onRevoked(places: readonly TopicPartition[]): void;
  onFatal(cause: Error): void;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What consumers and producers need of a thread. */
export type Link = Pick<
  ThreadLink,
  'isAlive' | 'newHandle' | 'ask' | 'instruct' | 'connect' | 'disconnect' | 'toError'
>;

/** How a thread is started; tests bring one of their own. */
export type StartWorker = (workerData: ThreadData) => Worker;

/** One thread, from its start to its end. */
export class ThreadLink {
  readonly #connection: KafkaConnection;
  readonly #worker: Worker;
  readonly #beating: NodeJS.Timeout;
  readonly #requests = new Map<number, Waiting>();
  readonly #consumers = new Map<number, LinkedConsumer>();
  /** What functions of this side threw, until it comes back. */
  readonly #thrown = new Map<number, Error>();
  #last = 0;
  #instructions = 0;
  #deathCause: Error | undefined;
  #isEnding = false;

  constructor(connection: KafkaConnection, start: StartWorker = startWorker) {
    this.#connection = connection;
    const pulse = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);
    const cells = new BigInt64Array(pulse);
    const beat = () => Atomics.store(cells, 0, process.hrtime.bigint());
    beat();
    this.#beating = setInterval(beat, PULSE_MS).unref();
    this.#worker = start(toThreadData(connection, pulse));
    this.#worker.on('message', (message: FromThread) => this.#on(message));
    this.#worker.on('messageerror', (error) => this.#die(error));
    this.#worker.on('error', (error) => this.#die(error));
    this.#worker.on('exit', (code) => this.#die(new Error(`the thread of the bus ended with ${code}`)));
  }

  /** Whether it can still be asked. */
  get isAlive(): boolean {
    return this.#deathCause === undefined && !this.#isEnding;
  }

  /** A number for something that is made. */
  newHandle(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Asks; `transfer` is given away. Rejects with the refusal of the other side, or UNREACHABLE when the thread is dead. */
  ask(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (!this.isAlive) return Promise.reject(this.#refusal());
    const number = this.newHandle();
    return new Promise((resolve, reject) => {
      this.#requests.set(number, { resolve, reject });
      this.#tell({ kind: 'request', number, request }, transfer);
    });
  }

  /** Tells a consumer of the thread what to do. @returns the number of the instruction, which grows. */
  instruct(handle: number, instruction: Instruction): number {
    this.#instructions += 1;
    this.#tell({ kind: 'instruction', handle, number: this.#instructions, instruction });
    return this.#instructions;
  }

  /** The error of a message; what a function of this side threw is given back once. */
  toError(message: ErrorMessage): Error {
    return fromErrorMessage(message, (number) => {
      const thrown = this.#thrown.get(number);
      this.#thrown.delete(number);
      return thrown ?? new Error('thrown here, and told before');
    });
  }

  /** From now on the consumer hears what is meant for its handle. */
  connect(handle: number, consumer: LinkedConsumer): void {
    this.#consumers.set(handle, consumer);
  }

  disconnect(handle: number): void {
    this.#consumers.delete(handle);
  }

  /** Ends the thread of our own accord: what is still asked is refused with CLOSED, and no consumer is told. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#consumers.clear();
    await this.#worker.terminate();
  }

  #on(message: FromThread): void {
    switch (message.kind) {
      case 'several':
        for (const each of message.messages) this.#on(each);
        break;
      case 'answer':
        this.#onAnswer(message.number, message.outcome);
        break;
      case 'callback':
        void this.#callBack(message.number, message.handle, message.callback);
        break;
      case 'assigned':
        this.#consumers.get(message.handle)?.onAssigned(message.places);
        break;
      case 'revoked':
        this.#consumers.get(message.handle)?.onRevoked(message.places);
        break;
      case 'fatal':
        this.#consumers.get(message.handle)?.onFatal(this.toError(message.error));
        break;
      case 'log':
        this.#connection.log[message.level]({ ...message.keys }, message.message);
    }
  }

  #onAnswer(number: number, outcome: Outcome): void {
    const waiting = this.#requests.get(number);
    this.#requests.delete(number);
    if (outcome.ok) waiting?.resolve(outcome.value);
    else waiting?.reject(this.toError(outcome.error));
  }

  async #callBack(number: number, handle: number, callback: Callback): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = { ok: true, value: await this.#consumers.get(handle)?.onCallback(callback) };
    } catch (error) {
      const mine = this.newHandle();
      this.#thrown.set(mine, error instanceof Error ? error : new Error('thrown', { cause: error }));
      outcome = { ok: false, error: { kind: 'yours', number: mine } };
    }
    this.#tell({ kind: 'called-back', number, outcome });
  }

  #tell(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#deathCause === undefined) this.#worker.postMessage(message, transfer);
  }

  #die(cause: unknown): void {
    if (this.#deathCause !== undefined) return;
    this.#deathCause = cause instanceof Error ? cause : new Error(textOf(cause), { cause });
    clearInterval(this.#beating);
    void this.#worker.terminate();
    const refusal = this.#refusal();
    for (const waiting of this.#requests.values()) waiting.reject(refusal);
    this.#requests.clear();
    for (const consumer of this.#consumers.values()) consumer.onFatal(refusal);
  }

  #refusal(): Error {
    return this.#isEnding ? closed({}) : unreachable({ what: 'bus thread' }, this.#deathCause);
  }
}

/** The runtime makes errors of a thread anew, and not always as errors of this realm. */
function textOf(cause: unknown): string {
  const { message } = (cause ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' ? message : 'the thread of the bus failed';
}

function toThreadData({ log: _log, ...connection }: KafkaConnection, pulse: SharedArrayBuffer): ThreadData {
  return { connection, pulse };
}

/** Built, the thread is JavaScript and runs as the process does; from sources it brings the loader along. */
function startWorker(workerData: ThreadData): Worker {
  const isBuilt = import.meta.url.endsWith('.js');
  const entry = isBuilt ? './bus-thread.js' : '../../scripts/bus-thread-from-source.js';
  const execArgv = isBuilt ? undefined : ['--conditions=source'];
  return new Worker(new URL(entry, import.meta.url), { workerData, ...(execArgv && { execArgv }) });
}
