// The twelve checks of the scenario: each says what is not as it must be.
// Holds: one play with people, and short ones beside it for what holds without somebody; a check judges what was recorded of
// them and asks nobody, so that a record can be judged again; what could not be recorded has failed.
// Source: ../README.md#the-checks

import { ACTS } from '../acts/index.ts';
import { adFaults, recordAds, type AdsRecord } from './check-ads.ts';
import {
  announcementFaults,
  recordAnnouncement,
  recordSilence,
  type AnnouncementRecord,
} from './check-announcement.ts';
import { belowFaults, recordBelow, type BelowRecord } from './check-below.ts';
import { canaryFaults, createLogKeeper, recordCanaries, type CanaryRecord } from './check-canaries.ts';
import { caseFaults, recordCases, type CasesRecord } from './check-cases.ts';
import { echoFaults, recordEcho, type EchoRecord } from './check-echo.ts';
import { intakeFaults, recordIntake, type IntakeRecord } from './check-intake.ts';
import { membershipFaults, recordMembership, recordSecondPlay, type MembershipRecord } from './check-membership.ts';
import { noticeFaults, recordNotices, type NoticesRecord } from './check-notices.ts';
import { matterLog, recallFaults, recordRecall, type RecallRecord } from './check-recall.ts';
import { receiptFaults, recordReceipts, type ReceiptsRecord } from './check-receipts.ts';
import { recordStaff, staffFaults, type StaffRecord } from './check-staff.ts';
import { playInMemory, type PlayedInMemory, type PlayParts } from './in-memory.ts';

/** One check. */
export interface Checked {
  readonly number: number;
  readonly title: string;
  /** Empty where it holds. */
  readonly faults: readonly string[];
}

/** The play with people, while everybody can still be asked. */
export interface Run {
  readonly parts: PlayParts;
  readonly played: PlayedInMemory;
  readonly matters: ReturnType<typeof matterLog>;
  readonly logged: readonly string[];
}

/** What was recorded: data alone, the same after a trip through JSON. */
export interface Recorded {
  readonly intake: IntakeRecord;
  readonly membership: MembershipRecord;
  readonly secondPlay: MembershipRecord['matters'];
  readonly below: BelowRecord;
  readonly canaries: CanaryRecord;
  readonly echo: EchoRecord;
  readonly recall: RecallRecord;
  readonly ads: AdsRecord;
  readonly cases: CasesRecord;
  readonly announcement: AnnouncementRecord;
  readonly silence: AnnouncementRecord;
  readonly receipts: ReceiptsRecord;
  readonly notices: NoticesRecord;
  readonly staff: StaffRecord;
}

/** Parts that could not be recorded, each with why. */
export type Unrecorded = Readonly<Partial<Record<keyof Recorded, string>>>;

/** What there is to check, by number from 1. */
export const TITLES: readonly string[] = Object.freeze([
  'every row is taken in once, by view and by agency; every bad input is refused with its code',
  'membership is that of the ground truth in all six views, in a second play, and from nothing but the bus',
  'without the rows above a view its topics are the same, byte for byte',
  'no canary is above its reader: in no body, log, metric or dead letter',
  'the echo of one source has one root and low confidence',
  'a recall undoes what it joined; a hub joins nothing',
  'one ad is late by a day, one on time, and there are two findings',
  'what people do is answered as it must be; the rules of cases hold over what was recorded',
  'without a word of those who were told, the announcement comes at the same instant',
  'receipts are those of the table; the brief that nobody opened is delivered, overdue and escalated',
  'two notices are public, in both languages, and name no case',
  'of three staff the two who consent are told',
]);

/** Plays, and records everything. Rejects where the play with people does not come to its end. */
export async function recordScenario(
  parts: PlayParts,
): Promise<{ readonly recorded: Partial<Recorded>; readonly unrecorded: Unrecorded }> {
  const keeper = createLogKeeper();
  const matters = matterLog();
  const recorded: { -readonly [K in keyof Recorded]?: Recorded[K] } = {};
  const unrecorded: Partial<Record<keyof Recorded, string>> = {};
  const keep = async <K extends keyof Recorded>(name: K, record: () => Recorded[K] | Promise<Recorded[K]>): Promise<void> => {
    try {
      recorded[name] = await record();
    } catch (cause) {
      unrecorded[name] = cause instanceof Error ? cause.message : String(cause);
    }
  };
  const played = await playInMemory({ ...parts, acts: ACTS, log: keeper.log, onDay: matters.note });
  try {
    const run: Run = { parts, played, matters, logged: keeper.lines };
    await keep('announcement', () => recordAnnouncement(run));
    await keep('intake', () => recordIntake(run));
    await keep('membership', () => recordMembership(run));
    await keep('canaries', () => recordCanaries(run));
    await keep('echo', () => recordEcho(run));
    await keep('recall', () => recordRecall(run));
    await keep('ads', () => recordAds(run));
    await keep('cases', () => recordCases(run));
    await keep('receipts', () => recordReceipts(run));
    await keep('notices', () => recordNotices(run));
    await keep('staff', () => recordStaff(run));
  } finally {
    await played.stop();
  }
  // Plays of their own: the first one has ended by then, and takes no time of the machine from them.
  await keep('secondPlay', () => recordSecondPlay(parts));
  await keep('below', () => recordBelow(parts));
  await keep('silence', () => recordSilence(parts));
  return { recorded, unrecorded };
} // prettier-ignore

/** Judges a record. Pure. */
export function judge(recorded: Partial<Recorded>, unrecorded: Unrecorded = {}): readonly Checked[] {
  const on = (names: readonly (keyof Recorded)[], faults: (all: Recorded) => readonly string[]): readonly string[] => {
    const missing = names.filter((name) => recorded[name] === undefined);
    if (missing.length > 0) return missing.map((name) => `${name} could not be recorded: ${unrecorded[name] ?? 'it is not there'}`);
    return faults(recorded as Recorded); // as far as `faults` looks at it, it is whole
  };
  const faults = [
    on(['intake'], ({ intake }) => intakeFaults(intake)),
    on(['membership', 'secondPlay'], ({ membership, secondPlay }) => membershipFaults(membership, secondPlay)),
    on(['below'], ({ below }) => belowFaults(below)),
    on(['canaries'], ({ canaries }) => canaryFaults(canaries)),
    on(['echo'], ({ echo }) => echoFaults(echo)),
    on(['recall'], ({ recall }) => recallFaults(recall)),
    on(['ads'], ({ ads }) => adFaults(ads)),
    on(['cases'], ({ cases }) => caseFaults(cases)),
    on(['announcement', 'silence'], ({ announcement, silence }) => announcementFaults(announcement, silence)),
    on(['receipts'], ({ receipts }) => receiptFaults(receipts)),
    on(['notices'], ({ notices }) => noticeFaults(notices)),
    on(['staff'], ({ staff }) => staffFaults(staff)),
  ];
  return TITLES.map((title, at) => ({ number: at + 1, title, faults: faults[at] ?? ['it was not checked'] }));
} // prettier-ignore
