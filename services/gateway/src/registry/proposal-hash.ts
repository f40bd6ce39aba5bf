// Which proposal somebody read: one name for its whole content, made by the gateway that showed it and by the writer that decides.
// Holds: pure; whoever asks, when, until when and every field of the row are in it. Source: RFC 8785; README.md#people-and-partners

import { canonicalHash } from '@sitebus/kit';
import type { ProposalRow } from '@sitebus/kit';

/** @returns SHA-256 of the proposal's canonical text, hexadecimal. */
export function proposalHash(proposal: ProposalRow): string {
  return canonicalHash(proposal);
}

/** Whom or what it is about: the person, or the partner's slug. */
export const nameOf = (proposal: ProposalRow): string =>
  proposal.kind === 'person' ? proposal.row.person : proposal.tenant.slug;
