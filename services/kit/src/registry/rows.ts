// The rows of the topic `people`: persons, API keys, partners, proposals that wait for a second person, and the writer's
// heartbeat, each JSON under a key of its own.
// Holds: a row is whole or refused, nothing is filled in by default; secrets never lie in a row, only their SHA-256.
// Source: README.md#registry

import type { Clearance } from '@sitebus/marking';
import { CLASSIFIED, PROTECTED, TLP } from '@sitebus/marking';
import { isJsonObject } from '@sitebus/sdk';
import type { Person } from '@sitebus/sdk';
import { HEARTBEAT_KEY, isTenant, tenantKey } from '../tenants.ts';
import type { Tenant } from '../tenants.ts';

/** A person, keyed by (issuer, subject); `clearance.epoch` rises with every change of the row. */
export interface PersonRow extends Person {
  /** SHA-256 of the seed in policy that was last written: a command's change stands until policy says something else. */
  readonly seed?: string;
  /** Who asked for the last change and who approved it, by `Person.person`; absent where policy made it. */
  readonly changedBy?: readonly string[];
}

/** A change that one administrator asks for and another has to approve; one at most a person or partner. */
export type ProposalRow = PersonProposal | PartnerProposal;

interface ProposedBy {
  /** `Person.person` of who asks. */
  readonly by: string;
  /** UTC milliseconds; `until` exclusive. */
  readonly at: number;
  readonly until: number;
}

/** To enter a person, or to change their row. */
export interface PersonProposal extends ProposedBy {
  readonly kind: 'person';
  readonly row: PersonRow;
}

/** To onboard a partner. */
export interface PartnerProposal extends ProposedBy {
  readonly kind: 'partner';
  readonly tenant: Pick<Tenant, 'slug' | 'name' | 'groups'>;
}

/** An API key: whose it is, what it opens, until when. The key itself is shown once and kept nowhere. */
export interface KeyRow {
  readonly name: string;
  /** `Person.person` of its owner. */
  readonly person: string;
  /** SHA-256 of the whole key, hexadecimal. */
  readonly sha256: string;
  /** Routes it opens, as `METHOD /path` patterns of the route table; `*` opens all its owner's roles allow. */
  readonly routes: readonly string[];
  /** UTC milliseconds; exclusive. */
  readonly expiresAt: number;
  /** UTC milliseconds; absent where an earlier writer did not note it. */
  readonly madeAt?: number;
}

/** Written every 500 ms: what the copy of a reader is measured against. */
export interface Heartbeat {
  /** The writer's clock, UTC milliseconds. */
  readonly at: number;
  /** Rows of every kind but this one that a complete copy has at this point of the topic. */
  readonly rows: number;
  /** Of the policy that the writer was started with; absent where an earlier writer did not say. */
  readonly policyVersion?: number;
}

/** Key of a person's row: issuer and subject. */
export const personKey = (issuer: string, subject: string): string => `person:${issuer} ${subject}`;
/** Key of an API key's row. */
export const keyKey = (name: string): string => `key:${name}`;
/** Key of a proposal: one at most a person or partner. */
export const proposalKey = (proposal: ProposalRow): string =>
  proposal.kind === 'person' ? `proposal:person ${proposal.row.person}` : `proposal:partner ${proposal.tenant.slug}`;

/** What one record of the topic says; `refused` stands for a row that is not whole. */
export type Row =
  | { readonly kind: 'person'; readonly row: PersonRow }
  | { readonly kind: 'key'; readonly row: KeyRow }
  | { readonly kind: 'partner'; readonly row: Tenant }
  | { readonly kind: 'proposal'; readonly row: ProposalRow }
  | { readonly kind: 'heartbeat'; readonly row: Heartbeat }
  | { readonly kind: 'removed' }
  | { readonly kind: 'refused' };

/** Reads one record of the topic. Never throws: what cannot be read is `refused`, and denies whom it is about. */
export function rowOf(key: string, value: Buffer | null): Row {
  if (value === null) return { kind: 'removed' };
  const row = jsonOf(value);
  if (key === HEARTBEAT_KEY) return isHeartbeat(row) ? { kind: 'heartbeat', row } : { kind: 'refused' };
  if (key.startsWith('person:')) {
    const whole = isPersonRow(row) && key === personKey(row.issuer, row.subject);
    return whole ? { kind: 'person', row } : { kind: 'refused' };
  }
  if (key.startsWith('key:')) {
    return isKeyRow(row) && key === keyKey(row.name) ? { kind: 'key', row } : { kind: 'refused' };
  }
  if (key.startsWith('partner:'))
    return isTenant(row) && key === tenantKey(row.slug) ? { kind: 'partner', row } : { kind: 'refused' };
  if (key.startsWith('proposal:'))
    return isProposal(row) && key === proposalKey(row) ? { kind: 'proposal', row } : { kind: 'refused' };
  return { kind: 'refused' };
}

/** True for a proposal with everything that its approval needs. */
function isProposal(row: unknown): row is ProposalRow {
  if (!isJsonObject(row) || !isText(row['by']) || !isWhole(row['at']) || !isWhole(row['until'])) return false;
  if (row['kind'] === 'person') return isPersonRow(row['row']);
  const { tenant } = row;
  const asRow = isJsonObject(tenant) && { ...tenant, namespace: NO_NAMESPACE, state: 'ACTIVE', since: 0, epoch: 0 };
  return row['kind'] === 'partner' && isTenant(asRow);
}

/** A partner that is only proposed has none yet. */
const NO_NAMESPACE = '00000000-0000-0000-0000-000000000000';

/** True for a row with every field a decision needs. */
export function isPersonRow(row: unknown): row is PersonRow {
  return (
    isJsonObject(row) &&
    ['person', 'name', 'issuer', 'subject', 'homeView'].every((field) => isText(row[field])) &&
    isTexts(row['roles']) &&
    row['roles'].length > 0 &&
    ['agency', 'party', 'seat', 'lexicon'].every((field) => row[field] === undefined || isText(row[field])) &&
    (row['signatureKeys'] === undefined || isKeys(row['signatureKeys'])) &&
    isClearance(row['clearance'])
  );
}

/** True for a clearance with every axis; an empty list of nations is none. */
export function isClearance(value: unknown): value is Clearance {
  return (
    isJsonObject(value) &&
    (CLASSIFIED as readonly unknown[]).includes(value['classified']) &&
    (PROTECTED as readonly unknown[]).includes(value['protected']) &&
    (TLP as readonly unknown[]).includes(value['maxTlp']) &&
    isTexts(value['compartments']) &&
    isTexts(value['nations']) &&
    value['nations'].length > 0 &&
    isTexts(value['groups']) &&
    isWhole(value['validUntil']) &&
    isWhole(value['epoch'])
  );
}

function isKeyRow(row: unknown): row is KeyRow {
  return (
    isJsonObject(row) &&
    isText(row['name']) &&
    isText(row['person']) &&
    typeof row['sha256'] === 'string' &&
    /^[0-9a-f]{64}$/.test(row['sha256']) &&
    isTexts(row['routes']) &&
    isWhole(row['expiresAt'])
  );
}

function isHeartbeat(row: unknown): row is Heartbeat {
  const { at, rows, policyVersion } = isJsonObject(row) ? row : {};
  return isWhole(at) && isWhole(rows) && (policyVersion === undefined || isWhole(policyVersion));
}

function jsonOf(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined; // not JSON: refused by every check above
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}

/** Ed25519 public keys, 32 bytes each in base64url. */
function isKeys(value: unknown): boolean {
  return isTexts(value) && value.every((key) => /^[A-Za-z0-9_-]{43}$/.test(key));
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}
