// The values that rows of the scenario share, as the features they are: a row that speaks of the same thing writes the same value.
// Holds: every one of them stands in README.md (a test compares); all invented, hosts and addresses for documentation.

import { createHash } from 'node:crypto';

/** Name in the scenario's table → kind and value, separated by one blank. */
export const SHARED = Object.freeze({
  d1: 'domain webmail-civicrenewal.example',
  d2: 'domain leak-river.example',
  u1: 'url https://chirrup.example/posts/440127',
  u2: 'url https://harbour-watch.example/sold',
  ip1: 'ip 203.0.113.44',
  ip2: 'ip 198.51.100.7',
  cdn: 'ip 192.0.2.10',
  h1: `hash ${digest('scenario h1')}`,
  h2: `hash ${digest('scenario h2')}`,
  c1: `certificate ${digest('scenario c1')}`,
  a1: 'account chirrup:tide_table_ann',
  clearVoices: 'account lantern:clear_voices',
  n1: 'text Leaked letters prove that Civic Renewal sold the river rights to a foreign buyer months before the vote.',
  n2: 'text The harbour of Baie-des-Sorbiers has been sold behind closed doors, and Désirée Vaucreux signed for it.',
} satisfies Readonly<Record<string, string>>);

/** A name of the table. */
export type SharedName = keyof typeof SHARED;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
