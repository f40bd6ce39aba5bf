// People and partners over HTTP: two administrators, never for oneself; what ends, ends at once.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { PEOPLE_TOPIC } from '@sitebus/sdk';
import type { GatewayService } from '../service.ts';
import { anIndicatorReport, uuidOf } from '../testing/records.ts';
import { aWorld, thePolicy } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const second = (await thePolicy()).people.find(({ person }) => person === 'dalia-fenwick')!;
/** A second administrator, who is in no shipped policy by this name. */
const ANOTHER = { ...second, person: 'edgar-nkemelu', subject: 'edgar-nkemelu', name: 'Edgar Nkemelu' };
const SELF = { ...second, person: 'third-admin', subject: 'third-admin', name: 'Third Administrator' };

let world: World;
let gateway: GatewayService;
const start = async (): Promise<void> => {
  const policy = await thePolicy();
  world = await aWorld({ people: [...policy.people.filter(({ person }) => person !== ANOTHER.person), ANOTHER, SELF] });
  gateway = await world.gateway('public');
};
const end = async (): Promise<void> => world[Symbol.asyncDispose]();

interface Asked {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly etag: string;
}

async function ask(as: string, method: 'GET' | 'POST', url: string, more: { body?: object; match?: string; key?: string } = {}): Promise<Asked> {
  const answer = await gateway.app.inject({
    method,
    url,
    headers: {
      ...(await world.as(as)),
      ...(more.match === undefined ? {} : { 'if-match': more.match }),
      ...(more.key === undefined ? {} : { 'idempotency-key': more.key }),
    },
    ...(more.body === undefined ? {} : { payload: more.body }),
  });
  await world.pass(1);
  return { status: answer.statusCode, body: answer.json(), etag: String(answer.headers['etag']) };
} // prettier-ignore

const HARBOUR = { slug: 'harbour-lab', groups: ['research'] };

async function onboarded(): Promise<string> {
  await ask('dalia-fenwick', 'POST', '/v1/partners', { body: HARBOUR });
  const { etag } = await ask(ANOTHER.person, 'GET', '/v1/partners/harbour-lab');
  const { body } = await ask(ANOTHER.person, 'POST', '/v1/partners/harbour-lab/approve', { match: etag, key: 'k1' });
  return String(body['key']);
}

async function statusWith(key: string, url = '/v1/me'): Promise<{ status: number; text: string }> {
  const { statusCode, body } = await gateway.app.inject({ url, headers: { authorization: `Bearer ${key}` } });
  return { status: statusCode, text: body.replace(/"traceId":"[0-9a-f]+"/, '') };
}

const row = (over: object = {}) => ({
  person: 'nils-okafor', name: 'Nils Okafor', issuer: 'urn:sitebus:local', subject: 'nils-okafor', agency: 'cse', roles: ['analyst'],
  clearance: { classified: 'SECRET', protected: 'B', compartments: [], nations: ['CAN'], maxTlp: 'RED', groups: ['community', 'platforms', 'research'] },
  homeView: 's-can', validUntil: '2035-01-01T00:00:00.000Z', ...over,
}); // prettier-ignore

describe('a partner', () => {
  beforeEach(start);
  afterEach(end);

  test('is proposed by one administrator and onboarded by another, whose answer has the key of its system', async () => {
    const proposed = await ask('dalia-fenwick', 'POST', '/v1/partners', { body: HARBOUR });
    expect([proposed.status, proposed.body]).toMatchObject([
      201,
      { slug: 'harbour-lab', agency: 'partner-harbour-lab', groups: ['community', 'research'], state: 'PROPOSED', proposal: { by: 'dalia-fenwick' } },
    ]);
    const seen = await ask(ANOTHER.person, 'GET', '/v1/partners/harbour-lab');
    const approved = await ask(ANOTHER.person, 'POST', '/v1/partners/harbour-lab/approve', { match: seen.etag, key: 'k' });
    expect(approved.status).toBe(200);
    expect(approved.body).toMatchObject({ state: 'ACTIVE', changedBy: ['dalia-fenwick', ANOTHER.person] });
    const me = await statusWith(String(approved.body['key']));
    expect(me.status).toBe(200);
    expect(JSON.parse(me.text)).toMatchObject({
      agency: 'partner-harbour-lab',
      roles: ['partner-admin'],
      homeView: 'partner',
      clearance: { classified: 'UNCLASSIFIED' },
    });
  }); // prettier-ignore

  test('is not onboarded by who proposed it, without a second look, twice, or after its time', async () => {
    await ask('dalia-fenwick', 'POST', '/v1/partners', { body: HARBOUR });
    const { etag } = await ask('dalia-fenwick', 'GET', '/v1/partners/harbour-lab');
    const approve = (as: string, match?: string, key = `${as} ${match}`) =>
      ask(as, 'POST', '/v1/partners/harbour-lab/approve', { ...(match === undefined ? {} : { match }), key });
    const own = await approve('dalia-fenwick', etag);
    expect([own.status, own.body['errors']]).toMatchObject([409, [{ code: 'SECOND_PERSON_NEEDED' }]]);
    expect((await approve(ANOTHER.person)).status).toBe(428);
    expect((await approve(ANOTHER.person, '"another"')).status).toBe(412);
    const { etag: now } = await ask(ANOTHER.person, 'GET', '/v1/partners/harbour-lab');
    expect((await approve(ANOTHER.person, now)).status).toBe(200);
    const { etag: later } = await ask(SELF.person, 'GET', '/v1/partners/harbour-lab');
    expect((await approve(SELF.person, later)).status).toBe(404); // nothing waits any more
    await ask('dalia-fenwick', 'POST', '/v1/partners', { body: { slug: 'late', groups: [] } });
    await world.pass(world.policy.partners.proposalHours * 3_600_000);
    expect((await ask(ANOTHER.person, 'GET', '/v1/partners/late')).status).toBe(404);
  });

  test('is proposed with groups that policy knows, and under a slug that nobody has or had', async () => {
    const unknown = await ask('dalia-fenwick', 'POST', '/v1/partners', { body: { slug: 'x', groups: ['research', 'inner-circle'] } });
    expect([unknown.status, unknown.body['errors']]).toMatchObject([422, [{ pointer: '/groups/1', code: 'UNKNOWN_GROUP' }]]);
    expect((await ask('dalia-fenwick', 'POST', '/v1/partners', { body: { slug: 'lookout', groups: [] } })).status).toBe(409);
    await ask('dalia-fenwick', 'POST', '/v1/partners/lookout/offboard');
    expect((await ask('dalia-fenwick', 'POST', '/v1/partners', { body: { slug: 'lookout', groups: [] } })).status).toBe(409);
  }); // prettier-ignore

  test('has a key that is in one answer alone: not in a repeated one, nor on the topic', async () => {
    await ask('dalia-fenwick', 'POST', '/v1/partners', { body: HARBOUR });
    const { etag } = await ask(ANOTHER.person, 'GET', '/v1/partners/harbour-lab');
    const approve = () => ask(ANOTHER.person, 'POST', '/v1/partners/harbour-lab/approve', { match: etag, key: 'once' });
    const [first, again] = [await approve(), await approve()];
    expect(first.body['key']).toMatch(/^sbk_partner-harbour-lab_/);
    expect([again.status, again.body['key'], again.body['slug']]).toEqual([200, undefined, 'harbour-lab']);
    const topic = world.bus.records(PEOPLE_TOPIC).map(({ value }) => String(value));
    expect(topic.join()).toContain('harbour-lab');
    expect(topic.join()).not.toContain(String(first.body['key']).slice(-43));
  });

  test('key rotated: the old one opens nothing, the new one what the old one did', async () => {
    const old = await onboarded();
    const { body } = await ask('dalia-fenwick', 'POST', '/v1/partners/harbour-lab/rotate-key');
    expect((await statusWith(old)).status).toBe(401);
    expect((await statusWith(String(body['key']))).status).toBe(200);
  });

  test('survives a restart of the registry, as does a proposal', async () => {
    const key = await onboarded();
    await ask('dalia-fenwick', 'POST', '/v1/partners', { body: { slug: 'waiting', groups: [] } });
    await using after = await world.restarted();
    expect(after.held().tenants.map(({ slug }) => slug)).toContain('harbour-lab');
    expect(after.held().proposals.map((each) => each.kind === 'partner' && each.tenant.slug)).toEqual(['waiting']);
    expect(key).toMatch(/^sbk_/);
  });
});

describe('offboarding', () => {
  beforeEach(start);
  afterEach(end);

  test('ends keys at once, with the body of any bad key; what the partner wrote stays', async () => {
    const key = await onboarded();
    const id = uuidOf('of the partner');
    await world.observe('IndicatorReport', 'open', anIndicatorReport({ id, agency: 'partner-harbour-lab' }));
    expect((await statusWith(key)).status).toBe(200);
    const { body } = await ask('dalia-fenwick', 'POST', '/v1/partners/harbour-lab/offboard');
    expect(body).toMatchObject({ state: 'OFFBOARDED' });
    const bad = await statusWith(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`);
    expect(await statusWith(key)).toEqual(bad);
    expect(bad.status).toBe(401);
    const reader = await world.gateway('s-can');
    const read = await reader.app.inject({ url: `/v1/observations/${id}`, headers: await world.as('ama-lindqvist') });
    expect([read.statusCode, read.json()]).toMatchObject([200, { id, envelope: { agency: 'partner-harbour-lab' } }]);
  });

  test('ends its people too, whatever their own rows say, and a restart does not bring them back', async () => {
    const partners = await world.gateway('partner');
    const status = async (person: string) =>
      (await partners.app.inject({ url: '/v1/alerts', headers: await world.as(person) })).statusCode;
    expect(await status('elio-marchetti')).toBe(200);
    await ask('dalia-fenwick', 'POST', '/v1/partners/lookout/offboard');
    expect(await status('elio-marchetti')).toBe(401);
    const row = world.policy.people.find(({ person }) => person === 'elio-marchetti')!;
    await world.writer.put({ ...row, person: 'elio-again', subject: 'elio-again' }); // as somebody might have proposed before
    expect(await status('elio-again')).toBe(401);
    await using after = await world.restarted();
    const elio = after.held().persons.find(({ person }) => person === 'elio-marchetti');
    expect(elio!.clearance.validUntil).toBeLessThanOrEqual(world.clock.now());
    expect(after.held().tenants.find(({ slug }) => slug === 'lookout')).toMatchObject({ state: 'OFFBOARDED' });
  });
});

describe('a person', () => {
  beforeEach(start);
  afterEach(end);

  const approve = async (as: string, person: string) => {
    const { etag } = await ask(as, 'GET', `/v1/people/${person}`);
    return ask(as, 'POST', `/v1/people/${person}/approve`, { match: etag, key: `approve ${person} ${as}` });
  };

  test('enters by two administrators, and a change raises their epoch', async () => {
    expect((await ask('dalia-fenwick', 'POST', '/v1/people', { body: row() })).status).toBe(201);
    expect(await ask(ANOTHER.person, 'GET', '/v1/people/nils-okafor')).toMatchObject({
      status: 200,
      body: { state: 'PROPOSED', proposal: { by: 'dalia-fenwick', row: { roles: ['analyst'] } } },
    });
    expect((await approve('dalia-fenwick', 'nils-okafor')).status).toBe(409);
    const entered = await approve(ANOTHER.person, 'nils-okafor');
    expect([entered.status, entered.body['epoch']]).toEqual([200, 1]);
    await ask(ANOTHER.person, 'POST', '/v1/people', { body: row({ roles: ['operator'] }) });
    const changed = await approve('dalia-fenwick', 'nils-okafor');
    expect(changed.body).toMatchObject({ epoch: 2, roles: ['operator'], changedBy: [ANOTHER.person, 'dalia-fenwick'] });
  });

  test('never changes their own row: neither by proposing nor by approving', async () => {
    const { clearance, ...mine } = SELF;
    const { validUntil: _until, epoch: _epoch, ...axes } = clearance;
    const own = {
      ...mine,
      clearance: axes,
      validUntil: '2035-01-01T00:00:00.000Z',
      roles: ['administrator', 'reviewer'],
    };
    const self = await ask(SELF.person, 'POST', '/v1/people', { body: own });
    expect([self.status, self.body['errors']]).toMatchObject([
      422,
      [{ pointer: '/person', code: 'NEVER_FOR_ONESELF' }],
    ]);
    expect((await ask('dalia-fenwick', 'POST', '/v1/people', { body: own })).status).toBe(201);
    expect((await approve(SELF.person, SELF.person)).status).toBe(409);
    expect((await approve(ANOTHER.person, SELF.person)).status).toBe(200);
  });
});

describe('a row that may not be', () => {
  beforeAll(start);
  afterAll(end);

  const refused: [string, object, string, string][] = [
    ['called like the system of a partner', { person: 'partner-lookout', subject: 'x' }, '/person', 'RESERVED_NAME'],
    ['of an agency that is none', { agency: 'mi7' }, '/agency', 'UNKNOWN_AGENCY'],
    ['of a partner that is none', { agency: 'partner-nobody' }, '/agency', 'UNKNOWN_AGENCY'],
    ['who starts in a view above them', { homeView: 'ts-can' }, '/clearance', 'BELOW_HOME_VIEW'],
    ['who starts in no view', { homeView: 'cellar' }, '/homeView', 'UNKNOWN_VIEW'],
    ['with the sign-in of somebody else', { subject: 'ama-lindqvist' }, '/subject', 'NOT_ONE_PERSON'],
    ['of a partner, with more than the partner has', { agency: 'partner-lookout' }, '/clearance', 'ABOVE_PARTNER'],
    [
      'of a partner, with a group that it has not',
      {
        agency: 'partner-lookout', homeView: 'partner', roles: ['partner-admin'],
        clearance: { classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], nations: ['CAN'], maxTlp: 'AMBER+STRICT', groups: ['community', 'platforms'] },
      }, '/clearance', 'ABOVE_PARTNER',
    ],
    [
      'of a partner, with a role of government',
      {
        agency: 'partner-lookout', homeView: 'partner', roles: ['secretariat'],
        clearance: { classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], nations: ['CAN'], maxTlp: 'AMBER+STRICT', groups: ['community'] },
      }, '/roles', 'ABOVE_PARTNER',
    ],
    ['with a level that is none', { clearance: { ...row().clearance, classified: 'COSMIC' } }, '/clearance', 'UNKNOWN_LEVEL'],
  ]; // prettier-ignore
  test.each(refused)('%s is refused', async (_what, over, pointer, code) => {
    const { status, body } = await ask('dalia-fenwick', 'POST', '/v1/people', { body: row(over) });
    expect([status, body['errors']]).toMatchObject([422, [{ pointer, code: expect.stringContaining(code) }]]);
  });
});

describe('the door', () => {
  beforeAll(start);
  afterAll(end);

  test('only administrators come here', async () => {
    for (const person of ['ama-lindqvist', 'piotr-adeyemi', 'viggo-tremblay'])
      for (const url of ['/v1/partners', '/v1/people', '/v1/partners/lookout', '/v1/people/dalia-fenwick'])
        expect([person, url, (await ask(person, 'GET', url)).status]).toEqual([person, url, 403]);
    expect((await ask('dalia-fenwick', 'GET', '/v1/partners')).status).toBe(200);
  });

  test('where the registry’s writer cannot be reached nothing is changed, and the answer says so', async () => {
    const alone = await world.gateway('public', {}, undefined, { isAlone: true });
    const headers = await world.as('dalia-fenwick');
    const answer = await alone.app.inject({ method: 'POST', url: '/v1/partners', headers, payload: HARBOUR });
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { type: 'urn:sitebus:problem:fail-closed' }]);
  });
});
