// The bar of a long run on a terminal; nothing at all anywhere else.
// Holds: it is drawn on stderr and taken away at the end, so that what is piped is whole.

import { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';
import type { CliContext, GlobalFlags } from '../context.ts';
import { count } from './summary-lines.ts';

/** A bar by bytes. */
export interface ProgressBar {
  update(at: { readonly bytesRead: number; readonly bytesTotal: number; readonly lines: number }): void;
  stop(): void;
}

/** A bar where there is a terminal and people read it. */
export function createProgressBar(context: CliContext, flags: GlobalFlags): ProgressBar {
  if (context.columns === undefined || flags.json || flags.quiet)
    return { update: () => undefined, stop: () => undefined };
  const stream = Object.assign(
    new Writable({
      decodeStrings: false,
      write: (text: string, _encoding, done) => {
        context.err(text);
        done();
      },
    }),
    { isTTY: true, columns: context.columns },
  );
  const bar = new SingleBar(
    {
      stream,
      format: '{bar} {percentage} % · {shown} lines · {eta_formatted} left',
      clearOnComplete: true,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update({ bytesRead, bytesTotal, lines }) {
      if (!started) bar.start(bytesTotal, 0, { shown: '0' });
      started = true;
      bar.update(bytesRead, { shown: count(lines) });
    },
    stop() {
      if (started) bar.stop();
    },
  };
}
