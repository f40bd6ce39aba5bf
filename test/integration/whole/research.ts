// Research at arm's length on a real broker, a real database and the gateways: from published records to files, across a
// restart of the room, and what its database role may not do.

import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { createResearchService } from '@sitebus/research';
import { createPostgresStore } from '@sitebus/research/store';
import { createCodec, loadSchemaLock, RESEARCH_PRINCIPAL, silentLog, systemClock } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { join } from 'node:path';
import { loadCredentials, RESEARCH_STORE } from '../../../deploy/provision/index.ts';
import { eventually } from '../../support/eventually.ts';
import { readTopics } from '../../support/read-topics.ts';
import { sqlAs } from '../../support/sql-as.ts';
import type { World } from '../../support/world.ts';

const RESEARCHER = 'rosalind-quist';
const ACCOUNTS = 12;
const CANARY = 'grey_heron_of_the_lake';
let world: World;

const post = (path: string, body: object, key?: string): Promise<Response> =>
  world.ask(RESEARCHER, `/v1/research/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
  });
const made = async (path: string, body: object, key?: string): Promise<{ id: string } & Record<string, unknown>> => {
  const answer = await post(path, body, key);
  const text = await answer.text();
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as { id: string } & Record<string, unknown>;
};

/** A second room on the same broker and database, as after a restart. */
async function anotherRoom() {
  const [lock, { credentials }] = await Promise.all([
    loadSchemaLock(join(world.dataDir, 'schemas.lock.json')),
    loadCredentials(world.dataDir),
  ]);
  const bus = createKafkaBus({
    brokers: [world.bootstrap],
    sasl: credentials[RESEARCH_PRINCIPAL]!,
    clientId: 'research-again',
    log: silentLog,
  });
  const room = createResearchService({
    config: { ledgerSalt: Buffer.alloc(32, 1).toString('base64url') },
    policy: world.policy,
    codec: createCodec({ lock }),
    bus,
    registry: {
      personNamed: (person) => world.policy.people.find((each) => each.person === person),
      state: () => 'fresh',
      onPolicyVersion: () => undefined,
      start: async () => {},
      stop: async () => {},
      fatal: new Promise(() => {}),
    },
    store: createPostgresStore({ url: world.storeUrls[RESEARCH_STORE]!, log: silentLog }),
    clock: systemClock,
    log: silentLog,
  });
  await room.start();
  await eventually(() => room.ready().ready, { what: 'the second room' });
  const stop = async (): Promise<void> => {
    await room.stop();
    await bus.close();
  };
  return { ...room, stop };
}

function activity(n: number): object {
  const marking = 'UNCLASSIFIED//TLP:CLEAR';
  const account = `chirrup:${CANARY}_${String.fromCharCode(97 + n)}`;
  return {
    type: 'InfluenceActivity',
    envelope: { observedAt: instant(-60_000), marking, sourceGrade: 'B', infoGrade: 2 },
    report: {
      title: 'A story is repeated',
      category: 'INFORMATION_MANIPULATION',
      portions: [{ text: 'An account repeats a story.', lang: 'en', marking }],
      stance: 'ASSERTS',
      sourceKind: 'OSINT',
      mandateBasis: 'Mandate of the agency',
      soWhat: 'Nothing to do.',
      releasePlan: 'READABLE_BY_PARTNERS',
    },
    kind: 'CONTENT',
    texts: [{ text: `the harbour was sold, says @${CANARY}_a`, lang: 'en' }],
    accounts: [account],
    ...Object.fromEntries(
      ['domains', 'urls', 'media', 'hashtags', 'narrativeTypes', 'channelTypes', 'eventTypes'].map((field) => [
        field,
        [],
      ]),
    ),
  };
}

function instant(fromNowMs: number): string {
  return new Date(Date.now() + fromNowMs).toISOString();
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What the research room gives out. */
export function research(theWorld: () => World): void {
  beforeAll(() => void (world = theWorld()));
  beforeAll(async () => {
    const lines = Array.from({ length: ACCOUNTS }, (_each, n) => JSON.stringify(activity(n))).join('\n');
    const answer = await world.ask('teodor-vance', '/v1/observations/bulk', {
      method: 'POST',
      body: lines,
      headers: { 'content-type': 'application/x-ndjson' },
    });
    expect(await answer.text()).toContain(`"accepted":${ACCOUNTS}`);
  });

  test('records of the bus become a file in which nobody can be found, and the same file after a restart of the room', async () => {
    const project = await made('projects', {
      title: { en: 'Paper boats', fr: 'Bateaux de papier' },
      window: { from: instant(-86_400_000), to: instant(86_400_000) },
      embargoUntil: instant(-1_000),
      ethicsRef: 'REB-7',
    });
    await made('agreements', { project: project.id, documentSha256: 'a'.repeat(64), with: 'Chirrup', allowsText: true }, 'signed'); // prettier-ignore
    const dataset = await made('datasets', {
      project: project.id,
      title: 'posts',
      types: ['InfluenceActivity'],
      columns: ['time', 'platform', 'account', 'text'],
    });
    await made(`datasets/${dataset.id}/collect`, {});
    const dry = await made(`datasets/${dataset.id}/export`, { format: 'csv', dryRun: true });
    expect(dry).toMatchObject({ k: ACCOUNTS, rows: ACCOUNTS, suppressed: 0 });
    expect(await made(`datasets/${dataset.id}/freeze`, {})).toMatchObject({ state: 'FROZEN', frozen: { rows: ACCOUNTS } }); // prettier-ignore
    const hashes: string[] = [];
    for (const format of ['csv', 'parquet']) {
      await made(`datasets/${dataset.id}/export`, { format });
      const answer = await world.ask(RESEARCHER, `/v1/research/datasets/${dataset.id}/file?format=${format}`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect([answer.status, bytes.includes('the harbour'), bytes.includes(CANARY), answer.headers.get('sitebus-marking')]).toEqual([200, true, false, 'UNCLASSIFIED//TLP:CLEAR']); // prettier-ignore
      hashes.push(sha256(bytes));
    }
    const again = await anotherRoom();
    try {
      const by = { person: RESEARCHER, view: 'public' };
      for (const [index, format] of (['csv', 'parquet'] as const).entries())
        expect(sha256((await again.file(dataset.id, format, by)).bytes)).toBe(hashes[index]);
    } finally {
      await again.stop();
    }
    const onLedger = (await readTopics(world)).filter(({ topic }) => topic === 'ledger.public').map(({ value }) => String(value)); // prettier-ignore
    const ofRoom = onLedger.map((text) => JSON.parse(text) as { by?: string; decision: string }).filter(({ by }) => by === 'research'); // prettier-ignore
    expect(ofRoom.map(({ decision }) => decision).filter((decision) => decision === 'EXPORTED')).toHaveLength(6); // two exports, and two files twice
    expect(onLedger.filter((text) => text.includes(dataset.id) || text.includes(CANARY))).toEqual([]);
  });

  test('the role of the room changes and removes no event, and reads nothing of the desks', async () => {
  const url = world.storeUrls[RESEARCH_STORE]!;
  expect((await sqlAs(url, 'select * from research.event')).rows.length).toBeGreaterThan(5);
  for (const statement of [
    "update research.event set body = '{}'",
    'delete from research.event',
    'update research.frozen set edition = 9',
    'select * from gateway.triage',
    'create table research.mine (a int)',
  ])
    expect([statement, (await sqlAs(url, statement)).code]).toEqual([statement, '42501']);
  for (const view of ['public', 's-can'])
    expect([view, (await sqlAs(world.storeUrls[view]!, 'select * from research.event')).code]).toEqual([view, '42501']);
  expect(await sqlAs(url, 'select * from research.key')).toMatchObject({ rows: [], code: 'ok' }); // every edition is frozen
}); // prettier-ignore

  test('a chair is answered as if nothing were there, over HTTP as well', async () => {
    const mine = (await world.get(RESEARCHER, '/v1/research/datasets')) as { items: { id: string }[] };
    expect(mine.items).toHaveLength(1);
    const answer = await world.ask('teodor-vance', `/v1/research/datasets/${mine.items[0]!.id}`);
    const absent = await world.ask('teodor-vance', '/v1/research/datasets/00000000-0000-4000-8000-000000000000');
    expect([answer.status, await answer.text()]).toEqual([404, await absent.text()]);
    const catalogue = (await world.get(undefined, '/v1/research/catalogue')) as { items: object[] };
    expect(catalogue.items).toMatchObject([{ title: { en: 'Paper boats', fr: 'Bateaux de papier' }, outputs: [] }]);
  });
}
