// The desk's store in PostgreSQL keeps to what the one in memory keeps to, and closes when its database is not there.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPostgresDesk, provisionStore, type DeskStore } from '@sitebus/gateway/store';
import { silentLog } from '@sitebus/sdk';
import { deliveriesContract } from '../../services/gateway/src/testing/deliveries-contract.ts';
import { deskContract } from '../../services/gateway/src/testing/desk-contract.ts';
import { eventually } from '../support/eventually.ts';
import { deskUrl, STORE_PASSWORD, startEmbeddedStore, startOwnStore, type OwnStore } from '../support/own-store.ts';
import { sqlAs } from '../support/sql-as.ts';

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
});
afterAll(async () => {
  await Promise.all(replicas.map((desk) => desk.stop()));
  await store.stop();
});

deskContract(() => replicas);
deliveriesContract(() => replicas);

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
  await using mortal = await startEmbeddedStore();
  await provisionStore(mortal.ownerUrl, views);
  const desk = deskOf('s-can', deskUrl(mortal, 's-can'));
  await desk.start();
  const entry = { seq: 1, state: 'CLOSED', reason: 'r', by: 'ama', atMs: 1, marking: {} as never } as const;
  expect(await desk.triage.append('x', entry)).toBe(true);
  await mortal.kill();
  await expect(desk.triage.newest(['x'])).rejects.toMatchObject({ slug: 'fail-closed', details: { part: 'store' } });
  await eventually(() => desk.state() === 'does not answer', { what: 'the desk says so' });
  await mortal.restart();
  await eventually(() => desk.state() === 'ok', { what: 'the desk is back' });
  expect(await desk.triage.history('x')).toEqual([entry]); // what was acknowledged before is there
  await desk.stop();
});

test('more questions at once than there are connections are all answered', async () => {
  const [desk] = replicas;
  const many = Array.from({ length: 300 }, (_, n) => desk.triage.append(`many ${n}`, { seq: 1, state: 'CLOSED', reason: 'r', by: 'ama', atMs: 1, marking: {} as never })); // prettier-ignore
  expect((await Promise.all(many)).filter((isFirst) => !isFirst)).toEqual([]);
  expect(desk.state()).toBe('ok');
});

test('a question that another session holds up is refused in time, and the desk is there for the next', async () => {
  const [desk] = replicas;
  const holdsUp = 'select pg_sleep(3600)'; // until it is ended: a busy machine may take longer to be refused than any time
  const locked = sqlAs(store.adminUrl, 'begin', 'lock table gateway.item', holdsUp);
  await eventually(async () => (await sqlAs(store.adminUrl, `select from pg_locks where relation = 'gateway.item'::regclass and mode = 'AccessExclusiveLock' and granted`)).rows.length > 0, { what: 'the lock' }); // prettier-ignore
  await expect(desk.items.list('subscription', { person: 'x' })).rejects.toMatchObject({ details: { part: 'store' } });
  expect(await desk.triage.history('history')).toHaveLength(2); // what is not held up goes on
  await sqlAs(store.adminUrl, `select pg_cancel_backend(pid) from pg_stat_activity where query = '${holdsUp}'`);
  expect((await locked).code).toBe('57014'); // cancelled: it held up all the while
  await eventually(async () => (await desk.items.list('subscription', { person: 'x' })).length === 0, {
    what: 'an answer',
  });
});

test('a database that is missing is made by an owner who may, and one of another version of the tables is closed', async () => {
  const url = new URL(store.adminUrl);
  url.pathname = '/sitebus_made_here';
  await provisionStore(url.href, views);
  const [own, older] = [deskUrlAt(url, 's-can'), deskUrlAt(url, 'public')];
  const [desk, late] = [deskOf('s-can', own), deskOf('public', older)];
  await desk.start();
  expect([desk.state(), await desk.triage.history('history')]).toEqual(['ok', []]); // not the other database's
  await sqlAs(url.href, `delete from gateway.migration`);
  await late.start();
  expect(late.state()).toBe('migrations are of another version');
  await Promise.all([desk.stop(), late.stop()]);
  await sqlAs(store.adminUrl, 'drop database sitebus_made_here');
});

const deskUrlAt = (database: URL, view: string): string => deskUrl({ ownerUrl: database.href }, view);
