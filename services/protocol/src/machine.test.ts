import { expect, test } from '@jest/globals';
import type { DowngradeEvent } from '@sitebus/sdk';
import { EMPTY_DOWNGRADE } from './event-types.ts';
import { follows, framed } from './machine.ts';
import { HIGH, LOW } from './testing/drawn-commands.ts';

const about = (at: number) => ({ id: 'x', at, by: { person: 'ada', role: 'analyst', agency: 'cse' }, marking: HIGH });
const first = framed<DowngradeEvent>({ kind: 'requested', to: 'SIGNING', lowered: LOW, expires: 9 }, undefined, EMPTY_DOWNGRADE, about(1)); // prettier-ignore
const second = framed<DowngradeEvent>({ kind: 'refused', to: 'REFUSED', reason: 'no' }, first, EMPTY_DOWNGRADE, about(2)); // prettier-ignore

test('an event follows the one it was written after, and no other', () => {
  expect([follows(first, undefined), follows(second, first)]).toEqual([true, true]);
  expect([follows(second, undefined), follows(first, first), follows(second, second)]).toEqual([false, false, false]);
});

test.each<[string, Partial<DowngradeEvent>]>([
  ['another marking', { lowered: HIGH }],
  ['another time', { at: 7 }],
  ['another person', { by: { person: 'eve', role: 'analyst', agency: 'cse' } }],
  ['another state', { to: 'GRANTED' }],
  ['another number', { seq: 2 }],
])('an event with %s than it was written with is found', (_what, change) => {
  expect(follows({ ...first, ...change }, undefined)).toBe(false);
});

test('an event says every field of its type, those it has nothing to say in as null', () => {
  expect(Object.keys(second).sort()).toEqual(Object.keys(first).sort());
  expect(second).toMatchObject({ seq: 2, from: 'SIGNING', prevHash: first.hash, record: null, signature: null });
});
