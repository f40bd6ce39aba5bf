// Time and log as parts that are passed in, so that tests move them and nothing reads them behind a caller's back.

/** UTC milliseconds since the epoch. The only clock a decision may see. */
export interface Clock {
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** What a part may log: a constant lower-case message, and keys that say which. Never a value of a record. */
export interface Log {
  debug(keys: Readonly<Record<string, unknown>>, message: string): void;
  info(keys: Readonly<Record<string, unknown>>, message: string): void;
  warn(keys: Readonly<Record<string, unknown>>, message: string): void;
  error(keys: Readonly<Record<string, unknown>>, message: string): void;
}

/** Says nothing; for tests and for libraries whose host gave no log. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
