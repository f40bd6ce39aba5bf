// Waiting for a condition instead of for time.
import { setTimeout as pause } from 'node:timers/promises';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;
/** Of what takes a second on a quiet machine: it costs nothing where the condition comes true, and no machine is that slow. */
const WITHIN_MS = 180_000;

/** What is left of a type once it is known to be truthy. */
export type Truthy<T> = Exclude<T, undefined | null | false | 0 | ''>;

/**
 * Looks until `condition` gives something truthy, and returns that. A condition that throws is not yet true;
 * its last error is the cause of the failure, so an `expect` inside explains itself.
 * @throws when it is not so after `withinMs` (three minutes unless told); the condition is looked at once more at the end
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { withinMs = WITHIN_MS, what = 'the condition' }: { withinMs?: number; what?: string } = {},
): Promise<Truthy<T>> {
  const deadline = Date.now() + withinMs;
  let lastError: unknown;
  for (let waitMs = FIRST_PAUSE_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_PAUSE_MS)) {
    const isLast = Date.now() >= deadline;
    try {
      const result = await condition();
      if (result) return result as Truthy<T>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (isLast) {
      const why = lastError instanceof Error ? `: ${lastError.message}` : '';
      throw new Error(`${what} did not become true within ${withinMs} ms${why}`, { cause: lastError });
    }
    await pause(Math.min(waitMs, Math.max(0, deadline - Date.now())));
  }
}
