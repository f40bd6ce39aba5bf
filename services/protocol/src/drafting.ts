// A tearline's draft as its author sent it, completed and judged: marking, values, words.
// Holds: pure; every fault is named by its place in what was sent; a value that the source does not have is refused, for an
// originator approves what leaves its record, not what somebody puts into its mouth. Source: README.md#tearline

import { createMarking, parse, type Marking } from '@sitebus/marking';
import { canonicalHash, type TearlineDraftArgs } from '@sitebus/kit';
import {
  checkObservation,
  fromWire,
  isRefusal,
  normalise,
  toWire,
  type CitedRecord,
  type Feature,
  type Policy,
  type TearlineDraft,
  type WireMarking,
} from '@sitebus/sdk';
import { isBelow } from './below.ts';
import type { DraftFault, RefusedCode } from './errors.ts';
import { tearlineRecords, VALUE_FIELDS } from './released-records.ts';
import { lintTearline } from './tearline-lint.ts';

/** Why a draft or a marking is not taken. */
export interface Unfit {
  readonly code: RefusedCode;
  readonly faults: readonly DraftFault[];
}

/** What a draft is held against. */
export interface DraftFacts {
  readonly source: CitedRecord;
  /** Normalised values of the source that link. */
  readonly features: readonly Feature[];
  readonly policy: Policy;
  /** UTC milliseconds. */
  readonly now: number;
}

/** @returns the draft that originators will approve, or what is wrong with it. */
export function draftOf(args: TearlineDraftArgs, facts: DraftFacts): TearlineDraft | Unfit {
  const { source, features, policy, now } = facts;
  const marking = givenMarking(args.marking, policy, { owners: [policy.homeNation], origins: [source.agency] });
  if ('faults' in marking) return marking;
  if (!isBelow(marking, fromWire(source.marking)))
    return unfit('TARGET_NOT_BELOW', '/marking', 'is not below the source');
  const values = keptValues(args.values, features);
  if ('faults' in values) return values;
  const { text, lang = 'en', title = 'Released information', category = 'OTHER', soWhat = '' } = args;
  const found = lintTearline({ text, title, soWhat }, policy);
  if (found.length > 0) return { code: 'LINT_FAILED', faults: found };
  const content = { text, lang, title, category, soWhat, values: [...values.kept], marking: toWire(marking) };
  const draft: TearlineDraft = { ...content, contentHash: canonicalHash(content) };
  const faults = recordFaults(draft, source, policy, now);
  if (faults.length === 0) return draft;
  const isPlace = faults.every(({ code }) => code === 'NO_CELL' || code === 'NOT_ALLOWED');
  return { code: isPlace ? 'NO_CELL' : 'INVALID_DRAFT', faults };
}

/** A marking as text or as the wire's fields; whose it is follows from what it is for, whatever it says itself. */
export function givenMarking(
  given: unknown,
  { homeNation }: Policy,
  { owners, origins }: Pick<Marking, 'owners' | 'origins'>,
): Marking | Unfit {
  try {
    const marking = typeof given === 'string' ? parse(given, { homeNation }) : fromWire(withoutBanner(given));
    return createMarking({ ...marking, owners, origins });
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    return unfit('INVALID_DRAFT', '/marking', `is no marking: ${cause.code}`);
  }
}

/** A banner beside the fields is for people. */
function withoutBanner(given: unknown): WireMarking {
  const { banner: _banner, ...fields } = given as Record<string, unknown>;
  return fields as unknown as WireMarking; // fromWire checks each field
}

function keptValues(
  given: TearlineDraftArgs['values'],
  features: readonly Feature[],
): Unfit | { readonly kept: TearlineDraft['values'] } {
  const known = new Set(features.map(({ kind, value }) => `${kind} ${value}`));
  const faults = given.flatMap(({ kind, value }, index): DraftFault[] => {
    const pointer = `/values/${index}`;
    if (!Object.hasOwn(VALUE_FIELDS, kind))
      return [{ pointer, code: 'VALUE_KIND', detail: 'a tearline keeps no such kind' }];
    const normal = normalise(kind, value);
    return normal !== undefined && known.has(`${kind} ${normal}`)
      ? []
      : [{ pointer, code: 'NOT_OF_SOURCE', detail: 'is no value of the source' }];
  });
  return faults.length > 0 ? { code: 'INVALID_DRAFT', faults } : { kept: given };
}

/** What the originator's service would refuse, told while it can still be mended. */
function recordFaults(draft: TearlineDraft, source: CitedRecord, policy: Policy, now: number): readonly DraftFault[] {
  const ids = { id: SAMPLE_ID, linkId: SAMPLE_ID, origin: 'x' };
  const { type, origin: _origin, envelope, ...fields } = tearlineRecords(draft, source, ids, now).lower;
  const whole = {
    envelope: {
      ...(envelope as object),
      agency: source.agency,
      recordedAt: now,
      lineage: { derivedFrom: [], sourceToken: null },
      supersedes: null,
      recalls: null,
    },
    ...fields,
  };
  return checkObservation(String(type), whole, policy, { agency: source.agency, nowMs: now }).map(
    ({ pointer, code, detail }) => ({ pointer, code, detail }),
  );
}

/** Only its shape counts. */
const SAMPLE_ID = '00000000-0000-4000-8000-000000000000';

function unfit(code: RefusedCode, pointer: string, detail: string): Unfit {
  return { code, faults: [{ pointer, code, detail }] };
}
