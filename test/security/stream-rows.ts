// Rows 25 and 29, and the stream's part of 27: alerts over real HTTP while a clearance is revoked, a reader is slow, a
// gateway is started anew. Rounds of row 25: SITEBUS_REVOCATION_ROUNDS, 1,000 for the row as it is written.

import { expect, test } from '@jest/globals';
import { Admin } from '@platformatic/kafka';
import { setTimeout as pause } from 'node:timers/promises';
import { createGatewayService, parseConfig, type GatewayService } from '@sitebus/gateway';
import { createPostgresDesk } from '@sitebus/gateway/store';
import { alertTopic, gatewayPrincipal, silentLog, systemClock, type Alert, type Person } from '@sitebus/sdk';
import { loadSecrets } from '../../deploy/local/secrets.ts';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf } from '../support/observations.ts';
import { readTopics } from '../support/read-topics.ts';
import { patiently, type World } from '../support/world.ts';
import { ADMINISTRATOR, type AgencyDesk } from './agency-records.ts';
import { openAlertStream } from './alert-stream.ts';
import { LOW_READER } from './low-transcript.ts';

const ROUNDS = Number(process.env['SITEBUS_REVOCATION_ROUNDS'] ?? 15);
const REVOKED = 'teodor-vance';
const VIEW = 's-can';
const PARTNER = 'UNCLASSIFIED//TLP:AMBER';

/** Registers the rows' tests. */
export function streamRows(world: () => World, desk: () => AgencyDesk): void {
  test(
    `row 25: a clearance revoked while alerts stream, ${ROUNDS} times: nothing raised after the epoch arrives, and the stream is closed`,
    async () => {
      const person = world().tokens.find((each) => each.person.person === REVOKED)!.person;
      const revoked: Person = {
        ...person,
        clearance: { ...person.clearance, classified: 'UNCLASSIFIED', protected: 'NONE' },
      };
      const load = await startLoad(world(), desk());
      const asks = (): Promise<number> => world().ask(REVOKED, `/v1/alerts?view=${VIEW}&limit=1`).then(async (response) => (await response.arrayBuffer(), response.status)); // prettier-ignore
      let seen = 0;
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          await world().registry.put(person);
          await eventually(async () => (await asks()) === 200, { what: 'clearance given' });
          const stream = await openAlertStream(world(), REVOKED, `?view=${VIEW}`);
          await eventually(() => stream.alerts().length > 0, { what: 'alerts under load' });
          await world().registry.put(revoked);
          await eventually(async () => (await asks()) === 404, { what: 'clearance taken' });
          const lastBefore = load.sent(); // whatever is sent from here on was raised after the epoch
          await eventually(() => stream.isEnded(), { what: 'the stream to be closed' });
          await eventually(() => load.acknowledged() > lastBefore + 20, { what: 'more alerts' });
          const numbers = stream.alerts().map(({ data }) => load.numberOf(String(data['id'])));
          expect([round, numbers.filter((n) => n > lastBefore)]).toEqual([round, []]);
          seen += numbers.length;
        }
      } finally {
        await load.stop();
        await world().registry.put(person);
      }
      expect(seen).toBeGreaterThanOrEqual(ROUNDS);
    },
    120_000 + ROUNDS * 10_000,
  );

  test('row 27: beside a reader who takes nothing, another gets each alert, and one far behind gets all of them once, in order', async () => {
    const stalled = await world().ask(LOW_READER, '/v1/alerts/stream?from=2000-01-01T00:00:00Z'); // never read
    const live = await openAlertStream(world(), 'elio-marchetti');
    await publish(world(), 0x2710);
    await eventually(() => live.alerts().length > 0, {
      what: 'the alert, beside the stalled reader',
    });
    const behind = await openAlertStream(world(), 'elio-marchetti', '?from=2000-01-01T00:00:00Z');
    const listed = await allAlerts(world(), LOW_READER);
    await eventually(() => behind.alerts().length >= listed.length, { what: 'all that was raised' });
    const order = behind.alerts().map(({ data }) => data as unknown as Alert);
    expect(new Set(order.map(({ id }) => id)).size).toBe(order.length);
    for (const [id, each] of grouped(order)) expect([id, each]).toEqual([id, [...each].sort((a, b) => a - b)]);
    expect(order.length).toBe(listed.length);
    await Promise.all([live.close(), behind.close(), stalled.body?.cancel()]);
  });

  test('row 29: a list and a stream go on across a restart of the gateway; nothing is lost and nothing comes twice', async () => {
    for (const n of [0x2901, 0x2902, 0x2903]) await publish(world(), n);
    const before = await aGateway(world(), desk());
    try {
      await eventually(async () => (await pages(before, undefined, 200)).ids.length >= 4);
      const whole = (await pages(before, undefined, 200)).ids;
      const first = await page(before, '/v1/alerts?limit=2');
      const streamed = await openAlertStream(world(), LOW_READER, '?from=2000-01-01T00:00:00Z', {
        at: before.address(),
      });
      await eventually(() => streamed.alerts().length >= whole.length, { what: 'all alerts so far' });
      const resumeAt = streamed.alerts()[1]!; // an old cursor: the second of many
      const rest = streamed
        .alerts()
        .slice(2)
        .map(({ data }) => data['id']);
      await streamed.close();
      await before.stop();

      const after = await aGateway(world(), desk());
      try {
        const remaining = await pages(after, first.next, 2);
        expect([...first.ids, ...remaining.ids]).toEqual(whole);
        const resumed = await openAlertStream(world(), LOW_READER, '', {
          at: after.address(),
          lastEventId: resumeAt.id!,
        });
        await eventually(() => resumed.alerts().length >= rest.length, { what: 'the rest' });
        expect(resumed.alerts().map(({ data }) => data['id'])).toEqual(rest);
        expect(resumed.events().filter(({ event }) => event === 'gap')).toEqual([]);
        await resumed.close();
      } finally {
        await after.stop();
      }
    } finally {
      await before.stop().catch(() => undefined); // stopped above, unless something failed
    }
  });

  test('row 29: a stale cursor is refused: of another reader, view, list or filter, or sealed under a key that is gone', async () => {
    const { next } = await page(world(), '/v1/alerts?limit=1');
    const answer = async (as: string, path: string, at: string = world().gateway): Promise<[number, string]> => {
      const token = world().tokens.find(({ person }) => person.person === as)!.token;
      const response = await patiently(() => fetch(`${at}${path}`, { headers: { authorization: `Bearer ${token}` } }));
      return [response.status, ((await response.json()) as { type?: string }).type ?? ''];
    };
    const refused = [400, 'urn:sitebus:problem:cursor-invalid'];
    expect((await answer(LOW_READER, `/v1/alerts?limit=1&cursor=${next}`))[0]).toBe(200);
    expect(await answer('elio-marchetti', `/v1/alerts?limit=1&cursor=${next}`)).toEqual(refused);
    expect(await answer(LOW_READER, `/v1/alerts?limit=1&view=public&cursor=${next}`)).toEqual(refused);
    expect(await answer(LOW_READER, `/v1/observations?limit=1&cursor=${next}`)).toEqual(refused);
    expect(await answer(LOW_READER, `/v1/alerts?limit=1&from=2026-01-01T00:00:00Z&cursor=${next}`)).toEqual(refused);
    const rekeyed = await aGateway(world(), desk(), `2:${Buffer.alloc(32, 7).toString('base64url')}`);
    try {
      expect(await answer(LOW_READER, `/v1/alerts?limit=1&cursor=${next}`, rekeyed.address())).toEqual(refused);
    } finally {
      await rekeyed.stop();
    }
  });

  test('row 29: a cursor that retention has passed is refused by a list, 410, and told by a stream as a gap before it goes on', async () => {
    for (const n of [0x2991, 0x2992, 0x2993]) await publish(world(), n);
    const before = await aGateway(world(), desk());
    const after = await (async () => {
      try {
        await eventually(async () => (await pages(before, undefined, 200)).ids.length >= 3);
        const { next } = await page(before, '/v1/alerts?limit=1');
        const streamed = await openAlertStream(world(), LOW_READER, '?from=2000-01-01T00:00:00Z', { at: before.address() });
        await eventually(() => streamed.alerts().length > 1, { what: 'alerts' });
        const old = streamed.alerts()[0]!.id!;
        await streamed.close();
        expect((await asLowReader(`${before.address()}/v1/alerts?limit=1&cursor=${next}`)).status).toBe(200);
        await dropWhatIsThere(world(), alertTopic('partner'));
        return { gateway: await aGateway(world(), desk()), next, old };
      } finally {
        await before.stop();
      }
    })();
    try {
      const refused = await asLowReader(`${after.gateway.address()}/v1/alerts?limit=1&cursor=${after.next}`);
      expect([refused.status, await refused.json()]).toEqual([410, expect.objectContaining({ type: 'urn:sitebus:problem:cursor-stale' })]);
      const resumed = await openAlertStream(world(), LOW_READER, '', { at: after.gateway.address(), lastEventId: after.old });
      await publish(world(), 0x2990);
      await eventually(() => resumed.alerts().length > 0, { what: 'the first alert that is left' });
      expect(resumed.events()[0]).toMatchObject({ event: 'gap', data: { reason: 'retention', list: expect.stringContaining('/v1/alerts?') } });
      await resumed.close();
    } finally {
      await after.gateway.stop();
    }
  }); // prettier-ignore

  test('row 29: a stream resumed after a change of clearance says first what it cannot give', async () => {
    const person = world().tokens.find((each) => each.person.person === 'elio-marchetti')!.person;
    const stream = await openAlertStream(world(), 'elio-marchetti', '?from=2000-01-01T00:00:00Z');
    await eventually(() => stream.alerts().length > 0, { what: 'an alert' });
    const lastEventId = stream.alerts()[0]!.id!;
    await world().registry.put(person); // a new epoch, whatever the row says
    await eventually(() => stream.isEnded(), { what: 'the stream of the old epoch to end' });
    const resumed = await openAlertStream(world(), 'elio-marchetti', '', { lastEventId });
    await eventually(() => resumed.events().length > 0, { what: 'the first event' });
    expect(resumed.events()[0]).toMatchObject({ event: 'gap', data: { reason: 'clearance' } });
    await resumed.close();
  });
}

/** Versions an assessment, in the order they came. */
function grouped(alerts: readonly Alert[]): ReadonlyMap<string, readonly number[]> {
  const byAssessment = new Map<string, number[]>();
  for (const { assessmentId, version } of alerts)
    byAssessment.set(assessmentId, [...(byAssessment.get(assessmentId) ?? []), version]);
  return byAssessment;
}

interface Load {
  /** Number of the last alert that was handed to the broker. */
  sent(): number;
  acknowledged(): number;
  /** Zero for an alert that the load did not raise. */
  numberOf(id: string): number;
  stop(): Promise<void>;
}

const LOAD_IDS = 0x25_0000_0000;
const ALERTS_AT_ONCE = 10;
const EVERY_MS = 10;
const MOST_ALERTS = 1_000_000;

/** Raises alerts without end, copies of a real one under ids that count up, as fusion's principal does. */
async function startLoad(world: World, desk: AgencyDesk): Promise<Load> {
  const topic = alertTopic(VIEW);
  const real = await eventually(async () => (await readTopics(world)).find((record) => record.topic === topic), {
    what: `an alert of ${VIEW}`,
  });
  const alert = desk.codec.decode(real.value!).value as Alert;
  const producer = await desk.as(ADMINISTRATOR).createProducer();
  let [sent, acknowledged, isStopped] = [0, 0, false];
  const running = (async () => {
    while (!isStopped && sent < MOST_ALERTS) {
      const batch = Array.from({ length: ALERTS_AT_ONCE }, () => {
        const value = desk.codec.encode('ca.sitebus.fusion.Alert', { ...alert, id: idOf(LOAD_IDS + (sent += 1)) });
        return { topic, key: alert.assessmentId, value };
      });
      await producer.sendAll(batch);
      acknowledged = sent;
      await pause(EVERY_MS); // a rate, not a wait
    }
  })();
  return {
    sent: () => sent,
    acknowledged: () => acknowledged,
    numberOf: (id) => Math.max(0, Number.parseInt(id.slice(-12), 16) - LOAD_IDS),
    async stop() {
      isStopped = true;
      await running;
      await producer.close();
    },
  };
}

/** A gateway of the partner view on its own listener, with the keys of the world's own: as it is after a restart. */
async function aGateway(world: World, desk: AgencyDesk, cursorKeys?: string): Promise<GatewayService> {
  const secrets = await loadSecrets(world.dataDir);
  const gateway = createGatewayService({
    config: parseConfig({
      view: 'partner',
      listen: { host: '127.0.0.1', port: 0 },
      cursorKeys: cursorKeys ?? secrets.cursorKeys,
      ledgerSalt: secrets.ledgerSalt,
      ledgerKeys: world.ledgerKeys,
      drainMs: 500,
      maxEventLoopDelayMs: 0, // the loop is this test's own, and a busy machine holds it up
    }),
    policy: world.policy,
    codec: desk.codec,
    bus: desk.as(gatewayPrincipal('partner')),
    intakes: () => undefined,
    issuerKeys: [],
    store: createPostgresDesk({ url: world.storeUrls['partner'] ?? '', view: 'partner', log: silentLog }),
    clock: systemClock,
    log: silentLog,
  });
  await gateway.start();
  await eventually(() => gateway.ready().ready, { what: 'the gateway' });
  return gateway;
}

type Origin = Pick<World, 'gateway'> | Pick<GatewayService, 'address'>;
interface Page {
  readonly ids: readonly string[];
  readonly next: string | undefined;
}

let worldTokens: World['tokens'] = [];
/** Whose keys `page` uses; a key is good at every gateway of a world. */
export function useTokensOf({ tokens }: World): void {
  worldTokens = tokens;
}

async function page(origin: Origin, path: string): Promise<Page> {
  const base = 'gateway' in origin ? origin.gateway : origin.address();
  const { token } = worldTokens.find(({ person }) => person.person === LOW_READER)!;
  const response = await patiently(() => fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } }));
  const { items, next } = (await response.json()) as { items: readonly { id: string }[]; next?: string };
  expect(response.status).toBe(200);
  return { ids: items.map(({ id }) => id), next };
}

/** Every page from a cursor on. */
async function pages(
  origin: Origin,
  cursor: string | undefined,
  limit: number,
): Promise<{ readonly ids: readonly string[] }> {
  // prettier-ignore
  const ids: string[] = [];
  let next = cursor;
  do {
    const got: Page = await page(origin, `/v1/alerts?limit=${limit}${next === undefined ? '' : `&cursor=${next}`}`);
    ids.push(...got.ids);
    next = got.next;
  } while (next !== undefined);
  return { ids };
}

async function asLowReader(url: string): Promise<Response> {
  const { token } = worldTokens.find(({ person }) => person.person === LOW_READER)!;
  return patiently(() => fetch(url, { headers: { authorization: `Bearer ${token}` } }));
}

/** What retention does, at once: every record of a topic goes, and offsets go on from where they were. */
async function dropWhatIsThere({ bootstrap, admin }: World, topic: string): Promise<void> {
  const sasl = { mechanism: 'SCRAM-SHA-512', username: admin.user, password: admin.password } as const;
  const client = new Admin({ clientId: 'retention', bootstrapBrokers: [bootstrap], sasl });
  try {
    const all = [{ partition: 0, offset: -1n }]; // to the high watermark (Kafka protocol, DeleteRecords)
    const dropped = await client.deleteRecords({ topics: [{ name: topic, partitions: all }] });
    expect(dropped.flatMap(({ partitions }) => partitions).every(({ lowWatermark }) => lowWatermark > 0n)).toBe(true);
  } finally {
    await client.close();
  }
}

async function allAlerts(world: World, as: string): Promise<readonly unknown[]> {
  return (await world.get(as, '/v1/alerts?limit=200'))['items'] as readonly unknown[];
}

async function publish(world: World, n: number): Promise<void> {
  const response = await world.ask('ama-lindqvist', '/v1/observations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(anIndicatorReport({ id: idOf(n), marking: PARTNER, domains: [`stream-${n}.example`] })),
  });
  expect([response.status, await response.text()]).toEqual([202, expect.any(String)]);
}
