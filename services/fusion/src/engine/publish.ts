// Turns affected components into published versions: what is new, grown, merged, split or gone.
// Holds: an id lives as long as its anchor does; a vanished id redirects to where its members went, or is closed; chains
// are compressed, so a redirect never leads to another. A version is written only when its content hash changed.
// Source: README.md#identity

import { join, type Marking } from '@sitebus/marking';
import { toWire, type Alert, type AlertReason, type Assessment } from '@sitebus/sdk';
import { v5 as uuidV5 } from 'uuid';
import { hash } from 'node:crypto';
import { ackDeadlineOf, precedenceOf, reasonOf } from './alert.ts';
import { BLANK, buildAssessment, type AssessmentBody, type Built } from './assessment.ts';
import { CLOSED_ID, LIVE_ID, REDIRECTED_ID, type Shown } from './issued.ts';
import { ATTACHED, LIVE, REPORT, compareText } from './records.ts';
import type { EngineState } from './state.ts';
import type { Changes } from './step.ts';

/** Publishes what changed about the affected records; `removed` are those that count no longer. */
export function publish(
  state: EngineState,
  affected: ReadonlySet<number>,
  removed: readonly number[],
  now: number,
): Changes {
  const out = new Outbox(state, now);
  const parts = partsOf(state, affected, out);
  const claims = claimsOf(state, parts, removed);
  const before = claimsByPart(claims);
  const recalled = new Set(
    removed.filter((record) => state.liveness.isRecalled(record)).map((record) => state.issued.owner[record]!),
  );
  for (const part of parts.values()) if (part.publishable) publishPart(out, part, before.get(part) ?? [], recalled);
  for (const claim of claims.values()) retire(out, claim, recalled);
  settleOwners(state, parts, removed);
  return out.changes();
}

/** A component as it is now. */
interface Part {
  /** Members in canonical order. */
  readonly members: readonly number[];
  readonly anchor: number;
  /** The identity under whose id it is published. */
  readonly key: number;
  /** Two members, or one sighting. */
  readonly publishable: boolean;
}

/** An id that was live, and the parts its members or their successors are in now. */
interface Claim {
  readonly key: number;
  readonly parts: Set<Part>;
  /** The part that goes on under the id, or to which it redirects. */
  heir: Part | undefined;
}

type Parts = Map<number, Part>;

/** Publishes new records that stand alone at once; @returns the components of all others. */
function partsOf(state: EngineState, affected: ReadonlySet<number>, out: Outbox): Parts {
  const parts: Parts = new Map();
  for (const record of affected)
    if (!isNewAndAlone(state, record)) partAt(state, parts, record);
    else if (state.records.is(record, REPORT)) publishAlone(out, record);
  return parts;
}

/** Nothing was ever published about it or under its id, and nothing links to it: no claim, no heir. */
function isNewAndAlone({ records, components, issued }: EngineState, record: number): boolean {
  return (
    (records.flags[record]! & (LIVE | ATTACHED)) === LIVE &&
    issued.owner[record] === 0 &&
    issued.status[records.identity[record]!] === 0 &&
    components.sizeOf(components.find(record)) === 1
  );
}

function publishAlone(out: Outbox, record: number): void {
  const { state } = out;
  const key = state.records.identity[record]!;
  const members = [record];
  const built = buildAssessment(state, members, out.now);
  out.version(key, built);
  out.ring(key, built, members, NOTHING_ELSE);
  state.issued.owner[record] = key;
}

const NOTHING_ELSE = Object.freeze({ recalled: false, split: false, merged: false });

function partAt(state: EngineState, parts: Parts, record: number): Part | undefined {
  const { records, components } = state;
  if (!records.is(record, LIVE) || records.is(record, ATTACHED)) return undefined;
  const root = components.find(record);
  const known = parts.get(root);
  if (known) return known;
  const members = components.membersOf(root).sort((a, b) => records.compare(a, b));
  const anchor = components.anchorOf(root);
  const publishable = members.length > 1 || records.is(anchor, REPORT);
  const part = { members, anchor, key: records.identity[anchor]!, publishable };
  parts.set(root, part);
  return part;
}

function claimsOf(state: EngineState, parts: Parts, removed: readonly number[]): Map<number, Claim> {
  const claims = new Map<number, Claim>();
  const claimOf = (key: number): Claim => {
    const claim = claims.get(key) ?? { key, parts: new Set<Part>(), heir: undefined };
    claims.set(key, claim);
    return claim;
  };
  for (const part of parts.values())
    for (const member of part.members) {
      const owner = state.issued.owner[member]!;
      if (owner !== 0) claimOf(owner).parts.add(part);
    }
  for (const record of removed) {
    const owner = state.issued.owner[record]!;
    if (owner !== 0) claimOf(owner);
  }
  const byKey = new Map([...parts.values()].filter(({ publishable }) => publishable).map((part) => [part.key, part]));
  for (const claim of claims.values()) claim.heir = byKey.get(claim.key) ?? leastHeir(state, claim);
  for (const record of removed) {
    const claim = claims.get(state.issued.owner[record]!);
    if (claim && claim.heir === undefined) claim.heir = heirBySuccession(state, parts, record);
  }
  return claims;
}

function claimsByPart(claims: ReadonlyMap<number, Claim>): Map<Part, Claim[]> {
  const byPart = new Map<Part, Claim[]>();
  for (const claim of claims.values())
    for (const part of claim.parts) {
      const list = byPart.get(part);
      if (list === undefined) byPart.set(part, [claim]);
      else list.push(claim);
    }
  return byPart;
}

/** Where the id's own anchor is not the anchor of anything: the part with the least anchor. */
function leastHeir(state: EngineState, claim: Claim): Part | undefined {
  let heir: Part | undefined;
  for (const part of claim.parts) {
    if (!part.publishable) continue;
    if (heir === undefined || state.records.compareAnchors(part.anchor, heir.anchor) < 0) heir = part;
  }
  return heir;
}

/** Where the record that supersedes a vanished one is now. */
function heirBySuccession(state: EngineState, parts: Parts, record: number): Part | undefined {
  let at = state.records.presentRecord(state.records.identity[record]!);
  const passed = new Set<number>();
  while (at !== 0 && !state.records.is(at, LIVE) && !passed.has(at)) {
    passed.add(at);
    at = state.liveness.successorOf(at);
  }
  const part = at === 0 ? undefined : partAt(state, parts, at);
  return part?.publishable ? part : undefined;
}

function publishPart(out: Outbox, part: Part, before: readonly Claim[], recalled: ReadonlySet<number>): void {
  const { state } = out;
  const { issued } = state;
  const { key } = part;
  const built = buildAssessment(state, part.members, out.now);
  const wasLive = issued.status[key] === LIVE_ID;
  if (wasLive && issued.hashOf(key) === built.contentHash) return;
  const absorbed = before.filter(({ key: other, heir }) => other !== key && heir === part);
  const parted = before.filter(({ heir }) => heir !== part).map(({ key: other }) => other);
  if (!wasLive) issued.splitFrom[key] = least(state, parted);
  inherit(
    state,
    key,
    absorbed.map(({ key: other }) => other),
  );
  out.version(key, built);
  const own = before.find(({ key: other }) => other === key);
  out.ring(key, built, part.members, {
    recalled: before.some((claim) => recalled.has(claim.key)),
    split: (!wasLive && parted.length > 0) || (own !== undefined && own.parts.size > 1),
    merged: absorbed.some(({ key: other }) => issued.alerted[other] === 1 && issued.status[other] === LIVE_ID),
  });
}

function least({ records }: EngineState, keys: readonly number[]): number {
  return keys.reduce((a, b) => (a === 0 || records.compareAnchors(b, a) < 0 ? b : a), 0);
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
  for (const part of parts.values()) for (const member of part.members) owner[member] = part.publishable ? part.key : 0;
  for (const record of removed) owner[record] = 0;
}

const CONFIDENCES = ['LOW', 'MODERATE', 'HIGH'] as const;

/** Collects a cut's records and writes down in `issued` what they say. */
class Outbox {
  readonly state: EngineState;
  readonly now: number;
  readonly #assessments: Assessment[] = [];
  readonly #alerts: Alert[] = [];

  constructor(state: EngineState, now: number) {
    this.state = state;
    this.now = now;
  }

  changes(): Changes {
    return {
      assessments: this.#assessments.sort((a, b) => compareText(a.id, b.id) || a.version - b.version),
      alerts: this.#alerts.sort((a, b) => compareText(a.assessmentId, b.assessmentId) || a.version - b.version),
    };
  }

  version(key: number, { body, marking, contentHash, figures }: Built): void {
    const { issued } = this.state;
    issued.setLive(key);
    issued.version[key]! += 1;
    issued.setHash(key, contentHash);
    issued.band[key] = figures.band;
    issued.confidence[key] = CONFIDENCES.indexOf(figures.confidence.confidence);
    this.#keepMarking(key, marking);
    this.#send(key, body);
  }

  ring(
    key: number,
    { body, figures, dissentKey }: Built,
    members: readonly number[],
    what: { readonly recalled: boolean; readonly split: boolean; readonly merged: boolean },
  ): void {
    const { issued, records } = this.state;
    const isFirst = issued.version[key] === 1 && issued.shownOf(key).band === 0;
    const after: Shown = {
      band: figures.band,
      confidence: CONFIDENCES.indexOf(figures.confidence.confidence),
      severity: body.severity.score,
      dissentKey,
    };
    const reason = reasonOf({
      ...what,
      before: isFirst ? undefined : issued.shownOf(key),
      after,
      pMicro: figures.likelihood.pMicro,
      members: members.length,
      alerted: issued.alerted[key] === 1,
    });
    if (isFirst || reason !== undefined) issued.setShown(key, after);
    if (reason === undefined) return;
    const agencies = [...new Set(members.map((member) => records.agencyOf(member)))].sort(compareText);
    this.#alert(key, reason, body.severity.score, agencies);
  }

  redirect(key: number, to: number): void {
    const { issued } = this.state;
    for (const earlier of [key, ...issued.redirectedTo(key)]) {
      if (earlier === to) continue;
      issued.setRedirect(earlier, to);
      this.#tombstone(earlier, join(this.#markingOf(earlier), this.#markingOf(to)));
    }
  }

  close(key: number, recalled: boolean): void {
    this.state.issued.setClosed(key);
    this.#tombstone(key, this.#markingOf(key));
    if (recalled) this.#alert(key, 'RECALLED', this.state.issued.shownOf(key).severity, []);
  }

  #tombstone(key: number, marking: Marking): void {
    const { issued } = this.state;
    issued.version[key]! += 1;
    this.#keepMarking(key, marking);
    const { status, redirectTo } = issued;
    const target = status[key] === REDIRECTED_ID ? this.#idOf(redirectTo[key]!) : '';
    issued.setHash(key, hash('sha256', `${STATUS[status[key]!]} ${target}`, 'hex'));
    this.#send(key, { ...BLANK, ...NOTHING, marking: toWire(marking), ruleVersion: this.state.rules.ruleVersion });
  }

  /** Fills in the blanks of a body from what `issued` says of the id, and publishes it. */
  #send(key: number, body: AssessmentBody): void {
    const { issued, view, rules } = this.state;
    const status = STATUS[issued.status[key]!]!;
    const splitFrom = status === 'LIVE' ? issued.splitFrom[key]! : 0;
    body.id = this.#idOf(key);
    body.view = view.id;
    body.version = issued.version[key]!;
    body.contentHash = issued.hashOf(key);
    body.status = status;
    body.redirectTo = status === 'REDIRECTED' ? this.#idOf(issued.redirectTo[key]!) : null;
    body.splitFrom = splitFrom === 0 ? null : this.#idOf(splitFrom);
    body.policyVersion = rules.policyVersion;
    this.#assessments.push(body);
  }

  #idOf(key: number): string {
    return idOf(this.state, key);
  }

  #alert(key: number, reason: AlertReason, severity: number, audience: readonly string[]): void {
    const { issued, view, namespace } = this.state;
    const assessmentId = idOf(this.state, key);
    const version = issued.version[key]!;
    const precedence = precedenceOf(severity);
    issued.alerted[key] = 1;
    this.#alerts.push({
      id: uuidV5(`${assessmentId}/${version}/${reason}`, namespace),
      view: view.id,
      assessmentId,
      version,
      reason,
      at: this.now,
      precedence,
      ackDeadline: ackDeadlineOf(precedence, this.now),
      audience: [...audience],
      marking: toWire(this.#markingOf(key)),
    });
  }

  #keepMarking(key: number, marking: Marking): void {
    this.state.issued.marking[key] = this.state.records.markings.numberOf(marking);
  }

  #markingOf(key: number): Marking {
    return this.state.records.markings.markingOf(this.state.issued.marking[key]!);
  }
}

const STATUS: Readonly<Record<number, Assessment['status']>> = {
  [LIVE_ID]: 'LIVE',
  [REDIRECTED_ID]: 'REDIRECTED',
  [CLOSED_ID]: 'CLOSED',
};

/** The body of an id that stands for nothing any more. */
const NOTHING = Object.freeze({
  members: [],
  links: [],
  contextValues: [],
  likelihood: { pMicro: 0, uMicro: 1_000_000, band: 1, lo: 0, hi: 100 },
  evidence: [],
  confidence: 'LOW',
  confidenceCaps: [],
  independentRoots: 0,
  dissents: [],
  positions: [],
  severity: { score: 0, inputs: [] },
  categories: [],
  tools: [],
  targets: [],
  ridings: [],
  platforms: [],
  gaps: [],
  firstSeen: 0,
  lastSeen: 0,
}) satisfies Partial<Assessment>;

/** The public id of an assessment: UUIDv5 in the view's namespace of its anchor's agency, cell and id. */
export function idOf({ records, namespace }: EngineState, key: number): string {
  return uuidV5(Buffer.from(`${records.agencyOf(key)}/${records.cellOf(key)}/${records.idOf(key)}`), namespace);
}
