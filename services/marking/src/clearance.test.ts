import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyClearance, anyMarking, NOW_MS } from './testing/arbitraries.ts';
import { clearanceDominates, createClearance, meet } from './clearance.ts';
import { createMarking } from './create.ts';
import { dominates } from './dominates.ts';
import type { MarkingError } from './errors.ts';
import { higher } from './ladder.ts';
import { CLASSIFIED, PROTECTED, TLP, type Clearance } from './model.ts';

const fields: Clearance = {
  classified: 'SECRET',
  protected: 'B',
  compartments: ['TK', 'SI-G'],
  nations: ['GBR', 'CAN', 'CAN'],
  maxTlp: 'RED',
  groups: ['research', 'community'],
  validUntil: 1_000,
  epoch: 2,
};
const whole = createClearance(fields);
const codeOf = (change: Record<string, unknown>): string => {
  try {
    createClearance({ ...fields, ...change });
  } catch (fault) {
    return (fault as MarkingError).code;
  }
  return 'made';
};

test('a clearance is sorted, closed and frozen', () => {
  expect(whole).toEqual({
    classified: 'SECRET',
    protected: 'B',
    compartments: ['SI', 'SI-G', 'TK'],
    nations: ['CAN', 'GBR'],
    maxTlp: 'RED',
    groups: ['community', 'research'],
    validUntil: 1_000,
    epoch: 2,
  });
  const lists = [whole, whole.compartments, whole.nations, whole.groups];
  expect(lists.every((value) => Object.isFrozen(value))).toBe(true);
});

test('a refusal names the field', () => {
  const refusals = [...Object.keys(fields).map((field) => [field, undefined]), ['nations', []], ['nations', ['QQ']]];
  for (const [field, value] of refusals as [string, unknown][])
    expect(() => createClearance({ ...fields, [field]: value })).toThrow(
      expect.objectContaining({ details: { field } }),
    );
});

test('a clearance that lacks any field is not made: there is no default', () => {
  const lacking = Object.keys(fields).map((field) => [field, codeOf({ [field]: undefined })]);
  expect(lacking).toEqual([
    ['classified', 'UNKNOWN_LEVEL'],
    ['protected', 'UNKNOWN_LEVEL'],
    ['compartments', 'MALFORMED_FIELD'],
    ['nations', 'MALFORMED_FIELD'],
    ['maxTlp', 'UNKNOWN_LEVEL'],
    ['groups', 'MALFORMED_FIELD'],
    ['validUntil', 'MALFORMED_FIELD'],
    ['epoch', 'MALFORMED_FIELD'],
  ]);
  expect(() => createClearance(undefined as never)).toThrow(expect.objectContaining({ code: 'MARKING_MISSING' }));
});

test.each<[string, Record<string, unknown>, string]>([
  ['a field of a marking', { relTo: ['CAN'] }, 'UNKNOWN_FIELD'],
  ['no nation', { nations: [] }, 'NATIONS_EMPTY'],
  ['a nation group', { nations: ['FVEY'] }, 'UNKNOWN_NATION'],
  ['the unknown nation', { nations: ['XXX'] }, 'made'],
  ['a malformed group', { groups: ['a b'] }, 'MALFORMED_FIELD'],
  ['no end by time', { validUntil: Infinity }, 'made'],
  ['the first moment there is', { validUntil: 0 }, 'made'],
  ['an end that is no number', { validUntil: Number.NaN }, 'MALFORMED_FIELD'],
  ['an end as text', { validUntil: '2026' }, 'MALFORMED_FIELD'],
  ['an epoch below zero', { epoch: -1 }, 'MALFORMED_FIELD'],
])('a clearance with %s: %j gives %s', (_case, change, code) => {
  expect(codeOf(change)).toBe(code);
});

test.each<[string, Partial<Clearance>]>([
  ['a higher level', { classified: 'TOP_SECRET' }],
  ['a higher PROTECTED level', { protected: 'C' }],
  ['one more compartment', { compartments: ['SI-G', 'TK', 'HCS'] }],
  ['one nation fewer', { nations: ['CAN'] }],
  ['one more group', { groups: ['community', 'platforms', 'research'] }],
])('with %s a clearance dominates, and is no longer dominated by, what it was', (_change, change) => {
  const more = createClearance({ ...fields, ...change });
  expect([clearanceDominates(more, whole), clearanceDominates(whole, more)]).toEqual([true, false]);
});

test('a higher TLP colour dominates a lower one', () => {
  const amber = createClearance({ ...fields, maxTlp: 'AMBER' });
  expect([clearanceDominates(whole, amber), clearanceDominates(amber, whole)]).toEqual([true, false]);
});

test('every nation dominates the unknown one, which reads only what all may read', () => {
  const anyone = createClearance({ ...fields, nations: ['XXX'] });
  expect([clearanceDominates(whole, anyone), clearanceDominates(anyone, whole)]).toEqual([true, false]);
});

test('a clearance behind which nobody stands dominates none', () => {
  expect(clearanceDominates({ ...whole, nations: [] }, whole)).toBe(false);
});

test('whatever the dominated clearance reads, the dominating one reads, while it is valid', () => {
  let compared = 0;
  fc.assert(
    fc.property(anyClearance, anyClearance, anyMarking, (low, other, marking) => {
      const high = atLeastBoth(low, other);
      expect(clearanceDominates(high, low)).toBe(true);
      if (!dominates(low, marking, NOW_MS)) return;
      compared += 1;
      expect(dominates(high, marking, NOW_MS)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
  expect(compared).toBeGreaterThan(0);
});

test('a clearance that does not dominate another is refused something the other reads', () => {
  let compared = 0;
  const anyListed = anyClearance.filter(({ nations }) => !nations.includes('XXX'));
  fc.assert(
    fc.property(anyClearance, anyListed, (a, b) => {
      if (clearanceDominates(a, b)) return;
      compared += 1;
      const { classified, protected: level, compartments, nations: relTo, maxTlp: tlp } = b;
      const highest = createMarking({ classified, protected: level, compartments, relTo, tlp });
      const readByB = [highest, ...b.groups.map((group) => createMarking({ ...highest, needToKnow: [[group]] }))];
      expect(readByB.every((marking) => dominates(b, marking, 0))).toBe(true);
      expect(readByB.every((marking) => dominates(a, marking, 0))).toBe(false);
    }),
  );
  expect(compared).toBeGreaterThan(0);
});

/** At least what `low` holds, and some of what `other` does. */
function atLeastBoth(low: Clearance, other: Clearance): Clearance {
  return createClearance({
    classified: higher(CLASSIFIED, low.classified, other.classified),
    protected: higher(PROTECTED, low.protected, other.protected),
    compartments: [...low.compartments, ...other.compartments],
    nations: low.nations.includes('XXX') ? other.nations : low.nations.slice(0, 1),
    maxTlp: higher(TLP, low.maxTlp, other.maxTlp),
    groups: [...low.groups, ...other.groups],
    validUntil: Infinity,
    epoch: 0,
  });
}

test('a meet takes the lower levels, the common compartments and groups, all nations and the earlier end', () => {
  const other = createClearance({
    classified: 'TOP_SECRET', protected: 'A', compartments: ['SI-G ABCD', 'HCS'], nations: ['AUS', 'CAN'],
    maxTlp: 'GREEN', groups: ['platforms', 'research'], validUntil: 500, epoch: 7,
  }); // prettier-ignore
  const both = meet(whole, other);
  expect(both).toEqual({
    classified: 'SECRET', protected: 'A', compartments: ['SI', 'SI-G'], nations: ['AUS', 'CAN', 'GBR'],
    maxTlp: 'GREEN', groups: ['research'], validUntil: 500, epoch: 7,
  }); // prettier-ignore
  expect(Object.isFrozen(both)).toBe(true);
});

test('a meet never admits what one of its sides would not, and without groups it admits what both do', () => {
  let admitted = 0;
  fc.assert(
    fc.property(anyClearance, anyClearance, anyMarking, (a, b, marking) => {
      const each = dominates(a, marking, NOW_MS) && dominates(b, marking, NOW_MS);
      const together = dominates(meet(a, b), marking, NOW_MS);
      if (together) admitted += 1;
      if (together || marking.needToKnow.length === 0) expect(together).toBe(each);
    }),
    { numRuns: 1_000 },
  );
  expect(admitted).toBeGreaterThan(0);
});

test('a meet is commutative, associative and idempotent', () => {
  fc.assert(
    fc.property(anyClearance, anyClearance, anyClearance, (a, b, c) => {
      expect(meet(a, b)).toEqual(meet(b, a));
      expect(meet(meet(a, b), c)).toEqual(meet(a, meet(b, c)));
      expect(meet(a, a)).toEqual(a);
    }),
  );
});
