// Which positions still lead somewhere.

import { describe, expect, test } from '@jest/globals';
import { NIL_ID } from './cursor.ts';
import type { AlertLog, StoredAlert } from './read-model/model.ts';
import { isBeyondRetention, lostAfter, lostBefore } from './stale.ts';

/** A log that holds offsets from `earliest` to below `next`, each with the id `alert-<offset>`. */
function aLog(earliest: bigint, next: bigint): AlertLog {
  const read = async (from: bigint, limit: number) =>
    Array.from({ length: limit }, (_, n) => (from > earliest ? from : earliest) + BigInt(n))
      .filter((offset) => offset < next)
      .map((offset) => ({ offset, id: `alert-${offset}` }) as StoredAlert);
  return { ends: () => ({ earliest, next }), read, offsetAt: () => next, arrival: async () => undefined };
}
const at = (offset: bigint, id = `alert-${offset}`) => ({ offset, id, atMs: 0, epoch: 0 });

describe('a position of a log that holds 10 to 19', () => {
  const log = aLog(10n, 20n);
  test.each([
    ['before its beginning', at(8n), 'retention', 'retention'],
    ['just before its beginning: a stream goes on, a list has nothing left', at(9n), undefined, 'retention'],
    ['at its first alert: a list has nothing left', at(10n), undefined, 'retention'],
    ['within it', at(15n), undefined, undefined],
    ['at its last alert', at(19n), undefined, undefined],
    ['beyond its end', at(20n), 'rebuilt', 'rebuilt'],
    ['where another alert stands now', at(15n, 'alert-of-another-log'), 'rebuilt', 'rebuilt'],
    ['that names no alert', at(15n, NIL_ID), undefined, undefined],
  ] as const)('%s', async (_where, position, after, before) => {
    expect([await lostAfter(log, position), await lostBefore(log, position)]).toEqual([after, before]);
  });

  test('of a log that has lost nothing is never too old', async () => {
    expect([await lostAfter(aLog(0n, 20n), at(0n)), await lostBefore(aLog(0n, 20n), at(0n))]).toEqual([undefined, undefined]); // prettier-ignore
  });
});

test('a time is beyond retention once nothing before it can be left; without a bound it never is', () => {
  const rule = { partitions: 1, cleanup: 'delete', timestampType: 'LogAppendTime' } as const;
  const policy = { topics: [{ kind: 'obs', retentionMs: 100, ...rule }, { kind: 'assess', retentionMs: -1, ...rule }] }; // prettier-ignore
  const beyond = (kind: string, atMs: number) => isBeyondRetention(policy, kind, { offset: 0n, id: NIL_ID, atMs, epoch: 0 }, 1_000); // prettier-ignore
  expect([beyond('obs', 899), beyond('obs', 900), beyond('assess', 0), beyond('unknown', 0)]).toEqual([true, false, false, false]); // prettier-ignore
});
