// The words after `npm start --`, as one value.
// Holds: an unknown word or a bad number is refused with what would have been right; nothing is guessed.

import { parseArgs } from 'node:util';

/** How one start of the local stack was asked for. */
export interface StartOptions {
  /** First of the ports to take; absent: the well-known ones of the README. */
  readonly portBase?: number;
  readonly fresh: boolean;
  /** Fail when a port is taken, instead of taking the next free one. */
  readonly strictPorts: boolean;
  /** Leave the scenario out: an empty stack. */
  readonly scenario: boolean;
  /** Real seconds a scenario day takes; 0 plays everything at once. */
  readonly secondsPerDay: number;
  readonly help: boolean;
}

/** Says what can be written after `npm start --`. */
export const USAGE = `npm start -- [options]

  npm start                           start, or start again with the data kept
  npm start -- --fresh                wipe local data first
  npm start -- --port-base 9000       every port from 9000 up: a second stack beside the first

  --port-base N        first port to take
  --fresh              wipe this stack's local data first
  --strict-ports       fail when a port is taken, instead of taking the next free one
  --no-scenario        start empty
  --seconds-per-day S  pace of the scenario (default 6; 0 plays it at once)
  --help               this text
`;

/** Reads the words after `npm start --`. Throws an Error whose message is for the person who typed them. */
export function parseStartOptions(argv: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...argv],
    strict: true,
    options: {
      'port-base': { type: 'string' },
      fresh: { type: 'boolean', default: false },
      'strict-ports': { type: 'boolean', default: false },
      'no-scenario': { type: 'boolean', default: false },
      'seconds-per-day': { type: 'string', default: '6' },
      help: { type: 'boolean', default: false },
    },
  });
  const portBase =
    values['port-base'] === undefined ? undefined : wholeNumber('--port-base', values['port-base'], 1024, 65_000);
  return {
    ...(portBase === undefined ? {} : { portBase }),
    fresh: values.fresh,
    strictPorts: values['strict-ports'],
    scenario: !values['no-scenario'],
    secondsPerDay: wholeNumber('--seconds-per-day', values['seconds-per-day'], 0, 86_400),
    help: values.help,
  };
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${option} takes a whole number from ${least} to ${most}, not "${text}"`);
}
