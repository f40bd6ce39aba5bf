// A log from before an event type was given a field: it replays, and what is written now follows on it.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from '@sitebus/marking';
import { caseTopic, createCodec, loadPolicy, loadSchemaSet, toSchemaLock, toSelfContained, toWire, type AvroObject, type SitrepEvent } from '@sitebus/sdk'; // prettier-ignore
import { createTestBus, createTestClock, SCHEMAS_DIR } from '@sitebus/sdk/testing';
import { createEventLog, type EventLog } from './event-log.ts';
import { framed, LATER_FIELDS, type ChainEnd } from './machine.ts';
import { createMatters, type Matters } from './matters.ts';
import { EMPTY_SITREP, SITREP_SUBJECT } from './sitrep/empty-events.ts';
import { SITREP_MACHINE } from './sitrep/sitrep-machine.ts';
import type { Sitrep } from './sitrep/sitrep.ts';

const VIEW = 's-can';
const ID = '5e0c3a91-9f0e-4b83-a3f1-0d9a7c6be201';
const OLDER_ID = 9_001;
const policy = await loadPolicy(join(SCHEMAS_DIR, 'policy'));
const olderText = await readFile(join(SCHEMAS_DIR, 'avro/versions', SITREP_SUBJECT, '1.avsc'), 'utf8');
const older = toSelfContained(JSON.parse(olderText) as AvroObject);
const olderCodec = createCodec({ lock: toSchemaLock([older], () => ({ id: OLDER_ID, version: 1 })) });
const lock = toSchemaLock(await loadSchemaSet(join(SCHEMAS_DIR, 'avro')));
const schemaOf = (id: number) => Promise.resolve(id === OLDER_ID ? older.text : undefined);
const marking = toWire(parse('UNCLASSIFIED//TLP:AMBER', policy));

/** As a version of this room wrote it that knew no later field. */
function written(happening: Partial<SitrepEvent> & Pick<SitrepEvent, 'kind' | 'to'>, end?: SitrepEvent): SitrepEvent {
  const known = Object.entries(EMPTY_SITREP).filter(([name]) => !LATER_FIELDS.has(name));
  const about = { id: ID, at: 1_000, by: { person: 'guard', role: 'timer', agency: null }, marking };
  return framed(happening, end, Object.fromEntries(known) as unknown as typeof EMPTY_SITREP, about);
}

const opened = written({ kind: 'opened', to: 'OPEN', number: 1, electionId: 'ge-demo', cadence: 'writ', cutOffAt: 900, views: [VIEW] }); // prettier-ignore
const compiled = written({ kind: 'compiled', to: 'COMPILED', standings: [{ agency: 'cse', status: 'NIL' }], delta: { previous: null, fresh: [], repeated: [], dropped: [] } }, opened); // prettier-ignore

async function onBus(): Promise<{
  readonly read: (codec?: ReturnType<typeof createCodec>) => Promise<{ readonly log: EventLog; readonly matters: Matters; readonly taken: readonly boolean[] }>;
  readonly close: () => Promise<void>;
}> {
  const clock = createTestClock();
  const bus = createTestBus({ clock });
  const { bus: port } = bus.connect;
  const producer = await port.createProducer();
  for (const event of [opened, compiled]) {
    const value = olderCodec.encode(SITREP_SUBJECT, event);
    await producer.send({ topic: caseTopic(VIEW), key: ID, value });
  }
  await bus.settled();
  const logs: EventLog[] = [];
  return {
    async read(codec = createCodec({ lock, registry: { schemaOf } })) {
      const matters = createMatters([SITREP_MACHINE]);
      const taken: boolean[] = [];
      const log = createEventLog({ bus: port, policy, codec, clock });
      logs.push(log);
      await log.start(({ view, subject, event }) => taken.push(matters.apply(view, subject, event)));
      return { log, matters, taken };
    },
    async close() {
      for (const log of logs) await log.stop();
      await bus.close();
    },
  };
} // prettier-ignore

const stateOf = (matters: Matters): Sitrep => matters.get('sitrep', ID)!.state as Sitrep;

test('a report that was compiled before reports spoke of sources replays, and says nothing of them', async () => {
  const { read, close } = await onBus();
  const { matters, taken } = await read();
  expect(taken).toEqual([true, true]);
  expect(stateOf(matters)).toMatchObject({ state: 'COMPILED', standings: [{ agency: 'cse', status: 'NIL' }] });
  expect(stateOf(matters)).not.toHaveProperty('sourceGaps');
  await close();
});

test('what is written now follows on an older event, and both replay together', async () => {
  const { read, close } = await onBus();
  const { log } = await read();
  const about = { id: ID, at: 2_000, by: { person: 'ada', role: 'chair', agency: 'gac' }, marking };
  const end: ChainEnd<SitrepEvent['to']> = compiled;
  const approved = framed<SitrepEvent>({ kind: 'approved', to: 'CHAIR_APPROVED' }, end, EMPTY_SITREP, about);
  await log.append([{ view: VIEW, subject: SITREP_SUBJECT, event: approved }]);
  const { matters, taken } = await read();
  expect(taken).toEqual([true, true, true]);
  expect(stateOf(matters).state).toBe('CHAIR_APPROVED');
  await close();
}); // prettier-ignore

test('an event whose later field was changed, given or taken away does not follow', () => {
  const about = { id: ID, at: 1_000, by: { person: 'guard', role: 'timer', agency: null }, marking };
  const sourceGaps = { since: 1, gaps: [], omitted: 0 };
  const speaking = framed<SitrepEvent>({ kind: 'compiled', to: 'COMPILED', sourceGaps }, opened, EMPTY_SITREP, about); // prettier-ignore
  const follows = (event: SitrepEvent): boolean => {
    const matters = createMatters([SITREP_MACHINE]);
    return matters.apply(VIEW, SITREP_SUBJECT, opened) && matters.apply(VIEW, SITREP_SUBJECT, event);
  };
  expect([speaking, { ...compiled, sourceGaps: null }].map(follows)).toEqual([true, true]);
  const changed = [{ ...speaking, sourceGaps: null }, { ...speaking, sourceGaps: { ...sourceGaps, since: 2 } }, { ...compiled, sourceGaps }]; // prettier-ignore
  expect(changed.map(follows)).toEqual([false, false, false]);
});

test('an older event whose schema nobody has any more ends the start', async () => {
  const { read, close } = await onBus();
  await expect(read(createCodec({ lock }))).rejects.toMatchObject({ code: 'SCHEMA_UNKNOWN' });
  await close();
});
