// What each row of the scenario becomes: the observations' table as data, one entry for each file under `in/`.
// Holds: no row without a file and no file without a row (rows.test.ts); features are stated in full, but for hosts of
// addresses, which follow, and hosts of platforms, which are common values.

import { createHash } from 'node:crypto';
import type { ObservationType } from '@sitebus/sdk';
import type { SharedName } from './shared-values.ts';

/** Polling day for which the table is written out, UTC midnight in milliseconds. */
export const TABLE_POLLING_DAY_MS = Date.UTC(2031, 9, 20);

/** A feature: a shared value by name, or kind and value. */
export type ExpectedFeature = SharedName | `${string} ${string}`;

export interface ExpectedRow {
  readonly agency: string;
  /** Of `observedAt`, relative to polling day; not always the day on which the file is dropped. */
  readonly day: number;
  readonly type: ObservationType;
  readonly cell: string;
  /** Source and information grade, such as `B2`. */
  readonly grade: string;
  readonly features: readonly ExpectedFeature[];
  /** True where the record has no origin of its own; others carry a source token. */
  readonly isWithoutToken?: true;
  /** Canonical origin where the table says whose it is; its token is what the record must carry. */
  readonly origin?: string;
  /** Rows of the same agency that must have come before, in this order. */
  readonly after?: readonly string[];
  /** True where the agency's service makes the record by itself from the rows before: no file. */
  readonly isMade?: true;
  /** True where the record comes when it is due, and not when the file before it is taken in. */
  readonly isDue?: true;
}

/** By row. */
export const ROWS: Readonly<Record<string, ExpectedRow>> = Object.freeze({
  '1.01': {
    agency: 'cse',
    day: -31,
    type: 'IndicatorReport',
    cell: 'partner',
    grade: 'B2',
    features: ['d1', 'ip1', 'h1', 'cdn'],
  },
  '1.02': { agency: 'cse', day: -31, type: 'NetworkDetection', cell: 'partner', grade: 'A2', features: ['ip1', 'd1'] },
  '1.03': {
    agency: 'cse',
    day: -30,
    type: 'IndicatorReport',
    cell: 's-fvey',
    grade: 'A2',
    features: ['d1', 'c1', 'ip2'],
  },
  '1.04': { agency: 'gac', day: -30, type: 'IndicatorReport', cell: 'partner', grade: 'C3', features: ['d1'] },
  '1.05': {
    agency: 'cse',
    day: -27,
    type: 'CyberIncident',
    cell: 'pb-can',
    grade: 'A2',
    features: ['h1', 'email it-desk@webmail-civicrenewal.example'],
  },
  '1.07': {
    agency: 'gac',
    day: -12,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'B3',
    features: ['d2', 'u1', 'n1', 'a1'],
  },
  '1.11': { agency: 'cse', day: -10, type: 'CyberIncident', cell: 's-fvey', grade: 'A2', features: ['d2', 'h2'] },
  '1.12': {
    agency: 'csis',
    day: -9,
    type: 'CovertActivity',
    cell: 's-can',
    grade: 'B2',
    features: ['d2', 'clearRiver', 'p1'],
  },
  '1.13': {
    agency: 'csis',
    day: -8,
    type: 'FinancialActivity',
    cell: 's-can',
    grade: 'B2',
    features: ['w1', 'd1', 'd2'],
  },
  '1.15': { agency: 'csis', day: -6, type: 'CovertActivity', cell: 'partner', grade: 'B2', features: ['d2'] },
  '1.16': {
    agency: 'csis',
    day: -6,
    type: 'LineageLink',
    cell: 's-can',
    grade: 'F6',
    features: [],
    isWithoutToken: true,
  },
  '1.17': { agency: 'cse', day: -5, type: 'CovertActivity', cell: 'ts-can', grade: 'A2', features: ['w1', 'p1'] },
  '2.05': {
    agency: 'gac',
    day: -23,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'B3',
    features: ['clearVoices', 'u2', 'n2'],
  },
  '2.07': {
    agency: 'csis',
    day: -20,
    type: 'CovertActivity',
    cell: 's-can',
    grade: 'B2',
    features: ['clearVoices', 'varkoviaToday'],
  },
  '3.04': {
    agency: 'cse',
    day: -9,
    type: 'IndicatorReport',
    cell: 'partner',
    grade: 'B2',
    features: ['d3', 'u3', 'cdn'],
  },
  '4.08': {
    agency: 'csis',
    day: -12,
    type: 'FinancialActivity',
    cell: 's-can',
    grade: 'B2',
    features: ['northernVoices', 'w2'],
  },
  '5.01': {
    agency: 'rcmp',
    day: -18,
    type: 'ThreatToPerson',
    cell: 'pb-can',
    grade: 'A2',
    features: ['oakhollow', 'greyHeron', `place-time cedar-narrows ${at(-16, 22)} ${at(-15, 2)}`],
  },
  '5.02': {
    agency: 'rcmp',
    day: -18,
    type: 'PublicTip',
    cell: 'pb-can',
    grade: 'F6',
    features: ['greyHeron', 'text The caller read out a post of this account: "we know where she speaks". CANARY-5.02'],
  },
  '5.04': { agency: 'csis', day: -16, type: 'CovertActivity', cell: 's-can', grade: 'C3', features: ['greyHeron'] },
  '6.03': {
    agency: 'csis',
    day: -20,
    type: 'CovertActivity',
    cell: 's-can',
    grade: 'C3',
    features: ['n6', 'u6'],
    origin: 'url:https://print-room-notes.example/ballots',
  },
  '6.05': {
    agency: 'rcmp',
    day: -18,
    type: 'InfluenceActivity',
    cell: 'pb-can',
    grade: 'C3',
    features: ['n6', 'u6'],
    origin: 'rep:rcmp/rcmp-demo-0605',
  },
  '7.01': hub('cedar-bakery.example'),
  '7.02': hub('harrow-lake-rowing.example'),
  '7.03': hub('loutre-library.example'),
  '7.04': hub('stonebridge-choir.example'),
  '7.05': hub('bay-fish-market.example'),
  '7.06': hub('north-road-cycles.example'),
  '7.07': hub('maple-street-vet.example'),
  '7.08': hub('river-ferry-times.example'),
  '7.09': hub('lakeside-garden-club.example'),
  '7.10': hub('old-mill-theatre.example'),
  '7.11': hub('town-band-tickets.example'),
  '1.08': {
    agency: 'partner-chirrup',
    day: -11,
    type: 'CoordinatedSharing',
    cell: 'partner',
    grade: 'B2',
    features: [
      'a2',
      'a3',
      'a4',
      'a5',
      'u1',
      'co-share https://chirrup.example/posts/440127 chirrup:north_bank_ned 1949299205000',
      'co-share https://chirrup.example/posts/440127 chirrup:river_rights_now 1949299211000',
      'co-share https://chirrup.example/posts/440127 chirrup:quiet_ferry 1949299224000',
      'co-share https://chirrup.example/posts/440127 chirrup:lamplight_lou 1949299240000',
    ],
    origin: 'plat:chirrup/CH-1081',
  },
  '1.10': {
    agency: 'partner-lookout',
    day: -11,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'C3',
    features: ['m1', 'account vidnook:riverbend'],
  },
  '2.06': {
    agency: 'partner-lookout',
    day: -22,
    type: 'CoordinatedSharing',
    cell: 'partner',
    grade: 'C3',
    features: [
      'f1',
      'f2',
      'f3',
      'u2',
      'co-share https://harbour-watch.example/sold chirrup:wharf_side_wes 1948353302000',
      'co-share https://harbour-watch.example/sold chirrup:salt_and_tar 1948353320000',
      'co-share https://harbour-watch.example/sold chirrup:dry_dock_dee 1948353344000',
    ],
  },
  '2.08': {
    agency: 'partner-chirrup',
    day: -16,
    type: 'CoordinatedSharing',
    cell: 'partner',
    grade: 'B2',
    features: [
      'f2',
      'f3',
      'g1',
      'u2',
      'co-share https://harbour-watch.example/sold chirrup:salt_and_tar 1948865403000',
      'co-share https://harbour-watch.example/sold chirrup:dry_dock_dee 1948865419000',
      'co-share https://harbour-watch.example/sold chirrup:otter_fan_one 1948865441000',
    ],
    origin: 'plat:chirrup/CH-2080',
  },
  '2.11': {
    agency: 'partner-chirrup',
    day: -13,
    type: 'Recall',
    cell: 'partner',
    grade: 'F6',
    features: [],
    isWithoutToken: true,
    after: ['2.08'],
  },
  '2.12': {
    agency: 'partner-chirrup',
    day: -13,
    type: 'CoordinatedSharing',
    cell: 'partner',
    grade: 'B2',
    features: [
      'f2',
      'f3',
      'u2',
      'co-share https://harbour-watch.example/sold chirrup:salt_and_tar 1948865403000',
      'co-share https://harbour-watch.example/sold chirrup:dry_dock_dee 1948865419000',
    ],
    origin: 'plat:chirrup/CH-2081',
  },
  '3.06': {
    agency: 'partner-lookout',
    day: -8,
    type: 'InfluenceActivity',
    cell: 'open',
    grade: 'C3',
    features: ['text Le vote a été déplacé à mardi; présentez-vous ce jour-là avec votre carte.'],
  },
  '5.03': {
    agency: 'partner-chirrup',
    day: -17,
    type: 'ThreatToPerson',
    cell: 'partner',
    grade: 'B2',
    features: ['greyHeron'],
    origin: 'plat:chirrup/CH-5030',
  },
  '6.01': {
    agency: 'partner-lookout',
    day: -22,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'C3',
    features: ['n6', 'u6'],
    origin: 'url:https://print-room-notes.example/ballots',
  },
  '6.04': {
    agency: 'partner-chirrup',
    day: -19,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'C3',
    features: [
      'u6',
      'text The printer of the ballots was secretly sold to a foreign owner in spring, and nobody was told.',
    ],
    isWithoutToken: true,
  },
  '8.01': {
    agency: 'partner-lookout',
    day: -3,
    type: 'TrackedIncident',
    cell: 'open',
    grade: 'C3',
    features: [],
    isWithoutToken: true,
  },
  '8.02': {
    agency: 'partner-lookout',
    day: -3,
    type: 'GoodPractice',
    cell: 'partner',
    grade: 'C3',
    features: [],
    isWithoutToken: true,
  },
  '9.01': {
    agency: 'partner-lookout',
    day: -24,
    type: 'CoordinatedSharing',
    cell: 'partner',
    grade: 'C3',
    features: [
      'g1',
      'g2',
      'g3',
      'url https://otters-hockey.example/tickets',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_one 1948212004000',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_two 1948212019000',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_three 1948212047000',
    ],
  },
  '9.02': {
    agency: 'partner-lookout',
    day: -24,
    type: 'CoordinatedSharing',
    cell: 'partner',
    grade: 'C3',
    features: [
      'g1',
      'g2',
      'g3',
      'url https://otters-hockey.example/tickets',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_one 1948219204000',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_two 1948219219000',
      'co-share https://otters-hockey.example/tickets chirrup:otter_fan_three 1948219247000',
    ],
  },
  '1.06': {
    agency: 'gac',
    day: -12,
    type: 'CoordinatedSharing',
    cell: 'partner',
    grade: 'B3',
    features: [
      'a1',
      'a2',
      'a3',
      'a4',
      'u1',
      'co-share https://chirrup.example/posts/440127 chirrup:tide_table_ann 1949234403000',
      'co-share https://chirrup.example/posts/440127 chirrup:north_bank_ned 1949234412000',
      'co-share https://chirrup.example/posts/440127 chirrup:river_rights_now 1949234425000',
      'co-share https://chirrup.example/posts/440127 chirrup:quiet_ferry 1949234444000',
    ],
  },
  '1.09': {
    agency: 'gac',
    day: -11,
    type: 'InfluenceActivity',
    cell: 'partner',
    grade: 'C3',
    features: [
      'u1',
      'm1',
      'text Des lettres divulguées prouvent que Civic Renewal a vendu les droits de la rivière à un acheteur étranger des mois avant le vote.',
    ],
  },
  '1.14': {
    agency: 'gac',
    day: -7,
    type: 'AgencyPosition',
    cell: 's-can',
    grade: 'F6',
    features: [],
    isWithoutToken: true,
  },
  '2.01': {
    agency: 'gac',
    day: 0,
    type: 'StateMediaAccount',
    cell: 'open',
    grade: 'F6',
    features: [],
    isWithoutToken: true,
  },
  '2.02': {
    agency: 'gac',
    day: -24,
    type: 'StateMediaPost',
    cell: 'open',
    grade: 'B2',
    features: ['varkoviaToday', 'n2'],
    after: ['2.01'],
  },
  '2.03': {
    agency: 'gac',
    day: -24,
    type: 'StateMediaPost',
    cell: 'open',
    grade: 'B2',
    features: ['varkoviaToday', 'n2'],
    after: ['2.01'],
  },
  '2.04': {
    agency: 'gac',
    day: -23,
    type: 'StateMediaDailyAggregate',
    cell: 'open',
    grade: 'B2',
    features: [],
    isWithoutToken: true,
    after: ['2.01', '2.02', '2.03'],
    isMade: true,
    isDue: true,
  },
  '2.09': {
    agency: 'gac',
    day: -14,
    type: 'StateMediaPost',
    cell: 'open',
    grade: 'B2',
    features: ['varkoviaToday', 'n2'],
    after: ['2.01'],
  },
  '2.10': {
    agency: 'gac',
    day: -13,
    type: 'StateMediaDailyAggregate',
    cell: 'open',
    grade: 'B2',
    features: [],
    isWithoutToken: true,
    after: ['2.01', '2.09'],
    isDue: true,
  },
  '3.01': {
    agency: 'elections',
    day: -9,
    type: 'VotingInterference',
    cell: 'open',
    grade: 'A2',
    features: ['d3', 'u3', 'n3'],
  },
  '3.02': {
    agency: 'elections',
    day: -9,
    type: 'PublicTip',
    cell: 'pb-can',
    grade: 'F6',
    features: ['u3', 'text Mon voisin m’a montré cette page sur le jour du vote. CANARY-3.02'],
  },
  '3.03': {
    agency: 'elections',
    day: -9,
    type: 'PublicTip',
    cell: 'pb-can',
    grade: 'F6',
    features: ['u3', 'text Somebody in a group said there is a page with another voting day. CANARY-3.03'],
    isWithoutToken: true,
  },
  '3.05': { agency: 'gac', day: -8, type: 'InfluenceActivity', cell: 'partner', grade: 'C3', features: ['u3', 'n3'] },
  '4.01': {
    agency: 'elections',
    day: -19,
    type: 'AdDisclosure',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.01'), 'text A plan for every riding.'],
  },
  '4.02': {
    agency: 'elections',
    day: -19,
    type: 'AdDisclosure',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.02'), 'text Notre port reste à nous.'],
  },
  '4.03': {
    agency: 'elections',
    day: -18,
    type: 'AdDisclosure',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.03'), 'person org:harbour-friends', 'text Ask every candidate about the harbour.'],
  },
  '4.04': {
    agency: 'elections',
    day: -17,
    type: 'AdDisclosure',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.04'), 'northernVoices', 'url https://northern-voices.example/act', 'text Your voice, louder.'],
  },
  '4.05': {
    agency: 'elections',
    day: -19,
    type: 'AdFinding',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.02')],
    after: ['4.02'],
    isMade: true,
  },
  '4.06': {
    agency: 'elections',
    day: -16,
    type: 'AdFinding',
    cell: 'open',
    grade: 'A2',
    features: [copyOf('4.06'), 'url https://northern-voices.example/again'],
  },
  '4.07': {
    agency: 'elections',
    day: -15,
    type: 'ForeignArrangement',
    cell: 'open',
    grade: 'A2',
    features: ['northernVoices'],
    isWithoutToken: true,
  },
  '6.02': { agency: 'gac', day: -21, type: 'InfluenceActivity', cell: 'partner', grade: 'C3', features: ['u6', 'n6'] },
});

/** Rows that no file carries, because people play them through the guard, and why a file could not. */
export const PLAYED_BY_PEOPLE: Readonly<Record<string, string>> = Object.freeze({
  '1.18': 'a downgrade keeps the token of its source, which only the guard may give',
});

/** The copy of an ad of the scenario. */
function copyOf(row: string): `media ${string}` {
  return `media sha256:${createHash('sha256').update(`scenario ad ${row}`).digest('hex')}`;
}

/** Detections at the common host, each with a site of its own. */
function hub(site: string): ExpectedRow {
  return {
    agency: 'cse',
    day: -33,
    type: 'NetworkDetection',
    cell: 'partner',
    grade: 'B3',
    features: ['cdn', `domain ${site}`],
  };
}

/** An hour of a scenario day, UTC milliseconds. */
function at(day: number, hour: number): number {
  return TABLE_POLLING_DAY_MS + (day * 24 + hour) * 3_600_000;
}
