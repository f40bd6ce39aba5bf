// Notices a fetch loop that has stopped without an error.
// Holds: time in which a batch is in hand does not count, nor does time in which the whole process stood still
// (a laptop asleep, a blocked event loop): after such a gap the loop gets its full time again.

/** Watches until stopped. */
export interface FetchWatchdog {
  /** The loop has come round. */
  alive(): void;
  /** A batch is in hand; may be nested. */
  suspend(): void;
  unsuspend(): void;
  stop(): void;
}

/** What the watchdog needs; `now` and `every` are for tests. */
export interface WatchdogParts {
  readonly stalledAfterMs: number;
  /** Called once, with how long nothing has come round. */
  readonly onStalled: (afterMs: number) => void;
  readonly now?: () => number;
  /** Calls back again and again; gives back what ends that. */
  readonly every?: (ms: number, run: () => void) => () => void;
}

const LOOK_EVERY_MS = 1_000;
/** A look that comes this much late means the process stood still. */
const GAP_MS = 5_000;

/** Starts watching. */
export function createFetchWatchdog(parts: WatchdogParts): FetchWatchdog {
  const { stalledAfterMs, onStalled, now = () => performance.now(), every = unrefInterval } = parts;
  let aliveAtMs = now();
  let lookedAtMs = now();
  let inHand = 0;
  const stop = every(LOOK_EVERY_MS, () => {
    const atMs = now();
    if (inHand > 0 || atMs - lookedAtMs > GAP_MS) aliveAtMs = atMs;
    lookedAtMs = atMs;
    if (atMs - aliveAtMs <= stalledAfterMs) return;
    stop();
    onStalled(atMs - aliveAtMs);
  });
  return {
    alive: () => void (aliveAtMs = now()),
    suspend: () => void (inHand += 1),
    unsuspend: () => {
      inHand -= 1;
      aliveAtMs = now();
    },
    stop,
  };
}

function unrefInterval(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  timer.unref();
  return () => clearInterval(timer);
}
