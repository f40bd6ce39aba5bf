// Hand-written SQL, as whoever a URL names: what somebody could ask who has taken a gateway over.

import pg from 'pg';

/** What came of statements: the rows of the last one, and the database's code where one was refused. */
export interface SqlOutcome {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** SQLSTATE of the first refusal; `ok` where there was none. */
  readonly code: string;
  /** Everything that was said, errors and their details included: where a value could stand. */
  readonly text: string;
}

/** Runs the statements one after the other on one connection, until one is refused. */
export async function sqlAs(url: string, ...statements: readonly string[]): Promise<SqlOutcome> {
  const client = new pg.Client({ connectionString: url });
  let said = '';
  client.on('notice', ({ message, detail, hint, where }) => (said += JSON.stringify({ message, detail, hint, where })));
  await client.connect();
  try {
    let rows: SqlOutcome['rows'] = [];
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows;
    return { rows, code: 'ok', text: said + JSON.stringify(rows) };
  } catch (error) {
    const { code = 'none', message, detail, hint, where } = error as pg.DatabaseError;
    return { rows: [], code, text: said + JSON.stringify({ message, detail, hint, where }) };
  } finally {
    await client.end();
  }
}

/** What `COPY … TO STDOUT` sends. */
export async function copiedOut(url: string, statement: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const chunks: Buffer[] = [];
  try {
    const query = new pg.Query(statement) as pg.Query & { handleCopyData: (message: { chunk: Buffer }) => void };
    query.handleCopyData = ({ chunk }) => void chunks.push(Buffer.from(chunk));
    client.query(query);
    await new Promise<void>((resolve, reject) => {
      query.on('end', () => resolve());
      query.on('error', reject);
    });
  } finally {
    await client.end();
  }
  return Buffer.concat(chunks).toString();
}
