// Drafts of notices over HTTP: made once for a key, and replaced by whoever has read the case in which they stand.

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Matter, ProtocolPort } from '@sitebus/kit';
import { createMarking } from '@sitebus/marking';
import type { GatewayService } from '../service.ts';
import { NO_MATTERS } from '../testing/no-matters.ts';
import { NOW_MS, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const MARKING = createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'], origins: ['cse'] });
const ID = uuidOf('a case');
const DRAFTER = 'samir-vasquez';
const text = (title: string) => ({ title, known: 'k', steps: ['s'] });
let drafts: { draft: string; en: object }[] = [];
const theCase = (): Matter => ({
  kind: 'case', id: ID, marking: MARKING, atMs: NOW_MS, body: { state: 'INFORMED', possible: ['draft'] },
  parts: [{ name: 'office', marking: MARKING, body: { drafts: [...drafts] } }],
}); // prettier-ignore
const protocol: ProtocolPort = {
  ...NO_MATTERS,
  find: async (kind, id) => (kind === 'case' && id === ID ? theCase() : undefined),
  command: async (_kind, _id, _name, args) => {
    const { draftId = uuidOf(`draft ${drafts.length}`), en } = args as { draftId?: string; en: object };
    drafts = [...drafts.filter(({ draft }) => draft !== draftId), { draft: draftId, en }];
    return theCase();
  },
};
let world: World;
let gateway: GatewayService;
beforeAll(async () => {
  world = await aWorld({ protocol });
  gateway = await world.gateway('s-can');
});
beforeEach(() => void (drafts = []));
afterAll(() => world[Symbol.asyncDispose]());

const ask = async (method: 'GET' | 'POST' | 'PUT', url: string, title?: string, headers: object = {}) =>
  gateway.app.inject({
    method,
    url: `${url}?view=s-can`,
    headers: { ...(await world.as(DRAFTER)), ...headers },
    ...(title !== undefined && {
      payload: { caseId: ID, kind: 'ANNOUNCEMENT', en: text(title), fr: text(title) },
    }),
  });
const etagOfCase = async () => String((await ask('GET', `/v1/cases/${ID}`)).headers['etag']);

test('the same key drafts once, and is answered the same', async () => {
  const post = (title: string) => ask('POST', '/v1/notices/drafts', title, { 'idempotency-key': 'once' });
  const [first, again] = [await post('one'), await post('one')];
  expect([first.statusCode, first.json()]).toMatchObject([201, { caseId: ID, en: { title: 'one' } }]);
  expect([again.statusCode, again.headers['idempotency-replayed'], again.json()]).toEqual([201, 'true', first.json()]);
  expect(drafts).toHaveLength(1);
  expect((await post('another')).statusCode).toBe(422);
});

test('a draft is replaced by whoever has read its case as it stands now', async () => {
  const { id } = (await ask('POST', '/v1/notices/drafts', 'one')).json<{ id: string }>();
  const put = async (title: string, match?: string) =>
    (await ask('PUT', `/v1/notices/drafts/${id}`, title, match === undefined ? {} : { 'if-match': match })).statusCode;
  expect(await put('unseen')).toBe(428);
  const read = await etagOfCase();
  expect(await put('two', read)).toBe(200);
  expect(await put('three', read)).toBe(412);
  expect(drafts).toMatchObject([{ en: { title: 'two' } }]);
  expect(await put('three', await etagOfCase())).toBe(200);
});

test('nor is it replaced unread by the command of its case', async () => {
  const body = { notice: 'ANNOUNCEMENT', en: text('e'), fr: text('f') };
  const headers = await world.as(DRAFTER);
  const answer = await gateway.app.inject({ method: 'POST', url: `/v1/cases/${ID}/draft`, headers, payload: body });
  expect([answer.statusCode, drafts]).toEqual([428, []]);
});
