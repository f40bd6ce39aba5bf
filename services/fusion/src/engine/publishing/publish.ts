// Turns affected components into published versions: what is new, grown, merged, split or gone.
// Holds: a version is written only when its content hash changed; a vanished id redirects or is closed in the same cut;
// chains are compressed, so a redirect never leads to another. Source: README.md#identity

import { isIssuedAlone } from './alone.ts';
import { buildAssessment } from './assessment.ts';
import { claimsByPart, claimsOf, entryNamedAfter, partAt, type Claim, type Part, type Parts } from './claims.ts';
import { LIVE_ID } from './issued.ts';
import { Outbox } from './outbox.ts';
import type { KeepContent } from './product.ts';
import { ATTACHED, LIVE } from '../records/records.ts';
import type { EngineState } from '../state.ts';
import type { Published } from '../step.ts';

/** Publishes what changed about the affected records; `removed` are those that count no longer. */
export function publish(
  state: EngineState,
  affected: ReadonlySet<number>,
  removed: readonly number[],
  now: number,
  keep?: KeepContent,
): Published {
  const out = new Outbox(state, now, keep);
  const parts = partsOf(state, affected, out);
  const claims = claimsOf(state, parts, removed, now);
  const before = claimsByPart(claims);
  const recalled = new Set(
    removed.filter((record) => state.liveness.isRecalled(record)).map((record) => state.issued.owner[record]!),
  );
  for (const part of parts.values()) if (part.key !== 0) publishPart(out, part, before.get(part) ?? [], recalled);
  for (const claim of claims.values()) retire(out, claim, recalled);
  settleOwners(state, parts, removed);
  return out.changes();
}

/** Publishes at once what of new records that stand alone is to be; @returns the components of all others. */
function partsOf(state: EngineState, affected: ReadonlySet<number>, out: Outbox): Parts {
  const parts: Parts = new Map();
  for (const record of affected)
    if (!isNewAndAlone(state, record)) partAt(state, parts, record, out.now);
    else if (isIssuedAlone(state, record, out.now)) publishAlone(out, record);
  return parts;
}

/** Nothing is published about it or under its id, and nothing links to it: no claim, no heir. */
function isNewAndAlone({ records, components, issued }: EngineState, record: number): boolean {
  return (
    (records.flags[record]! & (LIVE | ATTACHED)) === LIVE &&
    issued.owner[record] === 0 &&
    issued.entryOf[record] === 0 &&
    components.sizeOf(components.find(record)) === 1
  );
}

function publishAlone(out: Outbox, record: number): void {
  const { state } = out;
  const key = entryNamedAfter(state, record);
  const members = [record];
  const built = buildAssessment(state, members, out.now);
  out.version(key, built);
  out.ring(key, built, members, NOTHING_ELSE);
  state.issued.owner[record] = key;
}

const NOTHING_ELSE = Object.freeze({ recalled: false, split: false, merged: false });

function publishPart(out: Outbox, part: Part, before: readonly Claim[], recalled: ReadonlySet<number>): void {
  const { state } = out;
  const { issued } = state;
  const { key } = part;
  const built = buildAssessment(state, part.members, out.now);
  const wasLive = issued.status[key] === LIVE_ID;
  if (wasLive && issued.hasHash(key, built.contentHash)) return;
  const absorbed: number[] = [];
  const parted: number[] = [];
  for (const { key: other, heir } of before)
    if (heir !== part) parted.push(other);
    else if (other !== key) absorbed.push(other);
  if (!wasLive) noteOrigin(state, key, parted);
  inherit(state, key, absorbed);
  out.version(key, built);
  const own = before.find(({ key: other }) => other === key);
  out.ring(key, built, part.members, {
    recalled: before.some((claim) => recalled.has(claim.key)),
    split: (!wasLive && parted.length > 0) || (own !== undefined && own.parts.size > 1),
    merged: absorbed.some((other) => issued.alerted[other] === 1 && issued.status[other] === LIVE_ID),
  });
}

function noteOrigin(state: EngineState, key: number, parted: readonly number[]): void {
  const from = least(state, parted);
  if (from === 0) state.issued.splitFrom.delete(key);
  else state.issued.splitFrom.set(key, state.issued.idOf(from));
}

/** The entry named after the least anchor; 0 for none. */
function least({ records, issued: { anchor } }: EngineState, keys: readonly number[]): number {
  return keys.reduce((a, b) => (a === 0 || records.compareAnchors(anchor[b]!, anchor[a]!) < 0 ? b : a), 0);
}

/** An id issued for the first time goes on where the one it absorbs stopped: what was rung for is not rung for again. */
function inherit(state: EngineState, key: number, absorbed: readonly number[]): void {
  const { issued } = state;
  const from = least(state, absorbed);
  if (issued.version[key] !== 0 || from === 0) return;
  issued.setShown(key, issued.shownOf(from));
  issued.alerted[key] = issued.alerted[from]!;
}

function retire(out: Outbox, claim: Claim, recalled: ReadonlySet<number>): void {
  const { issued } = out.state;
  const { key, heir } = claim;
  if (issued.status[key] !== LIVE_ID || heir?.key === key) return;
  if (heir === undefined) out.close(key, recalled.has(key));
  else out.redirect(key, heir.key);
}

function settleOwners(state: EngineState, parts: Parts, removed: readonly number[]): void {
  const { owner } = state.issued;
  for (const part of parts.values()) for (const member of part.members) owner[member] = part.key;
  for (const record of removed) owner[record] = 0;
}
