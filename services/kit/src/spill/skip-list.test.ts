import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { policyRootOf } from '@sitebus/sdk';
import fc from 'fast-check';
import { emptySkipList, previousOf, toSpillValue, withRecord, type SkipList } from './skip-list.ts';
import { signSpill, spillText, type SpillOrder } from './spill-order.ts';

const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');
const signer = (person: string) => ({ person, seed: seedOf(person) });
const keys = ['ada', 'bela'].map((person) => policyRootOf(person, seedOf(person)));

function anOrder(list: SkipList, over: Partial<SpillOrder> = {}): SpillOrder {
  return {
    cell: 'open', seq: list.orders.length + 1, previous: previousOf(list.orders), topic: 'obs.open.cse', partition: 0,
    offset: String(list.orders.length), key: null, sha256: '0'.repeat(64), id: null, agency: null, reason: 'marked too low',
    by: 'ada', at: 1, until: 2, policyVersion: 1, ...over,
  }; // prettier-ignore
}
const noteOf = (order: SpillOrder, persons: readonly string[]): string =>
  persons.reduce((text, person) => signSpill(text, signer(person)), spillText(order));
const valueOf = (note: string): Buffer => toSpillValue({ note, by: ['ada'], at: 1 });
const add = (list: SkipList, value: Buffer): SkipList => withRecord(list, { value, offset: 7n }, keys);

/** A list of so many orders, and the records that made it. */
function grown(length: number): { readonly list: SkipList; readonly values: readonly Buffer[] } {
  let list = emptySkipList('open');
  const values: Buffer[] = [];
  for (let n = 0; n < length; n += 1) {
    values.push(valueOf(noteOf(anOrder(list), ['ada', 'bela'])));
    list = add(list, values[n]!);
  }
  return { list, values };
}

describe('an order', () => {
  test('of two pinned persons is in force; of one it waits; the same person twice is one', () => {
    const empty = emptySkipList('open');
    const order = anOrder(empty);
    expect(add(empty, valueOf(noteOf(order, ['ada', 'bela']))).orders).toHaveLength(1);
    expect(add(empty, valueOf(noteOf(order, ['ada', 'ada'])))).toMatchObject({ orders: [], proposal: { order } });
  });

  test.each([
    ['with a bad signature', (note: string) => note.replace('too low', 'too LOW'), 'BAD_SIGNATURE'],
    ['of nobody who is pinned', () => noteOf(anOrder(emptySkipList('open')), ['mallory', 'eve']), 'UNKNOWN_SIGNER'],
    ['of another cell', () => noteOf(anOrder(emptySkipList('open'), { cell: 's-can', topic: 'obs.s-can.cse' }), ['ada', 'bela']), 'UNREADABLE'],
    ['that leaves one out', () => noteOf(anOrder(emptySkipList('open'), { seq: 2 }), ['ada', 'bela']), 'ORDER_MISSING'],
    ['in the place of another', () => noteOf(anOrder(emptySkipList('open'), { reason: 'another' }), ['ada', 'bela']), 'FORKED'],
  ])('%s closes the list', (name, forge, why) => {
    const { list } = name === 'in the place of another' ? grown(1) : grown(0);
    const note = noteOf(anOrder(emptySkipList('open')), ['ada', 'bela']);
    expect(add(list, valueOf(forge(note))).fault).toMatchObject({ why });
  }); // prettier-ignore
});

test('records repeated anywhere after their place change nothing, and one left out or out of order never goes unnoticed', () => {
  const { list, values } = grown(5);
  const fold = (records: readonly Buffer[]): SkipList => records.reduce(add, emptySkipList('open'));
  fc.assert(
    fc.property(fc.nat(4), fc.nat(4), (one, other) => {
      const [early, late] = [Math.min(one, other), Math.max(one, other)];
      const repeated = [...values.slice(0, late + 1), values[early]!, ...values.slice(late + 1)];
      expect(fold(repeated)).toEqual(list);
      const without = values.filter((_, place) => place !== early);
      const isPrefix = early === values.length - 1; // a tail cut off is found by whoever has seen more
      expect(fold(without).fault === undefined).toBe(isPrefix);
    }),
    { numRuns: 40 },
  );
});
