// What subscriptions send by themselves, through a gateway: posts to real listeners on loopback, mail in a real folder.

import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMarking } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import { eventually } from '../../../../test/support/eventually.ts';
import type { PostOutcome, WebhookPort } from '../deliveries/webhook-port.ts';
import type { GatewayService } from '../service.ts';
import { anAlert, anAssessment, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const CEO = 'SECRET//CANADIAN EYES ONLY';
const RED = 'SECRET//CANADIAN EYES ONLY//TLP:RED'; // Ama reads it; the ways out of s-can stop at AMBER+STRICT
const AMA = 'ama-lindqvist';
const OTHER = 'samir-vasquez'; // may enter the view, and subscribe
const WITHIN = { withinMs: 30_000 };
const MINUTE_MS = 60_000;

interface Post {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: { readonly test: boolean; readonly items: readonly { readonly id: string }[] };
}
interface Target {
  readonly url: string;
  readonly posts: readonly Post[];
  /** How it answers from now on. */
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
}
const taken = (response: ServerResponse) => void response.writeHead(204).end();
const status = (code: number) => (response: ServerResponse) => void response.writeHead(code).end();

async function aTarget(answer: Target['answer'] = taken): Promise<Target> {
  const posts: Post[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((text) => {
      posts.push({ headers: request.headers, text, body: JSON.parse(text) as Post['body'] });
      target.answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target: Target = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    posts,
    answer,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  targets.push(target);
  return target;
}

const targets: Target[] = [];
const settings = () => ({
  webhookOrigins: ['loopback'], outboxDir, deliveriesTickMs: 10, listen: { host: '127.0.0.1', port: 0 },
}); // prettier-ignore
let outboxDir: string;
let world: World;
let gateway: GatewayService;

beforeAll(async () => {
  outboxDir = await mkdtemp(join(tmpdir(), 'outbox-'));
  world = await aWorld();
  gateway = await world.gateway('s-can', settings());
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await Promise.all(targets.map((target) => target.close()));
  await rm(outboxDir, { recursive: true });
});

async function ask(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  over: { as?: string; payload?: object } = {},
) {
  const headers = { ...(await world.as(over.as ?? AMA)), ...(method === 'PUT' ? { 'if-match': '*' } : {}) };
  return gateway.app.inject({ method, url, headers, ...(over.payload && { payload: over.payload }) });
}
const subscribe = async (payload: object, as = AMA): Promise<{ id: string; signingSecret: string }> => {
  const answer = await ask('POST', '/v1/subscriptions', { as, payload: { name: 'n', filter: {}, ...payload } });
  expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
  return answer.json();
};
const remove = async (id: string, as = AMA) => ask('DELETE', `/v1/subscriptions/${id}`, { as });

interface Status {
  readonly state: string;
  readonly failures: number;
  readonly retryAt?: string;
  readonly lag: { readonly waiting: number; readonly ms: number };
  readonly items: readonly { readonly kind: string; readonly state: string; readonly code?: string; readonly records: number; readonly withheld: number; readonly attempts: number }[];
} // prettier-ignore
const statusOf = async (id: string, as = AMA): Promise<Status> =>
  (await ask('GET', `/v1/subscriptions/${id}/deliveries`, { as })).json();

/** Something new in the view; names are a test's own. */
async function happens(
  name: string,
  marking = CEO,
  over: { groups?: string[]; orcon?: boolean } = {},
): Promise<string> {
  const about = anAssessment({ id: uuidOf(name), marking, ...(over.groups && { groups: over.groups }) });
  const assessment = over.orcon === true ? { ...about, marking: { ...about.marking, orcon: true } } : about;
  await world.assess(assessment);
  const alert = anAlert(assessment, { precedence: 'PRIORITY' });
  await world.alert(alert);
  return alert.id;
}
const idsOf = ({ posts }: Target): string[] => posts.flatMap(({ body }) => body.items.map(({ id }) => id));

describe('webhooks', () => {
  test('an alert is posted once it comes: signed, on the ledger, marked; what may not go this way is counted, what is hidden is not', async () => {
    const target = await aTarget();
    const { id, signingSecret } = await subscribe({ deliver: 'webhook', url: target.url });
    const before = world.leaves('s-can').length;
    await happens('hidden', CEO, { groups: ['panel'] });
    await happens('red', RED);
    await happens('held by its originator', CEO, { orcon: true });
    const shown = await happens('shown');
    await eventually(() => idsOf(target).length > 0, WITHIN);
    expect(idsOf(target)).toEqual([shown]);
    const [{ headers, text }] = target.posts as [Post];
    const signed = createHmac('sha256', Buffer.from(signingSecret.slice(6), 'base64')).update(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`).digest('base64'); // prettier-ignore
    expect(headers).toMatchObject({
      'webhook-signature': `v1,${signed}`,
      'sitebus-marking': CEO,
      'content-type': 'application/json',
    });
    const leaves = world.leaves('s-can').slice(before).filter(({ reason }) => reason === 'WEBHOOK'); // prettier-ignore
    expect(leaves).toMatchObject([{ who: AMA, decision: 'RELEASED', marking: CEO, records: 1 }]);
    const isAtRest = ({ items, lag }: Status) => lag.waiting === 0 && items.some(({ state }) => state === 'SENT');
    await eventually(async () => isAtRest(await statusOf(id)), WITHIN);
    const { items, lag, state } = await statusOf(id);
    expect([state, lag]).toMatchObject(['ACTIVE', { waiting: 0, ms: 0 }]);
    const sum = (of: (item: Status['items'][number]) => number) => items.reduce((all, item) => all + of(item), 0);
    expect([sum(({ records }) => records), sum(({ withheld }) => withheld)]).toEqual([1, 2]);
    await remove(id);
  });

  test('a target that is slow costs only itself; what it did not take comes again under the same id, later and later, and nothing is lost', async () => {
    const [slow, quick] = [await aTarget(() => undefined), await aTarget()];
    slow.answer = status(503);
    const [one, two] = [await subscribe({ deliver: 'webhook', url: slow.url }), await subscribe({ deliver: 'webhook', url: quick.url }, OTHER)]; // prettier-ignore
    const first = await happens('first to the slow');
    await eventually(async () => (await statusOf(one.id)).items[0]?.state === 'RETRYING', WITHIN);
    await eventually(() => idsOf(quick).length === 1, WITHIN);
    expect((await statusOf(one.id)).items).toMatchObject([{ state: 'RETRYING', code: 'HTTP_503', attempts: 1 }]);
    expect((await statusOf(one.id)).lag.waiting).toBe(1);
    expect(slow.posts).toHaveLength(1); // the clock stands, so the wait does
    slow.answer = () => undefined; // takes the connection and says nothing
    await world.pass(2_000);
    await eventually(() => slow.posts.length === 2, WITHIN);
    const second = await happens('second, while the other hangs');
    await eventually(() => idsOf(quick).length === 2, WITHIN); // not held up
    await eventually(async () => (await statusOf(one.id)).items[0]?.code === 'TIMEOUT', WITHIN);
    expect((await statusOf(one.id)).items[0]).toMatchObject({ code: 'TIMEOUT', attempts: 2 });
    expect(slow.posts[1]?.headers['webhook-id']).toBe(slow.posts[0]?.headers['webhook-id']);
    slow.answer = taken;
    await world.pass(4_000);
    await eventually(async () => (await statusOf(one.id)).lag.waiting === 0, WITHIN);
    expect([...new Set(idsOf(slow))]).toEqual([first, second]);
    expect(idsOf(quick)).toEqual([first, second]);
    await remove(one.id);
    await remove(two.id, OTHER);
  });

  test('a target that says it is gone is given up; its owner resumes it, and it goes on where it stood', async () => {
    const target = await aTarget(status(410));
    const { id } = await subscribe({ deliver: 'webhook', url: target.url });
    const alerts = [await happens('as it dies')];
    await eventually(async () => (await statusOf(id)).state === 'DEAD', WITHIN);
    expect((await statusOf(id)).items).toMatchObject([{ state: 'FAILED', code: 'HTTP_410' }]);
    alerts.push(await happens('while it is dead'));
    expect((await statusOf(id)).lag.waiting).toBe(2);
    target.answer = taken;
    expect((await ask('POST', `/v1/subscriptions/${id}/resume`)).json()).toMatchObject({ id, state: 'ACTIVE' });
    await eventually(async () => (await statusOf(id)).lag.waiting === 0, WITHIN);
    expect([...new Set(idsOf(target))]).toEqual(alerts);
    await remove(id);
  });

  test('what is paused waits and is counted, and comes when it is resumed', async () => {
    const target = await aTarget();
    const { id } = await subscribe({ deliver: 'webhook', url: target.url });
    const other = await aTarget();
    const { id: beside } = await subscribe({ deliver: 'webhook', url: other.url });
    expect((await ask('POST', `/v1/subscriptions/${id}/pause`)).json()).toMatchObject({ state: 'PAUSED' });
    const alert = await happens('while it is paused');
    await eventually(() => idsOf(other).length === 1, WITHIN);
    expect([idsOf(target), (await statusOf(id)).lag.waiting]).toEqual([[], 1]);
    await ask('POST', `/v1/subscriptions/${id}/resume`);
    await eventually(() => idsOf(target).length === 1, WITHIN);
    expect(idsOf(target)).toEqual([alert]);
    await remove(id);
    await remove(beside);
  });

  test('a test goes the way of all posts, says that it is one, and leaves the place where it was', async () => {
    await world.pass(MINUTE_MS);
    const target = await aTarget();
    const newest = await happens('newest before the test');
    const { id } = await subscribe({ deliver: 'webhook', url: target.url });
    const answer = await ask('POST', `/v1/subscriptions/${id}/test`);
    expect([answer.statusCode, answer.headers['location']]).toEqual([202, `/v1/subscriptions/${id}/deliveries`]);
    await eventually(async () => (await statusOf(id)).items[0]?.state === 'SENT', WITHIN);
    expect(target.posts.map(({ body }) => [body.test, body.items.map((item) => item.id)])).toEqual([[true, [newest]]]);
    expect(target.posts[0]?.headers['webhook-signature']).toMatch(/^v1,/);
    expect((await statusOf(id)).items).toMatchObject([{ kind: 'TEST', records: 1, attempts: 1 }]);
    const again = await ask('POST', `/v1/subscriptions/${id}/test`);
    expect([again.statusCode, again.headers['retry-after']]).toEqual([429, '10']);
    const after = await happens('after the test');
    await eventually(() => idsOf(target).length === 2, WITHIN);
    expect(target.posts[1]?.body).toMatchObject({ test: false, items: [{ id: after }] });
    await remove(id);
  });

  test('whose clearance has fallen is posted nothing, though they subscribed while they might', async () => {
    const [fallen, still] = [await aTarget(), await aTarget()];
    const { id } = await subscribe({ deliver: 'webhook', url: fallen.url }, OTHER);
    const other = await subscribe({ deliver: 'webhook', url: still.url });
    const row = world.policy.people.find(({ person }) => person === OTHER)!;
    const low = { ...row.clearance, classified: 'UNCLASSIFIED' as const };
    await world.writer.put({ ...row, clearance: low });
    await world.pass(0);
    const alert = await happens('after the fall');
    await eventually(() => idsOf(still).length === 1, WITHIN);
    expect([idsOf(still), idsOf(fallen)]).toEqual([[alert], []]);
    await world.writer.put(row);
    await world.pass(0);
    await eventually(() => idsOf(fallen).length === 1, WITHIN); // they are back: the place had stayed
    await remove(id, OTHER);
    await remove(other.id);
  });

  test('of two gateways of a view one serves a subscription, and when it ends the other goes on where it stood', async () => {
    const target = await aTarget();
    const { id } = await subscribe({ deliver: 'webhook', url: target.url });
    const replica = await world.gateway('s-can', { webhookOrigins: ['loopback'], deliveriesTickMs: 10 });
    const alerts: string[] = [];
    for (const n of [1, 2, 3, 4, 5]) alerts.push(await happens(`with two gateways ${n}`));
    await eventually(async () => (await statusOf(id)).lag.waiting === 0, WITHIN);
    expect(idsOf(target)).toEqual(alerts);
    target.answer = status(500); // what the first leaves undone
    alerts.push(await happens('before the first ends'));
    await eventually(async () => (await statusOf(id)).failures === 1, WITHIN);
    await gateway.stop();
    gateway = replica;
    target.answer = taken;
    await world.pass(2_000);
    await eventually(async () => (await statusOf(id)).lag.waiting === 0, WITHIN);
    expect([...new Set(idsOf(target))]).toEqual(alerts);
    await remove(id);
    gateway = await world.gateway('s-can', settings());
    await replica.stop();
  });

  test.each([
    ['a webhook without address', { deliver: 'webhook' }, '/url', 'REQUIRED'],
    ['an address off this machine', { deliver: 'webhook', url: 'http://192.0.2.1/' }, '/url', 'TARGET_NOT_ALLOWED'],
    ['an address of a stream', { deliver: 'stream', url: 'http://127.0.0.1:1/' }, '/url', 'NOT_ALLOWED'],
  ])('%s is refused', async (_what, payload, pointer, code) => {
    const answer = await ask('POST', '/v1/subscriptions', { payload: { name: 'n', filter: {}, ...payload } });
    expect([answer.statusCode, answer.json()]).toEqual([422, expect.objectContaining({ errors: [expect.objectContaining({ pointer, code })] })]); // prettier-ignore
  });

  test('a view without the channel, and a gateway with nothing behind it, take no such subscription', async () => {
    await using apart = await aWorld();
    const bare = await apart.gateway('s-can');
    const secret = await apart.gateway('ts-can', { webhookOrigins: ['loopback'] });
    const headers = await apart.as(AMA);
    const post = async (deliver: string, url?: string) => {
      const payload = { name: 'n', filter: {}, deliver, ...(url && { url }) };
      return (await bare.app.inject({ method: 'POST', url: '/v1/subscriptions', headers, payload })).json<{ errors: unknown }>().errors; // prettier-ignore
    };
    expect(await post('webhook', 'http://127.0.0.1:1/')).toMatchObject([{ pointer: '/deliver', code: 'NOT_CONFIGURED' }]); // prettier-ignore
    expect(await post('digest')).toMatchObject([{ pointer: '/deliver', code: 'NOT_CONFIGURED' }]);
    const cleared = apart.policy.people.find(({ homeView, roles }) => homeView === 'ts-can' && roles.includes('analyst'))!; // prettier-ignore
    const answer = await secret.app.inject({ method: 'POST', url: '/v1/subscriptions', headers: await apart.as(cleared.person), payload: { name: 'n', filter: {}, deliver: 'webhook', url: 'http://127.0.0.1:1/' } }); // prettier-ignore
    expect(answer.json()).toMatchObject({ errors: [{ pointer: '/deliver', code: 'NO_CHANNEL' }] });
  });

  test('what is fetched has no test, no pause, and no log, and says what waits', async () => {
    const { id } = await subscribe({ deliver: 'stream' });
    await happens('for the stream');
    expect(await statusOf(id)).toMatchObject({ state: 'ACTIVE', lag: { waiting: 1 }, items: [] });
    const stop = new AbortController();
    const stream = await fetch(`${gateway.address()}/v1/alerts/stream?subscription=${id}&from=2031-10-01T00:00:00Z`, {
      headers: await world.as(AMA),
      signal: stop.signal,
    });
    void stream.text().catch(() => undefined); // read until it is cut
    await eventually(async () => (await statusOf(id)).lag.waiting === 0, WITHIN);
    expect((await ask('GET', `/v1/subscriptions/${id}/deliveries`)).json()).toMatchObject({ lastSentAt: new Date(world.clock.now()).toISOString() }); // prettier-ignore
    stop.abort();
    for (const command of ['test', 'pause', 'resume'])
      expect((await ask('POST', `/v1/subscriptions/${id}/${command}`)).statusCode).toBe(409);
    await remove(id);
  });
});

describe('digests', () => {
  const marking = toWire(createMarking({ classified: 'UNCLASSIFIED' }));
  const decide = async (alertId: string, seq: number, state: 'ASSIGNED' | 'ESCALATED' | 'ACKNOWLEDGED' | 'CLOSED', assignee?: string, by = OTHER): Promise<void> => {
    const entries = world.desk('s-can').triage.get(alertId) ?? [];
    const entry = { seq, state, reason: `reason of ${state}`, by, atMs: world.clock.now(), marking, ...(assignee && { assignee }) };
    world.desk('s-can').triage.set(alertId, [...entries, entry]);
  }; // prettier-ignore
  const mails = async (): Promise<string[]> => {
    const files = (await readdir(outboxDir)).filter((file) => file.endsWith('.eml')).sort();
    return Promise.all(files.map((file) => readFile(join(outboxDir, file), 'utf8')));
  };
  /** Of nodemailer's quoted-printable. */
  const plain = (mail: string): string =>
    Buffer.from(
      mail.replaceAll(/=\r?\n/g, '').replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))), // prettier-ignore
      'latin1',
    ).toString('utf8');
  const lastBeatPassed = async (): Promise<void> => {
    await world.pass(15 * MINUTE_MS);
  };

  test('complaint “mail on every change”: a burst of changes is one mail a person and quarter of an hour, of what is assigned or escalated to them, in both languages', async () => {
    await world.pass(MINUTE_MS);
    const both = [await subscribe({ deliver: 'digest' }), await subscribe({ deliver: 'digest', filter: { precedence: 'PRIORITY' } })]; // prettier-ignore
    const [mine, theirs, escalated, closed, red] = [await happens('mine'), await happens('theirs'), await happens('escalated'), await happens('closed'), await happens('red and mine', RED)]; // prettier-ignore
    for (const [seq, state] of (['ACKNOWLEDGED', 'ASSIGNED', 'ACKNOWLEDGED', 'ASSIGNED'] as const).entries())
      await decide(mine, seq + 1, state, state === 'ASSIGNED' ? AMA : undefined);
    await decide(theirs, 1, 'ASSIGNED', OTHER);
    await decide(escalated, 1, 'ESCALATED');
    await decide(closed, 1, 'ASSIGNED', AMA);
    await decide(closed, 2, 'CLOSED');
    await decide(red, 1, 'ASSIGNED', AMA);
    expect((await statusOf(both[0]!.id)).lag.waiting).toBe(2);
    expect(await mails()).toEqual([]); // not before its beat
    const before = world.leaves('s-can').length;
    await lastBeatPassed();
    await eventually(async () => (await mails()).length === 1, WITHIN);
    const mail = plain((await mails())[0] ?? '');
    const subjectOf = async (nth: number) => /^Subject: .*(?:\n .*)*/m.exec((await mails())[nth] ?? '')?.[0];
    expect(await subjectOf(0)).toMatch(/sitebus.*assigned.and.escalated/s);
    expect(mail.split('\n\n')[0]).not.toMatch(/mirror|Phishing|PRIORITY/i); // headers say nothing of it
    expect(mail).toContain('Sitebus-Marking: SECRET//CANADIAN EYES ONLY');
    expect(mail).toContain('View s-can: 2 alerts were assigned or escalated to you.');
    expect(mail).toContain('Vue s-can : 2 alertes vous ont été attribuées ou transmises.');
    for (const text of [mine, escalated, 'Phishing: 2 observations, 2 agencies', 'Hameçonnage : 2 observations, 2 organismes']) expect(mail).toContain(text); // prettier-ignore
    for (const text of [theirs, closed, red]) expect(mail).not.toContain(text);
    expect(world.leaves('s-can').slice(before).filter(({ reason }) => reason === 'DIGEST')).toMatchObject([{ who: AMA, records: 2, marking: CEO }]); // prettier-ignore
    for (const { id } of both) {
      await eventually(async () => (await statusOf(id)).items[0]?.state === 'SENT', WITHIN);
      expect((await statusOf(id)).items).toMatchObject([{ kind: 'DIGEST', records: 2, withheld: 1 }]);
      expect((await statusOf(id)).lag.waiting).toBe(0);
    }
    await lastBeatPassed(); // nothing is said twice; what is new is
    await decide(theirs, 2, 'ASSIGNED', AMA);
    await lastBeatPassed();
    await eventually(async () => (await mails()).length === 2, WITHIN);
    const second = plain((await mails())[1] ?? '');
    expect([second.includes(theirs), second.includes(mine)]).toEqual([true, false]);
    expect(await subjectOf(1)).toBe(await subjectOf(0)); // whatever it holds
    for (const { id } of both) await remove(id);
  });

  test('a test of a digest says that it is one in both languages, and what it shows is news all the same', async () => {
    await world.pass(MINUTE_MS);
    const { id } = await subscribe({ deliver: 'digest' });
    const alert = await happens('shown by a test');
    await decide(alert, 1, 'ASSIGNED', AMA);
    const before = (await mails()).length;
    expect((await ask('POST', `/v1/subscriptions/${id}/test`)).statusCode).toBe(202);
    await eventually(async () => (await mails()).length === before + 1, WITHIN);
    const all = (await mails()).map(plain);
    const tested = all.find((mail) => mail.includes('[TEST'))!;
    for (const text of ['This is a test', 'Ceci est un essai', alert]) expect(tested).toContain(text);
    await eventually(async () => (await statusOf(id)).items[0]?.state === 'SENT', WITHIN);
    expect((await statusOf(id)).lag.waiting).toBe(1);
    await lastBeatPassed();
    await eventually(async () => (await statusOf(id)).lag.waiting === 0, WITHIN);
    await remove(id);
  });

  test('a subscription that is paused asks for no digest', async () => {
    await world.pass(MINUTE_MS);
    const { id } = await subscribe({ deliver: 'digest' });
    await ask('POST', `/v1/subscriptions/${id}/pause`);
    const beside = await subscribe({ deliver: 'digest' }, OTHER);
    const alert = await happens('while the digest is paused');
    await decide(alert, 1, 'ESCALATED', undefined, 'noor-castellane');
    const before = (await mails()).length;
    await lastBeatPassed();
    await eventually(async () => (await statusOf(beside.id, OTHER)).items[0]?.state === 'SENT', WITHIN);
    expect([(await mails()).length, (await statusOf(id)).state]).toEqual([before + 1, 'PAUSED']);
    await ask('POST', `/v1/subscriptions/${id}/resume`);
    await lastBeatPassed();
    await eventually(async () => (await mails()).length === before + 2, WITHIN);
    expect((await statusOf(id)).items).toMatchObject([{ kind: 'DIGEST', records: 1 }]);
    await remove(id);
    await remove(beside.id, OTHER);
  });
});

test('what another sends is as absent as what is not there, on every route of it', async () => {
  const target = await aTarget();
  const { id } = await subscribe({ deliver: 'webhook', url: target.url });
  expect((await ask('GET', `/v1/subscriptions/${id}/deliveries`)).statusCode).toBe(200);
  const outcomes = async (of: string) =>
    Promise.all(
      (['GET deliveries', 'POST test', 'POST pause', 'POST resume'] as const).map(async (route) => {
        const [method, last] = route.split(' ') as ['GET' | 'POST', string];
        const answer = await ask(method, `/v1/subscriptions/${of}/${last}`, { as: OTHER });
        return [answer.statusCode, answer.body];
      }),
    );
  expect(await outcomes(id)).toEqual(await outcomes(uuidOf('absent')));
  expect((await outcomes(id)).map(([code]) => code)).toEqual([404, 404, 404, 404]);
  expect([(await statusOf(id)).state, target.posts]).toEqual(['ACTIVE', []]);
  await remove(id);
});

test('a target that never answers holds up nobody else, however long it is silent', async () => {
  const posts: string[] = [];
  let end = (): void => undefined;
  const silence = new Promise<PostOutcome>((resolve) => (end = () => resolve({ isTaken: true })));
  const webhook: WebhookPort = {
    post(url) {
      posts.push(url.pathname);
      return url.pathname === '/silent' ? silence : Promise.resolve({ isTaken: true });
    },
    close: () => end(),
  };
  await using own = await aWorld({ webhook });
  const at = await own.gateway('s-can', { webhookOrigins: ['loopback'], deliveriesTickMs: 10 });
  for (const [person, path] of [[AMA, 'silent'], [OTHER, 'quick']] as const) {
    const payload = { name: path, filter: {}, deliver: 'webhook', url: `http://127.0.0.1:1/${path}` };
    expect((await at.app.inject({ method: 'POST', url: '/v1/subscriptions', headers: await own.as(person), payload })).statusCode).toBe(201);
  }
  const count = (path: string): number => posts.filter((each) => each === path).length;
  for (const version of [1, 2, 3]) {
    const about = anAssessment({ id: uuidOf('same'), marking: CEO, version });
    await own.assess(about);
    await own.alert(anAlert(about));
    await eventually(() => count('/silent') === 1 && count('/quick') === version, WITHIN);
  }
}); // prettier-ignore
