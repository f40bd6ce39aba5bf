// The lane of one view on a real broker, two processes of it, killed and stopped; what outsiders read is what counts.
// Holds: committed records only are looked at, through a reader of its own; every observation is in one assessment, and
// versions and steps are as if nothing had happened. CHAOS_LOG shows what the processes say. About two minutes.

import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createSupervised } from '@sitebus/kit';
import {
  agencyPrincipal,
  createCodec,
  createConfluentRegistry,
  fusionTransactionalId,
  loadSchemaLock,
  silentLog,
  systemClock,
} from '@sitebus/sdk';
import type { Alert, Assessment, BusPort, Codec, Cut } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { renderVerifierKey } from '@sitebus/sdk/merkle';
import { aRecord, idOf, loadShipped, type Shipped } from '../../services/fusion/src/testing/lane.ts';
import { createFusionService } from '../../services/fusion/src/service.ts';
import { createRandom } from '../../services/fusion/src/testing/seeded-random.ts';
import { faultsOf, liveGroups, type Written } from '../../services/fusion/src/testing/written.ts';
import { provision, type Provisioned, signLocally } from '../../deploy/provision/index.ts';
import { eventually } from '../support/eventually.ts';
import { type OwnBroker, startOwnBroker } from '../support/own-broker.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const VIEW = 'public';
const OPEN = { marking: { tlp: 'CLEAR', needToKnow: [] } } as const;
/** The group's session timeout, a division, a claim. */
const FAILOVER_MS = 25_000;
/** Each costs a session timeout. */
const KILLS = 3;

let broker: OwnBroker;
let provisioned: Provisioned;
let shipped: Shipped;
let bus: BusPort;
let fusionBus: BusPort;
let home: string;
let codec: Codec;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  broker = await startOwnBroker();
  home = await mkdtemp(join(tmpdir(), 'sitebus-lane-'));
  provisioned = await provision({ ...broker, dataDir: home, schemasDir: join(ROOT, 'schemas') });
  const lock = await loadSchemaLock(provisioned.lockPath);
  codec = createCodec({ lock, registry: createConfluentRegistry({ url: broker.registryUrl }) });
  shipped = { ...(await loadShipped()), lock, codec };
  bus = busOf(agencyPrincipal('cse', 'open'));
  fusionBus = busOf(`fusion.${VIEW}`);
});

afterEach(() => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
});

afterAll(async () => {
  await Promise.all([bus.close(), fusionBus.close()]);
  await broker.stop();
  await rm(home, { recursive: true, force: true });
});

const busOf = (principal: string): BusPort =>
  createKafkaBus({
    brokers: broker.bootstrap.split(','),
    sasl: provisioned.credentials[principal]!,
    clientId: principal,
    log: silentLog,
  });

/** A process of the view's fusion, with a snapshot folder of its own. */
function startFusion(
  name: string,
  policyDir = join(ROOT, 'schemas', 'policy'),
  trust = provisioned.policyTrust!,
): ChildProcess {
  const { username, password } = provisioned.credentials[`fusion.${VIEW}`]!;
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', 'services/fusion/src/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', process.env['CHAOS_LOG'] ? 'inherit' : 'ignore', 'inherit'],
    env: {
      ...process.env,
      SITEBUS_VIEW: VIEW,
      SITEBUS_BROKERS: broker.bootstrap,
      SITEBUS_REGISTRY_URL: broker.registryUrl,
      SITEBUS_BUS_USERNAME: username,
      SITEBUS_BUS_PASSWORD: password,
      SITEBUS_POLICY_DIR: policyDir,
      SITEBUS_POLICY_ROOTS: trust.roots
        .map(({ name: signer, publicKey }) => renderVerifierKey(signer, publicKey))
        .join(),
      SITEBUS_POLICY_NOTE: trust.notePath,
      SITEBUS_SCHEMA_LOCK: provisioned.lockPath,
      SITEBUS_SNAPSHOT_DIR: join(home, 'snapshots', name),
      SITEBUS_SNAPSHOT_MS: '1000',
    },
  });
  processes.push(child);
  return child;
}

let reports = 0;
/** So many reports, two by two on one domain. */
async function publish(count: number): Promise<void> {
  const producer = await bus.createProducer();
  const records = Array.from({ length: count }, (_, n) => {
    const number = reports + n;
    return aRecord(shipped, number, { ...OPEN, category: 'PHISHING', domains: [`pair-${number >> 1}.example`] });
  });
  for (let left = records; left.length > 0;) {
    const outcomes = await producer.sendAll(left); // what was refused is sent again, as an agency does
    left = left.filter((_record, n) => outcomes[n]!.status === 'rejected');
  }
  reports += count;
  await producer.close();
}

/** What a reader of committed records sees. */
async function written(): Promise<Written> {
  const reader = busOf(`fusion.${VIEW}`);
  const found = { assessments: [] as Assessment[], alerts: [] as Alert[], steps: [] as Cut[] };
  const lists: Record<string, unknown[]> = { assess: found.assessments, alert: found.alerts, lane: found.steps };
  const consumer = await reader.createConsumer({
    groupId: `fusion.${VIEW}.reader.test-${String(process.hrtime.bigint())}`,
    topics: [`assess.${VIEW}`, `lane.${VIEW}`],
    from: 'earliest',
    commit: 'never',
    onBatch({ topic, records }) {
      for (const { value } of records) lists[topic.split('.')[0]!]!.push(codec.decode(value!).value);
      return Promise.resolve();
    },
  });
  await eventually(
    () => {
      const steps = found.steps.filter(({ kind }) => kind === 'STEP');
      const sum = (figure: (cut: Cut) => number) => steps.reduce((total, cut) => total + figure(cut), 0);
      return sum(({ records }) => records) >= reports && sum(({ changes }) => changes) === found.assessments.length;
    },
    { withinMs: FAILOVER_MS * 2, what: `${reports} reports cut, and all they changed` },
  );
  await consumer.close();
  await reader.close();
  return { ...found, steps: found.steps.filter(({ kind }) => kind === 'STEP') };
}

const pairs = (): string[][] => Array.from({ length: reports / 2 }, (_, n) => [idOf(2 * n), idOf(2 * n + 1)]);

async function checked(): Promise<Written> {
  const all = await written();
  expect(faultsOf({ ...all, steps: [] })).toEqual([]);
  expect(all.steps.map(({ seq }) => seq)).toEqual(all.steps.map((_, place) => place + 1));
  expect(liveGroups(all)).toEqual(pairs());
  return all;
}

const leadersOf = ({ steps }: Written): number => new Set(steps.map(({ by }) => by)).size;

test('a leader that is killed while it commits is followed by its standby, and nothing is lost or doubled', async () => {
  const leader = startFusion('a');
  await publish(200);
  await written();
  startFusion('b');
  const publishing = publish(4_000);
  leader.kill('SIGKILL');
  const killedAt = performance.now();
  await publishing;
  const all = await checked();
  process.stderr.write(`failover: ${Math.round(performance.now() - killedAt)} ms to the last cut\n`);
  expect(leadersOf(all)).toBeGreaterThan(1);
});

test('a leader that was stopped, and comes back when another may lead, loses nothing and doubles nothing', async () => {
  const first = startFusion('a');
  await publish(100);
  await written();
  startFusion('b');
  first.kill('SIGSTOP');
  await publish(100);
  await checked();
  const ended = new Promise((done) => first.once('exit', done));
  first.kill('SIGCONT');
  await publish(100);
  await checked();
  first.kill('SIGTERM');
  await ended;
});

test('an instance that is killed again and again as it starts leaves no trace', async () => {
  for (const afterMs of [700, 1_200, 1_800, 2_500]) {
    const child = startFusion('a');
    const ended = new Promise((done) => child.once('exit', done));
    setTimeout(() => child.kill('SIGKILL'), afterMs);
    await publish(20);
    await ended;
  }
  startFusion('a');
  await checked();
});

test('an instance that is killed while it writes a snapshot goes on from the one before, or from the cuts', async () => {
  const folder = join(home, 'snapshots', 'snap', VIEW);
  const child = startFusion('snap');
  const ended = new Promise((done) => child.once('exit', done));
  let found: string | undefined;
  for (let tries = 0; tries < 40 && found === undefined; tries += 1) {
    await publish(2); // a snapshot a second, if there is something new
    found = await partIn(folder, 500);
  }
  child.kill('SIGKILL');
  await ended;
  expect(found).toMatch(/\.part$/);
  startFusion('snap');
  await publish(20);
  await checked();
});

test('a leader that is killed as the first of its records are in the log loses nothing and doubles nothing', async () => {
  const random = createRandom(20);
  for (let kills = 0; kills < KILLS; kills += 1) {
    const child = startFusion('torn');
    const ended = new Promise((done) => child.once('exit', done));
    const from = await endOfAssessments();
    const publishing = publish(400);
    const until = performance.now() + 2 * FAILOVER_MS;
    while ((await endOfAssessments()) === from) expect(performance.now()).toBeLessThan(until);
    await new Promise((done) => setTimeout(done, random.int(3)));
    child.kill('SIGKILL');
    await Promise.all([publishing, ended]);
    startFusion('after');
    await checked();
    for (const each of processes.splice(0)) each.kill('SIGKILL');
  }
});

test('a supervised instance, as the local stack runs it, begins again by itself when another takes its lane', async () => {
  const { policy, commonValues } = shipped;
  const config = { view: VIEW, snapshotDir: join(home, 'snapshots', 'supervised') };
  const create = () =>
    createFusionService({ config, policy, codec, commonValues, bus: fusionBus, clock: systemClock, log: silentLog });
  const supervised = createSupervised({ name: `fusion.${VIEW}`, log: silentLog, create });
  await supervised.start();
  await publish(20);
  const { length: before } = (await checked()).steps;
  const other = await fusionBus.createTransactionalProducer(fusionTransactionalId(VIEW)); // fences the leader
  await publish(20);
  const all = await checked();
  expect(new Set(all.steps.slice(before - 1).map(({ by }) => by.split('/')[0])).size).toBe(2);
  await other.close();
  await supervised.stop();
});

/** The name of a file that is being written in a folder, if one is seen in time. */
async function partIn(folder: string, withinMs: number): Promise<string | undefined> {
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    const part = (await readdir(folder).catch(() => [])).find((name) => name.endsWith('.part'));
    if (part !== undefined) return part;
  }
  return undefined;
}

/** Where the topic ends for one who reads what is not committed, too. */
async function endOfAssessments(): Promise<bigint> {
  return (await fusionBus.inspect.ends(`assess.${VIEW}`)).reduce((sum, { next }) => sum + next, 0n);
}

test('other rules on the same topics: one step and one alert bring what is published in line', async () => {
  const policyDir = join(home, 'policy');
  await cp(join(ROOT, 'schemas', 'policy'), policyDir, { recursive: true });
  await edit(join(policyDir, 'policy.json'), (policy) => ({ ...policy, version: Number(policy['version']) + 1 }));
  await edit(join(policyDir, 'detection.json'), (rules) => ({
    ...rules,
    ruleVersion: 99,
    weights: { ...(rules['weights'] as object), domain: 0.1 },
  }));
  startFusion('a', policyDir, await signLocally(home, policyDir)); // by the keys that stand for the one in force
  await publish(2);
  const all = await written();
  expect(liveGroups(all)).toHaveLength(reports);
  expect(faultsOf({ ...all, steps: [] })).toEqual([]);
  expect(all.steps.filter(({ ruleChange }) => ruleChange !== null)).toMatchObject([{ alerts: 1, ruleVersion: 99 }]);
});

async function edit(path: string, change: (value: Record<string, unknown>) => object): Promise<void> {
  const value = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  await writeFile(path, JSON.stringify(change(value)));
}
