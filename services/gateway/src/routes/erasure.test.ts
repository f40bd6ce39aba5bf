// A tombstone on an agency's topic: the content is gone from every answer, and from what is held.

import { expect, test } from '@jest/globals';
import { obsTopic, observationSubject, recordKey } from '@sitebus/sdk';
import { anIndicatorReport, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';

test('what a tombstone erases is in no list, by no id, by no value; a record beside it stays', async () => {
  await using world = await aWorld();
  const gateway = await world.gateway('s-can');
  const producer = await world.bus.connect.bus.createProducer();
  const topic = obsTopic('open', 'cse');
  const keys: string[] = [];
  for (const name of ['gone', 'kept']) {
    const record = anIndicatorReport({ id: uuidOf(name), title: `canary ${name}`, domains: [`${name}.example`] });
    const value = world.codec.encode(observationSubject('IndicatorReport'), record);
    keys.push(recordKey(record.envelope.id, value));
    await producer.send({ topic, key: keys.at(-1)!, value });
  }
  await world.bus.settled();
  const headers = await world.as('ama-lindqvist');
  const get = async (url: string) => gateway.app.inject({ url, headers });
  const listed = async () => (await get('/v1/observations')).json<{ items: { id: string }[] }>().items.map(({ id }) => id);
  expect((await listed()).sort()).toEqual([uuidOf('gone'), uuidOf('kept')].sort());

  await producer.send({ topic, key: `${uuidOf('gone')}:${'0'.repeat(16)}`, value: null }); // of another content: erases nothing
  await world.bus.settled();
  expect(await listed()).toHaveLength(2);
  await producer.send({ topic, key: keys[0]!, value: null });
  await world.bus.settled();

  expect(await listed()).toEqual([uuidOf('kept')]);
  expect((await get('/v1/observations?type=IndicatorReport')).body).not.toContain('canary gone');
  const [erased, absent] = [await get(`/v1/observations/${uuidOf('gone')}`), await get(`/v1/observations/${uuidOf('never')}`)];
  expect([erased.statusCode, erased.body]).toEqual([404, absent.body]);
  const look = await gateway.app.inject({
    method: 'POST', url: '/v1/features/lookup', headers,
    payload: { features: [{ kind: 'domain', value: 'gone.example' }, { kind: 'domain', value: 'kept.example' }] },
  });
  expect(look.json()).toMatchObject({ items: [{ seen: false }, { seen: true }] });
  await producer.close();
}); // prettier-ignore
