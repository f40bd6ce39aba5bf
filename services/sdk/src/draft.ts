// What an integrator hands over, and the observation it becomes.
// Holds: pure; nothing is guessed: what cannot be read is a fault with a pointer into the draft; the agency, its id space and
// the recorded time are the producer's, never the draft's. Source: README.md#publishing

import { createHash } from 'node:crypto';
import { createMarking, parse, type Marking } from '@sitebus/marking';
import { v5 } from 'uuid';
import { isRefusal } from './errors.ts';
import type { Fault } from './fault.ts';
import type { Envelope } from './generated/observation.ts';
import { toWire } from './marking-wire.ts';
import type { Fields, Observation, ObservationType } from './observation-types.ts';
import { sourceTokenOf } from './source-token.ts';

/** One observation before its producer has completed it. */
export interface Draft<T extends ObservationType = ObservationType> {
  readonly type: T;
  /** Every field of the type but the envelope, `report` included; no undeclared field. */
  readonly fields: Fields<T>;
  /** Required: there is no default. As text (`SECRET//REL TO CAN, GBR`) or as a value; it chooses the topic. */
  readonly marking: Marking | string;
  /** RFC 3339, with `Z` or an offset. */
  readonly observedAt: string;
  readonly sourceGrade: Envelope['sourceGrade'];
  readonly infoGrade: 1 | 2 | 3 | 4 | 5 | 6;
  readonly derivedFrom?: readonly string[];
  /** Canonical name of where it came from; the producer makes a token of it, and the name goes nowhere. */
  readonly origin?: string;
  /** Left out, it follows from agency, type and content, so that the same input gets the same id. */
  readonly id?: string;
}

/** Who completes drafts, and with what. */
export interface DraftContext {
  readonly agency: string;
  /** UUID namespace of the agency. */
  readonly namespace: string;
  readonly homeNation: string;
  /** Key of source tokens; without one, a draft with an origin is refused. Never logged. */
  readonly signerKey?: Buffer;
  /** UTC milliseconds. */
  readonly nowMs: number;
}

/** A draft completed; not checked against policy yet. */
export interface FinishedDraft {
  readonly type: ObservationType;
  readonly value: Observation;
  readonly marking: Marking;
  /** Equal for equal drafts, whenever they were finished. */
  readonly contentKey: string;
}

/** What a draft corrects; a draft as such corrects nothing. */
export type Correction = Partial<Pick<Envelope, 'supersedes' | 'recalls'>>;

/** Completes a draft, or says everything that is wrong with what the envelope is made of. */
export function finishDraft(
  draft: Draft,
  context: DraftContext,
  correction: Correction = {},
): FinishedDraft | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const marking = toMarking(draft.marking, context, faults);
  const observedAt = toInstantMs(draft.observedAt, faults);
  const sourceToken = toToken(draft.origin, context, faults);
  if (marking === undefined || observedAt === undefined || faults.length > 0) return { faults };
  const { id: given, origin: _origin, marking: _marking, ...rest } = draft;
  const content = canonicalText({ ...rest, ...correction, marking: toWire(marking), sourceToken });
  const contentKey = createHash('sha256').update(content).digest('hex');
  const { supersedes = null, recalls = null } = correction;
  const envelope: Envelope = {
    id: given ?? v5(contentKey, context.namespace),
    agency: context.agency,
    observedAt,
    recordedAt: context.nowMs,
    marking: toWire(marking),
    lineage: { derivedFrom: draft.derivedFrom ?? [], sourceToken },
    sourceGrade: draft.sourceGrade,
    infoGrade: draft.infoGrade,
    supersedes,
    recalls,
  };
  // The type and its fields belong together by the type of Draft; the codec judges what they really are.
  return { type: draft.type, value: { envelope, ...draft.fields } as unknown as Observation, marking, contentKey };
}

/** Where in the draft a fault of the record lies: `/envelope/marking/tlp` → `/marking/tlp`, `/report/title` → `/fields/report/title`. */
export function toDraftPointer(pointer: string): string {
  const lineage = '/envelope/lineage/';
  if (pointer.startsWith(lineage)) return `/${pointer.slice(lineage.length)}`;
  if (pointer.startsWith('/envelope/')) return pointer.slice('/envelope'.length);
  return pointer === '' ? '' : `/fields${pointer}`;
}

/** The marking, owned by the home nation and originating with the agency unless it says otherwise. */
function toMarking(given: Marking | string | undefined, context: DraftContext, faults: Fault[]): Marking | undefined {
  if (given === undefined || given === '') {
    faults.push({
      pointer: '/marking', code: 'MARKING_REQUIRED', detail: 'must be given; there is no default', hint: 'UNCLASSIFIED//TLP:AMBER',
    }); // prettier-ignore
    return undefined;
  }
  try {
    const marking = typeof given === 'string' ? parse(given, { homeNation: context.homeNation }) : given;
    return createMarking({
      ...marking,
      owners: marking.owners.length > 0 ? marking.owners : [context.homeNation],
      origins: marking.origins.length > 0 ? marking.origins : [context.agency],
    });
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const { index } = cause as { readonly index?: number };
    const where = index === undefined ? '' : ` at character ${index}`;
    faults.push({ pointer: '/marking', code: 'INVALID_MARKING', detail: `is no marking: ${cause.code}${where}` });
    return undefined;
  }
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

function toInstantMs(text: string, faults: Fault[]): number | undefined {
  const ms = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  const detail = 'must be an instant with its offset from UTC';
  faults.push({ pointer: '/observedAt', code: 'NOT_AN_INSTANT', detail, hint: '2031-10-02T14:05:15Z' });
  return undefined;
}

function toToken(origin: string | undefined, { signerKey }: DraftContext, faults: Fault[]): string | null {
  const named = origin?.trim();
  if (!named) return null;
  if (signerKey !== undefined) return sourceTokenOf(signerKey, named);
  faults.push({
    pointer: '/origin',
    code: 'NO_SIGNER',
    detail: 'needs the key for source tokens, which this producer lacks',
  });
  return null;
}

/** JSON with keys in order, so that equal values are equal texts. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
