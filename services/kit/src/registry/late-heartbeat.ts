// The second that whoever meets a copy a moment too old waits for the registry's next heartbeat, before they are denied.
// Holds: waiting answers nothing: whoever has waited asks the copy anew, which answers or refuses by its own lease; all who wait
// together wait for one second, and after one in vain nobody waits until a heartbeat has come. Source: README.md#registry

/** Arms a timer and gives back what disarms it. */
export type SetTimer = (run: () => void, afterMs: number) => () => void;

/** The waiting of one copy. */
export interface LateHeartbeat {
  /** Whether one is late and may still be waited for. */
  isAwaited(): boolean;
  /** Resolves, at once where none is awaited, when it has come or the second has passed; never rejects. */
  awaited(): Promise<void>;
  /** Must be called after everything that may have made the copy fresh. */
  heard(): void;
}

/** How long a heartbeat is waited for once somebody has missed it, ms. */
export const LATE_BEAT_MS = 1_000;

/** Makes it. `isLate`: the copy is whole, and its newest heartbeat older than the lease. */
export function createLateHeartbeat(parts: {
  readonly isLate: () => boolean;
  readonly setTimer?: SetTimer;
}): LateHeartbeat {
  const { isLate, setTimer = machineTimer } = parts;
  let waiting: { readonly done: Promise<void>; readonly end: () => void } | undefined;
  let wasInVain = false;
  const begin = (): Promise<void> => {
    let resolve: () => void = () => undefined;
    const done = new Promise<void>((told) => (resolve = told));
    const disarm = setTimer(() => {
      wasInVain = isLate();
      end();
    }, LATE_BEAT_MS);
    const end = (): void => {
      disarm();
      waiting = undefined;
      resolve();
    };
    waiting = { done, end };
    return done;
  };
  return {
    isAwaited: () => isLate() && !wasInVain,
    awaited() {
      if (!isLate() || wasInVain) return Promise.resolve();
      return waiting?.done ?? begin();
    },
    heard() {
      if (isLate()) return;
      wasInVain = false;
      waiting?.end();
    },
  };
}

/** The machine's timers. */
export function machineTimer(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs).unref();
  return () => clearTimeout(timer);
}
