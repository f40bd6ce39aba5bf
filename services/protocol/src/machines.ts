// Every machine of this room that proceedings run; tearlines, downgrades and identity releases are the guard's own.
// Holds: one line a machine. Source: README.md#machines

import type { AnyMachine } from './protocol-machine.ts';
import { SITREP_SERIES_MACHINE } from './sitrep/series.ts';
import { SITREP_MACHINE } from './sitrep/sitrep-machine.ts';

/** All of them; no two have one kind or one subject. */
export const MACHINES_OF_PROTOCOL: readonly AnyMachine[] = Object.freeze([SITREP_SERIES_MACHINE, SITREP_MACHINE]);
