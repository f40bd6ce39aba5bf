// Lets some wait until others say that something is new.

/** A signal that wakes everyone who waits. */
export function createSignal() {
  const waiting = new Set<() => void>();
  return {
    notify(): void {
      for (const wake of [...waiting]) wake();
    },
    /** Resolves at the next `notify` or when the signal aborts. */
    wait(signal: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        if (signal.aborted) wake();
        else signal.addEventListener('abort', wake);
      });
    },
  };
}
