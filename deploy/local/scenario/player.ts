// Plays the scenario: each row's file, with real dates filled in, is dropped into its agency's inbox on its day.
// Holds: what was played is written down before the next row, so a restart goes on and repeats nothing;
// polling day is chosen once per local data folder, or ids made from dates would change at every start.

import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import type { Clock } from '@sitebus/sdk';
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
}

export interface Played {
  readonly rows: number;
  /** Rows of agencies that do not run here. */
  readonly skipped: readonly ScenarioRow[];
}

interface PlayerState {
  readonly pollingDayMs: number;
  readonly played: readonly string[];
}

/** Plays what has not been played yet, and resolves when the last row has been dropped or `signal` fired. */
export async function playScenario(options: PlayerOptions): Promise<Played> {
  const rows = await loadRows(options.source);
  const runnable = rows.filter((row) => options.agencies.includes(row.agency));
  const skipped = rows.filter((row) => !options.agencies.includes(row.agency));
  let state = await loadState(options);
  let day: number | undefined;
  for (const row of runnable) {
    if (state.played.includes(row.row)) continue;
    if (day !== undefined && row.day > day && !(await passDays(row.day - day, options))) break;
    day = row.day;
    await drop(row, state.pollingDayMs, options);
    state = { ...state, played: [...state.played, row.row] };
    await saveState(options.stateFile, state);
    options.onPlayed?.(row, state.played.length, runnable.length);
  }
  return { rows: state.played.length, skipped };
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

async function loadState({ stateFile, clock }: PlayerOptions): Promise<PlayerState> {
  const text = await readFile(stateFile, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as PlayerState;
  const today = new Date(clock.now());
  const midnight = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
  const state = { pollingDayMs: dayStart(midnight, -SCENARIO.pollingDaysAgo), played: [] };
  await saveState(stateFile, state);
  return state;
}

async function saveState(stateFile: string, state: PlayerState): Promise<void> {
  await writeFile(`${stateFile}.part`, JSON.stringify(state));
  await rename(`${stateFile}.part`, stateFile);
}
