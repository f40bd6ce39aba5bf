// The broker of a bench run: provisioned from the shipped policy, filled, and a view's own topics made new for each run.
// Holds: child processes on loopback, data thrown away; whatever is measured connects by the facts given here.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createCodec, loadSchemaLock, type OutgoingRecord } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
// eslint-disable-next-line no-restricted-imports -- topics are deleted between runs, which no port of ours may do
import { Kafka, logLevel } from 'kafkajs';
import { provision } from '../../deploy/provision/index.ts';
import { startOwnBroker } from '../support/own-broker.ts';
import { compileAside } from './compiling-aside.ts';

/** How a measuring process reaches the broker; passed on as JSON. */
export interface BenchConnection {
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly lockPath: string;
  readonly schemasDir: string;
  readonly admin: { readonly username: string; readonly password: string };
  /** By principal. */
  readonly credentials: Readonly<Record<string, { readonly username: string; readonly password: string }>>;
}

/** A broker of our own. */
export interface BenchBroker {
  readonly connection: BenchConnection;
  /** Writes records and resolves when all are acknowledged; throws at the first refusal. */
  fill(records: Iterable<OutgoingRecord>): Promise<void>;
  /** Makes assess, alert, lane and ops of every view empty. */
  forgetOutputs(): Promise<void>;
  /** Makes obs of every cell empty. */
  forgetInputs(): Promise<void>;
  /** From now on the broker compiles with what is idle. @returns false where this machine cannot. */
  compileAside(): Promise<boolean>;
  stop(): Promise<void>;
}

const SCHEMAS = resolve(import.meta.dirname, '..', '..', 'schemas');
const FILL_AT_ONCE = 5_000;
const OUTPUTS = /^(assess|alert|lane|ops)\./;
const INPUTS = /^obs\./;

/** Starts one; the codec of the filled records is that of its lock. */
export async function startBenchBroker(): Promise<BenchBroker> {
  const broker = await startOwnBroker({ isForLoad: true });
  const dataDir = await mkdtemp(join(tmpdir(), 'sitebus-bench-'));
  const { bootstrap, registryUrl } = broker;
  const provisionAgain = () => provision({ bootstrap, registryUrl, admin: broker.admin, dataDir, schemasDir: SCHEMAS });
  const { credentials, lockPath } = await provisionAgain();
  const admin = { username: broker.admin.user, password: broker.admin.password };
  const brokers = [bootstrap];
  const sasl = { mechanism: 'scram-sha-512', ...admin } as const;
  const client = new Kafka({ brokers, clientId: 'bench', sasl, logLevel: logLevel.NOTHING }).admin();
  await client.connect();
  const bus = createKafkaBus({ brokers, sasl: admin, clientId: 'bench' });

  const forget = async (pattern: RegExp): Promise<void> => {
    const topics = (await client.listTopics()).filter((topic) => pattern.test(topic));
    await client.deleteTopics({ topics });
    for (let left = 100; left > 0; left -= 1) {
      const still = await client.listTopics();
      if (!still.some((topic) => pattern.test(topic))) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    await provisionAgain();
  };
  return {
    connection: { brokers, registryUrl, lockPath, schemasDir: SCHEMAS, admin, credentials },
    async fill(records) {
      const producer = await bus.createProducer();
      let waiting: OutgoingRecord[] = [];
      const send = async (): Promise<void> => {
        for (const sent of await producer.sendAll(waiting)) if (sent.status === 'rejected') throw sent.reason;
        waiting = [];
      };
      for (const record of records) if (waiting.push(record) >= FILL_AT_ONCE) await send();
      await send();
      await producer.close();
    },
    forgetOutputs: () => forget(OUTPUTS),
    forgetInputs: () => forget(INPUTS),
    compileAside: () => compileAside(broker.pid),
    async stop() {
      await bus.close();
      await client.disconnect();
      await broker.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The codec of a connection's lock. */
export async function codecOf({ lockPath }: BenchConnection): ReturnType<typeof loadCodec> {
  return loadCodec(lockPath);
}

async function loadCodec(lockPath: string) {
  return createCodec({ lock: await loadSchemaLock(lockPath) });
}
