// How every table of the desk is put behind row security.
// Holds: a policy looks at who is signed in (`current_user`), never at a setting that a statement could change; FORCE binds the
// owner as well; no statistics of columns are kept, so that the planner cannot tell one view of another's values.

import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Row security for everybody, and no statistics of any column. */
export async function putBehindWall(db: Kysely<unknown>, table: string): Promise<void> {
  const name = sql.id('gateway', table);
  await sql`alter table ${name} enable row level security`.execute(db);
  await sql`alter table ${name} force row level security`.execute(db);
  await sql`
    create policy own_view on ${name} to public
      using ('gateway_' || view = current_user)
      with check ('gateway_' || view = current_user)`.execute(db);
  const columns = await sql<{ attname: string }>`
    select attname from pg_attribute where attrelid = ${`gateway.${table}`}::regclass and attnum > 0 and not attisdropped
  `.execute(db);
  for (const { attname } of columns.rows)
    await sql`alter table ${name} alter column ${sql.id(attname)} set statistics 0`.execute(db);
}
