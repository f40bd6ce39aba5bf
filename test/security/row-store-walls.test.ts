// The store as a third wall: what a view's database role can reach with SQL of its own, as if its gateway were taken over.
// Holds: every refusal stands beside a role that gets the same thing of its own view; with the wall taken away the same
// questions find what they must not, so none of them passes on nothing.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPostgresDesk, provisionStore } from '@sitebus/gateway/store';
import { silentLog } from '@sitebus/sdk';
import { eventually } from '../support/eventually.ts';
import { deskUrl, startOwnStore, STORE_PASSWORD, type OwnStore } from '../support/own-store.ts';
import { copiedOut, sqlAs } from '../support/sql-as.ts';

const TABLES = [
  'answer', 'triage', 'item', 'late_place', 'key_use', 'delivery_place', 'delivery', 'told_decision',
] as const; // prettier-ignore
/** The wall itself may be read; nothing in it is of a view. */
const OPEN_TABLES = ['migration', 'migration_lock'];
const DENIED = '42501'; // insufficient_privilege
const VIEWS = ['public', 'partner', 's-can'];
const roles = VIEWS.map((view) => ({ view, password: STORE_PASSWORD }));
const CANARY = { public: 'canary-of-public', 's-can': 'canary-of-s-can' } as const;

let store: OwnStore;
const low = (...sql: string[]) => sqlAs(deskUrl(store, 'public'), ...sql);
const high = (...sql: string[]) => sqlAs(deskUrl(store, 's-can'), ...sql);
/** Of a view that has no row anywhere. */
const empty = (...sql: string[]) => sqlAs(deskUrl(store, 'partner'), ...sql);
const admin = (...sql: string[]) => sqlAs(store.adminUrl, ...sql);

beforeAll(async () => {
  store = await aFilledStore();
});
afterAll(async () => store.stop());

/** A store with a row of `public` and two of `s-can` in every table; `partner` has none. */
async function aFilledStore(): Promise<OwnStore> {
  const made = await startOwnStore();
  await provisionStore(made.ownerUrl, roles);
  for (const [view, canary, key] of [
    ['public', CANARY.public, 'k'],
    ['s-can', CANARY['s-can'], 'k'],
    ['s-can', CANARY['s-can'], 'hidden'],
  ])
    // prettier-ignore
    expect(await sqlAs(deskUrl(made, view!), ...insertsOf(view!, canary!, key!))).toMatchObject({ code: 'ok' });
  return made;
}

const uuid = (key: string): string => (key === 'k' ? '11111111' : '22222222') + '-1111-4111-8111-111111111111';
const inserts = (view: string, text: string, key: string) => ({
  answer: `insert into gateway.answer values ('${view}', '${text}', '${key}', '${text}', '${text}', now(), now() + interval '1 day', '"${text}"')`,
  triage: `insert into gateway.triage values ('${view}', '${key}', 1, 'OPEN', '${text}', '${text}', '${text}', now(), '{"a": "${text}"}')`,
  item: `insert into gateway.item values ('${view}', 'saved-view', '${uuid(key)}', '${text}', '${text}', 1, now(), now(), '{"a": "${text}"}')`,
  late_place: `insert into gateway.late_place values ('${view}', '${key} canary-of-${view}', now())`,
  key_use: `insert into gateway.key_use values ('${view}', '${key} canary-of-${view}', now())`,
  delivery_place: `insert into gateway.delivery_place values ('${view}', '${key}', 'ACTIVE', 1, '${text}', 0, null, null, null, '${text}', null)`,
  delivery: `insert into gateway.delivery values ('${view}', '${uuid(key)}', '${uuid(key)}', 'WEBHOOK', 'SENT', now(), null, 1, 0, 1, '${text}', null, null)`,
  told_decision: `insert into gateway.told_decision values ('${view}', '${text}', '${key}', 1, now())`,
});
const insertsOf = (view: string, text: string, key: string): string[] => Object.values(inserts(view, text, key));
const everything = TABLES.map((table) => `select to_jsonb(t)::text as line from gateway.${table} t`).join(
  ' union all ',
);

describe('rows', () => {
  test('row store: the role of a view selects the rows of its view and no other', async () => {
    const [seenLow, seenHigh, seenEmpty] = [await low(everything), await high(everything), await empty(everything)];
    expect([seenLow.rows.length, seenHigh.rows.length, seenEmpty.rows.length]).toEqual([
      TABLES.length,
      2 * TABLES.length,
      0,
    ]);
    expect([seenLow.text.includes(CANARY['s-can']), seenHigh.text.includes(CANARY['s-can'])]).toEqual([false, true]);
    expect([seenHigh.text.includes(CANARY.public), seenLow.text.includes(CANARY.public)]).toEqual([false, true]);
  });

  test.each(TABLES)(
    'row store: a row of another view cannot be written into %s, whether it is there or not',
    async (table) => {
      for (const key of ['k', 'absent']) {
        const insert = inserts('s-can', 'planted', key)[table];
        const outcomes = [await low(insert), await low(`${insert} on conflict do nothing`)];
        expect(outcomes.map(({ code }) => code)).toEqual([DENIED, DENIED]);
        expect(outcomes.every(({ text }) => !text.includes('exists'))).toBe(true);
      }
      expect((await high(everything)).text).not.toContain('planted');
    },
  );

  test.each(TABLES)('row store: no row of %s can be moved to another view', async (table) => {
    expect((await low(`update gateway.${table} set view = 's-can'`)).code).toBe(DENIED);
    expect((await low(everything)).rows).toHaveLength(TABLES.length);
  });

  test('row store: a change or a removal without any condition touches the rows of one view', async () => {
    const before = (await high(everything)).text;
    await using other = await aFilledStore();
    const asLow = deskUrl(other, 'public');
    const all = (url: string) => sqlAs(url, everything);
    expect(
      (await sqlAs(asLow, `update gateway.answer set answer = '"x"'`, `update gateway.item set body = '{}'`)).code,
    ).toBe('ok');
    expect((await sqlAs(asLow, 'delete from gateway.answer', 'delete from gateway.item')).code).toBe('ok');
    expect((await all(asLow)).rows).toHaveLength(TABLES.length - 2);
    const after = (await all(deskUrl(other, 's-can'))).text;
    const timeless = (text: string): string => text.replace(/\d{4}-\d\d-\d\dT[\d:.+]+/g, 'then');
    expect(timeless(after)).toBe(timeless(before));
  });

  test('row store: what was decided about an alert can be neither changed nor removed by any gateway', async () => {
    for (const sql of [`update gateway.triage set reason = 'x'`, 'delete from gateway.triage']) {
      expect([(await low(sql)).code, (await high(sql)).code]).toEqual([DENIED, DENIED]);
    }
  });
});

describe('ways around', () => {
  const REFUSED: readonly (readonly [string, string, string?])[] = [
    ['become the other role', 'set role "gateway_s-can"'],
    ['become the other role by a setting', `select set_config('role', 'gateway_s-can', false)`],
    ['become the other session', 'set session authorization "gateway_s-can"', '42501'],
    ['become the owner', 'set role sitebus_owner'],
    ['join the other role', 'grant "gateway_s-can" to gateway_public'],
    ['make itself exempt', 'alter role gateway_public bypassrls'],
    ['make itself super', 'alter role gateway_public superuser'],
    ['make another role', 'create role another'],
    ['turn row security off', 'alter table gateway.triage disable row level security'],
    ['unforce it', 'alter table gateway.triage no force row level security'],
    ['drop the policy', 'drop policy own_view on gateway.triage'],
    ['widen the policy', 'alter policy own_view on gateway.triage using (true)'],
    ['add a policy', 'create policy all_views on gateway.triage using (true)'],
    ['take the table', 'alter table gateway.triage owner to gateway_public'],
    ['drop the table', 'drop table gateway.triage'],
    ['drop the schema', 'drop schema gateway cascade'],
    ['empty the table', 'truncate gateway.triage'],
    ['lock the table', 'begin; lock table gateway.triage in access exclusive mode'],
    ['add a trigger', 'create trigger t before insert on gateway.triage execute function suppress_redundant_updates_trigger()'],
    ['index what it cannot see', 'create index on gateway.triage (reason)'],
    ['make a view', 'create view gateway.all_rows as select * from gateway.triage'],
    ['make a table', 'create table gateway.mine (a text)'],
    ['make a table in public', 'create table public.mine (a text)'],
    ['make a temporary table, and so a place for functions', 'create temporary table mine (a text)'],
    ['make a function', `create function gateway.f() returns int language sql as 'select 1'`],
    ['make a function in public', `create function public.f() returns int language sql as 'select 1'`],
    ['make a schema', 'create schema mine'],
    ['claim another version', `insert into gateway.migration (name, timestamp) values ('x', 'y')`],
    ['read statistics as they are stored', 'select * from pg_statistic'],
    ['read passwords', 'select * from pg_authid'],
    ['read a file', `select pg_read_file('/etc/hostname')`],
    ['copy to a file', `copy gateway.triage to '/dev/null'`],
    ['copy from a program', `copy gateway.triage from program 'true'`],
    ['change the server', `alter system set row_security = off`],
    ['skip triggers and rules', 'set session_replication_role = replica'],
    ['install what can call out', 'create extension dblink schema gateway'],
  ]; // prettier-ignore

  test.each(REFUSED)('row store: to %s is refused', async (_what, sql, code = DENIED) => {
    const outcome = await low(sql);
    expect([outcome.code, outcome.text.includes(CANARY['s-can'])]).toEqual([code, false]);
  });

  test('row store: without row security there is an error, not a row', async () => {
    for (const off of [`set row_security = off`, `select set_config('row_security', 'off', false)`])
      expect((await low(off, 'select * from gateway.triage')).code).toBe(DENIED);
  });

  test('row store: nothing that a statement can set says who one is', async () => {
    const settings = ['gateway.view', 'sitebus.view', 'application_name', 'search_path'];
    const set = settings.map((name) => `select set_config('${name}', 'gateway_s-can', false)`);
    expect((await low(...set, everything)).rows).toHaveLength(TABLES.length);
  });

  test('row store: what is copied out, or read by a function that takes a query, is of one view', async () => {
    const ways = TABLES.map((table) => `copy gateway.${table} to stdout`);
    for (const way of ways) {
      const [toLow, toHigh] = [
        await copiedOut(deskUrl(store, 'public'), way),
        await copiedOut(deskUrl(store, 's-can'), way),
      ];
      expect([toLow.includes(CANARY['s-can']), toHigh.includes(CANARY['s-can']), toLow.includes(CANARY.public)]).toEqual([false, true, true]); // prettier-ignore
    }
    const asXml = `select query_to_xml('select * from gateway.triage', true, false, '')::text`;
    const anonymous = `do $$ declare r record; begin for r in select * from gateway.triage loop raise notice '%', r; end loop; end $$`;
    for (const way of [asXml, anonymous]) {
      const [toLow, toHigh] = [await low(way), await high(way)];
      expect([toLow.text.includes(CANARY['s-can']), toHigh.text.includes(CANARY['s-can'])]).toEqual([false, true]);
    }
    expect((await low('copy gateway.triage from stdin')).code).toBe('0A000'); // not supported with row security
  });

  test('row store: a condition that would fail on a hidden row, or cry out its value, never sees one', async () => {
    const telling = [
      'select * from gateway.triage where reason::int > 0',
      'select * from gateway.triage where 1 / (length(reason) - length(reason)) > 0',
      'select * from gateway.item where (body ->> \'a\')::int > 0',
      'update gateway.answer set answer = \'x\' where scope::int > 0',
      'delete from gateway.answer where scope::int > 0',
    ]; // prettier-ignore
    for (const sql of telling) {
      const [ofNone, ofOwn] = [await empty(sql), await high(sql)];
      expect([sql, ofNone.code, ofNone.rows]).toEqual([sql, 'ok', []]);
      expect([sql, ofOwn.code]).not.toEqual([sql, 'ok']); // on rows it sees the same condition does fail
    }
  });

  test('row store: the planner knows no value of anybody: no statistics, the same estimate for what is there and what is not', async () => {
    expect((await admin(...TABLES.map((table) => `analyze gateway.${table}`))).code).toBe('ok');
    const kept = `select * from pg_stats where schemaname = 'gateway' and tablename = any('{${TABLES.join()}}')`;
    expect([(await admin(kept)).rows, (await low(kept)).rows]).toEqual([[], []]);
    const estimate = async (reason: string) =>
      (await low(`explain select * from gateway.triage where reason = '${reason}'`)).rows.map((row) =>
        String(row['QUERY PLAN']).replaceAll(reason, '?'),
      );
    expect(await estimate(CANARY['s-can'])).toEqual(await estimate('canary-of-nobody'));
  });

  test('row store: what another role is asking just now is not shown', async () => {
    const asked = `select 1 as "${CANARY['s-can']}", pg_sleep(0.2)`;
    const [, seen] = await Promise.all([
      high(asked),
      eventually(async () => (await low(`select usename, query from pg_stat_activity where usename = 'gateway_s-can'`)).rows.length > 0 && low('select query from pg_stat_activity'), { what: 'the other session' }), // prettier-ignore
    ]);
    expect(seen.text).not.toContain(CANARY['s-can']);
  });
});

describe('the walls themselves', () => {
  test('row store: every table of the schema is behind row security that binds its owner, by the same one policy', async () => {
    const { rows } = await admin(`
      select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced, p.polname as policy, p.polcmd as command,
        p.polpermissive as permissive, p.polroles::text as roles,
        pg_get_expr(p.polqual, c.oid) as "using", pg_get_expr(p.polwithcheck, c.oid) as "check"
      from pg_class c left join pg_policy p on p.polrelid = c.oid
      where c.relnamespace = 'gateway'::regnamespace and c.relkind not in ('i', 'I') order by 1`);
    const behind = rows.filter(({ name }) => !OPEN_TABLES.includes(String(name)));
    const own = `(('gateway_'::text || view) = CURRENT_USER)`;
    expect(behind).toEqual(
      [...TABLES].sort().map((name) => ({
        name, enabled: true, forced: true, policy: 'own_view', command: '*', permissive: true, roles: '{0}', using: own, check: own,
      })), // prettier-ignore
    );
    expect(rows.length).toBe(behind.length + OPEN_TABLES.length);
  });

  test('row store: the owner of the tables reads and writes no row of them', async () => {
    expect((await sqlAs(store.ownerUrl, everything)).rows).toEqual([]);
    expect((await sqlAs(store.ownerUrl, inserts('s-can', 'planted', 'by-owner').triage)).code).toBe(DENIED);
  });

  test('row store: a view’s role owns nothing, is nobody’s member, and has no right but those a gateway uses', async () => {
    const role = `'gateway_public'::regrole`;
    const one = async (sql: string) => (await admin(sql)).rows;
    expect(await one(`select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolinherit from pg_roles where rolname = 'gateway_public'`)).toEqual([{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false, rolinherit: false }]); // prettier-ignore
    expect(await one(`select roleid::regrole::text from pg_auth_members where member = ${role}`)).toEqual([]);
    expect(
      await one(`select classid::regclass::text from pg_shdepend where refobjid = ${role} and deptype = 'o'`),
    ).toEqual([]);
    const rights = await one(`
      select table_name as on, string_agg(distinct privilege_type, ' ' order by privilege_type) as may
      from information_schema.table_privileges where grantee = 'gateway_public' group by 1 order by 1`);
    expect(rights).toEqual([
      { on: 'answer', may: 'DELETE INSERT SELECT' },
      { on: 'delivery', may: 'DELETE INSERT SELECT' },
      { on: 'delivery_place', may: 'DELETE INSERT SELECT' },
      { on: 'item', may: 'DELETE INSERT SELECT' },
      { on: 'key_use', may: 'INSERT SELECT' },
      { on: 'late_place', may: 'INSERT SELECT' },
      { on: 'migration', may: 'SELECT' },
      { on: 'told_decision', may: 'DELETE INSERT SELECT' },
      { on: 'triage', may: 'INSERT SELECT' },
    ]);
    const columns = await one(`
      select table_name as on, string_agg(column_name, ' ' order by column_name) as of
      from information_schema.column_privileges where grantee = 'gateway_public' and privilege_type = 'UPDATE' group by 1 order by 1`);
    expect(columns).toEqual([
      { on: 'answer', of: 'answer body_hash holder kept_until lease_until' },
      { on: 'delivery', of: 'attempts code ended_at lag_ms leaf records state withheld' },
      {
        on: 'delivery_place',
        of: 'failures first_failed_at holder last_id last_sent_at lease_until next retry_at state',
      },
      { on: 'item', of: 'body changed_at shared_with version' },
      { on: 'key_use', of: 'at' },
      { on: 'late_place', of: 'at' },
      { on: 'told_decision', of: 'seq told_at' },
    ]);
  });

  const TAKEN_AWAY: readonly (readonly [string, string])[] = [
    ['row security', 'disable row level security'],
    ['its binding of the owner', 'no force row level security'],
  ];
  test.each(TAKEN_AWAY)('row store: with %s taken away the questions above find what they must not, and no gateway asks any', async (what, change) => {
    await using other = await aFilledStore();
    const desk = createPostgresDesk({ url: deskUrl(other, 'public'), view: 'public', log: silentLog });
    await desk.start();
    expect(desk.state()).toBe('ok');
    await sqlAs(other.adminUrl, ...TABLES.map((table) => `alter table gateway.${table} ${change}`));
    const asker = what === 'row security' ? deskUrl(other, 'public') : other.ownerUrl;
    expect((await sqlAs(asker, everything)).text).toContain(CANARY['s-can']);
    await eventually(() => desk.state() === 'row security is off', { what: 'the desk notices' });
    await expect(desk.triage.history('k')).rejects.toMatchObject({ slug: 'fail-closed', details: { part: 'store' } });
    await desk.stop();
  }); // prettier-ignore

  test('row store: with a policy that believes a setting the same settings open another view', async () => {
    await using other = await aFilledStore();
    const believing = `('gateway_' || view) = current_setting('application_name', true)`;
    await sqlAs(other.adminUrl, `alter policy own_view on gateway.triage using (${believing})`);
    const outcome = await sqlAs(deskUrl(other, 'public'), `select set_config('application_name', 'gateway_s-can', false)`, everything);
    expect(outcome.text).toContain(CANARY['s-can']);
  }); // prettier-ignore

  test('row store: with statistics kept the planner does tell values apart', async () => {
    await using other = await aFilledStore();
    await sqlAs(other.adminUrl, 'alter table gateway.triage alter column reason set statistics 100', 'analyze gateway.triage');
    expect((await sqlAs(other.adminUrl, `select * from pg_stats where schemaname = 'gateway'`)).text).toContain(CANARY['s-can']);
  }); // prettier-ignore
});
