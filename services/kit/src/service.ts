// The face every service shows to its host: a process of its own, the local stack, or a test.

/** One dependency's state as `/readyz` prints it: why not ready, in words safe to print, or ready. */
export interface Readiness {
  readonly ready: boolean;
  /** `ok`, or why not. */
  readonly parts: Readonly<Record<string, string>>;
}

/** `start` resolves when the service does its work; `stop` drains and resolves when nothing is left running. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
  ready(): Readiness;
  /** Resolves (never rejects) with the cause if the service cannot go on; its host decides what ends. */
  readonly fatal: Promise<Error>;
}
