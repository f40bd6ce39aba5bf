// The catalogue: what each entry says, and that README.md names the same codes.

import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as catalogue from './errors.ts';

const { MarkingError, ...entries } = catalogue;
const refusals = Object.entries(entries) as [string, (details: object, index?: number) => catalogue.MarkingError][];
const codeOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

test.each(refusals)('%s is never retriable, and bears its own name as its code', (name, refuse) => {
  const fault = refuse({});
  expect(fault).toBeInstanceOf(MarkingError);
  expect([fault.code, fault.retriable]).toEqual([codeOf(name), false]);
});

test('the failures of the README are the catalogue', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const failures = readme.split('## Failures\n')[1]!.split('\n## ')[0]!;
  const codes = [...failures.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]!);
  expect(codes.length).toBeGreaterThan(10);
  expect(codes.sort()).toEqual(refusals.map(([name]) => codeOf(name)).sort());
});

test('a refusal of a text says where, one of values does not', () => {
  const [read, made] = [catalogue.unknownPart({}, 0), catalogue.unknownPart({})];
  expect([read.index, read.message]).toEqual([0, 'UNKNOWN_PART at 0']);
  expect([made.index, made.message]).toEqual([undefined, 'UNKNOWN_PART']);
});

test('the details of a refusal are its own, and cannot be changed', () => {
  const details = { field: 'relTo' };
  const fault = catalogue.unknownNation(details, 3);
  details.field = 'owners';
  expect(fault.details).toEqual({ field: 'relTo' });
  expect(Object.isFrozen(fault.details)).toBe(true);
});
