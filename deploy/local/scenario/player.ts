// Plays the scenario: each row's file, with real dates filled in, is dropped into its agency's inbox on its day.
// Holds: what was played is written down before the next row, so a restart goes on and repeats nothing;
// polling day is chosen once per local data folder, or ids made from dates would change at every start.

import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Clock } from '@sitebus/sdk';
import { minutesOf, type Act, type Acts } from './acts/index.ts';
import type { Done, Kept } from './acts/perform.ts';
import { dayStart, fillInstants } from './instants.ts';
import { type ScenarioRow, byDay, parseRow } from './row.ts';

/** Days the scenario spans, and how long before today its polling day lies. */
export const SCENARIO = Object.freeze({ firstDay: -36, lastDay: 15, pollingDaysAgo: 16 });

export interface PlayerOptions {
  /** Folder with one folder of row files an agency. */
  readonly source: string;
  /** Agencies whose service runs here; rows of others are skipped and counted. */
  readonly agencies: readonly string[];
  readonly inboxOf: (agency: string) => string;
  /** Remembers polling day and the rows played. */
  readonly stateFile: string;
  /** Real seconds a scenario day; 0 drops everything at once. */
  readonly secondsPerDay: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onPlayed?: (row: ScenarioRow, played: number, of: number) => void;
  /** What people do between the rows; what they keep is written down with it. */
  readonly people?: {
    readonly acts: Acts;
    readonly perform: (act: Act, kept: Kept) => Promise<Done>;
    readonly onDone?: (done: Done) => void;
  };
}

export interface Played {
  readonly rows: number;
  /** Rows of agencies that do not run here. */
  readonly skipped: readonly ScenarioRow[];
}

interface PlayerState {
  readonly pollingDayMs: number;
  readonly played: readonly string[];
  /** Ids of acts that were done, whatever became of them. */
  readonly done?: readonly string[];
  /** What acts kept. */
  readonly kept?: Readonly<Record<string, string>>;
}

/** One step, at its minute from the midnight of polling day. */
type Step = { readonly atMinute: number } & ({ readonly row: ScenarioRow } | { readonly act: Act });

const DAY_MINUTES = 24 * 60;
/** The hour at which a row is dropped; acts have hours of their own. */
const DROPPED_AT_MINUTE = 18 * 60;

/** Plays what has not been played yet, and resolves when the last row has been dropped or `signal` fired. */
export async function playScenario(options: PlayerOptions): Promise<Played> {
  const rows = await loadRows(options.source);
  const runnable = rows.filter((row) => options.agencies.includes(row.agency));
  const skipped = rows.filter((row) => !options.agencies.includes(row.agency));
  const kept: Kept = new Map();
  let state = await loadState(options);
  for (const [name, id] of Object.entries(state.kept ?? {})) kept.set(name, id);
  let minute: number | undefined;
  for (const step of stepsOf(runnable, options.people?.acts ?? [])) {
    if (isPast(step, state)) continue;
    if (minute !== undefined && step.atMinute > minute && !(await passDays((step.atMinute - minute) / DAY_MINUTES, options))) break; // prettier-ignore
    minute = step.atMinute;
    if ('row' in step) {
      await drop(step.row, state.pollingDayMs, options);
      state = { ...state, played: [...state.played, step.row.row] };
    } else if (options.people !== undefined) {
      const done = await options.people.perform(step.act, kept);
      options.people.onDone?.(done);
      state = { ...state, done: [...(state.done ?? []), step.act.id], kept: Object.fromEntries(kept) };
    }
    await saveState(options.stateFile, state);
    if ('row' in step) options.onPlayed?.(step.row, state.played.length, runnable.length);
    if (options.signal.aborted) break;
  }
  return { rows: state.played.length, skipped };
}

/** Polling day of a data folder, chosen when it is first asked for; UTC midnight in milliseconds. */
export async function pollingDayOf(of: Pick<PlayerOptions, 'stateFile' | 'clock'>): Promise<number> {
  return (await loadState(of)).pollingDayMs;
}

function stepsOf(rows: readonly ScenarioRow[], acts: Acts): readonly Step[] {
  const dropped = rows.map((row): Step => ({ atMinute: row.day * DAY_MINUTES + DROPPED_AT_MINUTE, row }));
  return [...dropped, ...acts.map((act): Step => ({ atMinute: minutesOf(act.at), act }))].sort((a, b) => a.atMinute - b.atMinute);
} // prettier-ignore

function isPast(step: Step, { played, done = [] }: PlayerState): boolean {
  return 'row' in step ? played.includes(step.row.row) : done.includes(step.act.id);
}

/** Every row file of the scenario, in playing order. */
export async function loadRows(source: string): Promise<readonly ScenarioRow[]> {
  const agencies = (await readdir(source, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const perAgency = await Promise.all(
    agencies.map(async ({ name }) => (await readdir(join(source, name))).map((file) => parseRow(name, file))),
  );
  return perAgency.flat().sort(byDay);
}

async function drop(row: ScenarioRow, pollingDayMs: number, { source, inboxOf }: PlayerOptions): Promise<void> {
  const text = fillInstants(await readFile(join(source, row.agency, row.file), 'utf8'), pollingDayMs);
  const inbox = inboxOf(row.agency);
  await mkdir(inbox, { recursive: true });
  const partial = join(inbox, `.${row.dropAs}.part`);
  await writeFile(partial, text);
  await rename(partial, join(inbox, row.dropAs)); // whole or not at all: the inbox never reads half a file
}

/** Lets scenario days pass; false when the player was told to stop meanwhile. */
async function passDays(days: number, { secondsPerDay, signal }: PlayerOptions): Promise<boolean> {
  if (secondsPerDay > 0) await after(days * secondsPerDay * 1000, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}

async function loadState({ stateFile, clock }: Pick<PlayerOptions, 'stateFile' | 'clock'>): Promise<PlayerState> {
  const text = await readFile(stateFile, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as PlayerState;
  const today = new Date(clock.now());
  const midnight = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
  const state = { pollingDayMs: dayStart(midnight, -SCENARIO.pollingDaysAgo), played: [] };
  await saveState(stateFile, state);
  return state;
}

async function saveState(stateFile: string, state: PlayerState): Promise<void> {
  await mkdir(dirname(stateFile), { recursive: true });
  await writeFile(`${stateFile}.part`, JSON.stringify(state));
  await rename(`${stateFile}.part`, stateFile);
}
