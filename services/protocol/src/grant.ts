// A downgrade's grant, judged from nothing: whoever brings it, and whatever was established when it was signed.
// Holds: pure; each signer is looked up as the registry has them now; the first defect is named; a signature is on this
// grant's id, record, markings, hash, reason and expiry, so that it is worth nothing for another. Source: README.md#grants

import { canonicalText } from '@sitebus/kit';
import { dominates, type Marking } from '@sitebus/marking';
import { fromWire, isSigned, type CitedRecord, type Person, type Signature, type WireMarking } from '@sitebus/sdk';
import { isBelow } from './below.ts';
import { MIN_SIGNERS } from './downgrade.ts';
import type { RefusedCode } from './errors.ts';
import { originatorsOf } from './tearline.ts';

/** Consent to lower one record: exactly this one, exactly so far, until then. */
export interface DowngradeGrant {
  readonly id: string;
  readonly record: CitedRecord;
  readonly to: WireMarking;
  readonly reason: string;
  /** UTC milliseconds; exclusive. */
  readonly expires: number;
  readonly signatures: readonly Signature[];
}

/** What a grant is held against. */
export interface GrantFacts {
  /** The record as it lies on the bus now; undefined where it is gone. */
  readonly source:
    { readonly contentHash: string; readonly marking: Marking; readonly isRecalled: boolean } | undefined;
  /** A row of the registry as of now. */
  readonly personOf: (person: string) => Person | undefined;
  /** True where this grant has made its record already. */
  readonly isApplied: boolean;
  /** UTC milliseconds. */
  readonly now: number;
}

/** @returns the text that signers of a grant sign. */
export function grantText({ id, record, to, reason, expires }: Omit<DowngradeGrant, 'signatures'>): string {
  const { agency, cell, contentHash, marking: from } = record;
  return canonicalText({
    statement: 'sitebus/downgrade-grant/1',
    id,
    record: record.id,
    agency,
    cell,
    from,
    to,
    contentHash,
    reason,
    expires: new Date(expires).toISOString(),
  });
}

/** @returns the text that originators of a tearline sign. */
export function approvalText(tearline: string, contentHash: string): string {
  return canonicalText({ statement: 'sitebus/tearline-approval/1', tearline, contentHash });
}

/** @returns what is wrong with a grant, the first of it; undefined for a good one. */
export function grantFault(grant: DowngradeGrant, facts: GrantFacts): RefusedCode | undefined {
  const { record, signatures, expires } = grant;
  const { source, isApplied, now } = facts;
  if (isApplied) return 'GRANT_REPLAYED';
  if (now >= expires) return 'GRANT_EXPIRED';
  if (source === undefined) return 'SOURCE_GONE';
  if (source.isRecalled) return 'SOURCE_RECALLED';
  if (source.contentHash !== record.contentHash) return 'CONTENT_CHANGED';
  if (!isBelow(fromWire(grant.to), source.marking)) return 'TARGET_NOT_BELOW';
  const text = grantText(grant);
  for (const signature of signatures) {
    const fault = signerFault(signature, text, source.marking, facts);
    if (fault !== undefined) return fault;
  }
  const persons = new Set(signatures.map(({ person }) => person));
  if (persons.size < signatures.length) return 'SIGNED_TWICE';
  if (persons.size < MIN_SIGNERS) return 'TOO_FEW_SIGNERS';
  const agencies = new Set(signatures.map(({ agency }) => agency));
  return originatorsOf(record).every((origin) => agencies.has(origin)) ? undefined : 'ORIGIN_MISSING';
}

/** @returns why this signature counts for nothing on this text, as of now; undefined where it counts. */
export function signerFault(
  { person, agency, signature }: Signature,
  text: string,
  marking: Marking,
  { personOf, now }: Pick<GrantFacts, 'personOf' | 'now'>,
): RefusedCode | undefined {
  const row = personOf(person);
  if (row === undefined) return 'SIGNER_UNKNOWN';
  if (!row.roles.includes('release-authority') || (row.agency ?? null) !== agency) return 'SIGNER_NOT_AUTHORISED';
  if (!dominates(row.clearance, marking, now)) return 'SIGNER_NOT_CLEARED';
  return isSigned(text, signature, row.signatureKeys ?? []) ? undefined : 'SIGNATURE_INVALID';
}
