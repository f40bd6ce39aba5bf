// The desk's store in PostgreSQL keeps to what the one in memory keeps to, and closes when its database is not there.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPostgresDesk, provisionStore, type DeskStore } from '@sitebus/gateway/store';
import { silentLog } from '@sitebus/sdk';
import { deskContract } from '../../services/gateway/src/testing/desk-contract.ts';
import { eventually } from '../support/eventually.ts';
import { deskUrl, STORE_PASSWORD, startOwnStore, type OwnStore } from '../support/own-store.ts';

let store: OwnStore;
let replicas: readonly [DeskStore, DeskStore];
const views = ['public', 's-can'].map((view) => ({ view, password: STORE_PASSWORD }));
const deskOf = (view: string, url = deskUrl(store, view)) => createPostgresDesk({ url, view, log: silentLog });

beforeAll(async () => {
  store = await startOwnStore();
  await provisionStore(store.ownerUrl, views);
  replicas = [deskOf('s-can'), deskOf('s-can')];
  await Promise.all(replicas.map((desk) => desk.start()));
  expect(replicas.map((desk) => desk.state())).toEqual(['ok', 'ok']);
}, 60_000);
afterAll(async () => {
  await Promise.all(replicas.map((desk) => desk.stop()));
  await store.stop();
});

deskContract(() => replicas);

test('provisioning a second time changes nothing that is there', async () => {
  const list = () => replicas[0].items.list('saved-view', { person: 'p1' });
  const before = await list();
  await Promise.all([provisionStore(store.ownerUrl, views), provisionStore(store.ownerUrl, views)]);
  expect(before.length).toBeGreaterThan(0);
  expect(await list()).toEqual(before);
});

test('a desk that signs in as another view’s role, or with another password, is closed and says why', async () => {
  const [another, wrong] = [
    deskOf('s-can', deskUrl(store, 'public')),
    deskOf('s-can', deskUrl(store, 's-can', 'wrong')),
  ];
  await Promise.all([another.start(), wrong.start()]);
  expect([another.state(), wrong.state()]).toEqual(['signed in as another view', 'sign-in refused']);
  for (const desk of [another, wrong])
    await expect(desk.triage.history('x')).rejects.toMatchObject({ slug: 'fail-closed', details: { part: 'store' } });
  await Promise.all([another.stop(), wrong.stop()]);
});

test('while the server is down every question is refused at once; when it is back the same desk goes on', async () => {
  const [desk] = replicas;
  await desk.items.list('subscription', { person: 'p1' });
  await store.kill();
  await expect(desk.triage.newest(['x'])).rejects.toMatchObject({ slug: 'fail-closed', details: { part: 'store' } });
  await eventually(() => desk.state() === 'does not answer', { what: 'the desk says so' });
  await store.restart();
  await eventually(() => desk.state() === 'ok', { withinMs: 15_000, what: 'the desk is back' });
  expect(await desk.triage.history('history')).toHaveLength(2); // what was acknowledged before is there
}, 60_000);
