import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import { toDeadLetter, toQuarantineNotice } from './quarantine-notice.ts';
import { refuserOf } from './refuser.ts';

const { views, cells } = await loadPolicy(join(import.meta.dirname, '../../../schemas/policy'));
const quarantined = {
  kind: 'quarantined', code: 'WRONG_CELL', topic: 'obs.open.partners', partition: 3, offset: 9_007_199_254_740_993n, sha256: 'ab',
} as const; // prettier-ignore

test('an entry for the agency has coordinates, hash and code, and nothing of the record', () => {
  const { topic, key, value } = toDeadLetter(quarantined, 5);
  expect({ topic, key, value: JSON.parse(String(value)) }).toEqual({
    topic: 'dead.open.partners',
    key: 'obs.open.partners/3/9007199254740993',
    value: {
      topic: 'obs.open.partners',
      partition: 3,
      offset: '9007199254740993',
      sha256: 'ab',
      code: 'WRONG_CELL',
      at: 5,
    },
  });
});

test('a notice names the agency of the topic, never the one the record claims', () => {
  const { topic, value } = toQuarantineNotice(quarantined, 'public', 5);
  expect({ topic, value: JSON.parse(String(value)) }).toEqual({
    topic: 'ops.public',
    value: {
      topic: 'obs.open.partners',
      partition: 3,
      offset: '9007199254740993',
      agency: 'partners',
      view: 'public',
      at: 5,
      code: 'WRONG_CELL',
    },
  });
});

test('each cell has one refuser, the lowest view that contains it', () => {
  expect(cells.length).toBeGreaterThan(0);
  expect(Object.fromEntries(cells.map(({ id }) => [id, refuserOf(id, views, cells)]))).toEqual({
    'open': 'public', 'partner': 'partner', 'pb-can': 'pb-can', 's-fvey': 's-fvey', 's-can': 's-can', 'ts-can': 'ts-can',
  }); // prettier-ignore
  expect(refuserOf('nowhere', views, cells)).toBeUndefined();
});

test('the order in which policy lists its views changes nothing', () => {
  const backwards = [...views].reverse();
  expect(cells.map(({ id }) => refuserOf(id, backwards, cells))).toEqual(
    cells.map(({ id }) => refuserOf(id, views, cells)),
  );
});
