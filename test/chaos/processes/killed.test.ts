// Broker and registry are killed outright, then started again on the same data folder.
import { Admin, Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts, startProcesses, type Processes } from '../../../deploy/local/processes/index.ts';
import { eventually } from '../../support/eventually.ts';
import { isAlive } from '../../../deploy/setup/folder-lock.ts';

const RECORDS = 200;
const TOPIC = 'obs.open.cse';
const SUBJECT = 'ca.sample.Probe';
const SCHEMA = { type: 'record', name: 'Probe', namespace: 'ca.sample', fields: [{ name: 'a', type: 'string' }] };

let dataDir: string;
let running: Processes | undefined;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sitebus-killed-'));
});
afterAll(async () => {
  await running?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<Processes> {
  const [registry = 0, kafkaInternal = 0, kafkaController = 0, kafkaClients = 0] = await freePorts(4);
  running = await startProcesses({ dataDir, ports: { registry, kafkaInternal, kafkaController, kafkaClients } });
  return running;
}

const optionsFor = ({ bootstrap, admin }: Processes) => ({
  clientId: 'killed',
  bootstrapBrokers: [bootstrap],
  sasl: { mechanism: 'SCRAM-SHA-512' as const, username: admin.user, password: admin.password },
});

test('every acknowledged record, every schema id and the admin survive a kill of both processes', async () => {
  const before = await start();
  expect(before.recovered).toBe(false);
  const schemaId = await register(before.registryUrl);
  await writeRecords(before);
  for (const pid of Object.values(before.pids)) process.kill(pid, 'SIGKILL');
  expect(await before.fatal).toMatchObject({ code: 'PROCESS_DIED' });
  await eventually(() => !Object.values(before.pids).some(isAlive), { what: 'the end of both' });

  const after = await start(); // on other ports: a restart may have to move
  expect({ recovered: after.recovered, admin: after.admin }).toEqual({ recovered: true, admin: before.admin });
  expect(await readRecords(after)).toEqual(Array.from({ length: RECORDS }, (_, index) => `value ${index}`));
  expect(await register(after.registryUrl)).toBe(schemaId);
  const byId = (await (await fetch(`${after.registryUrl}/schemas/ids/${schemaId}`)).json()) as { schema: string };
  expect(JSON.parse(byId.schema)).toEqual(SCHEMA);
});

async function writeRecords(processes: Processes): Promise<void> {
  const admin = new Admin(optionsFor(processes));
  const producer = new Producer({ ...optionsFor(processes), serializers: stringSerializers });
  await admin.createTopics({ topics: [TOPIC], partitions: 1, replicas: 1 });
  const messages = Array.from({ length: RECORDS }, (_, index) => ({ topic: TOPIC, key: 'k', value: `value ${index}` }));
  await producer.send({ messages, acks: -1 });
  await producer.close();
  await admin.close();
}

async function readRecords(processes: Processes): Promise<string[]> {
  const consumer = new Consumer({ ...optionsFor(processes), groupId: 'killed', deserializers: stringDeserializers });
  const stream = await consumer.consume({ topics: [TOPIC], mode: 'earliest', maxWaitTime: 100 });
  const values: string[] = [];
  for await (const { value } of stream) if (values.push(value) === RECORDS) break;
  await consumer.close();
  return values;
}

async function register(registryUrl: string): Promise<number> {
  const answer = await fetch(`${registryUrl}/subjects/${SUBJECT}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(SCHEMA) }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { id: number }).id;
}
