// What every command works with: streams, environment and the flags that stand everywhere.
// Holds: passed in, so that a test reads stdout as a string; answers go to `out`, talk to `err`; nothing here decides.

import type { Readable } from 'node:stream';

/** Flags accepted by every command. */
export interface GlobalFlags {
  readonly json?: boolean;
  /** Role on the card, or the name of a profile. */
  readonly as?: string;
  readonly view?: string;
  readonly gateway?: string;
  readonly quiet?: boolean;
  /** false with --no-input. */
  readonly input?: boolean;
  /** false with --no-color. */
  readonly color?: boolean;
  readonly lang?: string;
}

/** The world around one run. */
export interface CliContext {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Terminal width in columns; undefined when stdout is not a terminal. */
  readonly columns: number | undefined;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  readonly now: () => number;
}
