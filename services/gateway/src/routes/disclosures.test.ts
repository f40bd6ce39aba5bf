// Tearlines, downgrades and identity releases over HTTP: what the gateway asks the guard, what it answers for what the guard
// says, and that a record or a disclosure above the reader is not there. What the guard decides: services/protocol.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Disclosure, GuardCaller, GuardPort, NamedRecord } from '@sitebus/kit';
import { createMarking, parse, type Marking } from '@sitebus/marking';
import { SitebusError } from '@sitebus/sdk';
import type { GatewayService } from '../service.ts';
import { anIndicatorReport, NOW_MS, uuidOf } from '../testing/records.ts';
import { aWorld, type World } from '../testing/world.ts';

const SECRET = 'SECRET//CANADIAN EYES ONLY';
const SEEN = uuidOf('a record that the analyst reads');
/** For a group that the analyst is not in, so that it lies in the view and not before them. */
const HIDDEN = uuidOf('a record for somebody else');
const OWN = uuidOf('a tearline of the record');
const FOREIGN = uuidOf('a tearline of the hidden record');
const ABSENT = uuidOf('nothing');

/** Answers with what it is told to, and keeps what it was asked. */
function aGuard() {
  const asked: unknown[] = [];
  let next: (() => Promise<never>) | undefined;
  const marking = (text: string): Marking => parse(text, { homeNation: 'CAN' });
  const disclosure = (id: string): Disclosure => ({
    kind: 'tearline',
    id,
    atMs: NOW_MS,
    marking: id === FOREIGN ? createMarking({ ...marking(SECRET), needToKnow: [['panel']] }) : marking(SECRET),
    body: { state: 'REQUESTED', source: id === FOREIGN ? HIDDEN : SEEN, for: 'campaigns', approvals: [], awaiting: ['cse'], possible: ['draft'] },
  });
  const guard: GuardPort = {
    async request(kind, record: NamedRecord, args, by: GuardCaller) {
      asked.push({ kind, record: record.id, agency: record.agency, cell: record.cell, args, by });
      return next ? next() : disclosure(OWN);
    },
    async command(kind, id, name, args, by) {
      asked.push({ kind, id, name, args, by });
      return next ? next() : disclosure(id);
    },
    find: async (_kind, id) => ([OWN, FOREIGN].includes(id) ? disclosure(id) : undefined),
    list: async () => [FOREIGN, OWN].map(disclosure),
  };
  return {
    guard,
    asked,
    /** What the next call rejects with. */
    refuses(code: string, details: Readonly<Record<string, unknown>> = {}, retriable = false) {
      next = async () => {
        next = undefined;
        throw new SitebusError(code, retriable, details);
      };
    },
  };
} // prettier-ignore

const ANALYST = 'ama-lindqvist';
const AUTHORITY = 'farida-lund';
const stub = aGuard();
let world: World;
let gateway: GatewayService;

beforeAll(async () => {
  world = await aWorld({ guard: stub.guard });
  gateway = await world.gateway('s-can');
  await world.observe('IndicatorReport', 's-can', anIndicatorReport({ id: SEEN, marking: SECRET }));
  await world.observe(
    'IndicatorReport',
    's-can',
    anIndicatorReport({ id: HIDDEN, marking: SECRET, groups: ['panel'] }),
  );
});
afterAll(() => world[Symbol.asyncDispose]());

async function ask(
  as: string,
  method: 'GET' | 'POST',
  path: string,
  payload?: unknown,
  headers: Record<string, string> = {},
) {
  return gateway.app.inject({
    method,
    url: `/v1/${path}${path.includes('?') ? '&' : '?'}view=s-can`,
    headers: { ...(await world.as(as)), ...headers },
    ...(payload === undefined ? {} : { payload: payload as object }),
  });
}

const REQUEST = { source: SEEN, for: 'campaigns' };

describe('asking', () => {
  test('the guard is given the record as the reader was shown it, and who asks in which view', async () => {
    const answer = await ask(ANALYST, 'POST', 'tearlines', REQUEST);
    expect([answer.statusCode, answer.headers['location'], answer.headers['sitebus-marking']]).toEqual([201, `/v1/tearlines/${OWN}`, SECRET]); // prettier-ignore
    expect(answer.json()).toMatchObject({ id: OWN, state: 'REQUESTED', marking: { banner: SECRET } });
    expect(stub.asked.at(-1)).toEqual({ kind: 'tearline', record: SEEN, agency: 'cse', cell: 's-can', args: REQUEST, by: { person: ANALYST, view: 's-can' } }); // prettier-ignore
  });

  test('a hidden record is not there: one answer and one leaf as for an absent one, and the guard is not asked', async () => {
    const before = stub.asked.length;
    const answers = [];
    for (const source of [HIDDEN, ABSENT]) {
      const { statusCode, body } = await ask(ANALYST, 'POST', 'tearlines', { ...REQUEST, source });
      answers.push([statusCode, body]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.[0]).toBe(404);
    expect(stub.asked).toHaveLength(before);
    expect(world.denials('s-can').slice(-2).map(shape)).toEqual([shape(world.denials('s-can').at(-1)), shape(world.denials('s-can').at(-1))]); // prettier-ignore
  });

  test('the same key asks once, and is answered as it was', async () => {
    const key = { 'idempotency-key': 'asked-once' };
    const before = stub.asked.length;
    const [first, again] = [await ask(ANALYST, 'POST', 'tearlines', REQUEST, key), await ask(ANALYST, 'POST', 'tearlines', REQUEST, key)]; // prettier-ignore
    expect([first.statusCode, again.statusCode, again.headers['idempotency-replayed']]).toEqual([201, 201, 'true']);
    expect(again.body).toBe(first.body);
    expect(stub.asked).toHaveLength(before + 1);
  });

  test.each<[string, object, string]>([
    ['an undeclared property', { ...REQUEST, note: 'x' }, '/note'],
    ['an id that is none', { ...REQUEST, source: 'x' }, '/source'],
    ['nobody it is for', { source: SEEN }, '/for'],
  ])('a request with %s is 422 with its place', async (_what, body, pointer) => {
    const answer = await ask(ANALYST, 'POST', 'tearlines', body);
    expect([answer.statusCode, answer.json().errors?.[0]?.pointer]).toEqual([422, pointer]);
  });
});

describe('reading', () => {
  test('lists and single ones show what the reader may see; what is above is as if it were absent', async () => {
    const list = await ask(ANALYST, 'GET', 'tearlines');
    expect(list.json().items).toMatchObject([{ id: OWN }]);
    const [hidden, absent] = [await ask(ANALYST, 'GET', `tearlines/${FOREIGN}`), await ask(ANALYST, 'GET', `tearlines/${ABSENT}`)]; // prettier-ignore
    expect([hidden.statusCode, hidden.body]).toEqual([404, absent.body]);
  });

  test('a page holds what was judged, and its cursor goes on behind it', async () => {
    const page = await ask(ANALYST, 'GET', 'tearlines?limit=1');
    expect(page.json().items).toHaveLength(1);
    expect(page.json().next).toBeUndefined(); // the other one is hidden, and makes no second page
  });
});

describe('commands', () => {
  const etagFor = async (as: string): Promise<string> =>
    String((await ask(as, 'GET', `tearlines/${OWN}`)).headers['etag']);
  const signature = 'A'.repeat(86);

  test('whoever judges says which version they read, and a word has a key of its own', async () => {
    const key = { 'idempotency-key': 'a-word' };
    const match = { 'if-match': await etagFor(AUTHORITY) };
    const give = (headers: Record<string, string>) =>
      ask(AUTHORITY, 'POST', `tearlines/${OWN}/approve`, { signature }, headers);
    expect((await give(match)).statusCode).toBe(400);
    expect((await give(key)).statusCode).toBe(428);
    const stale = await give({ ...key, 'if-match': '"another"' });
    expect([stale.statusCode, stale.json().detail]).toEqual([412, expect.stringContaining(match['if-match'])]);
    const given = await give({ ...key, ...match });
    expect([given.statusCode, given.headers['etag']]).toEqual([200, match['if-match']]);
    expect(stub.asked.at(-1)).toMatchObject({
      id: OWN,
      name: 'approve',
      args: { signature },
      by: { person: AUTHORITY },
    });
  });

  test('a command on what is hidden is 404 as on what is absent, and the guard is not asked', async () => {
    const before = stub.asked.length;
    const [hidden, absent] = [await ask(ANALYST, 'POST', `tearlines/${FOREIGN}/submit`, {}), await ask(ANALYST, 'POST', `tearlines/${ABSENT}/submit`, {})]; // prettier-ignore
    expect([hidden.statusCode, hidden.body]).toEqual([404, absent.body]);
    expect(stub.asked).toHaveLength(before);
  });

  test.each<[string, number, string]>([
    ['READER_NOT_CLEARED', 404, 'not-found'],
    ['ROLE_NOT_ALLOWED', 403, 'role-not-allowed'],
    ['NOT_AN_ORIGIN', 403, 'not-yours'],
    ['OWN_DRAFT', 403, 'not-yours'],
    ['TARGET_NOT_BELOW', 422, 'marking-not-allowed'],
    ['LINT_FAILED', 422, 'lint-failed'],
    ['SIGNATURE_INVALID', 422, 'invalid-body'],
    ['ILLEGAL_TRANSITION', 409, 'illegal-transition'],
    ['GRANT_REPLAYED', 409, 'illegal-transition'],
    ['SIGNER_NOT_CLEARED', 409, 'illegal-transition'],
  ])('%s of the guard is %i %s', async (code, status, slug) => {
    stub.refuses('COMMAND_REFUSED', { code, possible: ['draft'], faults: [] });
    const answer = await ask(ANALYST, 'POST', `tearlines/${OWN}/submit`, {});
    expect([answer.statusCode, answer.json().type]).toEqual([status, `urn:sitebus:problem:${slug}`]);
    if (status === 409)
      expect(answer.json()).toMatchObject({ detail: expect.stringContaining('draft'), errors: [{ code }] });
  });

  test.each<[string, string]>([
    ['LEDGER_CLOSED', 'ledger'],
    ['REGISTRY_CLOSED', 'registry'],
    ['RECORD_NOT_READ', 'guard'],
    ['COMMIT_UNKNOWN', 'guard'],
    ['AGENCY_UNREACHABLE', 'intake'],
  ])('%s closes the door and names %s', async (code, part) => {
    stub.refuses(code, {}, true);
    const answer = await ask(ANALYST, 'POST', `tearlines/${OWN}/submit`, {});
    expect([answer.statusCode, answer.json().detail]).toEqual([503, expect.stringContaining(part)]);
  });

  test('what is no refusal is a defect: 500 without a word of it', async () => {
    stub.refuses('SOMETHING_ELSE', { secret: 'x' });
    const answer = await ask(ANALYST, 'POST', `tearlines/${OWN}/submit`, {});
    expect([answer.statusCode, answer.body.includes('SOMETHING_ELSE')]).toEqual([500, false]);
  });
});

test('without a guard nothing is asked, decided or shown', async () => {
  await using alone = await aWorld();
  const closed = await alone.gateway('s-can');
  const answer = await closed.app.inject({ url: '/v1/tearlines', headers: await alone.as(ANALYST) });
  expect([answer.statusCode, answer.json().detail]).toEqual([503, expect.stringContaining('guard')]);
});

/** A leaf without what is its own: place, time, nonce, commitment. */
function shape(leaf: Record<string, unknown> | undefined): unknown {
  const { seq: _seq, nonce: _nonce, eventCommit: _commit, ...rest } = leaf ?? {};
  return rest;
}
