// Dead letters as operators get them: judged and leafed like any record, of their own agency alone.

import { expect, test } from '@jest/globals';
import { SitebusError } from '@sitebus/sdk';
import type { AgencyIntake, DeadLetterItem, OnBehalfOf } from '@sitebus/kit';
import { aWorld } from '../testing/world.ts';
import { NOW_MS } from '../testing/records.ts';

const ID = 'a'.repeat(32);
const letter: DeadLetterItem = {
  id: ID, agency: 'rcmp', cell: 'pb-can', causes: ['MARKING_REQUIRED'], sha256: 'b'.repeat(64), bytes: 120, format: 'tips', source: 'rcmp-tips',
  firstAt: NOW_MS - 2, lastAt: NOW_MS - 1, times: 1, state: 'WAITING', words: [],
}; // prettier-ignore

/** A service whose letters lie in an array, judged as the real one judges. */
function anIntake(asked: OnBehalfOf[] = []): AgencyIntake {
  const letters = [letter, { ...letter, id: 'c'.repeat(32), lastAt: NOW_MS - 9, causes: ['BAD_JSON'] }];
  const word = async (kind: 'redrive' | 'discard', id: string, reason: string, who: OnBehalfOf) => {
    const at = letters.findIndex((each) => each.id === id);
    const present = letters[at];
    if (present === undefined) throw new SitebusError('DEAD_LETTER_UNKNOWN', false, {});
    if (present.state !== 'WAITING') throw new SitebusError('DEAD_LETTER_OVER', false, {});
    const came = kind === 'redrive' && { came: { accepted: 1, refused: 0, skipped: 0, codes: [] } };
    letters[at] = { ...present, state: kind === 'redrive' ? 'REDRIVEN' : 'DISCARDED', words: [...present.words, { kind, by: who.person, reason, at: NOW_MS, ...came }] }; // prettier-ignore
    return letters[at];
  };
  const nothing = (): never => {
    throw new Error('not asked here');
  };
  return {
    agency: 'rcmp',
    submit: nothing,
    importFile: nothing,
    deadLetters: {
      async list(onBehalfOf) {
        asked.push(onBehalfOf);
        return letters.filter(({ cell }) => onBehalfOf.cells?.includes(cell));
      },
      redrive: (id, reason, who) => word('redrive', id, reason, who),
      discard: (id, reason, who) => word('discard', id, reason, who),
    },
  };
}

const operatorOf = (
  people: readonly { person: string; agency?: string; roles: readonly string[]; homeView: string }[],
) => people.find(({ agency, roles }) => agency === 'rcmp' && roles.includes('operator'))!;

test('the operators of an agency read its letters by cause, under the marking of their cell, with a leaf', async () => {
  const asked: OnBehalfOf[] = [];
  await using world = await aWorld({ intakes: (agency) => (agency === 'rcmp' ? anIntake(asked) : undefined) });
  const { person, homeView } = operatorOf(world.policy.people);
  const gateway = await world.gateway(homeView);
  const headers = await world.as(person);
  const get = async (url: string) => gateway.app.inject({ url, headers });
  const all = await get('/v1/dead-letters');
  expect(all.json()).toMatchObject({ items: [{ id: ID, causes: ['MARKING_REQUIRED'], possible: ['redrive', 'discard'] }, { causes: ['BAD_JSON'] }] });
  expect(all.headers['sitebus-ledger']).toBeDefined();
  expect(all.headers['sitebus-marking']).toMatch(/PROTECTED B/);
  expect((await get('/v1/dead-letters?cause=BAD_JSON')).json<{ items: object[] }>().items).toHaveLength(1);
  const first = (await get('/v1/dead-letters?limit=1')).json<{ items: { id: string }[]; next: string }>();
  const second = (await get(`/v1/dead-letters?limit=1&cursor=${first.next}`)).json<{ items: { id: string }[]; next?: string }>();
  expect([first.items[0]?.id, second.items[0]?.id, second.next]).toEqual([ID, 'c'.repeat(32), undefined]);
  expect((await get(`/v1/dead-letters/${ID}`)).json()).toMatchObject({ sha256: 'b'.repeat(64), times: 1 });
  expect(asked.every(({ cells, agency }) => agency === 'rcmp' && cells?.includes('pb-can') === true && !cells.includes('s-can'))).toBe(true);
}); // prettier-ignore

test('a redrive says what came of it and is answered once for a key; a letter that is over lists no command', async () => {
  const intake = anIntake();
  await using same = await aWorld({ intakes: () => intake });
  const { person, homeView } = operatorOf(same.policy.people);
  const gateway = await same.gateway(homeView);
  const post = async (path: string, key: string) =>
    gateway.app.inject({
      method: 'POST', url: `/v1/dead-letters/${path}`, payload: { reason: 'the mapping is there now' },
      headers: { ...(await same.as(person)), 'idempotency-key': key },
    }); // prettier-ignore
  const done = await post(`${ID}/redrive`, 'one');
  expect([done.statusCode, done.json()]).toEqual([
    202,
    expect.objectContaining({ state: 'REDRIVEN', possible: [], words: [expect.objectContaining({ by: person })] }),
  ]);
  const again = await post(`${ID}/redrive`, 'one');
  expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([202, 'true']);
  expect((await post(`${ID}/discard`, 'two')).json()).toMatchObject({ status: 409 });
  expect((await post(`${'d'.repeat(32)}/discard`, 'three')).statusCode).toBe(404);
});

test('an analyst may not, and where the service cannot be asked nothing is said to be there', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('s-can');
  const analyst = await gateway.app.inject({ url: '/v1/dead-letters', headers: await world.as('ama-lindqvist') });
  expect(analyst.statusCode).toBe(403);
  const { person, homeView } = operatorOf(world.policy.people);
  const other = await world.gateway(homeView);
  expect((await other.app.inject({ url: '/v1/dead-letters', headers: await world.as(person) })).statusCode).toBe(503);
});
