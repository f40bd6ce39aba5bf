// What kafkajs throws, as the refusals of the port. The one place where a driver's error is read.
// Holds: the driver's text stays in `cause`; whatever is not known to be a verdict of the broker counts as unknown outcome.

import {
  fenced,
  malformedRecord,
  notAllowed,
  notDurable,
  SitebusError,
  timedOut,
  tooLarge,
  unreachable,
  untrustedBroker,
} from '../errors.ts';
import { refusedCertificate } from './certificate-refusals.ts';

/** What was being attempted, in words safe to show, and what is known about it. */
export interface Attempt {
  /** A topic, group or transactional id. */
  readonly what: string;
  readonly bytes?: number;
  readonly afterMs?: number;
}

const FORBIDDEN = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
]);
const OVERSIZED = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const UNDURABLE = new Set(['NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND']);
const SUPERSEDED = new Set(['INVALID_PRODUCER_EPOCH', 'INVALID_PRODUCER_ID_MAPPING']);
/** PRODUCER_FENCED is newer than the driver's table: only the message has its number. */
const PRODUCER_FENCED_MESSAGE = 'Unknown error code 90';
/** The group has moved on without this member: nothing it holds is its own any more. */
const EVICTED = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']);
/** The group is being divided anew; the driver joins again by itself. */
const REDIVIDED = new Set([...EVICTED, 'REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP']);

const UNSETTLED = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/** The refusal a caller of the port gets for a driver's error; a refusal comes back as it is. */
export function toRefusal(error: unknown, attempt: Attempt): SitebusError {
  if (error instanceof SitebusError) return error;
  const { type, name, message, code } = innermost(error);
  const { what, bytes = 0, afterMs = 0 } = attempt;
  const certificate = refusedCertificate(code);
  if (certificate === 'theirs') return untrustedBroker({ what }, error);
  if (certificate === 'ours' || FORBIDDEN.has(type) || name === 'KafkaJSSASLAuthenticationError')
    return notAllowed({ what }, error);
  if (OVERSIZED.has(type)) return tooLarge({ bytes }, error);
  if (UNDURABLE.has(type)) return notDurable({ topic: what }, error);
  if (SUPERSEDED.has(type) || message === PRODUCER_FENCED_MESSAGE) return fenced({ transactionalId: what }, error);
  if (type === 'INVALID_RECORD') return malformedRecord({ reason: 'the topic does not take such a record' }, error);
  if (type === 'REQUEST_TIMED_OUT' || name === 'KafkaJSRequestTimeoutError') return timedOut({ what, afterMs }, error);
  return unreachable({ what }, error);
}

/** True when the broker has said no and the record is certainly not in the log, so that sequence numbers still agree. */
export function isVerdict(error: unknown): boolean {
  const { type } = innermost(error);
  return FORBIDDEN.has(type) || OVERSIZED.has(type) || type === 'INVALID_RECORD';
}

/** True when the broker refused because its sequence and ours differ; nothing was written. */
export const isOutOfSequence = (error: unknown): boolean => innermost(error).type === 'OUT_OF_ORDER_SEQUENCE_NUMBER';

/** True when the broker is not there yet: a partition without its leader, a coordinator that loads. Asking again will tell. */
export const isSettling = (error: unknown): boolean => UNSETTLED.has(innermost(error).type);

/** True when the batch was too large for the topic. */
export const isOversized = (error: unknown): boolean => OVERSIZED.has(innermost(error).type);

/** True when this member has lost its partitions without having been asked. */
export const isEviction = (error: unknown): boolean => EVICTED.has(innermost(error).type);

/** True when this member must join its group again. */
export const isRebalance = (error: unknown): boolean => REDIVIDED.has(innermost(error).type);

interface DriverError {
  readonly type: string;
  readonly name: string;
  readonly message: string;
  /** Of a connection: as Node has it. */
  readonly code: unknown;
}

/** kafkajs wraps the broker's answer, sometimes twice: the innermost one that has a type is the reason. */
function innermost(error: unknown): DriverError {
  let found: DriverError = { type: '', name: '', message: '', code: undefined };
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    const { type, code = found.code } = e as Partial<DriverError>;
    found = { type: typeof type === 'string' ? type : found.type, name: e.name, message: e.message, code };
  }
  return found;
}
