// Nobody without a seat learns what the panel says among itself, by any route: every route of the access table, with every method it
// has, is asked by every role but the panel's and the clerk's, and by nobody, in two rooms that differ in one thing: in one of
// them the panel has rated, moved and half voted. Words of ratings and reasons are found nowhere, and the two rooms answer alike:
// bodies, headers, ids, counts and errors.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  aCaseDesk,
  CLERK,
  SEAT_HOLDERS,
  SECRETARY,
  type CaseDesk,
} from '../../services/protocol/src/testing/case-desk.ts';
import { receiptTopic } from '@sitebus/sdk';
import { ACCESS } from '../../services/gateway/src/access.ts';
import type { GatewayService } from '../../services/gateway/src/service.ts';
import { examplePath } from '../../services/gateway/src/testing/example-path.ts';
import { aWorld, type World } from '../../services/gateway/src/testing/world.ts';
import { eventually } from '../support/eventually.ts';

const CANARIES = ['CANARY-RATING', 'CANARY-REASON'];
const ELECTION = 'ge-demo';
const HASH = 'a'.repeat(64);

/** A case before the panel, and the gateways at which it is asked for. */
interface Room {
  readonly desk: CaseDesk;
  readonly world: World;
  readonly gateways: Readonly<Record<'s-can' | 'public', GatewayService>>;
  readonly notice: string;
}

let deliberating: Room;
let silent: Room;

beforeAll(async () => {
  [deliberating, silent] = await Promise.all([aRoom(true), aRoom(false)]);
});
afterAll(async () => {
  for (const { world, desk } of [deliberating, silent]) {
    await world[Symbol.asyncDispose]();
    await desk[Symbol.asyncDispose]();
  }
});

/** One round is over and disclosed, and the evidence has changed since; `isAtWork`: the panel has begun another one. */
async function aRoom(isAtWork: boolean): Promise<Room> {
  const desk = await aCaseDesk();
  const world = await aWorld({ protocol: desk.world.guard.protocol });
  const over = { requestsPerMinute: 1_000_000, receiptsTickMs: 20 };
  const gateways = { 's-can': await world.gateway('s-can', over), public: await world.gateway('public', over) };
  await desk.toPanel();
  await desk.voteAll('BELOW_DISCLOSED');
  await desk.give(CLERK, 'disclose', { draft: await desk.draft('BELOW_THRESHOLD') });
  await desk.give(SECRETARY, 'attach', { title: 'a letter', contentHash: HASH });
  if (isAtWork) {
    await desk.rateAll();
    await desk.propose('THRESHOLD_MET');
    for (const person of SEAT_HOLDERS.slice(0, 3)) await desk.vote(person);
  }
  const { protocol } = desk.world.guard;
  const [notice] = await protocol.list('notice', { person: 'public', view: 'public' });
  const issued = (await protocol.issues('s-can')).length;
  // What is carried into receipts is carried by a clock: both rooms begin once that is done, and nobody has asked for anything.
  const carried = (): number => world.bus.records(receiptTopic('s-can')).filter(({ value }) => world.codec.decode(value!).subject.endsWith('.Distribution')).length;
  await eventually(() => carried() === issued, { what: 'what was sent is in receipts' });
  await world.bus.settled();
  const room: Room = { desk, world, gateways, notice: notice!.id };
  return room;
} // prettier-ignore

async function ask({ gateways, world }: Room, view: 's-can' | 'public', method: string, url: string, person?: string, payload?: object) {
  const own = person === undefined ? {} : await world.as(person);
  const etag = /^\/v1\/cases\/[^/?]+\/[^/?]+/.exec(url) === null || method === 'GET' ? '"x"' : await etagOf({ gateways, world }, view, url, own);
  return gateways[view].app.inject({
    method: method as 'GET',
    url,
    headers: { ...own, ...(method === 'GET' ? {} : { 'if-match': etag, 'idempotency-key': 'one' }) },
    ...(payload === undefined ? {} : { payload }),
  });
} // prettier-ignore

/** Of the case, as its reader has it; else of nothing. */
async function etagOf({ gateways }: Pick<Room, 'gateways' | 'world'>, view: 's-can' | 'public', url: string, headers: object): Promise<string> {
  const [path = ''] = /^\/v1\/cases\/[^/?]+/.exec(url) ?? [];
  const { headers: answered } = await gateways[view].app.inject({ method: 'GET', url: path, headers: { ...headers } });
  return typeof answered['etag'] === 'string' ? answered['etag'] : '"x"';
} // prettier-ignore

const ROUTES = Object.keys(ACCESS).map((route) => route.split(' ') as [method: string, path: string]);
const STREAMS = ROUTES.filter(([, path]) => path.endsWith('/stream'));
const READING = ROUTES.filter(([method, path]) => ['GET', 'HEAD'].includes(method) && !path.endsWith('/stream'));
const WRITING = ROUTES.filter(([method]) => !['GET', 'HEAD'].includes(method));
/** Where a case, what it led to, or what was sent of it is asked for: these are asked by everyone, the others by every role. */
const NEAR = /^\/v1\/(?:cases|elections|notices|notifications|receipts|rfis|feedback|products|periods|affected|ledger)/;

/** The documentation's own files, which hold no record and are the same for everyone. */
const IS_FOR_ALL = /^\/(?:docs|openapi)/;

/** Everyone of policy without a seat. */
const others = ({ world }: Room): readonly string[] =>
  world.policy.people.map(({ person }) => person).filter((person) => !SEAT_HOLDERS.includes(person));

/** One of every role but the panel's, who enters the case's view where somebody of the role does. */
function ofEveryRole(room: Room): readonly string[] {
  const rows = room.world.policy.people.filter(({ person }) => others(room).includes(person));
  const enters = ({ homeView }: (typeof rows)[number]): boolean => ['s-can', 'ts-can'].includes(homeView);
  const some = [...new Set(rows.flatMap((row) => row.roles))].flatMap((role) => {
    const held = rows.filter((row) => row.roles.includes(role));
    return held.find(enters) ?? held.slice(0, 1);
  });
  return [...new Set(some.map(({ person }) => person))].sort();
}

/** What a route may be asked for: the case, near it the notice, too; or its election. */
function urlsOf(path: string, { desk, notice }: Room): readonly string[] {
  const ids = path.includes('/elections/') ? [ELECTION] : NEAR.test(path) ? [desk.id, notice] : [desk.id];
  return [...new Set(ids.map((id) => examplePath(path.replace(':election', ELECTION), id)))];
}

/** An answer without what differs between any two rooms: which id, hash, signature or moment it is, and what is ordered by those. */
function comparable(answer: { readonly statusCode: number; readonly body: string; readonly headers: object }): string {
  // What a reader has asked for themselves is theirs to know.
  const { date: _date, 'ratelimit-reset': _reset, 'ratelimit-remaining': _remaining, etag, ...headers } = answer.headers as Record<string, unknown>;
  return `${answer.statusCode}\n${inOrder(answer.body)}\n${plain(JSON.stringify({ ...headers, etag: etag !== undefined }))}`;
} // prettier-ignore

const plain = (text: string): string =>
  text
    .replaceAll(/checkpoint=[^";\\]+|\\?"(?:traceId|error_id|named|next|checkpoint|key|secret|value|salt|nonce)\\?":\\?"[^"\\]*\\?"/g, '~')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}|[\w+/-]{43,}={1,2}|(?<![\w-])[\w-]{43}(?![\w-])/g, '#'); // prettier-ignore

/** Lists are in the order of their ids, which are drawn: here they have none. */
function inOrder(body: string): string {
  if (!body.startsWith('{')) return plain(body);
  const sorted = (_key: string, value: unknown): unknown =>
    Array.isArray(value) ? value.map((each) => plain(JSON.stringify(each, sorted))).sort() : value;
  return plain(JSON.stringify(JSON.parse(body), sorted));
}

/** Where two answers part. */
function difference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return `${one.slice(Math.max(0, at - 60), at + 60)} | ${other.slice(Math.max(0, at - 60), at + 60)}`;
}

const hasCanary = (text: string): boolean => CANARIES.some((canary) => text.includes(canary));

/** Asks both rooms; throws where a word of the panel is in the answer, or where it tells which room it is from. */
async function askBoth(
  view: 's-can' | 'public',
  method: string,
  path: string,
  person?: string,
): Promise<readonly number[]> {
  const [inOne, inOther] = [urlsOf(path, deliberating), urlsOf(path, silent)];
  const statuses: number[] = [];
  for (const [at, url] of inOne.entries()) {
    const args = (room: Room) => (method === 'GET' || method === 'HEAD' ? undefined : bodyFor(path, room));
    const there = await ask(deliberating, view, method, url, person, args(deliberating));
    const here = await ask(silent, view, method, inOther[at]!, person, args(silent));
    const who = `${person ?? 'nobody'}: ${method} ${path} in ${view}`;
    if (hasCanary(`${there.body}\n${JSON.stringify(there.headers)}`)) throw new Error(`a word of the panel: ${who}`);
    statuses.push(there.statusCode);
    const [one, other] = [comparable(there), comparable(here)];
    if (one !== other) throw new Error(`${who} tells them apart: ${difference(one, other)}`);
  }
  return statuses;
}

/** A body with which a route gets as far as it can. */
function bodyFor(path: string, { desk }: Room): object {
  const words = { title: 't', known: 'k', steps: ['s'] };
  const dueAt = desk.inMinutes(60);
  const bodies: Readonly<Record<string, object>> = {
    '/v1/cases/:id/ask': { question: 'q', due: dueAt },
    '/v1/cases/:id/rate': { evidenceHash: HASH, criteria: [], factors: [] },
    '/v1/cases/:id/propose': { outcome: 'BELOW_MONITOR', ladder: [] },
    '/v1/cases/:id/vote': { evidenceHash: HASH, vote: 'AGREE', reasons: 'r' },
    '/v1/cases/:id/respond': { stance: 'NO_VIEW', text: 't' },
    '/v1/cases/:id/consult': { agencies: ['csis'], due: dueAt },
    '/v1/cases/:id/not-forward': { reason: 'r', reviewBy: dueAt },
    '/v1/cases/:id/inform': { summary: 's', gaps: ['g'] },
    '/v1/cases/:id/finding': { finding: 'IN_SCOPE' },
    '/v1/cases/:id/agency-action': { text: 'we act' },
    '/v1/cases/:id/attach': { title: 'another letter', contentHash: 'b'.repeat(64) },
    '/v1/cases/:id/detach': { document: desk.id },
    '/v1/cases/:id/draft': { notice: 'ANNOUNCEMENT', en: words, fr: words },
    '/v1/cases/:id/disclose': { draft: desk.id },
    '/v1/cases/:id/notify': { draft: desk.id, summary: 's', gaps: ['g'], announceAt: dueAt },
    '/v1/cases/:id/update': { draft: desk.id },
    '/v1/cases/:id/correct': { draft: desk.id },
    '/v1/cases/:id/close': { reason: 'over' },
    '/v1/cases': { assessments: [desk.id], question: 'q' },
    '/v1/rfis': { question: 'q', toAgencies: ['csis'], dueAt, about: desk.id },
    '/v1/feedback': { productId: desk.id, useful: 'YES', action: 'a' },
    '/v1/lint': { kind: 'notice', en: { known: 'k' }, caseId: desk.id },
    '/v1/distributions': { product: desk.id, recipients: [SECRETARY], precedence: 'FLASH', decision: { reason: 'r' } },
  };
  return bodies[path] ?? {};
} // prettier-ignore

test('a seat reads the ratings, the votes and the reasons, and what it is told tells the rooms apart, so that there is something to find', async () => {
  const seat = 'ines-halloran';
  const one = (room: Room) => ask(room, 's-can', 'GET', `/v1/cases/${room.desk.id}?view=s-can`, seat);
  const [there, here] = [await one(deliberating), await one(silent)];
  expect(there.statusCode).toBe(200);
  for (const canary of CANARIES) expect(there.body).toContain(canary);
  expect(comparable(there)).not.toBe(comparable(here));
  // Both rooms are asked for the same, here too: what is on a ledger is counted.
  const decided = (room: Room) => ask(room, 's-can', 'GET', `/v1/cases/${room.desk.id}/decision?view=s-can`, seat);
  for (const { body } of [await decided(deliberating), await decided(silent)]) expect(body).toContain('CANARY-REASON');
}); // prettier-ignore

test('by any route that reads, every role but the panel’s is answered as if the panel were silent', async () => {
  const people = ofEveryRole(deliberating);
  const roles = new Set(
    deliberating.world.policy.people.flatMap(({ person, roles: held }) => (people.includes(person) ? held : [])),
  );
  expect([...new Set(deliberating.world.policy.people.flatMap(({ roles: held }) => held))].sort()).toEqual(
    [...roles, 'panel-member', 'clerk'].sort(),
  );
  let asked = 0;
  for (const [method, path] of READING) {
    const who = IS_FOR_ALL.test(path) ? [undefined] : [undefined, ...people];
    for (const person of who) asked += (await askBoth('s-can', method, path, person)).length;
    await askBoth('public', method, path);
  }
  expect(asked).toBeGreaterThan(1_000);
});

test('where cases and what was sent of them are read, everyone of policy without a seat is answered so', async () => {
  const near = READING.filter(([, path]) => NEAR.test(path));
  expect(near.map(([, path]) => path)).toEqual(expect.arrayContaining(['/v1/cases', '/v1/cases/:id/decision', '/v1/elections/:id/threshold-report', '/v1/notifications'])); // prettier-ignore
  expect(others(deliberating).length).toBeGreaterThan(25);
  for (const person of others(deliberating))
    for (const [method, path] of near) await askBoth('s-can', method, path, person);
});

test('as of an instant in the midst of it likewise', async () => {
  const at = new Date(deliberating.desk.world.clock.now()).toISOString();
  for (const person of ofEveryRole(deliberating))
    for (const path of ['/v1/cases/:id', '/v1/cases/:id/brief', '/v1/cases/:id/evidence', '/v1/cases/:id/decision'])
      await askBoth('s-can', 'GET', `${path}?asOf=${at}`, person);
});

// Last: what is written here changes both rooms.
test('what seats alone do is not there for anyone else: one answer, as for a case that is none', async () => {
  const commands = ['ask', 'rate', 'propose', 'vote', 'refresh'].map((name) => `/v1/cases/:id/${name}`);
  for (const person of [SECRETARY, 'ama-lindqvist', 'farida-lund', 'viggo-tremblay', 'colette-ibarra'])
    for (const path of commands) {
      const send = async (id: string) => {
        const answer = await ask(deliberating, 's-can', 'POST', `${examplePath(path, id)}?view=s-can`, person, bodyFor(path, deliberating)); // prettier-ignore
        await ask(silent, 's-can', 'POST', `${examplePath(path, id === deliberating.desk.id ? silent.desk.id : id)}?view=s-can`, person, bodyFor(path, silent)); // prettier-ignore
        return [answer.statusCode, answer.body];
      };
      const [real, absent] = [await send(deliberating.desk.id), await send('99999999-9999-4999-8999-999999999999')];
      expect(real).toEqual(absent);
      expect(real[0]).toBe(404);
    }
});

test('by any route that writes, whoever has no seat is answered as if the panel were silent, refused or not', async () => {
  let asked = 0;
  const answered = new Set<number>();
  for (const person of ofEveryRole(deliberating))
    for (const [method, path] of WRITING)
      for (const status of await askBoth('s-can', method, path, person)) {
        asked += 1;
        answered.add(status);
      }
  expect(asked).toBeGreaterThan(1_000);
  for (const status of [403, 404, 409, 422]) expect([...answered]).toContain(status);
});

test('the public reads the notice in both languages, without token, and never of which case', async () => {
  const list = await ask(deliberating, 'public', 'GET', '/v1/notices');
  expect(list.statusCode).toBe(200);
  const [notice] = list.json<{ items: Record<string, unknown>[] }>().items;
  expect(notice).toMatchObject({
    kind: 'BELOW_THRESHOLD',
    en: { title: 'A false claim' },
    fr: { title: 'Une fausse affirmation' },
  });
  expect(list.body).not.toContain(deliberating.desk.id);
  const feed = await ask(deliberating, 'public', 'GET', '/v1/notices/feed.atom?lang=fr');
  expect([feed.statusCode, feed.headers['content-type']]).toEqual([200, 'application/atom+xml; charset=utf-8']);
  expect(feed.body).toContain('<title>Une fausse affirmation</title>');
  expect(feed.body).not.toContain(deliberating.desk.id);
});

// Last of all: the clock that brings heartbeats passes deadlines, too.
test('by streams likewise: what comes until the first heartbeat holds no word of it, and is of the same kinds', async () => {
  expect(STREAMS.map(([, path]) => path)).toEqual(['/v1/alerts/stream', '/v1/notifications/stream']);
  for (const person of ['ama-lindqvist', SECRETARY, 'farida-lund', 'viggo-tremblay'])
    for (const [method, path] of STREAMS) {
      const [there, here] = [
        await untilHeartbeat(deliberating, method, path, person),
        await untilHeartbeat(silent, method, path, person),
      ];
      expect(hasCanary(there)).toBe(false);
      expect([person, path, kindsIn(there)]).toEqual([person, path, kindsIn(here)]);
    }
});

/** What a stream says first; a refusal is its whole body. */
async function untilHeartbeat({ gateways, world }: Room, method: string, url: string, person: string): Promise<string> {
  const headers = { ...(await world.as(person)), accept: 'text/event-stream' };
  const answer = await gateways['s-can'].app.inject({ method: method as 'GET', url, headers, payloadAsStream: true });
  const body = answer.stream();
  let said = '';
  let isOver = false;
  body.on('data', (chunk: Buffer) => void (said += String(chunk)));
  body.once('close', () => void (isOver = true));
  body.once('end', () => void (isOver = true));
  await eventually(async () => (await world.pass(1_000), isOver || said.includes('event: heartbeat')), { what: 'a heartbeat comes' }); // prettier-ignore
  body.destroy();
  return said;
}

/** Of events other than heartbeats, which come by the clock. */
const kindsIn = (said: string): readonly string[] =>
  [...said.matchAll(/^event: (\w+)/gm)].map(([, kind]) => kind ?? '').filter((kind) => kind !== 'heartbeat');
