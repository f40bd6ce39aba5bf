// What others may use of the CLI: the state file that the local stack writes, and one run of the program for tests.

export { findState, removeState, statePath, STATE_FOLDER, userStatePath, writeState } from './state-file.ts';
export type { StateFile } from './state-file.ts';
export { runCommandLine } from './program.ts';
export type { CliContext, GlobalFlags } from './context.ts';
export { EXIT } from './errors.ts';
