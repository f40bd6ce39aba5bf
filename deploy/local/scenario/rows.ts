// What each row of the scenario becomes: the observations' table as data, one entry for each file under `in/`.
// Holds: no row without a file and no file without a row (rows.test.ts); features are stated in full, but for hosts of
// addresses, which follow, and hosts of platforms, which are common values.

import { ADVERTISING } from './rows/advertising.ts';
import { CLEAR_VOICES } from './rows/clear-voices.ts';
import { ECHO } from './rows/echo.ts';
import { FANS } from './rows/fans.ts';
import { HUB } from './rows/hub.ts';
import { LIBRARY } from './rows/library.ts';
import { PAPER_LANTERN } from './rows/paper-lantern.ts';
import { THREAT } from './rows/threat.ts';
import { VOTING_DAY } from './rows/voting-day.ts';
import type { ExpectedRow } from './rows/expected-row.ts';

export { TABLE_POLLING_DAY_MS, type ExpectedFeature, type ExpectedRow } from './rows/expected-row.ts';

/** By row. */
export const ROWS: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  ...PAPER_LANTERN,
  ...CLEAR_VOICES,
  ...VOTING_DAY,
  ...ADVERTISING,
  ...THREAT,
  ...ECHO,
  ...HUB,
  ...LIBRARY,
  ...FANS,
});

/** Rows that no file carries, because people play them through the guard, and why a file could not. */
export const PLAYED_BY_PEOPLE: Readonly<Record<string, string>> = Object.freeze({
  '1.18': 'a downgrade keeps the token of its source, which only the guard may give',
});
