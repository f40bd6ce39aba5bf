// Loaded into each gateway of the readers' bench before its own main.ts: answers for the process on its channel.
// Holds: it keeps no process alive and changes nothing of what it looks at; a gateway whose bench is gone ends.

import { memoryLeft, startProfile, watchLoop, type LoopDelay, type Memory } from './readers-look.ts';

/** What the bench asks of a gateway. */
export type ProbeQuestion =
  | { readonly memory: true }
  /** Begins to watch, with a profile where a file for it is named. */
  | { readonly watch: true; readonly profile?: string }
  | { readonly watched: true };

/** What it answers; to `watch`, nothing. */
export interface ProbeAnswer {
  readonly memory?: Memory;
  readonly loop?: LoopDelay;
}

let watched: (() => Promise<LoopDelay>) | undefined;

process.on('message', (question: ProbeQuestion) => void answered(question).then((answer) => process.send?.(answer)));
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM')); // the bench is gone
process.channel?.unref();

async function answered(question: ProbeQuestion): Promise<ProbeAnswer> {
  if ('memory' in question) return { memory: await memoryLeft() };
  if ('watch' in question) {
    const profiled = question.profile === undefined ? undefined : await startProfile(question.profile);
    const loopWatched = watchLoop();
    watched = async () => {
      const loop = loopWatched();
      await profiled?.();
      return loop;
    };
    return {};
  }
  const loop = await watched?.();
  return loop === undefined ? {} : { loop };
}
