// Rows as columns for a terminal: cut to its width, never wrapped.
// Holds: pure; every row is one line; without a width nothing is cut, so that a pipe sees whole values.

/** A column: its heading and how to read a row. The last column takes what width is left. */
export interface Column<T> {
  readonly heading: string;
  readonly of: (row: T) => string;
}

const GAP = '  ';
const MIN_LAST_COLUMN = 12;

/** Renders heading and rows; `width` in characters, undefined for no limit. */
export function renderColumns<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  width: number | undefined,
): string[] {
  const cells = rows.map((row) => columns.map((column) => column.of(row).replaceAll(/\s+/g, ' ')));
  const headings = columns.map(({ heading }) => heading);
  const widths = headings.map((heading, i) => Math.max(heading.length, ...cells.map((row) => row[i]?.length ?? 0)));
  return [headings, ...cells].map((row) =>
    cutTo(row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join(GAP), width),
  );
}

/** Cuts one line, saying so with an ellipsis. */
export function cutTo(line: string, width: number | undefined): string {
  const whole = line.trimEnd();
  const room = width === undefined ? Infinity : Math.max(MIN_LAST_COLUMN, width);
  return whole.length <= room ? whole : `${whole.slice(0, room - 1)}…`;
}
