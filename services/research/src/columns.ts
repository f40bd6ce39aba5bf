// The columns a data set may have. What stands in no row of this table never leaves.
// Holds: a column of role `quasi` is a quasi-identifier in every data set that has it, whatever its definition says; a
// column of role `token` holds pseudonyms alone. Source: README.md#columns

/** What a column is to whoever would find a person again. */
export type ColumnRole = 'label' | 'quasi' | 'token' | 'text';

/** One column. */
export interface Column {
  readonly role: ColumnRole;
  readonly is: 'string' | 'integer';
}

/** Every column, in the order in which files have them. */
export const COLUMNS = Object.freeze({
  type: { role: 'label', is: 'string' },
  origin: { role: 'label', is: 'string' },
  category: { role: 'label', is: 'string' },
  time: { role: 'quasi', is: 'string' },
  platform: { role: 'quasi', is: 'string' },
  riding: { role: 'quasi', is: 'string' },
  country: { role: 'quasi', is: 'string' },
  language: { role: 'quasi', is: 'string' },
  likes: { role: 'quasi', is: 'integer' },
  shares: { role: 'quasi', is: 'integer' },
  comments: { role: 'quasi', is: 'integer' },
  views: { role: 'quasi', is: 'integer' },
  account: { role: 'token', is: 'string' },
  person: { role: 'token', is: 'string' },
  domain: { role: 'token', is: 'string' },
  url: { role: 'token', is: 'string' },
  media: { role: 'token', is: 'string' },
  narrative: { role: 'token', is: 'string' },
  text: { role: 'text', is: 'string' },
} as const satisfies Readonly<Record<string, Column>>);

/** The name of a column. */
export type ColumnName = keyof typeof COLUMNS;

/** In the order of files. */
export const COLUMN_NAMES = Object.freeze(Object.keys(COLUMNS) as readonly ColumnName[]);

/** A value of a row; null where there is none, or none that may be said. */
export type Cell = string | number | null;

/** @returns the columns by which people could be found again: what the table says, and what the definition adds. In order of files. */
export function quasiOf(columns: readonly ColumnName[], declared: readonly ColumnName[]): readonly ColumnName[] {
  return COLUMN_NAMES.filter(
    (name) => columns.includes(name) && (COLUMNS[name].role === 'quasi' || declared.includes(name)),
  );
}
