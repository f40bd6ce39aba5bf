// Collects what a cut publishes, and writes down in `issued` what it says.
// Holds: one version an id a cut; a tombstone's hash says where it leads; sorted at the end, so that no order of making
// shows. Source: README.md#assessment, README.md#alerts

import type { Alert, AlertReason, Assessment } from '@sitebus/sdk';
import { hash } from 'node:crypto';
import { ackDeadlineOf, precedenceOf, reasonOf } from './alert.ts';
import { BLANK, type Built } from './assessment.ts';
import { CLOSED_ID, LIVE_ID, REDIRECTED_ID, type Shown } from './issued.ts';
import { nameUuid } from './name-uuid.ts';
import { byIdAndVersion, WholeContent, type Content, type KeepContent, type Product } from './product.ts';
import { compareText } from '../records/records.ts';
import type { EngineState } from '../state.ts';
import type { Published } from '../step.ts';

const CONFIDENCES = ['LOW', 'MODERATE', 'HIGH'] as const;

/** One cut's products and alerts. Ids are entries of `issued`. */
export class Outbox {
  readonly state: EngineState;
  readonly now: number;
  readonly #keep: KeepContent | undefined;
  readonly #products: Product[] = [];
  readonly #alerts: Alert[] = [];

  constructor(state: EngineState, now: number, keep?: KeepContent) {
    this.state = state;
    this.now = now;
    this.#keep = keep;
  }

  changes(): Published {
    return {
      products: this.#products.sort(byIdAndVersion),
      alerts: this.#alerts.sort((a, b) => compareText(a.assessmentId, b.assessmentId) || a.version - b.version),
    };
  }

  /** A new version of a live id. */
  version(key: number, { content, marking, contentHash, figures }: Built): void {
    const { issued } = this.state;
    issued.setLive(key);
    issued.version[key]! += 1;
    issued.setHash(key, contentHash);
    issued.band[key] = figures.band;
    issued.confidence[key] = CONFIDENCES.indexOf(figures.confidence.confidence);
    issued.marking[key] = marking;
    this.#send(key, content, contentHash);
  }

  /** Rings where what happened to the id is worth it. */
  ring(
    key: number,
    { severity, figures, dissentKey }: Built,
    members: readonly number[],
    what: { readonly recalled: boolean; readonly split: boolean; readonly merged: boolean },
  ): void {
    const { issued, records, rules } = this.state;
    const isFirst = !issued.hasShown(key);
    const after: Shown = {
      band: figures.band,
      confidence: CONFIDENCES.indexOf(figures.confidence.confidence),
      severity,
      dissentKey,
    };
    const reason = reasonOf(rules, {
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
    this.#alert(key, reason, severity, agencies);
  }

  /** The id, and all that redirect to it, lead to another now. */
  redirect(key: number, to: number): void {
    const { issued, records } = this.state;
    for (const earlier of [key, ...issued.redirectedTo(key)]) {
      if (earlier === to) continue;
      issued.setRedirect(earlier, to);
      this.#tombstone(earlier, records.markings.joinOf(issued.marking[earlier]!, issued.marking[to]!));
    }
  }

  /** The id stands for nothing any more. */
  close(key: number, recalled: boolean): void {
    const { issued } = this.state;
    issued.setClosed(key);
    this.#tombstone(key, issued.marking[key]!);
    if (recalled) this.#alert(key, 'RECALLED', issued.shownOf(key).severity, []);
  }

  #tombstone(key: number, marking: number): void {
    const { issued, records, rules, view } = this.state;
    issued.version[key]! += 1;
    issued.marking[key] = marking;
    const { status, redirectTo } = issued;
    const target = status[key] === REDIRECTED_ID ? issued.idOf(redirectTo[key]!) : '';
    const contentHash = hash('sha256', `${STATUS[status[key]!]} ${target}`, 'hex');
    issued.setHash(key, contentHash);
    const body = {
      ...BLANK,
      ...NOTHING,
      view: view.id,
      marking: records.markings.wireOf(marking),
      policyVersion: rules.policyVersion,
      ruleVersion: rules.ruleVersion,
    };
    this.#send(key, new WholeContent(body), contentHash);
  }

  /** Publishes what `issued` says of the id, and the content. */
  #send(key: number, content: Content, contentHash: string): void {
    const { issued } = this.state;
    const status = STATUS[issued.status[key]!]!;
    const product: { -readonly [Field in keyof Product]: Product[Field] } = {
      id: issued.idOf(key),
      draw: issued.drawOf(key),
      version: issued.version[key]!,
      contentHash,
      status,
      redirectTo: status === 'REDIRECTED' ? issued.idOf(issued.redirectTo[key]!) : null,
      splitFrom: status === 'LIVE' ? (issued.splitFrom.get(key) ?? null) : null,
      assessedAt: this.now,
      content,
    };
    if (this.#keep !== undefined) product.content = this.#keep(product);
    this.#products.push(product);
  }

  #alert(key: number, reason: AlertReason, severity: number, audience: readonly string[]): void {
    const { issued, records, view, namespace } = this.state;
    const assessmentId = issued.idOf(key);
    const version = issued.version[key]!;
    const precedence = precedenceOf(severity);
    issued.alerted[key] = 1;
    this.#alerts.push({
      id: nameUuid(`${assessmentId}/${version}/${reason}`, namespace),
      view: view.id,
      assessmentId,
      version,
      reason,
      at: this.now,
      precedence,
      ackDeadline: ackDeadlineOf(precedence, this.now),
      audience: [...audience],
      marking: records.markings.wireOf(issued.marking[key]!),
    });
  }
}

const STATUS: Readonly<Record<number, Assessment['status']>> = {
  [LIVE_ID]: 'LIVE',
  [REDIRECTED_ID]: 'REDIRECTED',
  [CLOSED_ID]: 'CLOSED',
};

const NONE: [] = [];
Object.freeze(NONE);

/** The body of an id that stands for nothing any more; frozen at every level. */
const NOTHING = Object.freeze({
  members: NONE,
  links: NONE,
  contextValues: NONE,
  copies: NONE,
  likelihood: Object.freeze({ pMicro: 0, uMicro: 1_000_000, band: 1, lo: 0, hi: 100 }),
  evidence: NONE,
  confidence: 'LOW',
  confidenceCaps: NONE,
  independentRoots: 0,
  dissents: NONE,
  positions: NONE,
  severity: Object.freeze({ score: 0, inputs: NONE }),
  categories: NONE,
  tools: NONE,
  targets: NONE,
  ridings: NONE,
  platforms: NONE,
  gaps: NONE,
  firstSeen: 0,
  lastSeen: 0,
}) satisfies Partial<Assessment>;
