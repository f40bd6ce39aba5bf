// The twelve checks of the scenario: each says what is not as it must be.
// Holds: one play with people, and short ones beside it for what holds without somebody; a check that throws has failed.
// Source: ../README.md#the-checks

import { ACTS } from '../acts/index.ts';
import { playInMemory, type PlayedInMemory, type PlayParts } from './in-memory.ts';
import { refusedFaults, countFaults } from './check-intake.ts';
import { hubFaults, membershipFaults, recallFaults, restartFaults, rootFaults, sameBelowFaults, secondPlayFaults, matterLog } from './check-fusion.ts'; // prettier-ignore
import { adFaults } from './check-ads.ts';
import { announcedAt, caseFaults, noticeFaults, receiptFaults, staffFaults, unmovedFaults } from './check-protocol.ts';
import { canaryFaults, createLogKeeper } from './check-canaries.ts';

/** One check. */
export interface Checked {
  readonly number: number;
  readonly title: string;
  /** Empty where it holds. */
  readonly faults: readonly string[];
}

/** What the checks are about. */
export interface Checking {
  readonly parts: PlayParts;
  readonly played: PlayedInMemory;
  readonly matters: ReturnType<typeof matterLog>;
  readonly logged: readonly string[];
  /** When the public was told of case 3. */
  readonly announced: string | undefined;
}

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

/** Plays, and checks everything. */
export async function checkScenario(parts: PlayParts): Promise<readonly Checked[]> {
  const keeper = createLogKeeper();
  const matters = matterLog();
  const played = await playInMemory({ ...parts, acts: ACTS, log: keeper.log, onDay: matters.note });
  const announced = announcedAt(played, parts.codec);
  const checking: Checking = { parts, played, matters, logged: keeper.lines, announced };
  const whileOpen: readonly Numbered[] = [
    [1, async (what) => [...countFaults(what), ...(await refusedFaults(what))]],
    [2, async (what) => [...membershipFaults(what), ...(await restartFaults(what))]],
    [4, canaryFaults],
    [5, rootFaults],
    [6, async (what) => [...recallFaults(what), ...hubFaults(what)]],
    [7, async (what) => adFaults(what)],
    [8, caseFaults],
    [10, receiptFaults],
    [11, noticeFaults],
    [12, async (what) => staffFaults(what)],
  ];
  /** Plays of their own: the first one has ended by then, and takes no time of the machine from them. */
  const afterwards: readonly Numbered[] = [
    [2, secondPlayFaults],
    [3, sameBelowFaults],
    [9, unmovedFaults],
  ];
  const faults = new Map<number, readonly string[]>();
  const run = async (checks: readonly Numbered[]): Promise<void> => {
    for (const [number, check] of checks) {
      const found = await check(checking).catch((cause: unknown) => [`it could not be checked: ${cause instanceof Error ? cause.message : String(cause)}`]); // prettier-ignore
      faults.set(number, [...(faults.get(number) ?? []), ...found]);
    }
  };
  try {
    await run(whileOpen);
  } finally {
    await played.stop();
  }
  await run(afterwards);
  return TITLES.map((title, at) => ({ number: at + 1, title, faults: faults.get(at + 1) ?? ['it was not checked'] }));
}

/** A check by its number. */
type Numbered = readonly [number: number, check: (what: Checking) => Promise<readonly string[]>];
