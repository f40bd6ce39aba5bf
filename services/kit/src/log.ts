// A log in JSON lines: a constant message says what, keys say which.
// Holds: fields whose names say secret are redacted at any of the depths below; nothing prints a record's value on its own.
// Source: README.md#log

import { pino } from 'pino';
import type { Log } from '@sitebus/sdk';

/** Whose log it is, how much of it, and where it goes. */
export interface LogOptions {
  /** Which service this is, on every line. */
  readonly name: string;
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  /** Appends to this file (made with its folder) instead of stdout. */
  readonly file?: string;
}

const SECRET_KEYS = ['password', 'token', 'authorization', 'secret', 'key', 'sasl'];

/** Makes the log of one process. */
export function createLog({ name, level = 'info', file }: LogOptions): Log {
  const options = {
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
  };
  return file === undefined
    ? pino(options)
    : pino(options, pino.destination({ dest: file, append: true, mkdir: true, sync: false }));
}
