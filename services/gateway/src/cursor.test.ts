// Cursors: fixed length, unforgeable, bound.

import { expect, test } from '@jest/globals';
import { createCursors, CURSOR_CHARS, NIL_ID } from './cursor.ts';

const key = (id: number, fill: number) => ({ id, key: Buffer.alloc(32, fill) });
const cursors = createCursors([key(1, 7)]);
const scope = { person: 'ada', view: 's-can', resource: 'alerts' };
const position = { offset: 41n, atMs: 1_900_000_000_123, id: '0b7c3f64-9f0e-4a51-8a6b-1d7f6f1d2c3e', epoch: 3 };

test('a cursor opens to the position it was sealed with', () => {
  expect(cursors.open(scope, cursors.seal(scope, position, { agency: 'cse' }), { agency: 'cse' })).toEqual(position);
});

test('every cursor has one length, and two of one position differ', () => {
  const positions = [{}, position, { offset: 2n ** 62n }, { offset: -1n }, { atMs: 8.64e15 }];
  const made = positions.flatMap((each) => [
    cursors.seal(scope, each),
    cursors.seal(scope, each, { q: 'x'.repeat(500) }),
  ]);
  expect(new Set(made.map(({ length }) => length)).size).toBe(1);
  expect(new Set(made).size).toBe(made.length);
  expect(made.every((cursor) => /^[A-Za-z0-9_-]+$/.test(cursor))).toBe(true);
});

test('of a thousand cursors sealed together each opens to its own position, and no two share a nonce', () => {
  const positions = Array.from({ length: 1_000 }, (_, n) => ({ ...position, offset: BigInt(n) }));
  const text = Buffer.alloc(CURSOR_CHARS * positions.length);
  const ats = positions.map((_, n) => n * CURSOR_CHARS);
  cursors.sealer(scope).many(positions, position.epoch, text, ats);
  const made = ats.map((at) => text.toString('latin1', at, at + CURSOR_CHARS));
  expect(made.map((cursor) => cursors.open(scope, cursor))).toEqual(positions);
  expect(new Set(made.map((cursor) => Buffer.from(cursor, 'base64url').toString('hex', 1, 13))).size).toBe(1_000);
});

test('changing any one character is refused', () => {
  const cursor = cursors.seal(scope, position);
  for (let at = 0; at < cursor.length; at += 1) {
    const other = cursor[at] === 'A' ? 'B' : 'A';
    expect(() => cursors.open(scope, `${cursor.slice(0, at)}${other}${cursor.slice(at + 1)}`)).toThrow(
      'cursor-invalid',
    );
  }
});

test.each([
  ['another reader', { ...scope, person: 'eve' }],
  ['another view', { ...scope, view: 'ts-can' }],
  ['another resource', { ...scope, resource: 'assessments' }],
])('a cursor of %s is refused', (_whose, other) => {
  expect(() => cursors.open(other, cursors.seal(scope, position))).toThrow('cursor-invalid');
});

test('a cursor of another filter is refused on lists, and taken where no filter is bound', () => {
  const cursor = cursors.seal(scope, position, { agency: 'cse', from: undefined });
  expect(cursors.open(scope, cursor, { agency: 'cse' }).offset).toBe(41n);
  expect(() => cursors.open(scope, cursor, { agency: 'gac' })).toThrow('cursor-invalid');
  expect(() => cursors.open(scope, cursor, {})).toThrow('cursor-invalid');
  expect(cursors.open(scope, cursor).offset).toBe(41n);
});

test.each(['', 'x', '=', 'A'.repeat(98), 'é'.repeat(98), `${'A'.repeat(97)}+`])('%j is no cursor', (text) => {
  expect(() => cursors.open(scope, text)).toThrow('cursor-invalid');
});

test('an older key still opens what it sealed, a retired one does not', () => {
  const cursor = createCursors([key(1, 7)]).seal(scope, position);
  expect(createCursors([key(2, 8), key(1, 7)]).open(scope, cursor).offset).toBe(41n);
  expect(() => createCursors([key(2, 8)]).open(scope, cursor)).toThrow('cursor-invalid');
});

test('cursors sealed together into a text open like any other, and leave the text around them as it was', () => {
  const positions = [position, { ...position, offset: 42n }, { offset: 43n }];
  const text = Buffer.alloc(600, '.');
  const ats = [10, 150, 300];
  cursors.sealer(scope).many(positions, 9, text, ats);
  const made = ats.map((at) => text.toString('latin1', at, at + CURSOR_CHARS));
  expect(made.map((cursor) => cursors.open(scope, cursor))).toEqual([
    { ...position, epoch: 9 },
    { ...position, offset: 42n, epoch: 9 },
    { offset: 43n, atMs: 0, id: NIL_ID, epoch: 9 },
  ]);
  expect(text.toString('latin1').split('.').filter((part) => part !== '')).toEqual(made);
}); // prettier-ignore

test('a stream’s cursors are bound like any other, and each is another', () => {
  const sealer = cursors.sealer(scope);
  const cursor = sealer.one(position, 4);
  expect(cursors.open(scope, cursor)).toEqual({ ...position, epoch: 4 });
  expect(() => cursors.open({ ...scope, person: 'eve' }, cursor)).toThrow('cursor-invalid');
  expect(sealer.one(position, 4)).not.toBe(cursor);
});
