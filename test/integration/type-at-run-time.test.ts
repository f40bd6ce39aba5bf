// The promise to integrators: a record type that no code of sitebus has heard of is registered while services run, and
// fuses by its annotations alone. One view's fusion on a broker of its own, as its principals see it.

import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createFusionService, loadCommonValues } from '@sitebus/fusion';
import type { Service } from '@sitebus/kit';
import { parse } from '@sitebus/marking';
import {
  agencyPrincipal, assessTopic, createCodec, createConfluentRegistry, fusionPrincipal, gatewayPrincipal, groupOf,
  loadPolicy, loadSchemaLock, obsTopic, observationSubject, opsTopic, recordKey, silentLog, systemClock, toWire,
  type Assessment, type BusPort, type Codec,
} from '@sitebus/sdk'; // prettier-ignore
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { provision, type Provisioned } from '../../deploy/provision/index.ts';
import { eventually } from '../support/eventually.ts';
import { idOf } from '../support/observations.ts';
import { startOwnBroker, type OwnBroker } from '../support/own-broker.ts';
import { randomName } from '../support/random-names.ts';

const VIEW = 'public';
const OPEN = 'UNCLASSIFIED//TLP:CLEAR';
const DAY_MS = 86_400_000;
/** Nowhere else in the repository. */
const DOCK_SIGHTING = {
  type: 'record',
  name: 'DockSighting',
  namespace: 'ca.sitebus.observation',
  doc: 'What was seen at a dock.',
  fields: [
    { name: 'envelope', type: 'ca.sitebus.observation.Envelope', doc: 'Who saw it, when, under which marking.' },
    {
      name: 'leaflets',
      type: { type: 'array', items: 'ca.sitebus.observation.LangText' },
      default: [],
      feature: 'text',
      doc: 'Texts handed out.',
    },
    { name: 'site', type: ['null', 'string'], default: null, feature: 'domain', doc: 'Site printed on them.' },
    {
      name: 'stays',
      type: { type: 'array', items: 'ca.sitebus.observation.PlaceTime' },
      default: [],
      feature: 'place-time',
      doc: 'Where and when.',
    },
  ],
};

let broker: OwnBroker;
let schemasDir: string;
const running: Service[] = [];
const buses: BusPort[] = [];

beforeAll(async () => {
  broker = await startOwnBroker();
  schemasDir = join(await mkdtemp(join(tmpdir(), 'sitebus-schemas-')), 'schemas');
  await cp('schemas', schemasDir, { recursive: true });
});

afterAll(async () => {
  await Promise.allSettled(running.map((service) => service.stop()));
  await Promise.allSettled(buses.map((bus) => bus.close()));
  await broker.stop();
  await rm(join(schemasDir, '..'), { recursive: true, force: true });
});

test('two agencies’ records of a type registered while fusion runs become one assessment, and no code knows the type', async () => {
  const before = await provisioned();
  const first = await startFusion(before);
  await writeFile(join(schemasDir, 'avro', 'observation', 'dock-sighting.avsc'), JSON.stringify(DOCK_SIGHTING));
  const after = await provisioned();
  const codec = createCodec({ lock: await loadSchemaLock(after.lockPath) });
  const from = Date.UTC(2026, 9, 6, 14);

  await publish(after, codec, 'cse', 1, {
    leaflets: [{ text: 'Your polling place has MOVED to the old ferry dock, bring two pieces of mail!', lang: 'en' }],
    site: 'moved.ferry-dock.example',
    stays: [{ place: 'cedar-narrows', from, to: from + DAY_MS }],
  });
  await publish(after, codec, 'gac', 2, {
    leaflets: [{ text: '"your polling place has moved to the old ferry dock: bring two pieces of ID"', lang: 'en' }],
    site: 'dock.ferry-dock.example',
    stays: [{ place: 'cedar-narrows', from: from + DAY_MS / 2, to: from + DAY_MS / 2 }],
  });
  const notice = await eventually(
    async () =>
      (await jsonOf(after, gatewayPrincipal(VIEW), opsTopic(VIEW))).find(({ code }) => code === 'SCHEMA_UNKNOWN'),
    { what: 'the notice of a schema that yesterday’s lock does not name' },
  );
  expect([obsTopic('open', 'cse'), obsTopic('open', 'gac')]).toContain(notice['topic']);

  await first.stop();
  await startFusion(after); // the same code, with the lock of today
  const assessment = await eventually(
    async () => (await assessmentsOf(after, codec)).find(({ members }) => members.length === 2),
    { what: 'one assessment of both records' },
  );
  expect(assessment.members.map(({ type, agency }) => `${agency} ${type}`).sort()).toEqual([
    'cse DockSighting',
    'gac DockSighting',
  ]);
  expect(assessment.links).toHaveLength(1);
  expect(assessment.links[0]!.features.map(({ kind, value }) => [kind, value.split(' ', 3).join(' ')])).toEqual([
    ['place-day', 'cedar-narrows 2026-10-07'],
    ['registrable-domain', 'ferry-dock.example'],
    ['similar-text', 'your polling place'],
  ]);
});

const provisioned = (): Promise<Provisioned> =>
  provision({
    ...broker,
    bootstrap: broker.bootstrap,
    registryUrl: broker.registryUrl,
    dataDir: broker.dataDir,
    schemasDir,
  });

async function startFusion(by: Provisioned): Promise<Service> {
  const [policy, lock, commonValues] = await Promise.all([
    loadPolicy(join(schemasDir, 'policy')),
    loadSchemaLock(by.lockPath),
    loadCommonValues(join(schemasDir, 'policy', 'common-values')),
  ]);
  const codec = createCodec({ lock, registry: createConfluentRegistry({ url: broker.registryUrl }) });
  const bus = busAs(by, fusionPrincipal(VIEW));
  const service = createFusionService({
    config: { view: VIEW, schemaRetryMs: 500 },
    policy,
    codec,
    bus,
    clock: systemClock,
    log: silentLog,
    commonValues,
  });
  running.push(service);
  await service.start();
  return service;
}

function busAs({ credentials }: Provisioned, principal: string): BusPort {
  const bus = createKafkaBus({ brokers: [broker.bootstrap], sasl: credentials[principal]!, clientId: 'test' });
  buses.push(bus);
  return bus;
}

async function publish(by: Provisioned, codec: Codec, agency: string, n: number, fields: object): Promise<void> {
  const at = Date.now() - 60_000;
  const envelope = {
    id: idOf(n), agency, observedAt: at, recordedAt: at,
    marking: { ...toWire(parse(OPEN, { homeNation: 'CAN' })), owners: ['CAN'], origins: [agency] },
    lineage: { derivedFrom: [], sourceToken: null },
    sourceGrade: 'B', infoGrade: 2, supersedes: null, recalls: null,
  }; // prettier-ignore
  const value = codec.encode(observationSubject('DockSighting'), { envelope, ...fields });
  const producer = await busAs(by, agencyPrincipal(agency, 'open')).createProducer();
  await producer.send({ topic: obsTopic('open', agency), key: recordKey(idOf(n), value), value });
  await producer.close();
}

async function assessmentsOf(by: Provisioned, codec: Codec): Promise<Assessment[]> {
  const values = await valuesOf(by, gatewayPrincipal(VIEW), assessTopic(VIEW));
  return values.map((value) => codec.decode(value).value as Assessment);
}

async function jsonOf(by: Provisioned, principal: string, topic: string): Promise<Record<string, unknown>[]> {
  const values = await valuesOf(by, principal, topic);
  return values.map((value) => JSON.parse(value.toString('utf8')) as Record<string, unknown>);
}

/** What is on the topic now; empty where there is nothing yet. */
async function valuesOf(by: Provisioned, principal: string, topic: string): Promise<Buffer[]> {
  const bus = busAs(by, principal);
  const ends = (await bus.inspect.ends(topic)).filter(({ earliest, next }) => next > earliest);
  if (ends.length === 0) return [];
  const found: Buffer[] = [];
  const reached = new Map<number, bigint>();
  const consumer = await bus.createConsumer({
    groupId: groupOf(principal, randomName('test')),
    topics: [topic],
    from: 'earliest',
    commit: 'never',
    onBatch: ({ partition, records }) => {
      for (const { value } of records) if (value !== null) found.push(value);
      if (records.length > 0) reached.set(partition, records.at(-1)!.offset);
      return Promise.resolve();
    },
  });
  // The last place of a transactional topic is a marker, which no reader is given.
  const isRead = () => ends.every(({ partition, next }) => (reached.get(partition) ?? -1n) >= next - 2n);
  await eventually(isRead, { what: `the end of ${topic}` });
  await consumer.close();
  return found;
}
