// Who was sent a spilled record, or an assessment while it rested on one: from the leaves of the view's own ledger.
// Holds: a leaf is written before the bytes go, so that whoever may have it is in the list; every leaf there is was looked at,
// those that are no longer held here too. Source: README.md#spills

import type { SpillEntry } from '@sitebus/kit';
import type { LedgerCopy, LedgerEntry } from '../ledger-copy.ts';
import { isNamed, leafTag } from './leaf-tags.ts';
import type { SpilledSpan } from './spilled-products.ts';

/** One release of it. */
export interface SpillRecipient {
  readonly person: string;
  readonly onBehalfOf?: string;
  readonly at: string;
  /** Index of the leaf in the view's tree. */
  readonly leaf: number;
  /** `observation`, or the assessment that rested on it. */
  readonly as: 'observation' | { readonly assessment: string };
  readonly marking: string;
}

/** Oldest first. */
export interface SpillRecipients {
  readonly items: readonly SpillRecipient[];
  /** Leaves from this index on were looked at: all there are. */
  readonly fromLeaf: number;
}

/** Looks through every leaf, the older ones on the bus. Rejects where it cannot. Cost: one pass. */
export async function recipientsOf(
  { order }: SpillEntry,
  spans: readonly SpilledSpan[],
  ledger: Pick<LedgerCopy, 'entries' | 'readOlder'>,
  salt: Buffer,
): Promise<SpillRecipients> {
  const own = order.id === null ? undefined : leafTag(salt, order.id);
  const products = spans.map((span) => ({ ...span, tag: leafTag(salt, span.assessmentId) }));
  const items: SpillRecipient[] = [];
  const look = (entry: LedgerEntry): void => {
    const { leaf } = entry;
    if (leaf['decision'] !== 'RELEASED') return;
    if (own !== undefined && isNamed(leaf['named'], own)) items.push(toRecipient(entry, 'observation'));
    const at = Date.parse(String(leaf['at']));
    for (const { assessmentId, from, to, tag } of products)
      if (at >= from && at < to && isNamed(leaf['named'], tag)) items.push(toRecipient(entry, { assessment: assessmentId }));
  };
  const held = [...ledger.entries()].reverse(); // before the older ones are read: none falls between
  await ledger.readOlder(look);
  held.forEach(look);
  return { items, fromLeaf: 0 };
} // prettier-ignore

function toRecipient({ index, leaf }: LedgerEntry, as: SpillRecipient['as']): SpillRecipient {
  const { who, onBehalfOf, at, marking } = leaf;
  return {
    person: String(who),
    ...(typeof onBehalfOf === 'string' && { onBehalfOf }),
    at: String(at),
    leaf: index,
    as,
    marking: String(marking),
  };
}
