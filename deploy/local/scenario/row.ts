// One row of the scenario: a file that an agency's inbox receives on its day.
// Holds: pure; the name says row, day and format, and is refused when it does not.
// Source: deploy/local/scenario/README.md

import { parseDay } from './instants.ts';

export interface ScenarioRow {
  /** Such as `1.03`, the row of the scenario's table. */
  readonly row: string;
  /** Days relative to polling day. */
  readonly day: number;
  readonly agency: string;
  /** File name in the scenario's folder of that agency. */
  readonly file: string;
  /** File name in the inbox: without the day, which the file's own dates carry. */
  readonly dropAs: string;
}

/** Reads `<row>.<day>.<rest>`, such as `1.03.D-30.cse-stix.json`. */
export function parseRow(agency: string, file: string): ScenarioRow {
  const match = /^(\d+\.\d{2})\.(D[+-]?\d{1,3})\.(.+)$/.exec(file);
  if (match === null)
    throw new Error(
      `scenario file ${agency}/${file}: the name must be <row>.<day>.<rest>, such as 1.03.D-30.cse-stix.json`,
    );
  const [, row = '', day = '', rest = ''] = match;
  return { row, day: parseDay(day), agency, file, dropAs: `${row}.${rest}` };
}

/** Rows in the order in which they are played: by day, then by number. */
export const byDay = (a: ScenarioRow, b: ScenarioRow): number =>
  a.day - b.day || a.row.localeCompare(b.row, 'en', { numeric: true });
