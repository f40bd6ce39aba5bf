// How a stack stops.

import type { Service } from '@sitebus/kit';
import type { Buses } from './buses.ts';
import { within } from './within.ts';

/** How long one service may take; a process of its own has ten seconds, here all share the cores. */
const WITHIN_MS = 60_000;

/** Services that stop at once, by their names. */
export type Rank = readonly (readonly [name: string, service: Pick<Service, 'stop'>])[];

/**
 * Stops rank by rank, the last first; what fails to stop, or takes longer than `withinMs`, does not keep the rest running.
 * Resolves (never rejects) with what did not stop, and why.
 */
export function stopper(
  ranks: readonly Rank[],
  buses: Pick<Buses, 'close'>,
  withinMs = WITHIN_MS,
): () => Promise<readonly string[]> {
  let stopped: Promise<readonly string[]> | undefined;
  const stopAll = async (): Promise<readonly string[]> => {
    const left: string[] = [];
    for (const rank of [...ranks].reverse())
      left.push(...(await Promise.all(rank.map(([name, service]) => faultOf(name, service.stop(), withinMs)))).flat());
    left.push(...(await faultOf('connections to the bus', buses.close(), withinMs)));
    return left;
  };
  return () => (stopped ??= stopAll());
}

async function faultOf(name: string, stopping: Promise<void>, withinMs: number): Promise<readonly string[]> {
  const faults = stopping.then(
    () => [],
    (cause: unknown) => [`${name} failed to stop: ${String(cause)}`],
  );
  const outcome = await within(withinMs, faults);
  return outcome === 'late' ? [`${name} still runs after ${withinMs / 1000} s`] : outcome;
}
