// Who goes on under which id: components as they are now, and the ids their members were published under.
// Holds: an id lives as long as its anchor does; a vanished id goes where its members went (the part with the least
// anchor), else where a record that supersedes one of them is; a function of what was published and what is linked now,
// never of an order. Source: README.md#identity

import { isIssuedAlone } from './alone.ts';
import { identityOf } from './issued.ts';
import { ATTACHED, LIVE, REPORT } from '../records/records.ts';
import type { EngineState } from '../state.ts';

/** A component as it is now. */
export interface Part {
  /** Members in canonical order. */
  readonly members: readonly number[];
  readonly anchor: number;
  /** Two members, or one report: whether it may be published at all. */
  readonly mayBeIssued: boolean;
  /** The entry under whose id it is published; 0 where it is not. */
  key: number;
}

/** An id that was live, and the parts its members or their successors are in now. */
export interface Claim {
  readonly key: number;
  readonly parts: Set<Part>;
  /** The part that goes on under the id, or to which it redirects. */
  heir: Part | undefined;
}

/** Parts by the root of their component. */
export type Parts = Map<number, Part>;

/** The component of a record, made known to `parts`; undefined for a record that is no member of any. */
export function partAt(state: EngineState, parts: Parts, record: number, now: number): Part | undefined {
  const { records, components } = state;
  if (!records.is(record, LIVE) || records.is(record, ATTACHED)) return undefined;
  const root = components.find(record);
  const known = parts.get(root);
  if (known) return known;
  const members = components.membersOf(root).sort((a, b) => records.compare(a, b));
  const anchor = components.anchorOf(root);
  const mayBeIssued = members.length > 1 || records.is(anchor, REPORT);
  const isIssued = members.length > 1 || isIssuedAlone(state, anchor, now);
  const part = { members, anchor, mayBeIssued, key: isIssued ? entryNamedAfter(state, anchor) : 0 };
  parts.set(root, part);
  return part;
}

/** The entry of a record's identity, new if there is none. */
export function entryNamedAfter({ records, issued }: EngineState, record: number): number {
  return issued.entryOf[record]! || issued.entryFor(record, identityOf(records, record));
}

/**
 * Every id under which a member or a removed record was published, with where it goes on. A part that would stand alone
 * unissued is issued where such an id has nowhere else to go.
 */
export function claimsOf(
  state: EngineState,
  parts: Parts,
  removed: readonly number[],
  now: number,
): Map<number, Claim> {
  const { owner } = state.issued;
  const claims = new Map<number, Claim>();
  const claimOf = (key: number): Claim => {
    const claim = claims.get(key) ?? { key, parts: new Set<Part>(), heir: undefined };
    claims.set(key, claim);
    return claim;
  };
  for (const part of parts.values())
    for (const member of part.members) if (owner[member] !== 0) claimOf(owner[member]!).parts.add(part);
  for (const record of removed) if (owner[record] !== 0) claimOf(owner[record]!);
  const byKey = new Map([...parts.values()].filter(({ key }) => key !== 0).map((part) => [part.key, part]));
  for (const claim of claims.values()) claim.heir = byKey.get(claim.key) ?? leastOf(state, [...claim.parts]);
  settleSuccession(state, parts, claims, removed, now);
  for (const { heir } of claims.values())
    if (heir !== undefined && heir.key === 0) heir.key = entryNamedAfter(state, heir.anchor);
  return claims;
}

/** Claims by each part that holds a member of theirs. */
export function claimsByPart(claims: ReadonlyMap<number, Claim>): Map<Part, Claim[]> {
  const byPart = new Map<Part, Claim[]>();
  for (const claim of claims.values())
    for (const part of claim.parts) {
      const list = byPart.get(part);
      if (list === undefined) byPart.set(part, [claim]);
      else list.push(claim);
    }
  return byPart;
}

/** Ids no member is left of go where a successor of one of their records is. */
function settleSuccession(
  state: EngineState,
  parts: Parts,
  claims: ReadonlyMap<number, Claim>,
  removed: readonly number[],
  now: number,
): void {
  const successors = new Map<Claim, Part[]>();
  for (const record of removed) {
    const claim = claims.get(state.issued.owner[record]!);
    if (claim === undefined || claim.heir !== undefined) continue;
    const part = partOfSuccessor(state, parts, record, now);
    if (part !== undefined) successors.set(claim, [...(successors.get(claim) ?? []), part]);
  }
  for (const [claim, those] of successors) claim.heir = leastOf(state, those);
}

/** Where the record that supersedes a vanished one is now. */
function partOfSuccessor(state: EngineState, parts: Parts, record: number, now: number): Part | undefined {
  let at = state.records.presentLike(record);
  const passed = new Set<number>();
  while (at !== 0 && !state.records.is(at, LIVE) && !passed.has(at)) {
    passed.add(at);
    at = state.liveness.successorOf(at);
  }
  return at === 0 ? undefined : partAt(state, parts, at, now);
}

/** Of the parts that may be issued the one with the least anchor. */
function leastOf({ records }: EngineState, parts: readonly Part[]): Part | undefined {
  let least: Part | undefined;
  for (const part of parts) {
    if (!part.mayBeIssued) continue;
    if (least === undefined || records.compareAnchors(part.anchor, least.anchor) < 0) least = part;
  }
  return least;
}
