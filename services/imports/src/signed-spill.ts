// The order in a note that counts: one that two persons have signed whose keys are pinned with policy.
// Holds: pure; an agency's service verifies each by itself, whoever shows it. Source: README.md#dead-letters

import { SPILL_SIGNERS, spillOrderIn, spillSigners, type SpillOrder } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';

/** @returns the order; undefined for a note that is none, or that fewer have signed. */
export function signedSpillIn(note: string, { signers = [] }: Pick<Policy, 'signers'>): SpillOrder | undefined {
  const isSigned = (spillSigners(note, signers) ?? []).length >= SPILL_SIGNERS;
  return isSigned ? spillOrderIn(note) : undefined;
}
