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
  return {
    ends: () => ({ earliest, next }),
    endOnBus: async () => next,
    read,
    offsetAt: () => next,
    arrival: async () => undefined,
  };
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

describe('a position that another gateway of the view has read up to', () => {
  const lagging = (arrives: boolean, id: string): AlertLog => {
    let log = aLog(0n, 20n);
    const arrival = async (): Promise<void> => {
      if (arrives) log = { ...aLog(0n, 22n), read: async () => [{ offset: 21n, id } as StoredAlert] };
    };
    return { ends: () => log.ends(), read: (...of) => log.read(...of), offsetAt: () => 20n, endOnBus: async () => 22n, arrival }; // prettier-ignore
  };
  test.each([
    ['stands once it is read here too', lagging(true, 'alert-21'), at(21n), undefined],
    ['is of another log where another alert is read there', lagging(true, 'other'), at(21n), 'rebuilt'],
    ['stands although it takes long', lagging(false, ''), at(21n), undefined],
    ['beyond the end of the topic is of another log', lagging(true, 'alert-21'), at(22n), 'rebuilt'],
  ] as const)('%s', async (_what, log, position, lost) => {
    expect(await lostAfter(log, position)).toBe(lost);
  });
});

test('a time is beyond retention once nothing before it can be left; without a bound it never is', () => {
  const rule = { partitions: 1, cleanup: 'delete', timestampType: 'LogAppendTime' } as const;
  const policy = { topics: [{ kind: 'obs', retentionMs: 100, ...rule }, { kind: 'assess', retentionMs: -1, ...rule }] }; // prettier-ignore
  const beyond = (kind: string, atMs: number) => isBeyondRetention(policy, kind, { offset: 0n, id: NIL_ID, atMs, epoch: 0 }, 1_000); // prettier-ignore
  expect([beyond('obs', 899), beyond('obs', 900), beyond('assess', 0), beyond('unknown', 0)]).toEqual([true, false, false, false]); // prettier-ignore
});
