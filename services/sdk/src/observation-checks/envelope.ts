// What every envelope must say: whose it is, when it was, what it names.
// Holds: pure; a value of the wrong shape is left to the codec. Source: README.md#what-an-observation-is-checked-for

import type { Fault } from '../fault.ts';
import type { Policy } from '../policy.ts';
import { fault } from './faults.ts';
import { toFields, toItems, toNumber, toText, type Fields } from './shape.ts';

/** Versions 4 and 5 alone: ids of the others are ordered by time, and tell when records nobody may see were made. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TOKEN = /^[A-Za-z0-9_-]{16,128}$/;
/** How far a producer's clock may be ahead of the one that checks. */
const MAX_AHEAD_MS = 300_000;

/** Who publishes, and when it is. */
export interface CheckContext {
  /** The agency that publishes; tenants by their own id. */
  readonly agency: string;
  /** UTC milliseconds. */
  readonly nowMs: number;
  /** Whose record an id is, where the caller knows; undefined for an id it does not know. */
  readonly agencyOf?: (id: string) => string | undefined;
}

/** Faults of the envelope but for its marking, and of who may write the type. */
export function checkEnvelope(type: string, value: Fields, policy: Policy, context: CheckContext): Fault[] {
  const envelope = toFields(value['envelope']);
  return [
    ...checkId('/envelope/id', envelope['id']),
    ...checkAgency(envelope['agency'], policy, context),
    ...checkWriter(type, policy, context),
    ...checkTimes(envelope, context),
    ...checkGrade(envelope['infoGrade']),
    ...checkLineage(envelope),
    ...checkCorrections(type, envelope, context),
  ];
}

/** Refuses what is a string but no id of ours; null and absence pass. */
export function checkId(pointer: string, value: unknown): Fault[] {
  const id = toText(value);
  return id === undefined || UUID.test(id) ? [] : [fault('ID_NOT_UUID', pointer)];
}

function checkAgency(value: unknown, policy: Policy, { agency }: CheckContext): Fault[] {
  const named = toText(value);
  if (named === undefined) return [];
  if (!policy.agencies.some(({ id }) => id === named)) return [fault('UNKNOWN_AGENCY', '/envelope/agency')];
  return named === agency ? [] : [fault('NOT_YOUR_AGENCY', '/envelope/agency')];
}

function checkWriter(type: string, { writers }: Policy, { agency }: CheckContext): Fault[] {
  const allowed = Object.hasOwn(writers, type) ? writers[type] : undefined;
  const may = allowed?.some((writer) => writer === agency || (writer === 'partner-*' && agency.startsWith('partner-')));
  return may === false ? [fault('NOT_ALLOWED', '', `${type} is written by ${allowed?.join(', ') ?? 'nobody'}`)] : [];
}

function checkTimes(envelope: Fields, { nowMs }: CheckContext): Fault[] {
  const observedAt = toNumber(envelope['observedAt']);
  const recordedAt = toNumber(envelope['recordedAt']);
  if (observedAt === undefined || recordedAt === undefined) return [];
  return [
    ...(observedAt > recordedAt ? [fault('OBSERVED_AFTER_RECORDED', '/envelope/observedAt')] : []),
    ...(recordedAt > nowMs + MAX_AHEAD_MS ? [fault('RECORDED_IN_FUTURE', '/envelope/recordedAt')] : []),
  ];
}

function checkGrade(value: unknown): Fault[] {
  const grade = toNumber(value);
  return grade === undefined || (grade >= 1 && grade <= 6) ? [] : [fault('GRADE_OUT_OF_RANGE', '/envelope/infoGrade')];
}

function checkLineage(envelope: Fields): Fault[] {
  const { derivedFrom, sourceToken } = toFields(envelope['lineage']);
  const parents = toItems(derivedFrom);
  const token = toText(sourceToken);
  const at = (index: number): string => `/envelope/lineage/derivedFrom/${index}`;
  return [
    ...parents.flatMap((id, index) => checkId(at(index), id)),
    ...parents.flatMap((id, index) => (id === envelope['id'] ? [fault('REFERS_TO_ITSELF', at(index))] : [])),
    ...parents.flatMap((id, index) => (parents.indexOf(id) < index ? [fault('NAMED_TWICE', at(index))] : [])),
    ...(token === undefined || TOKEN.test(token) ? [] : [fault('TOKEN_MALFORMED', '/envelope/lineage/sourceToken')]),
  ];
}

function checkCorrections(type: string, envelope: Fields, context: CheckContext): Fault[] {
  const recalls = toText(envelope['recalls']);
  const named = (['supersedes', 'recalls'] as const).flatMap((field) => {
    const id = toText(envelope[field]);
    return id === undefined ? [] : checkReference(`/envelope/${field}`, id, envelope, context);
  });
  if (type === 'Recall' && recalls === undefined) return [...named, fault('RECALLS_REQUIRED', '/envelope/recalls')];
  if (type !== 'Recall' && recalls !== undefined) return [...named, fault('RECALLS_NOT_ALLOWED', '/envelope/recalls')];
  return named;
}

function checkReference(pointer: string, id: string, envelope: Fields, { agency, agencyOf }: CheckContext): Fault[] {
  if (id === envelope['id']) return [fault('REFERS_TO_ITSELF', pointer)];
  const owner = agencyOf?.(id);
  return [
    ...checkId(pointer, id),
    ...(owner === undefined || owner === agency ? [] : [fault('NOT_YOUR_RECORD', pointer)]),
  ];
}
