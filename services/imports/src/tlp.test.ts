import { expect, test } from '@jest/globals';
import { fromStixTlpId, isTlpTag, toTlp } from './tlp.ts';

test.each([
  ['tlp:red', 'RED'],
  ['TLP:AMBER', 'AMBER'],
  ['tlp:amber+strict', 'AMBER+STRICT'],
  ['Tlp:Green', 'GREEN'],
  ['tlp:clear', 'CLEAR'],
  ['TLP:WHITE', 'CLEAR'],
  ['green', 'GREEN'],
  ['tlp:ex:chr', undefined],
  ['tlp:unclear', undefined],
  ['tlp:', undefined],
])('%s reads as %s', (tag, colour) => {
  expect(toTlp(tag)).toBe(colour);
});

test('an unknown colour is still a TLP tag, so that it is refused and not ignored', () => {
  expect([isTlpTag('tlp:ex:chr'), isTlpTag('TLP:GREEN'), isTlpTag('PAP:GREEN')]).toEqual([true, true, false]);
});

test('the old TLP:WHITE marking of STIX is CLEAR, and AMBER+STRICT of TLP 2.0 is known', () => {
  expect(fromStixTlpId('marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9')).toBe('CLEAR');
  expect(fromStixTlpId('marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003')).toBe('AMBER+STRICT');
  expect(fromStixTlpId('marking-definition--00000000-0000-4000-8000-000000000000')).toBeUndefined();
});
