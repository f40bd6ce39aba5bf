// Whether a position still leads anywhere: what a cursor is asked before it is gone on from.
// Holds: pure but for looking at the log; nothing here depends on a record that a reader might not see, so that being stale
// tells nothing of what is hidden: retention and the ends of a topic alone decide, and the record the position was at.
// Source: README.md#cursors

import type { Policy } from '@sitebus/sdk';
import { NIL_ID } from './cursor.ts';
import type { CursorPosition } from './cursor.ts';
import type { AlertLog } from './read-model/model.ts';

/** Why nothing can be gone on from: it is gone by age, or the topic is another one than the cursor was sealed for. */
export type Lost = 'retention' | 'rebuilt';

/** How long is waited for what another gateway of the view, or this one before it was started, had read already. */
const BEHIND_MS = 2_000;

/**
 * @returns why what follows a position of alert.<view> is lost; undefined where it stands. Rejects with `fail-closed` where the bus
 * would have to be asked, and does not answer.
 */
export async function lostAfter(log: AlertLog, { offset, id }: CursorPosition): Promise<Lost | undefined> {
  if (offset + 1n > log.ends().next) {
    // Taken for lost, everything there is would be sent again.
    if (offset + 1n > (await log.endOnBus())) return 'rebuilt';
    await log.arrival(offset, AbortSignal.timeout(BEHIND_MS));
  }
  const { earliest } = log.ends();
  if (offset + 1n < earliest) return 'retention';
  if (id === NIL_ID || offset < earliest) return undefined;
  const [there] = await log.read(offset, 1);
  return there !== undefined && there.offset === offset && there.id !== id ? 'rebuilt' : undefined;
}

/** @returns why what stands before a position of alert.<view>, which is where a list goes on, is lost. */
export async function lostBefore(log: AlertLog, position: CursorPosition): Promise<Lost | undefined> {
  const lost = await lostAfter(log, position);
  const { earliest } = log.ends();
  return lost ?? (position.offset <= earliest && earliest > 0n ? 'retention' : undefined);
}

/** @returns whether everything before a time is beyond the retention of topics of this kind. */
export function isBeyondRetention(
  { topics }: Pick<Policy, 'topics'>,
  kind: string,
  { atMs }: CursorPosition,
  nowMs: number,
): boolean {
  const retentionMs = topics.find((rule) => rule.kind === kind)?.retentionMs ?? -1;
  return retentionMs >= 0 && atMs < nowMs - retentionMs;
}
