import { expect, test } from '@jest/globals';
import { incompatibilities } from './schema-compatibility.ts';

const A = { name: 'a', type: 'string' };
const B = { name: 'b', type: 'int' };
const record = (...fields: object[]): string => JSON.stringify({ type: 'record', name: 'T', namespace: 'x', fields });

test('a new field without a default names itself and the version it cannot read', () => {
  expect(incompatibilities(record(A, B), [{ version: 1, schema: record(A) }])).toEqual([
    'cannot read records of version 1: no matching field for default-less x.T.b',
  ]);
});

test('a removed field without a default stops the readers of the version that had it', () => {
  expect(incompatibilities(record(A), [{ version: 4, schema: record(A, B) }])).toEqual([
    'cannot be read by readers of version 4: no matching field for default-less x.T.b',
  ]);
});

test('a new field with a default goes with every version', () => {
  const earlier = [
    { version: 1, schema: record(A) },
    { version: 2, schema: record(A, { ...B, default: 1 }) },
  ];
  expect(
    incompatibilities(record(A, { ...B, default: 1 }, { name: 'c', type: ['null', 'string'], default: null }), earlier),
  ).toEqual([]);
});
