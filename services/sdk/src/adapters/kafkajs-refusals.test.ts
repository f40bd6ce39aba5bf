import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { kafkajs } from './kafkajs-fixed.ts';
import { isEviction, isOversized, isRebalance, isVerdict, toRefusal } from './kafkajs-refusals.ts';

const load = createRequire(import.meta.url);
const { createErrorFromCode } = load('kafkajs/src/protocol/error.js') as {
  createErrorFromCode: (code: number) => Error;
};
/** As the driver hands it out after its retries. */
const wrapped = (code: number): Error =>
  new kafkajs.KafkaJSNumberOfRetriesExceeded(createErrorFromCode(code), { retryCount: 8, retryTime: 1 });

const answers: readonly (readonly [string, number, string, boolean])[] = [
  ['TOPIC_AUTHORIZATION_FAILED', 29, 'NOT_ALLOWED', false],
  ['GROUP_AUTHORIZATION_FAILED', 30, 'NOT_ALLOWED', false],
  ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 53, 'NOT_ALLOWED', false],
  ['MESSAGE_TOO_LARGE', 10, 'TOO_LARGE', false],
  ['NOT_ENOUGH_REPLICAS', 19, 'NOT_DURABLE', true],
  ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 20, 'NOT_DURABLE', true],
  ['INVALID_PRODUCER_EPOCH', 47, 'FENCED', false],
  ['PRODUCER_FENCED, which the driver does not know', 90, 'FENCED', false],
  ['INVALID_RECORD', 87, 'MALFORMED_RECORD', false],
  ['REQUEST_TIMED_OUT', 7, 'TIMEOUT', true],
  ['UNKNOWN_TOPIC_OR_PARTITION', 3, 'UNREACHABLE', true],
];
test.each(answers)('%s (%i) is said as %s, bare or wrapped', (_name, code, expected, retriable) => {
  for (const error of [createErrorFromCode(code), wrapped(code)]) {
    expect(toRefusal(error, { what: 'obs.open.cse' })).toMatchObject({ code: expected, retriable, cause: error });
  }
});

const certificates: readonly (readonly [string, string])[] = [
  ['SELF_SIGNED_CERT_IN_CHAIN', 'UNTRUSTED_BROKER'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNTRUSTED_BROKER'],
  ['CERT_HAS_EXPIRED', 'UNTRUSTED_BROKER'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'UNTRUSTED_BROKER'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'NOT_ALLOWED'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', 'NOT_ALLOWED'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'NOT_ALLOWED'],
];
test.each(certificates)('a connection that failed with %s is %s, and is not tried again', (code, expected) => {
  const error = new kafkajs.KafkaJSConnectionError('Connection error', { broker: 'kafka:9094', code });
  expect(error).toMatchObject({ retriable: false, name: 'KafkaJSConnectionError' });
  expect(toRefusal(error, { what: 'cluster' })).toMatchObject({ code: expected, retriable: false, cause: error });
});

test.each(['ECONNREFUSED', 'ECONNRESET', 'ERR_SSL_WRONG_VERSION_NUMBER'])('%s is no verdict', (code) => {
  const error = new kafkajs.KafkaJSConnectionError('Connection error', { broker: 'kafka:9094', code });
  expect(error.retriable).toBe(true);
  expect(toRefusal(error, { what: 'cluster' })).toMatchObject({ code: 'UNREACHABLE', retriable: true });
});

test('a refusal that is one already comes back as it is, and no driver text is in the details', () => {
  const refusal = toRefusal(new Error('connect ECONNREFUSED 10.0.0.1'), { what: 'cluster' });
  expect(refusal).toMatchObject({ code: 'UNREACHABLE', details: { what: 'cluster' } });
  expect(toRefusal(refusal, { what: 'other' })).toBe(refusal);
});

test('only a verdict leaves sequence numbers in agreement', () => {
  expect([10, 29, 87].map((code) => isVerdict(wrapped(code)))).toEqual([true, true, true]);
  expect([7, 19, 20, 45].map((code) => isVerdict(wrapped(code)))).toEqual([false, false, false, false]);
  expect(isVerdict(new Error('socket hang up'))).toBe(false);
  expect([isOversized(wrapped(10)), isOversized(wrapped(29))]).toEqual([true, false]);
});

test('an evicted member is told from one that is only asked to join again', () => {
  expect([22, 25, 27].map((code) => isEviction(createErrorFromCode(code)))).toEqual([true, true, false]);
  expect([22, 25, 27, 16, 7].map((code) => isRebalance(createErrorFromCode(code)))).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
});
