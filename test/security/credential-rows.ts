// Rows 21 to 23: who a credential proves somebody to be, and what the registry then lets them see, through the front door.

import { expect, test } from '@jest/globals';
import { PEOPLE_TOPIC, silentLog, type BusPort } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { eventually } from '../support/eventually.ts';
import type { World } from '../support/world.ts';
import { askFrontDoor, comparable, type Answer } from './front-door-requests.ts';
import { openMint } from './signed-tokens.ts';

const PERSON = 'ama-lindqvist';
const ME = '/v1/me';
const seconds = (from: number): number => Math.floor(Date.now() / 1000) + from;

/** Rows 21 and 23, which leave the registry as it is. */
export function credentialRows(world: () => World): void {
  const ask = (token: string, path = ME): Promise<Answer> =>
    askFrontDoor(world(), { path, authorization: `Bearer ${token}`, from: '127.0.0.21' });

  test('row 21: a good token opens, a token that is wrong in any one way gets 401, and one constant body', async () => {
    const mint = await openMint(world());
    expect((await ask(await mint.token(PERSON))).status).toBe(200);
    const wrong: Readonly<Record<string, string>> = {
      ...(await mint.forged(PERSON)),
      'for another audience': await mint.token(PERSON, { aud: 'elsewhere' }),
      'for several audiences': await mint.token(PERSON, { aud: ['sitebus', 'elsewhere'] }),
      'of another issuer': await mint.token(PERSON, { iss: 'urn:other' }),
      'without issuer': await mint.token(PERSON, { iss: undefined }),
      'of another type': await mint.token(PERSON, {}, { typ: 'JWT' }),
      'without expiry': await mint.token(PERSON, { exp: undefined }),
      'living longer than five minutes': await mint.token(PERSON, { exp: seconds(400) }),
      'issued in the future': await mint.token(PERSON, { iat: seconds(60), exp: seconds(300) }),
      'not valid yet': await mint.token(PERSON, { nbf: seconds(60) }),
      'of nobody in the registry': await mint.token('nobody-at-all'),
      'bound to a certificate': await mint.token(PERSON, { cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2' } }),
      'narrowed along an unknown axis': await mint.token(PERSON, { sitebus_narrow: { level: 'SECRET' } }),
      'expired before the skew': await mint.token(PERSON, { iat: seconds(-250), exp: seconds(-10) }),
      'that is no token': 'x.y.z',
    };
    const answers = await Promise.all(
      Object.entries(wrong).map(async ([name, token]) => [name, comparable(await ask(token))] as const),
    );
    const [, { body: constant }] = answers[0]!;
    expect(JSON.parse(constant)).toMatchObject({ type: 'urn:sitebus:problem:not-authenticated', status: 401 });
    for (const [name, { status, body }] of answers) expect([name, status, body]).toEqual([name, 401, constant]);
    // The headers tell apart what the holder may act on, and nothing else: expired, or not.
    const headers = new Set(answers.map(([, answer]) => JSON.stringify(answer.headers)));
    expect([...headers].filter((text) => !text.includes('error_description=\\"expired\\"'))).toHaveLength(1);
    expect(headers.size).toBe(2);
  });

  test('row 21: a token within the skew of five seconds is still good', async () => {
    const mint = await openMint(world());
    expect((await ask(await mint.token(PERSON, { iat: seconds(-250), exp: seconds(-1) }))).status).toBe(200);
  });

  test('row 23: a claim wider than the registry changes nothing, a narrower one lowers what is seen', async () => {
    const mint = await openMint(world());
    const seen = async (narrow?: object): Promise<unknown> => {
      const token = await mint.token(PERSON, narrow === undefined ? {} : { sitebus_narrow: narrow });
      const { status, body } = await ask(token);
      const { clearance, views, roles } = JSON.parse(body) as Record<string, unknown>;
      return { status, clearance, views, roles };
    };
    const plain = await seen();
    expect(plain).toMatchObject({ status: 200, clearance: { classified: 'SECRET', compartments: [] } });
    const wider = { classified: 'TOP_SECRET', protected: 'C', compartments: ['SI', 'TK'], groups: ['community', 'panel', 'platforms', 'research'] }; // prettier-ignore
    expect(await seen(wider)).toEqual(plain);
    const narrower = await mint.token(PERSON, { sitebus_narrow: { classified: 'UNCLASSIFIED', protected: 'NONE' } });
    expect((await ask(await mint.token(PERSON), '/v1/observations?view=s-can')).status).toBe(200);
    expect((await ask(narrower, '/v1/observations?view=s-can')).status).toBe(404);
  });

  test('row 23: a token that claims roles, groups or a clearance of its own has those of the registry', async () => {
    const mint = await openMint(world());
    const claims = { roles: ['administrator'], groups: ['panel'], clearance: { classified: 'TOP_SECRET' }, scope: '*' };
    const [claimed, plain] = [await ask(await mint.token(PERSON, claims)), await ask(await mint.token(PERSON))];
    const { credentialUntil: _a, ...withClaims } = JSON.parse(claimed.body) as Record<string, unknown>;
    const { credentialUntil: _b, ...without } = JSON.parse(plain.body) as Record<string, unknown>;
    expect(withClaims).toEqual(without);
  });
}

/** Row 22: it takes the registry away, and gives it back. */
export function registryRows(world: () => World): void {
  const statusOf = async (as: string, path = '/v1/alerts'): Promise<number> =>
    (await askFrontDoor(world(), { path, as, from: '127.0.0.22' })).status;

  test('row 22: a row of the registry that lacks a field, or holds a value off its ladder, closes its person alone', async () => {
    const { person } = world().tokens.find((each) => each.person.person === 'teodor-vance')!;
    const { clearance, ...rest } = person;
    const { nations: _nations, ...withoutNations } = clearance;
    const damaged: readonly object[] = [
      { ...rest, clearance: withoutNations },
      { ...rest, clearance: { ...clearance, nations: [] } },
      { ...rest, clearance: { ...clearance, classified: 'COSMIC' } },
      { ...rest, clearance: { ...clearance, validUntil: 'never' } },
      rest,
      {},
    ];
    await withPeople(async (write) => {
      for (const row of damaged) {
        expect(await statusOf('teodor-vance')).toBe(200);
        await write(`person:${person.issuer} ${person.subject}`, JSON.stringify(row));
        await eventually(async () => (await statusOf('teodor-vance')) === 401, { what: 'closed' });
        expect(await statusOf(PERSON)).toBe(200);
        await world().registry.put(person);
        await eventually(async () => (await statusOf('teodor-vance')) === 200, {
          what: 'open again',
        });
      }
    });
  });

  test('row 22: a registry of which rows are missing closes everyone, and no one gets an identity by default', async () => {
    await withPeople(async (write) => {
      await eventually(
        async () => {
          // One row more than there is: until the next true heartbeat every copy is a part.
          await write('heartbeat', JSON.stringify({ at: Date.now(), rows: 10_000 }));
          const answer = await askFrontDoor(world(), { path: ME, as: PERSON, from: '127.0.0.22' });
          expect([answer.status, answer.body]).toEqual([503, expect.stringContaining('fail-closed')]);
          return true;
        },
        { what: 'a partial registry' },
      );
    });
    await eventually(async () => (await statusOf(PERSON)) === 200, { what: 'open again' });
  });

  test('row 22: a registry that falls silent closes every credential within its lease; the public view stays as it was', async () => {
    expect(await statusOf(PERSON)).toBe(200);
    await world().registry.stop();
    await eventually(async () => (await statusOf(PERSON)) === 503, { what: 'closed for a key' });
    const token = await (await openMint(world())).token(PERSON);
    const withToken = await askFrontDoor(world(), { path: ME, authorization: `Bearer ${token}`, from: '127.0.0.22' });
    expect([withToken.status, withToken.body]).toEqual([503, expect.stringContaining('fail-closed')]);
    // A bad credential is not answered better than a good one for being bad.
    const unknown = await askFrontDoor(world(), { path: ME, authorization: 'Bearer sbk_nobody_x', from: '127.0.0.22' });
    expect([401, 503]).toContain(unknown.status);
    expect((await askFrontDoor(world(), { path: '/version' })).status).toBe(200);
    await world().registry.start();
    await eventually(async () => (await statusOf(PERSON)) === 200, { what: 'open again' });
  });

  /** Writes to `people` as an administrator of the broker could, beside the registry's writer. */
  async function withPeople(
    act: (write: (key: string, value: string) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const bus: BusPort = createKafkaBus({
      brokers: [world().bootstrap],
      sasl: { username: world().admin.user, password: world().admin.password },
      clientId: 'row-22',
      log: silentLog,
    });
    const producer = await bus.createProducer();
    try {
      await act(async (key, value) => {
        await producer.send({ topic: PEOPLE_TOPIC, key, value: Buffer.from(value) });
      });
    } finally {
      await producer.close();
      await bus.close();
    }
  }
}
