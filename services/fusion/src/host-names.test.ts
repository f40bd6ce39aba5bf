import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HostNames } from './host-names.ts';

const label = fc.stringMatching(/^[a-c]{1,3}$/);
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));

test('from any place on it answers as a set of the same names does', () => {
  const outcomes = new Set<boolean>();
  fc.assert(
    fc.property(fc.array(host, { maxLength: 40 }), host, fc.nat(12), (names, asked, from) => {
      const at = Math.min(from, asked.length);
      const hosts = new HostNames();
      for (const name of names) hosts.add(name);
      const expected = names.includes(asked.slice(at));
      outcomes.add(expected);
      return hosts.hasFrom(asked, at) === expected && hosts.size === new Set(names).size;
    }),
    { numRuns: 5_000, seed: 11 },
  );
  expect(outcomes.size).toBe(2);
});

test('a glance at the bytes misses no name', () => {
  fc.assert(
    fc.property(fc.array(host, { minLength: 1, maxLength: 40 }), (names) => {
      const hosts = new HostNames();
      for (const name of names) hosts.add(name);
      return names.every((name) => hosts.mayHave(Buffer.from(`x.${name}.x`), 2, 2 + name.length));
    }),
    { numRuns: 1_000, seed: 11 },
  );
  expect(new HostNames().mayHave(Buffer.from('a'), 0, 1)).toBe(false);
});

test('thousands of names are found, and those that are almost theirs are not', () => {
  const hosts = new HostNames();
  for (let n = 0; n < 20_000; n += 1) hosts.add(`site-${n}.example`);
  let [found, mistaken] = [0, 0];
  for (let n = 0; n < 20_000; n += 1) {
    if (hosts.hasFrom(`www.site-${n}.example`, 4)) found += 1;
    if (hosts.hasFrom(`site-${n}x.example`, 0)) mistaken += 1;
  }
  expect({ found, mistaken }).toEqual({ found: 20_000, mistaken: 0 });
});
