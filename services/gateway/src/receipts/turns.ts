// One at a time a key, in the order of asking: what is decided of one notification sees what was decided of it before.

/** Runs acts of one key one after the other; acts of two keys know nothing of each other. */
export interface Turns {
  /** @returns what `act` returns, and throws what it throws; the next of its key runs either way. */
  inTurn<T>(key: string, act: () => Promise<T>): Promise<T>;
}

/** Makes turns; a key that nobody waits for takes no room. */
export function createTurnsByKey(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    inTurn(key, act) {
      const mine = (last.get(key) ?? Promise.resolve()).then(act, act);
      const settled: Promise<void> = mine.then(forget, forget);
      function forget(): void {
        if (last.get(key) === settled) last.delete(key);
      }
      last.set(key, settled);
      return mine;
    },
  };
}
