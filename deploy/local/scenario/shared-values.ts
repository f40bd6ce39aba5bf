// The values that rows of the scenario share, as the features they are: a row that speaks of the same thing writes the same value.
// Holds: every one of them stands in README.md (a test compares); all invented, hosts and addresses for documentation.

import { createHash } from 'node:crypto';

/** Name in the scenario's table → kind and value, separated by one blank. */
export const SHARED = Object.freeze({
  d1: 'domain webmail-civicrenewal.example',
  d2: 'domain leak-river.example',
  d3: 'domain vote-calendar-info.example',
  d4: 'domain northern-voices.example',
  u1: 'url https://chirrup.example/posts/440127',
  u2: 'url https://harbour-watch.example/sold',
  u3: 'url https://vote-calendar-info.example/date',
  u6: 'url https://print-room-notes.example/ballots',
  ip1: 'ip 203.0.113.44',
  ip2: 'ip 198.51.100.7',
  cdn: 'ip 192.0.2.10',
  h1: `hash ${digest('scenario h1')}`,
  h2: `hash ${digest('scenario h2')}`,
  c1: `certificate ${digest('scenario c1')}`,
  m1: `media sha256:${digest('scenario m1')}`,
  w1: 'wallet btc:1ScenarioPaperLanternWallet',
  w2: 'wallet btc:1ScenarioNorthernVoicesWallet',
  p1: 'person prs_5b1e7d20c94fa386',
  oakhollow: 'person cand:ge-demo/cedar-narrows/maren-oakhollow',
  northernVoices: 'person org:northern-voices-fund',
  a1: 'account chirrup:tide_table_ann',
  a2: 'account chirrup:north_bank_ned',
  a3: 'account chirrup:river_rights_now',
  a4: 'account chirrup:quiet_ferry',
  a5: 'account chirrup:lamplight_lou',
  f1: 'account chirrup:wharf_side_wes',
  f2: 'account chirrup:salt_and_tar',
  f3: 'account chirrup:dry_dock_dee',
  g1: 'account chirrup:otter_fan_one',
  g2: 'account chirrup:otter_fan_two',
  g3: 'account chirrup:otter_fan_three',
  varkoviaToday: 'account chirrup:varkovia_today',
  clearVoices: 'account lantern:clear_voices',
  clearRiver: 'account lantern:clear_river',
  greyHeron: 'account chirrup:grey_heron',
  n1: 'text Leaked letters prove that Civic Renewal sold the river rights to a foreign buyer months before the vote.',
  n2: 'text The harbour of Baie-des-Sorbiers has been sold behind closed doors, and Désirée Vaucreux signed for it.',
  n3: 'text Le vote a été déplacé au mardi; présentez-vous ce jour-là avec votre carte.',
  n6: 'text The printer of the ballots was secretly sold to a foreign owner in the spring, and nobody was told.',
} satisfies Readonly<Record<string, string>>);

/** A name of the table. */
export type SharedName = keyof typeof SHARED;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
