// Which decisions count for a person's digest, and when digests go.
// Holds: pure; only what was assigned to the person, or escalated to them or to nobody in particular, counts, whatever else
// happened to the alert; nothing counts twice, and nothing that the person decided themselves; digests go at fixed beats,
// which depend on no record. Source: README.md#deliveries

import type { StandingDecision } from '../store/desk.ts';

/** @returns the beat at or before a time: a multiple of the interval, in UTC. Milliseconds. */
export function beatAt(nowMs: number, everyMinutes: number): number {
  return nowMs - (nowMs % (everyMinutes * MINUTE_MS));
}

/** @returns when the next digest may go, after one at `lastMs`; `lastMs` 0: none has. */
export function nextBeat(lastMs: number, nowMs: number, everyMinutes: number): number {
  const beat = beatAt(nowMs, everyMinutes);
  return beat > lastMs ? beat : beat + everyMinutes * MINUTE_MS;
}

/** True for a decision that its person is to be told of. */
export function concerns({ entry }: StandingDecision, person: string): boolean {
  if (entry.by === person) return false;
  if (entry.assignee !== undefined) return entry.assignee === person;
  return entry.state === 'ESCALATED';
}

/**
 * @returns the decisions that the person has not been told of, one an alert, oldest first. `standing` holds one an alert;
 * `told` the newest seq they know, by alert. `sinceMs`: earlier ones are not news.
 */
export function digestItems(
  standing: readonly StandingDecision[],
  who: { readonly person: string; readonly told: ReadonlyMap<string, number>; readonly sinceMs: number },
): readonly StandingDecision[] {
  return standing
    .filter((decision) => concerns(decision, who.person))
    .filter(({ alertId, entry }) => entry.atMs >= who.sinceMs && entry.seq > (who.told.get(alertId) ?? 0))
    .sort((a, b) => a.entry.atMs - b.entry.atMs || (a.alertId < b.alertId ? -1 : 1));
}

const MINUTE_MS = 60_000;
