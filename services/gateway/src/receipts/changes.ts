// Who has something new to be sent: counted by person, so that one who looked away misses nothing.

/** Counts changes by person, and wakes who waits for theirs. */
export interface Changes {
  note(persons: Iterable<string>): void;
  countOf(person: string): number;
  /** Resolves when the person's count is no longer `seen`, or the signal aborts. */
  after(person: string, seen: number, signal: AbortSignal): Promise<void>;
}

/** Makes counts that all stand at 0. */
export function createChanges(): Changes {
  const counts = new Map<string, number>();
  const waiting = new Map<string, Set<() => void>>();
  return {
    note(persons) {
      for (const person of persons) {
        counts.set(person, (counts.get(person) ?? 0) + 1);
        for (const wake of [...(waiting.get(person) ?? [])]) wake();
      }
    },
    countOf: (person) => counts.get(person) ?? 0,
    after(person, seen, signal) {
      if ((counts.get(person) ?? 0) !== seen || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const mine = waiting.get(person) ?? new Set<() => void>();
        const wake = (): void => {
          mine.delete(wake);
          if (mine.size === 0) waiting.delete(person);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.set(person, mine.add(wake));
        signal.addEventListener('abort', wake);
      });
    },
  };
}
