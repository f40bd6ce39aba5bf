// Row 28: the ledger on a real broker, through every service: deliveries are provable, and without a ledger there are none.
// Holds: at the end the ledger is written again, and nothing stands still.
// The ledger is taken away by its own means: the gateway's right to write leaves, as drift or an attacker would.

import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { alertTopic, gatewayPrincipal, ledgerTopic, silentLog } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { parseVerifierKey, verifyCheckpoints, verifyDelivery, type VerifierKey } from '@sitebus/sdk/merkle';
import { connectBroker } from '../../deploy/provision/adapters/broker.ts';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf } from '../support/observations.ts';
import type { World } from '../support/world.ts';

const READER = 'ama-lindqvist';
const VIEW = 's-can';
let world: World;
let keys: readonly VerifierKey[];

/** Its tests, on a running whole. */
export function ledgerRows(theWorld: () => World): void {
  beforeAll(async () => {
    world = theWorld();
    keys = world.ledgerKeys.map((text) => parseVerifierKey(text)!);
    const before = await listed();
    await publish(1);
    await isReadable(1);
    await eventually(async () => (await listed()) > before, {
      what: 'the alert of the first, which no stream is to bring',
    });
  });

  test('row 28: a delivery is proven by leaf, content, path and a checkpoint that the ledger signed', async () => {
    const response = await world.ask(READER, `/v1/observations/${numbered(1)}`);
    const body = await response.text();
    const index = leafOf(response);
    const note = await checkpointBeyond(index);
    const size = Number(note.split('\n')[1]);
    const entry = await world.get(READER, `/v1/ledger/entries/${index}`);
    const proof = await world.get(READER, `/v1/ledger/proof/inclusion?index=${index}&size=${size}`);
    const records = [{ id: numbered(1), contentHash: createHash('sha256').update(body).digest('hex') }];
    const verdict = verifyDelivery(
      {
        index,
        leaf: String(entry['text']),
        proof: proof['hashes'] as string[],
        opening: { salt: String(entry['salt']), records },
      },
      note,
      keys,
    );
    expect(verdict).toMatchObject({ status: 'PROVEN', isContentCompared: true });
  });

  test('row 28: with the ledger down nothing is delivered and /readyz says why; when it is back, everything is', async () => {
    const stream = await openStream();
    const before = await checkpointBeyond(leafOf(await world.ask(READER, `/v1/observations/${numbered(1)}`)));
    const allow = await denyLeaves();
    await eventually(async () => (await world.ask(READER, `/v1/observations/${numbered(1)}`)).status === 503, {});
    const raisedBefore = await raised();
    await publish(2);
    const refused = await world.ask(READER, `/v1/observations/${numbered(1)}`);
    expect([refused.status, await refused.json()]).toMatchObject([
      503,
      { type: 'urn:sitebus:problem:fail-closed', detail: expect.stringContaining('ledger') },
    ]);
    const readyz = await fetch(`${world.health}/readyz`);
    expect([readyz.status, await readyz.text()]).toEqual([
      503,
      expect.stringContaining('the last leaf was not acknowledged'),
    ]);
    await eventually(async () => (await raised()) > raisedBefore);
    expect(stream.alerts()).toEqual([]); // it is raised, and not sent

    await allow();
    await eventually(async () => (await fetch(`${world.health}/readyz`)).status === 200); // by itself
    await isReadable(2);
    await eventually(() => stream.alerts().length > 0, { what: 'what could not be sent comes now' });
    stream.close();

    const after = await checkpointBeyond(leafOf(await world.ask(READER, `/v1/observations/${numbered(1)}`)));
    const [from, to] = [before, after].map((note) => Number(note.split('\n')[1]));
    const { hashes } = await world.get(READER, `/v1/ledger/proof/consistency?from=${from}&to=${to}`);
    expect(verifyCheckpoints([before, after], hashes as string[], keys)).toBe('CONSISTENT');
  });
}

/** Takes the gateway's right to write leaves away. @returns how to give it back. */
async function denyLeaves(): Promise<() => Promise<void>> {
  const rights = [
    { principal: `User:${gatewayPrincipal(VIEW)}`, host: '*', permission: 'ALLOW', operation: 'WRITE', resource: 'TOPIC', name: ledgerTopic(VIEW), pattern: 'LITERAL' },
  ] as const; // prettier-ignore
  const change = async (how: 'createAcls' | 'deleteAcls'): Promise<void> => {
    const broker = await connectBroker(world.bootstrap, world.admin);
    await broker[how](rights).finally(() => broker.close());
  };
  await change('deleteAcls');
  return () => change('createAcls');
}

const numbered = (n: number): string => idOf(0x2800 + n);

/** @returns how many alerts the reader is shown. */
async function listed(): Promise<number> {
  return ((await world.get(READER, '/v1/alerts?limit=200'))['items'] as readonly unknown[]).length;
}

async function publish(n: number): Promise<void> {
  const words = { id: numbered(n), marking: 'SECRET//CANADIAN EYES ONLY', domains: [`row-28-${n}.example`] };
  const response = await world.ask('ama-lindqvist', '/v1/observations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(anIndicatorReport(words)),
  });
  expect([response.status, await response.text()]).toEqual([202, expect.stringContaining(numbered(n))]);
}

const leafOf = (response: Response): number =>
  Number(/leaves=(\d+)-/.exec(response.headers.get('sitebus-ledger') ?? '')?.[1]);

/** @returns a signed checkpoint that covers the leaf. */
function checkpointBeyond(index: number): Promise<string> {
  return eventually(
    async () => {
      const response = await world.ask(READER, '/v1/ledger/checkpoint');
      const note = response.status === 200 ? await response.text() : '';
      return Number(note.split('\n')[1] ?? 0) > index ? note : '';
    },
    { what: `a checkpoint beyond leaf ${index}` },
  );
}

/** @returns where the view's next alert will lie: asked on the bus, where no leaf is needed. */
async function raised(): Promise<bigint> {
  const { bootstrap, admin } = world;
  const sasl = { username: admin.user, password: admin.password };
  const bus = createKafkaBus({ brokers: [bootstrap], sasl, clientId: 'row-28', log: silentLog });
  const [ends] = await bus.inspect.ends(alertTopic(VIEW)).finally(() => bus.close());
  return ends?.next ?? 0n;
}

/** Resolves once the gateway has read what was published. */
function isReadable(n: number): Promise<boolean> {
  const asked = async (): Promise<boolean> =>
    (await world.ask(READER, `/v1/observations/${numbered(n)}`)).status === 200;
  return eventually(asked, { what: `observation ${n} can be read` });
}

/** An open stream of alerts, and the ids of those that came. */
async function openStream(): Promise<{ alerts(): readonly string[]; close(): void }> {
  const stop = new AbortController();
  const response = await world.ask(READER, '/v1/alerts/stream', { signal: stop.signal });
  let text = '';
  void (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })().catch(() => undefined); // ended by close
  return {
    alerts: () =>
      [...text.matchAll(/^event: alert\ndata: (.*)$/gm)].map(
        ([, data = '']) => (JSON.parse(data) as { id: string }).id,
      ),
    close: () => stop.abort(),
  };
}
