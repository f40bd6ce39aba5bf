// Two administrators: what the second one approves is what they read, though the gateway that showed it is behind the writer.

import { expect, test } from '@jest/globals';
import type { BusPort } from '@sitebus/sdk';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const [FIRST, SECOND] = ['dalia-fenwick', 'edgar-nkemelu'] as const;
const person = (classified: string, homeView: string, over: object) => ({
  person: 'nils-okafor', name: 'Nils Okafor', issuer: 'urn:sitebus:local', subject: 'nils-okafor', agency: 'cse', roles: ['analyst'],
  clearance: { classified, protected: 'B', compartments: [], nations: ['CAN'], maxTlp: 'RED', groups: ['community', 'platforms', 'research'], ...over },
  homeView, validUntil: '2035-01-01T00:00:00.000Z',
}); // prettier-ignore

/** A bus whose copies of the registry stand still until `go`. */
function aHeldRegistry() {
  let waiting: (() => void)[] | undefined;
  const bus = (port: BusPort): BusPort => ({
    ...port,
    createConsumer: (options) =>
      port.createConsumer(
        !options.topics.includes('people')
          ? options
          : {
              ...options,
              async onBatch(batch) {
                while (waiting !== undefined) await new Promise<void>((resolve) => waiting?.push(resolve));
                return options.onBatch(batch);
              },
            },
      ),
  });
  const hold = (): void => void (waiting = []);
  const go = (): void => {
    const held = waiting ?? [];
    waiting = undefined;
    held.forEach((resume) => resume());
  };
  return { bus, hold, go };
}

const kinds: readonly [string, string, string, object, object, (world: World) => unknown][] = [
  [
    'a person', '/v1/people', 'nils-okafor', person('SECRET', 's-can', {}), person('TOP_SECRET', 's-can', { compartments: ['SI', 'TK'] }),
    ({ writer }) => writer.held().persons.find((each) => each.person === 'nils-okafor')?.clearance.classified,
  ],
  [
    'a partner', '/v1/partners', 'harbour-lab', { slug: 'harbour-lab', groups: [] }, { slug: 'harbour-lab', groups: ['research'] },
    ({ writer }) => writer.held().tenants.find(({ slug }) => slug === 'harbour-lab')?.groups,
  ],
]; // prettier-ignore

test.each(kinds)('%s is not approved as another proposal than the one that was read', async (_what, path, name, read, other, inForce) => {
  const { bus, hold, go } = aHeldRegistry();
  await using world = await aWorld({ bus });
  using _ = { [Symbol.dispose]: go }; // before the world ends, whatever is found
  const gateway = await world.gateway('public');
  const [first, second] = [await world.as(FIRST), await world.as(SECOND)];
  const propose = (payload: object) => gateway.app.inject({ method: 'POST', url: path, headers: first, payload });
  const seen = async () => String((await gateway.app.inject({ url: `${path}/${name}`, headers: second })).headers['etag']);
  const approve = (etag: string, key: string) =>
    gateway.app.inject({ method: 'POST', url: `${path}/${name}/approve`, headers: { ...second, 'if-match': etag, 'idempotency-key': key } });

  expect((await propose(read)).statusCode).toBe(201);
  await world.pass(1);
  const etag = await seen();
  hold();
  expect((await propose(other)).statusCode).toBe(201);
  for (const given of [etag, '*']) {
    const refused = await approve(given, given);
    expect([refused.statusCode, refused.json()]).toMatchObject([412, { type: 'urn:sitebus:problem:precondition-failed' }]);
  }
  expect(inForce(world)).toBeUndefined();
  go();
  await world.pass(1);
  expect((await approve(etag, 'behind')).statusCode).toBe(412);
  expect((await approve(await seen(), 'read again')).statusCode).toBe(200);
  expect(inForce(world)).not.toBeUndefined();
}); // prettier-ignore
