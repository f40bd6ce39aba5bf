// Research over HTTP: who gets the one 404, what the room is asked, what is answered for what it refuses, and files. What the
// room decides: services/research.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GuardCaller, ResearchFile, ResearchItem, ResearchPort } from '@sitebus/kit';
import { createMarking } from '@sitebus/marking';
import { SitebusError } from '@sitebus/sdk';
import type { PersonRow } from '@sitebus/kit';
import type { GatewayService } from '../service.ts';
import { NOW_MS, uuidOf } from '../testing/records.ts';
import { aWorld, thePolicy, type World } from '../testing/world.ts';

const RESEARCHER = 'rosalind-quist';
const OWN = uuidOf('a data set of hers');
const NARROW = uuidOf('a data set above the public view');
const ABSENT = uuidOf('nothing');
const BYTES = Buffer.from('# UNCLASSIFIED//TLP:CLEAR\naccount\na_00\n');
const OPEN = createMarking({ classified: 'UNCLASSIFIED' });

/** Answers with what it is told to, and keeps what it was asked. */
function aRoom() {
  const asked: unknown[] = [];
  let next: (() => Promise<never>) | undefined;
  const item = (id: string): ResearchItem => ({
    kind: 'dataset',
    id,
    marking: id === NARROW ? createMarking({ ...OPEN, tlp: 'AMBER', needToKnow: [['research']] }) : OPEN,
    atMs: NOW_MS,
    body: { project: uuidOf('p'), state: 'FROZEN', possible: ['export'] },
  });
  const file = (id: string): ResearchFile => ({
    ...item(id),
    body: { dataset: id, sha256: 'f'.repeat(64) },
    fileName: 'UNCLASSIFIED-TLP-CLEAR_x.csv',
    mediaType: 'text/csv',
    bytes: BYTES,
  });
  const told = async <T>(what: unknown, answer: () => T): Promise<T> => {
    asked.push(what);
    return next ? next() : answer();
  };
  const room: ResearchPort = {
    add: (what, args, by) => told({ what, args, by }, () => item(OWN)),
    command: (id, name, args, by) => told({ id, name, args, by }, () => item(id)),
    find: (kind, id, by: GuardCaller) => told({ find: kind, id, by }, () => ([OWN, NARROW].includes(id) ? item(id) : undefined)),
    list: (kind, by) => told({ list: kind, by }, () => [item(OWN), item(NARROW)]),
    catalogue: (view) => told({ catalogue: view }, () => [{ ...item(OWN), kind: 'catalogue-entry', body: { title: { en: 'Boats', fr: 'Bateaux' }, window: {}, outputs: [] } }]),
    file: (id, format, by) => told({ file: id, format, by }, () => file(id)),
  };
  return {
    room,
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

const stub = aRoom();
let world: World;
let gateway: GatewayService;

beforeAll(async () => {
  const { people } = await thePolicy();
  const rosalind = people.find(({ person }) => person === RESEARCHER)!;
  const alsoHeld = (person: string, over: Partial<PersonRow>): PersonRow => ({ ...rosalind, ...over, person, subject: person });
  world = await aWorld({
    research: stub.room,
    people: [
      ...people,
      alsoHeld('chair-and-researcher', { roles: ['researcher', 'chair'] }),
      alsoHeld('minister-and-researcher', { roles: ['researcher', 'minister'] }),
      alsoHeld('gac-and-researcher', { roles: ['researcher', 'analyst'], agency: 'gac' }),
    ],
  });
  gateway = await world.gateway('public');
}); // prettier-ignore
afterAll(() => world[Symbol.asyncDispose]());

const PROJECT = {
  title: { en: 'Boats', fr: 'Bateaux' },
  window: { from: '2031-09-01T00:00:00Z', to: '2031-10-20T00:00:00Z' },
  embargoUntil: '2031-12-19T00:00:00Z',
};

async function ask(as: string | undefined, method: 'GET' | 'POST', path: string, payload?: unknown, headers = {}) {
  return gateway.app.inject({
    method,
    url: `/v1/research/${path}`,
    headers: { ...(as === undefined ? {} : await world.as(as)), ...headers },
    ...(payload === undefined ? {} : { payload: payload as object }),
  });
}

describe("arm's length", () => {
  const routes: readonly (readonly ['GET' | 'POST', string, object?])[] = [
    ['GET', 'projects'],
    ['GET', 'datasets'],
    ['GET', `datasets/${OWN}`],
    ['GET', `datasets/${OWN}/file?format=csv`],
    ['POST', 'projects', PROJECT],
    ['POST', `datasets/${OWN}/export`, { format: 'csv' }],
    ['POST', `datasets/${OWN}/freeze`, { undeclared: 1 }],
  ];

  test.each([
    ['chair-and-researcher'],
    ['minister-and-researcher'],
    ['gac-and-researcher'],
    ['teodor-vance'],
    ['farida-lund'],
    ['marguerite-thorne'],
    ['dalia-fenwick'],
    ['viggo-tremblay'],
  ])('%s gets one 404 on every route, the room is not asked, and each try is a denial on the ledger', async (who) => {
    const before = [stub.asked.length, world.denials('public').length];
    const answers = [];
    for (const [method, path, body] of routes) answers.push(await ask(who, method, path, body));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(routes.map(() => 404));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(stub.asked).toHaveLength(before[0]!);
    expect(world.denials('public')).toHaveLength(before[1]! + routes.length);
  });

  test('the researcher is answered on each of them, and without a token it is 401', async () => {
    for (const [method, path, body] of routes.slice(0, 6)) {
      expect([path, (await ask(RESEARCHER, method, path, body)).statusCode < 300]).toEqual([path, true]);
      expect([path, (await ask(undefined, method, path, body)).statusCode]).toEqual([path, 401]);
    }
  });

  test('the catalogue is for anyone', async () => {
    for (const who of [undefined, 'teodor-vance', RESEARCHER]) {
      const answer = await ask(who, 'GET', 'catalogue');
      expect([answer.statusCode, answer.json().items]).toMatchObject([
        200,
        [{ title: { en: 'Boats', fr: 'Bateaux' } }],
      ]);
    }
  });
});

describe('asking', () => {
  test('a project is registered in the view of the request by who asks, and released under its marking', async () => {
    const answer = await ask(RESEARCHER, 'POST', 'projects', PROJECT);
    expect([answer.statusCode, answer.headers['sitebus-marking']]).toEqual([201, 'UNCLASSIFIED//TLP:CLEAR']);
    expect(stub.asked.at(-1)).toEqual({ what: 'project', args: PROJECT, by: { person: RESEARCHER, view: 'public' } });
    expect(world.leaves('public').at(-1)).toMatchObject({ who: RESEARCHER, decision: 'RELEASED' });
  });

  test('what is above the reader is as if it were absent: in lists, alone, as a file, and the room is asked for no file', async () => {
    expect((await ask(RESEARCHER, 'GET', 'datasets')).json().items).toMatchObject([{ id: OWN }]);
    for (const path of ['', '/file?format=csv']) {
      const [above, absent] = [
        await ask(RESEARCHER, 'GET', `datasets/${NARROW}${path}`),
        await ask(RESEARCHER, 'GET', `datasets/${ABSENT}${path}`),
      ];
      expect([above.statusCode, above.body]).toEqual([404, absent.body]);
    }
    expect(stub.asked.filter((each) => (each as { file?: string }).file === NARROW)).toEqual([]);
  });

  test('a file is its bytes, with its marking in header and name, under a leaf that holds its hash', async () => {
    const answer = await ask(RESEARCHER, 'GET', `datasets/${OWN}/file?format=csv`);
    expect([answer.statusCode, answer.rawPayload.equals(BYTES)]).toEqual([200, true]);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="UNCLASSIFIED-TLP-CLEAR_x.csv"',
      'sitebus-marking': 'UNCLASSIFIED//TLP:CLEAR',
      'cache-control': 'private, no-store',
    });
    expect(answer.headers['sitebus-ledger']).toMatch(/^leaves=/);
  });

  test('an export is 202 with the place of its file, a dry run 200', async () => {
    const made = await ask(RESEARCHER, 'POST', `datasets/${OWN}/export`, { format: 'csv' });
    expect([made.statusCode, made.headers['location']]).toEqual([202, `/v1/research/datasets/${OWN}/file?format=csv`]);
    expect((await ask(RESEARCHER, 'POST', `datasets/${OWN}/export`, { format: 'csv', dryRun: true })).statusCode).toBe(200); // prettier-ignore
  });

  test('a signature and a retraction need a key, and the same key asks once', async () => {
    const retract = (headers: object) => ask(RESEARCHER, 'POST', `datasets/${OWN}/retract`, { reason: 'x' }, headers);
    expect((await retract({})).statusCode).toBe(400);
    const before = stub.asked.length;
    const [first, again] = [await retract({ 'idempotency-key': 'k1' }), await retract({ 'idempotency-key': 'k1' })];
    expect([first.statusCode, again.headers['idempotency-replayed'], again.body]).toEqual([200, 'true', first.body]);
    expect(stub.asked).toHaveLength(before + 1);
  });
});

test.each<[string, Readonly<Record<string, unknown>>, boolean, number, object]>([
  ['RESEARCH_UNKNOWN', {}, false, 404, {}],
  ['COMMAND_REFUSED', { code: 'EMBARGOED', possible: [], faults: [], until: '2031-12-19T00:00:00.000Z' }, false, 403, { type: 'urn:sitebus:problem:embargoed', detail: 'Possible from 2031-12-19T00:00:00.000Z.' }],
  ['COMMAND_REFUSED', { code: 'K_UNREACHABLE', possible: ['retract'], faults: [], sizes: [3, 7] }, false, 409, { errors: [{ code: 'K_UNREACHABLE', detail: 'groups that are too small have 3, 7' }] }],
  ['COMMAND_REFUSED', { code: 'OUTSIDE_WINDOW', possible: [], faults: [] }, false, 409, { errors: [{ code: 'OUTSIDE_WINDOW' }] }],
  ['COMMAND_REFUSED', { code: 'INVALID_REQUEST', possible: [], faults: [{ pointer: '/columns/0', code: 'NO_SUCH_COLUMN', detail: 'x' }] }, false, 422, { errors: [{ pointer: '/columns/0' }] }],
  ['LEDGER_CLOSED', {}, true, 503, { type: 'urn:sitebus:problem:fail-closed' }],
  ['STORE_CLOSED', {}, true, 503, { type: 'urn:sitebus:problem:fail-closed' }],
  ['RECORDS_UNREADABLE', {}, true, 503, { type: 'urn:sitebus:problem:fail-closed' }],
  ['CHAIN_BROKEN', { id: 'x' }, false, 500, { type: 'urn:sitebus:problem:internal' }],
])('%s %j is answered as a problem of its own', async (code, details, retriable, status, problem) => {
  stub.refuses(code, details, retriable);
  const answer = await ask(RESEARCHER, 'POST', `datasets/${OWN}/export`, { format: 'csv' });
  expect([answer.statusCode, answer.json()]).toMatchObject([status, problem]);
}); // prettier-ignore
