// Plays the scenario onto a running stack, a line on stderr for each row.

import { join } from 'node:path';
import { systemClock } from '@sitebus/sdk';
import { hasInbox } from '../agencies.ts';
import type { Places } from '../places.ts';
import type { Stack } from '../stack.ts';
import { ACTS } from './acts/index.ts';
import type { Done } from './acts/perform.ts';
import { performOnto } from './perform-onto.ts';
import { playScenario } from './player.ts';

/** Plays until the last row has been dropped, or until `signal`; a row that fails is told and ends the playing only. */
export async function playOnto(
  stack: Stack,
  checkout: string,
  places: Places,
  secondsPerDay: number,
  signal: AbortSignal,
): Promise<void> {
  const tell = (text: string): void => void process.stderr.write(`scenario   ${text}\n`);
  const undone: Done[] = [];
  try {
    const { rows, skipped } = await playScenario({
      source: join(checkout, 'deploy', 'local', 'scenario', 'in'),
      agencies: stack.policy.agencies.map(({ id }) => id).filter(hasInbox),
      inboxOf: (agency) => join(places.inboxDir, agency),
      stateFile: join(places.dataDir, 'scenario.json'),
      secondsPerDay,
      clock: systemClock,
      signal,
      people: {
        acts: ACTS,
        perform: performOnto(stack, secondsPerDay, signal),
        onDone(done) {
          if (done.fault !== undefined) undone.push(done);
          else if (done.act.post !== undefined)
            tell(`${done.act.at.slice(0, -7)}  ${done.act.by ?? 'anyone'} ${done.act.id}`);
        },
      },
      onPlayed: ({ day, agency, row }, played, of) =>
        tell(`D${day >= 0 ? '+' : ''}${day}  ${agency} ${row}  (${played} of ${of})`),
    });
    const missing = skipped.length === 0 ? '' : `; ${skipped.length} of agencies that do not run here`;
    if (!signal.aborted)
      tell(`${rows} rows played${missing}; ${ACTS.length - undone.length} of ${ACTS.length} acts done`);
    for (const { act, fault } of undone) tell(`not done  ${act.at} ${act.id}: ${(fault ?? '').slice(0, 160)}`);
  } catch (error) {
    tell(`stopped: ${error instanceof Error ? error.message : String(error)}`);
  }
}
