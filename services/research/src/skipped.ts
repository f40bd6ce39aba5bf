// What must not be read any more, as the lists of spills say it at the moment it is asked.
// Holds: where a list cannot be read to its end, or is of no use, nothing is answered from it. Source: README.md#spilled

import { randomUUID } from 'node:crypto';
import { createSpillCopy, type SpillCopy, type Spills } from '@sitebus/kit';
import { groupOf, RESEARCH_PRINCIPAL, silentLog, type BusPort, type Policy } from '@sitebus/sdk';
import { recordsUnreadable } from './errors.ts';
import { researchCells } from './research-clearance.ts';
import { isAmong, type Sources } from './sources.ts';

/** What is to be skipped in the cells that research reads in a view. Rejects with RECORDS_UNREADABLE (retriable). */
export type Skipped = (view: string) => Promise<Pick<Spills, 'orders'>>;

/** Makes it, as the room's principal sees the bus. */
export function createSkipped(parts: { readonly bus: BusPort; readonly policy: Policy }): Skipped {
  return (view) => withSpills(parts, view, async (spills) => spills.current());
}

/** Runs with a copy of the lists that is complete, and ends it. Rejects with RECORDS_UNREADABLE where there can be none. */
export async function withSpills<T>(
  { bus, policy }: { readonly bus: BusPort; readonly policy: Policy },
  view: string,
  run: (spills: SpillCopy) => Promise<T>,
): Promise<T> {
  const spills = createSpillCopy({
    bus, log: silentLog, keys: policy.signers ?? [], cells: researchCells(policy, view),
    groupId: groupOf(RESEARCH_PRINCIPAL, `spills.${randomUUID().slice(0, 8)}`),
  }); // prettier-ignore
  try {
    await spills.start();
    if (spills.state() !== 'ok') throw recordsUnreadable({});
    return await run(spills);
  } finally {
    await spills.stop();
  }
}

/** Whether something that was made from these records rests on one that is skipped now; of unknown records every order may be about one. */
export function restsOnSkipped({ orders }: Pick<Spills, 'orders'>, sources: Sources | undefined): boolean {
  return orders.some(({ order }) => sources === undefined || isAmong(sources, order));
}
