// Every way setting up and starting the local processes refuses, with the words a newcomer sees.
// Holds: the same four fields as the SDK's errors, plus `lines` (what, where, next: never a stack trace) and the
// exit code of 5-interfaces' trouble table. Not the SDK's class: setup runs before the packages are known to load.

/** A refusal of setup or of the local stack: print `lines`, exit with `exitCode`. */
export class SetupError extends Error {
  readonly code: SetupCode;
  readonly retriable: boolean;
  readonly exitCode: number;
  /** Ready to print, one a line: what went wrong, where, and the command that helps. */
  readonly lines: readonly string[];

  constructor(code: SetupCode, lines: readonly string[], cause?: unknown) {
    super(`${code}: ${lines.join(' ')}`, cause === undefined ? undefined : { cause });
    this.name = 'SetupError';
    this.code = code;
    this.retriable = RETRIABLE.has(code);
    this.exitCode = code === 'NETWORK_OFF' ? 5 : 1;
    this.lines = lines;
  }
}

/** Every code of `SetupError`: a missing part, a refused part, or a process that did not come up. README has the meanings. */
export const SETUP_CODES = [
  'NETWORK_OFF',
  'CHECKSUM_MISMATCH',
  'JAVA_NOT_FOUND',
  'POSTGRES_NOT_FOUND',
  'PORT_TAKEN',
  'DISK_FULL',
  'FORMAT_FAILED',
  'PROCESS_DIED',
  'PROCESS_NOT_READY',
  'REGISTRY_RULES_MISSING',
  'STALE_PROCESS',
  'DATA_DIR_IN_USE',
  'LOCK_TIMEOUT',
  'BUNDLE_REFUSED',
] as const;

/** One of `SETUP_CODES`. */
export type SetupCode = (typeof SETUP_CODES)[number];

const RETRIABLE: ReadonlySet<SetupCode> = new Set([
  'NETWORK_OFF',
  'PORT_TAKEN',
  'DISK_FULL',
  'PROCESS_NOT_READY',
  'LOCK_TIMEOUT',
]);
