// What a process says of itself while readers are measured: its memory, how late its loop is, where its time goes.
// Holds: memory is what is left after collecting garbage; nothing is sampled but what was asked for. Needs --expose-gc.

import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Bytes. */
export interface Memory {
  /** On the heap, and beside it for buffers. */
  readonly heap: number;
  readonly resident: number;
}

/** How late a thread was with what was due, ms. */
export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Between two collections: finalisers run, and so do the heartbeats that keep streams open. */
const PAUSE_MS = 1_000;

/** @returns memory after collecting garbage twice. Throws where the process cannot collect. */
export async function memoryLeft(): Promise<Memory> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('memory is measured after collecting garbage: run with --expose-gc');
  for (let round = 0; round < 2; round += 1) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}

/** @returns what ends the watch and says what was seen. */
export function watchLoop(): () => LoopDelay {
  const loop = monitorEventLoopDelay({ resolution: 10 });
  loop.enable();
  return () => {
    loop.disable();
    return { p99Ms: loop.percentile(99) / 1e6, maxMs: loop.max / 1e6 };
  };
}

/** @returns what ends the profile and writes it. */
export async function startProfile(file: string): Promise<() => Promise<void>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  return async () => {
    const { profile } = (await session.post('Profiler.stop')) as { profile: object };
    session.disconnect();
    await writeFile(file, JSON.stringify(profile));
  };
}
