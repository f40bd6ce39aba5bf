// Spilling what no reader admits: it is named by where it lies and by its hash alone, and skipped like any other.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { signSpill, toSpillValue } from '@sitebus/kit';
import { observationSubject, obsTopic, policyRootOf, spillTopic } from '@sitebus/sdk';
import { eventually } from '../../../../test/support/eventually.ts';
import type { GatewayService } from '../service.ts';
import { anIndicatorReport, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const FIRST = 'dalia-fenwick';
const SECOND = 'edgar-nkemelu';
const REVIEWER = 'viggo-tremblay';
const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');
let world: World;
let gateway: GatewayService;

beforeAll(async () => {
  world = await aWorld({ signers: [FIRST, SECOND].map((person) => policyRootOf(person, seedOf(person))) });
  gateway = await world.gateway('public');
});
afterAll(async () => world[Symbol.asyncDispose]());

const ask = async (person: string, url: string, payload?: object) =>
  gateway.app.inject({
    method: payload === undefined ? 'GET' : 'POST',
    url,
    headers: await world.as(person),
    ...(payload && { payload }),
  });

test('a quarantined record is named by its place and hash, believed in nothing it says, and skipped once two have signed', async () => {
  const value = world.codec.encode(observationSubject('IndicatorReport'), anIndicatorReport({ id: uuidOf('forged'), agency: 'rcmp' }));
  const producer = await world.bus.connect.bus.createProducer();
  const { topic, partition, offset } = await producer.send({ topic: obsTopic('open', 'cse'), key: 'k', value }); // an agency that this topic does not carry
  await world.bus.settled();
  const coordinates = `${topic}/${partition}/${offset}`;
  const preview = await ask(FIRST, '/v1/spills/preview', { coordinates, reason: 'was never to lie there' });
  const shown = preview.json<{ toSign: string; sha256: string }>();
  expect([preview.statusCode, Object.keys(shown).includes('observation'), Object.keys(shown).includes('agency')]).toEqual([200, false, false]);
  expect(shown.sha256).toBe(createHash('sha256').update(value).digest('hex'));

  const note = [FIRST, SECOND].reduce((text, person) => signSpill(text, { person, seed: seedOf(person) }), shown.toSign);
  await producer.send({ topic: spillTopic('open'), key: 'open.1', value: toSpillValue({ note, by: [FIRST, SECOND], at: world.clock.now() }) });
  await eventually(() => gateway.ready().ready && gateway.ready().parts['spills'] === 'ok');
  await eventually(async () => (await ask(FIRST, '/v1/spills')).json<{ items: { state: string }[] }>().items[0]?.state === 'IN_FORCE');
  expect((await ask(FIRST, '/v1/spills/preview', { coordinates, reason: 'again' })).json()).toMatchObject({ status: 422, errors: [{ code: 'UNKNOWN_COORDINATES' }] });
  expect((await ask(REVIEWER, '/v1/spills/open.1/recipients')).json()).toMatchObject({ id: 'open.1', items: [], fromLeaf: 0 }); // nobody was sent it
  expect((await ask(REVIEWER, '/v1/observations')).json()).toEqual({ items: [] });
}); // prettier-ignore
