// Plays the scenario: each row's file, with real dates filled in, is dropped into its agency's inbox on its day.
// Holds: what was played is written down before the next row, so a restart goes on and repeats nothing;
// polling day is chosen once per local data folder, or ids made from dates would change at every start.

import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Clock } from '@sitebus/sdk';
import type { Act, Acts } from './acts/index.ts';
import type { Done, Kept } from './acts/perform.ts';
import { dayStart, fillInstants } from './instants.ts';
import { type ScenarioRow, byDay, parseRow } from './row.ts';
import { SCENARIO, stepsOf, type Step } from './steps.ts';

const DAY_MS = 86_400_000;

/** Services that play along. */
export interface World {
  /** The time has come to `ms`; resolves when what is due by then is done. */
  passTo(ms: number): Promise<void>;
  /** Resolves when what was dropped has been taken in, and all that follows from it is done. */
  settled(): Promise<void>;
  /** Drops a file; resolves when its agency has taken it in. */
  taken(agency: string, drop: () => Promise<void>): Promise<void>;
}

/** What a play needs. */
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
  /** Default: nobody waits, and files are dropped as fast as the pace has it. */
  readonly world?: World;
  /** Sends what must be refused. */
  readonly badInputs?: (pollingDayMs: number) => Promise<void>;
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
  /** Of the last step that was played, from the midnight of polling day. */
  readonly atMs?: number;
  /** True when there is nothing left to play. */
  readonly isOver?: boolean;
}

/** Plays what has not been played yet, and resolves when the last row has been dropped or `signal` fired. */
export async function playScenario(options: PlayerOptions): Promise<Played> {
  const { world, people, signal } = options;
  const isStopped = (): boolean => signal.aborted;
  const rows = await loadRows(options.source);
  const runnable = rows.filter((row) => options.agencies.includes(row.agency));
  const skipped = rows.filter((row) => !options.agencies.includes(row.agency));
  let state = await loadState(options);
  const kept: Kept = new Map(Object.entries(state.kept ?? {}));
  const pace = createPace(options, state.atMs);
  let mustSettle = true; // what a start found lying there
  for (const step of stepsOf(runnable, people?.acts ?? [])) {
    if (isPast(step, state) || !isPlayed(step, options)) continue;
    const isLater = step.atMs > (state.atMs ?? -Infinity);
    if (mustSettle && (isLater || 'act' in step)) {
      await world?.settled();
      mustSettle = false;
    }
    if (isLater) {
      if (!(await pace.reach(step.atMs))) break;
      await world?.passTo(state.pollingDayMs + step.atMs);
    }
    if (isStopped()) break;
    state = { ...state, atMs: step.atMs };
    if ('row' in step) {
      await drop(step.row, state.pollingDayMs, options);
      mustSettle = true;
      state = { ...state, played: [...state.played, step.row.row] };
    } else if ('act' in step && people !== undefined) {
      const done = await people.perform(step.act, kept);
      if (isStopped() && done.fault !== undefined) break; // it may not have been done: the next start does it, under the same key
      people.onDone?.(done);
      mustSettle = step.act.makes !== undefined;
      state = { ...state, done: [...(state.done ?? []), step.act.id], kept: Object.fromEntries(kept) };
    } else if ('badInputs' in step) {
      await options.badInputs?.(state.pollingDayMs);
      if (isStopped()) break; // not all of them were sent: the next start sends them, and nothing new comes of it
      state = { ...state, done: [...(state.done ?? []), BAD_INPUTS] };
    }
    await saveState(options.stateFile, state);
    if ('row' in step) options.onPlayed?.(step.row, state.played.length, runnable.length);
  }
  if (!isStopped()) {
    await world?.settled();
    await saveState(options.stateFile, { ...state, isOver: true });
  }
  return { rows: state.played.length, skipped };
}

/** Where a data folder's play is: the instant of its last step, UTC milliseconds; undefined when it is over. */
export async function playedTo(of: Pick<PlayerOptions, 'stateFile' | 'clock'>): Promise<number | undefined> {
  const { pollingDayMs, atMs, isOver } = await loadState(of);
  return isOver === true ? undefined : pollingDayMs + (atMs ?? dayStart(0, SCENARIO.firstDay));
}

/** Polling day of a data folder, chosen when it is first asked for; UTC midnight in milliseconds. */
export async function pollingDayOf(of: Pick<PlayerOptions, 'stateFile' | 'clock'>): Promise<number> {
  return (await loadState(of)).pollingDayMs;
}

const BAD_INPUTS = 'bad-inputs';

function isPast(step: Step, { played, done = [], atMs = -Infinity }: PlayerState): boolean {
  if ('row' in step) return played.includes(step.row.row);
  if ('act' in step) return done.includes(step.act.id);
  return 'badInputs' in step ? done.includes(BAD_INPUTS) : step.atMs <= atMs;
}

/** Whether this deployment has anything to do at a step. */
function isPlayed(step: Step, { world, badInputs }: PlayerOptions): boolean {
  return 'look' in step ? world !== undefined : !('badInputs' in step) || badInputs !== undefined;
}

/** Every row file of the scenario, in playing order. */
export async function loadRows(source: string): Promise<readonly ScenarioRow[]> {
  const agencies = (await readdir(source, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const perAgency = await Promise.all(
    agencies.map(async ({ name }) => (await readdir(join(source, name))).map((file) => parseRow(name, file))),
  );
  return perAgency.flat().sort(byDay);
}

async function drop(row: ScenarioRow, pollingDayMs: number, { source, inboxOf, world }: PlayerOptions): Promise<void> {
  const put = (): Promise<void> => dropFile(row, { source, inbox: inboxOf(row.agency), pollingDayMs });
  await (world === undefined ? put() : world.taken(row.agency, put));
}

/** Puts a row's file into an inbox, with its dates filled in; whole or not at all. */
export async function dropFile(
  row: ScenarioRow,
  { source, inbox, pollingDayMs }: { readonly source: string; readonly inbox: string; readonly pollingDayMs: number },
): Promise<void> {
  const text = fillInstants(await readFile(join(source, row.agency, row.file), 'utf8'), pollingDayMs);
  await mkdir(inbox, { recursive: true });
  const partial = join(inbox, `.${row.dropAs}.part`);
  await writeFile(partial, text);
  await rename(partial, join(inbox, row.dropAs)); // whole or not at all: the inbox never reads half a file
}

/** Real time until a step, counted from the first one, so that what services need is not added to it. */
function createPace({ secondsPerDay, signal }: PlayerOptions, fromMs: number | undefined) {
  const startedAt = performance.now();
  let first = fromMs;
  return {
    /** Resolves when it is time for the step; false when the player was told to stop meanwhile. */
    async reach(atMs: number): Promise<boolean> {
      first ??= atMs;
      const waitMs = ((atMs - first) / DAY_MS) * secondsPerDay * 1000 - (performance.now() - startedAt);
      if (waitMs > 0) await after(waitMs, undefined, { signal }).catch(() => undefined);
      return !signal.aborted;
    },
  };
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
