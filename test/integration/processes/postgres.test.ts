// The local stack's own PostgreSQL: what it keeps when it is killed, and what nobody learns of it.

import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../../../deploy/local/processes/index.ts';
import { startPostgres, type RunningPostgres } from '../../../deploy/local/processes/postgres-process.ts';
import { sqlAs } from '../../support/sql-as.ts';

const CANARY = 'canary-in-a-row';
let dataDir: string;
let running: RunningPostgres;

async function start(): Promise<RunningPostgres> {
  const [port = 0] = await freePorts(1);
  running = await startPostgres({ dataDir, port });
  return running;
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sitebus-postgres-'));
  await start();
});
afterAll(async () => {
  await running.child.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test('what was acknowledged is there after a kill and a start on another port, under the same passwords', async () => {
  const { ownerUrl, child } = running;
  const made = await sqlAs(ownerUrl, 'create table kept (text text)', `insert into kept values ('${CANARY}')`);
  expect(made.code).toBe('ok');
  process.kill(child.pid, 'SIGKILL');
  expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
  const after = await start();
  expect((await sqlAs(after.ownerUrl, 'select * from kept')).rows).toEqual([{ text: CANARY }]);
  expect(new URL(after.ownerUrl).password).toBe(new URL(ownerUrl).password);
});

test('nobody gets in without the password, and it stands in one file of its owner alone', async () => {
  const { adminUrl, child } = running;
  const { password } = new URL(adminUrl);
  const wrong = new URL(adminUrl);
  wrong.password = 'another';
  await expect(sqlAs(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' }); // invalid_password
  expect((await sqlAs(adminUrl, 'select 1 as one')).rows).toEqual([{ one: 1 }]);
  const secrets = join(dataDir, 'postgres', 'secrets.json');
  expect([(await stat(secrets)).mode & 0o777, await readFile(secrets, 'utf8')]).toEqual([
    0o600,
    expect.stringContaining(password),
  ]);
  const seen = [
    await readFile(`/proc/${child.pid}/cmdline`, 'utf8').catch(() => ''),
    await readFile(child.logFile, 'utf8'),
  ];
  expect(seen.filter((text) => text.includes(password))).toEqual([]);
});

test('the owner of the database is no superuser, and may not read the server’s files', async () => {
  const asked = `select rolsuper, rolbypassrls from pg_roles where rolname = current_user`;
  expect((await sqlAs(running.ownerUrl, asked)).rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  expect((await sqlAs(running.ownerUrl, `select pg_read_file('postgresql.conf')`)).code).toBe('42501');
});

test('no value of a row stands in its log, also where a statement is refused for it', async () => {
  const create = 'create table unique_texts (text text primary key)';
  const insert = `insert into unique_texts values ('${CANARY}-twice')`;
  const refused = await sqlAs(running.ownerUrl, create, insert, insert);
  expect([refused.code, refused.text.includes(CANARY)]).toEqual(['23505', true]); // whoever sent it is told
  const log = await readFile(running.child.logFile, 'utf8');
  expect([log.includes('duplicate key'), log.includes(CANARY)]).toEqual([true, false]);
});

test('it listens on loopback alone, and ends at once while somebody is connected', async () => {
  const listening = await sqlAs(running.adminUrl, 'show listen_addresses', 'show unix_socket_directories');
  expect(listening.rows).toEqual([{ unix_socket_directories: '' }]);
  expect((await sqlAs(running.adminUrl, 'show listen_addresses')).rows).toEqual([{ listen_addresses: '127.0.0.1' }]);
  const held = sqlAs(running.adminUrl, 'select pg_sleep(60)').catch(() => ({ code: 'cut off' }));
  expect(await running.child.stop(20_000)).toBe('stopped');
  expect(['57P01', 'cut off']).toContain((await held).code); // admin_shutdown
});
