// The thread in which kafkajs lives for a threaded bus: what the host asks is asked of the plain adapter here.
// Holds: batches wait for the host's answer, so the host is never given more than it takes; a host that has stood still for
// two minutes is left, so that its memberships lapse and another may take its place. Source: README.md#a-bus-in-a-thread

import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { BusConsumer, BusProducer, TopicPartition } from '../bus.ts';
import type { Log } from '../time.ts';
import type { FetchedRecord } from './fetched-records.ts';
import { createKafkajsBus } from './kafkajs-bus.ts';
import type { FetchedBatch } from './kafkajs-batch.ts';
import type { PackedTransactionalProducer } from './kafkajs-transactional-producer.ts';
import { Ownership } from './ownership.ts';
import { packBatch } from './packed-batch.ts';
import { unpackRecords, type PackedRecords } from './packed-records.ts';
import { ForeignError, fromErrorMessage, toErrorMessage } from './thread-errors.ts';
import type { Callback, FromThread, Instruction, LogLevel, Outcome, Request, ThreadData, ToldOptions, Sent, ToThread } from './thread-messages.ts'; // prettier-ignore

const STANDSTILL_MS = 120_000;
const LOOK_EVERY_MS = 5_000;
/** All of a fetch: here a batch waits for the host and nothing else, and the host takes what comes together in one turn. */
const CONCURRENT_PARTITIONS = 256;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** One thread's end of a threaded bus. */
class BusThread {
  readonly #port: MessagePort;
  readonly #bus: ReturnType<typeof createKafkajsBus>;
  readonly #producers = new Map<number, BusProducer>();
  readonly #transactional = new Map<number, PackedTransactionalProducer>();
  readonly #consumers = new Map<number, BusConsumer>();
  readonly #seen = new Map<number, number>();
  readonly #callbacks = new Map<number, Waiting>();
  #lastCallback = 0;
  #untold: FromThread[] = [];
  #given: ArrayBuffer[] = [];

  constructor(port: MessagePort, { connection }: ThreadData) {
    this.#port = port;
    this.#bus = createKafkajsBus({ ...connection, log: logOver(port) });
    port.on('message', (message: ToThread) => this.#on(message));
  }

  #on(message: ToThread): void {
    switch (message.kind) {
      case 'request':
        void this.#answer(message.number, message.request);
        break;
      case 'instruction':
        this.#seen.set(message.handle, message.number);
        this.#follow(message.handle, message.instruction);
        break;
      case 'called-back':
        this.#onCalledBack(message.number, message.outcome);
    }
  }

  async #answer(number: number, request: Request): Promise<void> {
    let outcome: Outcome;
    try {
      outcome = { ok: true, value: await this.#do(request) };
    } catch (error) {
      outcome = { ok: false, error: toErrorMessage(error) };
    }
    this.#tell({ kind: 'answer', number, outcome });
  }

  async #do(request: Request): Promise<unknown> {
    switch (request.ask) {
      case 'producer':
        this.#producers.set(request.handle, await this.#bus.createProducer());
        return undefined;
      case 'transactional':
        this.#transactional.set(request.handle, await this.#bus.createTransactionalProducer(request.transactionalId));
        return undefined;
      case 'consumer':
        return this.#join(request.handle, request.options);
      case 'send':
        return this.#send(this.#producers.get(request.handle)!, request.records);
      case 'commit':
        return this.#transactional.get(request.handle)!.commitPacked(request.records);
      case 'flush':
        return this.#producers.get(request.handle)!.flush();
      case 'close':
        return this.#close(request.handle);
      case 'topics':
        return this.#bus.inspect.topics();
      case 'ends':
        return this.#bus.inspect.ends(request.topic);
      case 'close-all':
        return this.#bus.close();
    }
  }

  async #send(producer: BusProducer, packed: PackedRecords): Promise<Sent> {
    const outcomes = await Promise.allSettled(unpackRecords(packed).map((record) => producer.send(record)));
    const written = { partitions: new Int32Array(packed.count), offsets: new BigInt64Array(packed.count) };
    const refused: { index: number; error: ReturnType<typeof toErrorMessage> }[] = [];
    for (const [index, outcome] of outcomes.entries())
      if (outcome.status === 'rejected') refused.push({ index, error: toErrorMessage(outcome.reason) });
      else {
        written.partitions[index] = outcome.value.partition;
        written.offsets[index] = outcome.value.offset;
      }
    return { ...written, refused };
  }

  async #close(handle: number): Promise<void> {
    await (this.#producers.get(handle) ?? this.#transactional.get(handle) ?? this.#consumers.get(handle))?.close();
    for (const kept of [this.#producers, this.#transactional, this.#consumers, this.#seen]) kept.delete(handle);
  }

  async #join(handle: number, { ownership: memory, ...told }: ToldOptions): Promise<void> {
    const ownership = new Ownership(memory);
    const consumer = await this.#bus.createMember({
      ...told,
      ownership,
      concurrentPartitions: CONCURRENT_PARTITIONS,
      startAt: async (assigned) =>
        (await this.#call(handle, { call: 'start-at', assigned })) as (TopicPartition & { next: bigint })[],
      onRevoked: (places) => this.#tell({ kind: 'revoked', handle, places }),
      onFetched: (batch) => this.#deliver(handle, batch),
    });
    this.#consumers.set(handle, consumer);
    consumer.assigned.then(
      (places) => this.#tell({ kind: 'assigned', handle, places }),
      () => undefined, // told as fatal
    );
    void consumer.fatal.then((cause) => this.#tell({ kind: 'fatal', handle, error: toErrorMessage(cause) }));
  }

  async #deliver(handle: number, { topic, partition, messages, ...told }: FetchedBatch): Promise<boolean> {
    const batch = packBatch(topic, partition, messages as unknown as readonly FetchedRecord[]);
    const { highWatermark, generation } = told;
    const seen = this.#seen.get(handle) ?? 0;
    const taken = await this.#call(handle, { call: 'batch', batch, highWatermark, generation, seen }, [batch.memory]);
    return taken === true;
  }

  #follow(handle: number, instruction: Instruction): void {
    const consumer = this.#consumers.get(handle);
    if (instruction.do === 'seek') consumer?.seek(instruction.place, instruction.next);
    else consumer?.[instruction.do](instruction.places);
  }

  #call(handle: number, callback: Callback, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    this.#lastCallback += 1;
    const number = this.#lastCallback;
    return new Promise((resolve, reject) => {
      this.#callbacks.set(number, { resolve, reject });
      this.#tell({ kind: 'callback', number, handle, callback }, transfer);
    });
  }

  #onCalledBack(number: number, outcome: Outcome): void {
    const waiting = this.#callbacks.get(number);
    this.#callbacks.delete(number);
    if (outcome.ok) waiting?.resolve(outcome.value);
    else waiting?.reject(fromErrorMessage(outcome.error, (theirs) => new ForeignError(theirs)));
  }

  /** What is told in one turn goes over as one: a fetch of many partitions wakes the host once. */
  #tell(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#untold.length === 0) setImmediate(() => this.#tellAll());
    this.#untold.push(message);
    this.#given.push(...transfer);
  }

  #tellAll(): void {
    const [messages, given] = [this.#untold, this.#given];
    this.#untold = [];
    this.#given = [];
    this.#port.postMessage({ kind: 'several', messages } satisfies FromThread, given);
  }
}

/** Logs at the host. What the adapters log are names, numbers and texts, which can be cloned. */
function logOver(port: MessagePort): Log {
  const at = (level: LogLevel) => (keys: Readonly<Record<string, unknown>>, message: string) =>
    port.postMessage({ kind: 'log', level, keys, message } satisfies FromThread);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Ends this thread when the host has not moved for long; a look that comes late itself, after a sleep, is passed over. */
function leaveWhenHostStands(pulse: BigInt64Array): void {
  let lookedAtMs = performance.now();
  setInterval(() => {
    const nowMs = performance.now();
    const isLate = nowMs - lookedAtMs > 2 * LOOK_EVERY_MS;
    lookedAtMs = nowMs;
    const stoodMs = Number(process.hrtime.bigint() - Atomics.load(pulse, 0)) / 1e6;
    if (!isLate && stoodMs > STANDSTILL_MS) process.exit(1); // this thread only
  }, LOOK_EVERY_MS).unref();
}

const started = workerData as ThreadData;
leaveWhenHostStands(new BigInt64Array(started.pulse));
new BusThread(parentPort!, started);
