// Writes of one writer, one transaction after the other: all rows that were asked for while one was on its way go in the next.
// Holds: within each kind the order is that in which they were asked for; a heartbeat goes alone, and before the rows that wait: behind
// a thousand of them it would come after the lease, and what it counts is what has been written. Source: README.md#registry

/** Rows to write together. */
export interface Asked {
  readonly changes: readonly Change[];
  /** A heartbeat. */
  readonly isAlone?: boolean;
}

/** One row: as it is, or as it is when its turn has come. */
export interface Change {
  readonly key: string;
  /** `null` ends it. */
  readonly row: unknown;
  /** Called once it is written. */
  readonly note?: () => void;
}

/** Rows of one transaction at most, whoever asked for them. */
const GROUP_ROWS = 200;

/** Writes of one writer. */
export interface GroupedWrites {
  /** Resolves when everything of `asked` is written; rejects with what the transaction it was in is refused for. */
  write(asked: Asked): Promise<void>;
  /** Resolves when nothing waits or is on its way; never rejects. */
  idle(): Promise<void>;
}

/** Makes them over what writes one transaction. */
export function createGroupedWrites(write: (changes: readonly Change[]) => Promise<unknown>): GroupedWrites {
  const waiting: (Asked & { readonly done: () => void; readonly failed: (cause: unknown) => void })[] = [];
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = next();
      const changes = group.flatMap((each) => each.changes);
      try {
        await write(changes);
        for (const { note } of changes) note?.();
        for (const { done } of group) done();
      } catch (cause) {
        for (const { failed } of group) failed(cause);
      }
    }
    running = undefined;
  };
  const next = () => {
    const alone = waiting.findIndex(({ isAlone }) => isAlone);
    if (alone !== -1) return waiting.splice(alone, 1);
    let [taken, rows] = [0, 0];
    while (taken < waiting.length && (taken === 0 || rows < GROUP_ROWS)) rows += waiting[taken++]?.changes.length ?? 0;
    return waiting.splice(0, taken);
  };
  return {
    write: (asked) =>
      new Promise((resolve, reject) => {
        waiting.push({ ...asked, done: resolve, failed: reject });
        running ??= Promise.resolve().then(run);
      }),
    idle: () => running ?? Promise.resolve(),
  };
}
