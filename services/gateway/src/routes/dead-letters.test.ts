// Dead letters as operators get them: judged and leafed like any record, of their own agency alone.

import { expect, test } from '@jest/globals';
import { policyRootOf, SitebusError, spillTopic } from '@sitebus/sdk';
import { sha256Of, signSpill, spillHash, spillText, toSpillValue } from '@sitebus/kit';
import type { AgencyIntake, DeadLetterItem, OnBehalfOf } from '@sitebus/kit';
import { eventually } from '../../../../test/support/eventually.ts';
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

test('a command whose answer came too late for the lease may have been carried out, and says so; its key answers later, and does nothing twice', async () => {
  const intake = anIntake();
  let redrives = 0;
  let answersLate = true;
  await using world = await aWorld({
    intakes: () => ({
      ...intake,
      deadLetters: {
        ...intake.deadLetters!,
        async redrive(...asked) {
          redrives += 1;
          const done = await intake.deadLetters!.redrive(...asked);
          if (answersLate) world.clock.advance(2_001); // the registry’s lease ends between the deed and its answer
          answersLate = false;
          return done;
        },
      },
    }),
  });
  const { person, homeView } = operatorOf(world.policy.people);
  const gateway = await world.gateway(homeView);
  const headers = { ...(await world.as(person)), 'idempotency-key': 'one' };
  const post = async () => gateway.app.inject({ method: 'POST', url: `/v1/dead-letters/${ID}/redrive`, payload: { reason: 'mapped' }, headers });
  const lost = await post();
  expect([lost.statusCode, lost.json()]).toEqual([503, expect.objectContaining({ type: 'urn:sitebus:problem:fail-closed', effect: 'UNKNOWN' })]);
  expect(lost.body).not.toContain('REDRIVEN');
  const closed = await gateway.app.inject({ url: '/v1/dead-letters', headers });
  expect([closed.statusCode, Object.keys(closed.json())]).toEqual([503, expect.not.arrayContaining(['effect'])]); // it changes nothing
  expect((await post()).json()).not.toHaveProperty('effect'); // refused before its route: nothing was begun
  await world.pass(0);
  const later = await post();
  expect([later.statusCode, later.headers['idempotency-replayed'], later.json<{ state: string }>().state, redrives]).toEqual([202, 'true', 'REDRIVEN', 1]);
}); // prettier-ignore

test('with a redrive go the signed orders about what the agency wrote in the view, and none about another’s; while a list is of no use none goes', async () => {
  const keys = ['one', 'two'].map((person) => ({ person, seed: Buffer.from(sha256Of(person), 'hex').toString('base64url') }));
  const given: (readonly string[])[] = [];
  const intake = anIntake();
  const deadLetters = {
    ...intake.deadLetters!,
    redrive: async (id: string, reason: string, who: OnBehalfOf, spilled: readonly string[]) => {
      given.push(spilled);
      return intake.deadLetters!.redrive(id, reason, who, spilled);
    },
  };
  await using world = await aWorld({ intakes: () => ({ ...intake, deadLetters }), signers: keys.map(({ person, seed }) => policyRootOf(person, seed)) });
  const { person, homeView } = operatorOf(world.policy.people);
  const gateway = await world.gateway(homeView);
  const redrive = async (id: string) =>
    gateway.app.inject({ method: 'POST', url: `/v1/dead-letters/${id}/redrive`, payload: { reason: 'again' }, headers: await world.as(person) });
  const producer = await world.bus.connect.bus.createProducer();
  const put = async (note: string) => {
    await producer.send({ topic: spillTopic('pb-can'), key: null, value: toSpillValue({ note, by: ['one', 'two'], at: 0 }) });
    await world.bus.settled();
  };
  let previous = '';
  const notes: string[] = [];
  for (const [at, agency] of ['gac', 'rcmp'].entries()) {
    const text = spillText({
      cell: 'pb-can', seq: at + 1, previous, topic: `obs.pb-can.${agency}`, partition: 0, offset: '0', key: null, sha256: '0'.repeat(64),
      id: ID, agency, reason: 'marked too low', by: 'one', at: 0, until: 1, policyVersion: 1,
    });
    previous = spillHash(text);
    notes.push(keys.reduce((note, key) => signSpill(note, key), text));
    await put(notes[at] ?? '');
  }
  await eventually(async () => (await redrive(ID)).statusCode === 202);
  expect(given).toEqual([[notes[1]]]);
  await put('nobody signed this');
  expect((await redrive('c'.repeat(32))).statusCode).toBe(503);
  expect(given).toHaveLength(1);
}); // prettier-ignore

test('an analyst may not, and where the service cannot be asked nothing is said to be there', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('s-can');
  const analyst = await gateway.app.inject({ url: '/v1/dead-letters', headers: await world.as('ama-lindqvist') });
  expect(analyst.statusCode).toBe(403);
  const { person, homeView } = operatorOf(world.policy.people);
  const other = await world.gateway(homeView);
  expect((await other.app.inject({ url: '/v1/dead-letters', headers: await world.as(person) })).statusCode).toBe(503);
});
