// What an agency's own credentials can put on its own topic, and should not: each is refused once, with its cause, in the
// open; the records beside it go through; nothing crashes. The topics of the cell `open` are refused by the public view.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { join } from 'node:path';
import {
  agencyPrincipal, type BusPort, type BusRecord, type Codec, createCodec, deadTopic, gatewayPrincipal, groupOf, loadSchemaLock, obsTopic,
  observationSubject, opsTopic, recordKey, toWire,
} from '@sitebus/sdk'; // prettier-ignore
import { parse } from '@sitebus/marking';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { loadCredentials, LOCK_FILE } from '../../../deploy/provision/index.ts';
import { eventually } from '../../support/eventually.ts';
import { anIndicatorReport, idOf } from '../../support/observations.ts';
import type { World } from '../../support/world.ts';

const OPEN = 'UNCLASSIFIED//TLP:CLEAR';
const TOPIC = obsTopic('open', 'cse');
let world: World;
let codec: Codec;
let cse: BusPort;
let operators: BusPort;

/** A valid record of cse in the cell `open`, but for what the test wants otherwise. */
function aRecord(
  n: number,
  { agency = 'cse', marking = OPEN, title = 'Copied page' }: { agency?: string; marking?: string; title?: string },
) {
  const wire = { ...toWire(parse(marking, { homeNation: 'CAN' })), owners: ['CAN'], origins: [agency] };
  const {
    type: _type,
    origin: _origin,
    envelope: _envelope,
    report,
    ...fields
  } = anIndicatorReport({ marking, title, domains: [`site-${n}.example`] });
  const at = Date.now() - 60_000;
  return {
    envelope: {
      id: idOf(n), agency, observedAt: at, recordedAt: at, marking: wire,
      lineage: { derivedFrom: [], sourceToken: null },
      sourceGrade: 'B', infoGrade: 2, supersedes: null, recalls: null,
    },
    report: { ...(report as object), portions: [{ text: title, lang: 'en', marking: wire }] },
    ...fields,
  }; // prettier-ignore
}

const encoded = (record: ReturnType<typeof aRecord>): Buffer =>
  codec.encode(observationSubject('IndicatorReport'), record);

/** Writes values to the topic of cse; returns `<partition>/<offset>` each. */
async function write(values: readonly Buffer[]): Promise<string[]> {
  const producer = await cse.createProducer();
  const placed = await Promise.all(
    values.map((value, i) => producer.send({ topic: TOPIC, key: recordKey(idOf(i), value), value })),
  );
  await producer.close();
  return placed.map(({ partition, offset }) => `${partition}/${offset}`);
}

/** Everything on a topic, as JSON, as those read it whom it is for. */
async function readJson(as: BusPort, topic: string): Promise<readonly Record<string, unknown>[]> {
  const ends = await as.inspect.ends(topic);
  const wanted = ends.reduce((sum, { earliest, next }) => sum + Number(next - earliest), 0);
  if (wanted === 0) return [];
  const found: BusRecord[] = [];
  const consumer = await as.createConsumer({
    groupId: groupOf(
      as === cse ? agencyPrincipal('cse', 'open') : gatewayPrincipal('public'),
      `test-${Math.random().toString(36).slice(2)}`,
    ),
    topics: [topic],
    from: 'earliest',
    commit: 'never',
    onBatch: async ({ records }) => void found.push(...records),
  });
  await eventually(() => found.length > 0, { what: `records on ${topic}` });
  await eventually(
    () =>
      ends.every(
        ({ partition, next }) => next === 0n || found.some((r) => r.partition === partition && r.offset >= next - 2n),
      ),
    { what: `the end of ${topic}` },
  );
  await consumer.close();
  return found.map(({ value }) => JSON.parse(value?.toString('utf8') ?? 'null') as Record<string, unknown>);
}

async function expectInAssessments(numbers: readonly number[]): Promise<void> {
  await eventually(
    async () => {
      const { items } = (await world.get('ama-lindqvist', '/v1/assessments?status=LIVE&view=public&limit=200')) as {
        items?: { members: { id: string }[] }[];
      };
      const members = (items ?? []).flatMap((a) => a.members.map(({ id }) => id));
      expect(members).toEqual(expect.arrayContaining(numbers.map(idOf)));
      return true;
    },
    { what: `observations ${numbers.join()} in the public view` },
  );
}

/** What is refused; last of all, for it leaves a partition standing still. */
export function badRecords(theWorld: () => World): void {
  beforeAll(() => void (world = theWorld()));
  beforeAll(async () => {
    codec = createCodec({ lock: await loadSchemaLock(join(world.dataDir, LOCK_FILE)) });
    const credentials = await loadCredentials(world.dataDir);
    const as = (principal: string) =>
      createKafkaBus({ brokers: [world.bootstrap], sasl: credentials.credentials[principal]!, clientId: 'test' });
    cse = as(agencyPrincipal('cse', 'open'));
    operators = as(gatewayPrincipal('public'));
  });
  afterAll(async () => {
    await Promise.allSettled([cse.close(), operators.close()]);
  });

  test('malformed Avro, invalid UTF-8, a foreign agency and a marking of another cell are each refused once; neighbours pass', async () => {
    const good = encoded(aRecord(1, {}));
    const invalidUtf8 = encoded(aRecord(2, { title: 'XXXXXXXX' }));
    invalidUtf8.fill(0xff, invalidUtf8.indexOf('XXXXXXXX'), invalidUtf8.indexOf('XXXXXXXX') + 8);
    const bad: Readonly<Record<string, Buffer>> = {
      truncated: good.subarray(0, good.length - 7),
      unframed: Buffer.from('{"not":"avro"}'),
      invalidUtf8,
      foreign: encoded(aRecord(3, { agency: 'gac' })),
      wrongCell: encoded(aRecord(4, { marking: 'SECRET//CANADIAN EYES ONLY' })),
    };
    const placed = await write([good, ...Object.values(bad), encoded(aRecord(5, {}))]);

    const letters = await eventually(
      async () => {
        const found = await readJson(cse, deadTopic('open', 'cse'));
        return found.length >= Object.keys(bad).length ? found : undefined;
      },
      { what: 'a dead letter for every bad record' },
    );
    const codeAt = new Map(letters.map((l) => [`${String(l['partition'])}/${String(l['offset'])}`, l['code']]));
    const codes = Object.keys(bad).map((name, i) => [name, codeAt.get(placed[i + 1] ?? '')]);
    expect(Object.fromEntries(codes)).toEqual({
      truncated: 'MALFORMED_RECORD',
      unframed: 'MALFORMED_RECORD',
      invalidUtf8: 'MALFORMED_RECORD',
      foreign: 'AGENCY_NOT_OF_TOPIC',
      wrongCell: 'WRONG_CELL',
    });
    expect(letters).toHaveLength(Object.keys(bad).length); // once each, although six views read the topic
    expect(JSON.stringify(letters)).not.toMatch(/SECRET|CANADIAN|gac/);
    await expectInAssessments([1, 5]);
    const notices = await readJson(operators, opsTopic('public'));
    expect(notices.map(({ code, agency }) => [code, agency]).sort()).toEqual(
      letters.map(({ code }) => [code, 'cse']).sort(),
    );
  });

  test('a record of 10 MB is refused at the broker, and its neighbour is accepted', async () => {
    const producer = await cse.createProducer();
    const [huge, small] = await producer.sendAll([
      { topic: TOPIC, key: idOf(20), value: Buffer.alloc(10 * 1024 * 1024) },
      { topic: TOPIC, key: idOf(21), value: encoded(aRecord(21, {})) },
    ]);
    await producer.close();
    expect(huge).toMatchObject({ status: 'rejected', reason: { code: 'TOO_LARGE' } });
    expect(small).toMatchObject({ status: 'fulfilled' });
    await expectInAssessments([21]);
  });

  test('a record of 10 MB over HTTP gets 413 and nothing of it is kept', async () => {
    const body = JSON.stringify(anIndicatorReport({ marking: OPEN, title: 'x'.repeat(10 * 1024 * 1024) }));
    const response = await world.ask('ama-lindqvist', '/v1/observations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([response.status, ((await response.json()) as { type: string }).type]).toEqual([
      413,
      'urn:sitebus:problem:too-large',
    ]);
  });

  test('an unknown schema id pauses its own partition and says so; every other topic goes on', async () => {
    const unknown = encoded(aRecord(30, {}));
    unknown.writeInt32BE(987_654, 1);
    await write([unknown]);
    const notice = await eventually(
      async () => (await readJson(operators, opsTopic('public'))).find(({ code }) => code === 'SCHEMA_UNKNOWN'),
      { what: 'a notice of the unknown schema' },
    );
    expect(notice).toMatchObject({ topic: TOPIC, schemaId: 987_654 });
    expect((await readJson(cse, deadTopic('open', 'cse'))).some(({ code }) => code === 'SCHEMA_UNKNOWN')).toBe(false);
    const response = await world.ask('teodor-vance', '/v1/observations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(anIndicatorReport({ id: idOf(31), marking: OPEN, domains: ['site-31.example'] })),
    });
    expect(response.status).toBe(202);
    await expectInAssessments([31]);
  });
}
