// Plays the scenario onto a running stack, a line on stderr for each row and each thing that somebody does.
// Holds: the election's clock stands at the step that is played, and the next step comes when the stack is at rest; when the
// play is over, has failed, or was never begun, that clock is the time of day.

import { join } from 'node:path';
import { systemClock } from '@sitebus/sdk';
import { hasInbox } from '../agencies.ts';
import type { Places } from '../places.ts';
import type { Stack } from '../stack.ts';
import { ACTS } from './acts/index.ts';
import type { Done } from './acts/perform.ts';
import type { ScenarioClock } from './clock.ts';
import { performOnto } from './perform-onto.ts';
import { playScenario, pollingDayOf, type World } from './player.ts';
import { sendBadInputs } from './send-bad-inputs.ts';

/** Plays until the last step is done, or until `signal`; a row that fails is told and ends the playing only. */
export async function playOnto(
  stack: Stack,
  play: {
    readonly checkout: string;
    readonly places: Places;
    readonly secondsPerDay: number;
    readonly clock: ScenarioClock;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { checkout, places, secondsPerDay, clock, signal } = play;
  const tell = (text: string): void => void process.stderr.write(`scenario   ${text}\n`);
  const undone: Done[] = [];
  const scenario = join(checkout, 'deploy', 'local', 'scenario');
  const inboxOf = (agency: string): string => join(places.inboxDir, agency);
  const of = { stateFile: join(places.dataDir, 'scenario.json'), clock: systemClock };
  let asked = 0;
  let refused = 0;
  try {
    const world = worldOf(stack, clock, signal, tell);
    const pollingDayMs = await pollingDayOf(of);
    const perform = performOnto(stack, { pollingDayMs, signal });
    const { rows, skipped } = await playScenario({
      ...of,
      source: join(scenario, 'in'),
      agencies: stack.policy.agencies.map(({ id }) => id).filter(hasInbox),
      inboxOf,
      secondsPerDay,
      signal,
      world,
      people: {
        acts: ACTS,
        perform: (act, kept) => perform(act, kept),
        onDone(done) {
          asked += 1;
          if (done.fault !== undefined) undone.push(done);
          else if (done.act.post !== undefined)
            tell(`${done.act.at.slice(0, -7)}  ${done.act.by ?? 'anyone'} ${done.act.id}`);
        },
      },
      async badInputs(ofPollingDay) {
        const sent = { source: join(scenario, 'refused'), inboxOf, pollingDayMs: ofPollingDay, signal };
        for (const { what, code, fault } of await sendBadInputs(stack, world, sent)) {
          if (fault === undefined) refused += 1;
          tell(fault === undefined ? `D-1  refused  ${what}: ${code}` : `not refused  ${what}: ${fault}`);
        }
      },
      onPlayed: ({ day, agency, row }, played, total) =>
        tell(`D${day >= 0 ? '+' : ''}${day}  ${agency} ${row}  (${played} of ${total})`),
    });
    const missing = skipped.length === 0 ? '' : `; ${skipped.length} of agencies that do not run here`;
    if (!signal.aborted && asked > 0)
      tell(`${rows} rows played${missing}; ${asked - undone.length} of ${asked} acts done; ${refused} bad inputs refused`); // prettier-ignore
    for (const { act, fault } of undone) tell(`not done  ${act.at} ${act.id}: ${(fault ?? '').slice(0, 160)}`);
  } catch (error) {
    if (!signal.aborted) tell(`stopped: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (signal.aborted) return;
  clock.runOn();
  await stack.atRest.due();
}

/** The stack as the player moves it through time. */
function worldOf({ atRest }: Stack, clock: ScenarioClock, signal: AbortSignal, tell: (text: string) => void): World {
  return {
    async passTo(ms) {
      clock.put(ms);
      await atRest.due();
    },
    async settled() {
      for (const what of await atRest.settled(signal)) tell(`goes on, though it was waited for in vain that ${what}`);
    },
    async taken(agency, drop) {
      const isTaken = await atRest.taken(agency, drop, signal);
      if (!isTaken && !signal.aborted) tell(`goes on, though ${agency} has not taken its file`);
    },
  };
}
