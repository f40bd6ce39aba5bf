// Cursors: fixed length, unforgeable, bound.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCursors, CURSOR_CHARS, NIL_ID, WHERE_CHARS, WHOSE_CHARS } from './cursor.ts';

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

const sealer = cursors.sealer(scope, position.epoch);
const { epoch: _epoch, ...standing } = position;
const whereOf = cursors.shared(scope);
/** One of each kind: a page's, a heartbeat's, a shown alert's. */
const KINDS: [string, () => string][] = [
  ['a list', () => cursors.seal(scope, position)],
  ['a stream’s position', () => sealer.at(standing)],
  ['a shown alert', () => `${String(sealer.whose)}${whereOf(standing)}`],
];

describe.each(KINDS)('the cursor of %s', (_kind, seal) => {
  test('opens to its position, in its reader’s scope alone, and is as long as any', () => {
    expect(cursors.open(scope, seal())).toEqual(position);
    expect(seal()).toHaveLength(CURSOR_CHARS);
    for (const other of [{ person: 'eve' }, { view: 'ts-can' }, { resource: 'assessments' }])
      expect(() => cursors.open({ ...scope, ...other }, seal())).toThrow('cursor-invalid');
    expect(() => cursors.open(scope, seal(), { agency: 'cse' })).toThrow('cursor-invalid');
  });

  test('is refused with any one bit changed, or any one character', () => {
    const cursor = seal();
    const bytes = Buffer.from(cursor, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => cursors.open(scope, changed.toString('base64url'))).toThrow('cursor-invalid');
    }
    for (let at = 0; at < cursor.length; at += 1)
      for (const other of ['A', 'B', '+', '=', 'é'].filter((each) => each !== cursor[at]))
        expect(() => cursors.open(scope, `${cursor.slice(0, at)}${other}${cursor.slice(at + 1)}`)).toThrow('cursor-invalid');
  });

  test('is refused cut, lengthened or padded', () => {
    for (const text of [seal().slice(0, -1), seal().slice(4), `${seal()}A`, `${seal()}AAAA`, `${seal()}=`, ` ${seal()}`])
      expect(() => cursors.open(scope, text)).toThrow('cursor-invalid');
  });
}); // prettier-ignore

describe('the part that says where', () => {
  const positions = fc.record({ offset: fc.bigInt(0n, 50n), atMs: fc.integer({ min: 0, max: 3 }), id: fc.constantFrom(NIL_ID, position.id) }); // prettier-ignore

  test('of something shown is a function of its position alone: the same for equal ones, whoever seals, and another for another', () => {
    const other = createCursors([key(1, 7), key(2, 8)]).shared({ view: 's-can', resource: 'alerts' });
    fc.assert(
      fc.property(positions, positions, (one, two) => {
        const isSame = one.offset === two.offset && one.atMs === two.atMs && one.id === two.id;
        expect(whereOf(one) === other(two)).toBe(isSame);
        const [a, b] = [one, two].map((each) => Buffer.from(whereOf(each), 'base64url'));
        expect(a!.subarray(0, 12).equals(b!.subarray(0, 12))).toBe(isSame); // nor does one nonce serve two texts
      }),
    );
  });

  test('of anything else shares bytes with none: not with its equal, in one stream or two, nor with the shown one', () => {
    const eve = cursors.sealer({ ...scope, person: 'eve' }, 3);
    const made = [sealer.at(standing), sealer.at(standing), eve.at(standing), cursors.seal(scope, position)].map((cursor) => cursor.slice(WHOSE_CHARS));
    const pieces = [...made, whereOf(standing)].flatMap((where) => [where.slice(0, 16), where.slice(16, -22), where.slice(-22)]);
    expect(new Set(pieces).size).toBe(pieces.length);
    expect(made.map(({ length }) => length)).toEqual(made.map(() => WHERE_CHARS));
  }); // prettier-ignore

  test('opens behind another reader’s own part where it is a shown alert’s, and nowhere else', () => {
    const eve = cursors.sealer({ ...scope, person: 'eve' }, 9);
    const spliced = (cursor: string): string => `${String(eve.whose)}${cursor.slice(WHOSE_CHARS)}`;
    const [list, stream, shown] = KINDS.map(([, seal]) => spliced(seal()));
    expect(cursors.open({ ...scope, person: 'eve' }, shown!)).toEqual({ ...standing, epoch: 9 });
    for (const refused of [list, stream])
      expect(() => cursors.open({ ...scope, person: 'eve' }, refused!)).toThrow('cursor-invalid');
  });

  test('of something shown opens in its view and resource alone, whoever’s own part it stands behind', () => {
    for (const other of [{ view: 'ts-can' }, { resource: 'assessments' }]) {
      const there = { ...scope, ...other };
      const { whose } = cursors.sealer(there, 3);
      expect(cursors.open(there, `${String(whose)}${cursors.shared(there)(standing)}`)).toEqual(position);
      expect(() => cursors.open(there, `${String(whose)}${whereOf(standing)}`)).toThrow('cursor-invalid');
    }
  });

  test('is not taken for the other part, nor from another stream of one’s own', () => {
    const later = cursors.sealer(scope, 4);
    expect(() => cursors.open(scope, `${String(later.whose)}${sealer.at(standing).slice(WHOSE_CHARS)}`)).toThrow('cursor-invalid');
    expect(() => cursors.open(scope, `${whereOf(standing)}${String(sealer.whose)}`)).toThrow('cursor-invalid');
  }); // prettier-ignore
});

test('a cursor of another filter is refused on lists, and taken where no filter is bound', () => {
  const cursor = cursors.seal(scope, position, { agency: 'cse', from: undefined });
  expect(cursors.open(scope, cursor, { agency: 'cse' }).offset).toBe(41n);
  expect(() => cursors.open(scope, cursor, { agency: 'gac' })).toThrow('cursor-invalid');
  expect(() => cursors.open(scope, cursor, {})).toThrow('cursor-invalid');
  expect(cursors.open(scope, cursor).offset).toBe(41n);
});

test.each(['', 'x', '=', 'A'.repeat(98), 'A'.repeat(136), 'é'.repeat(136), `${'A'.repeat(135)}+`])(
  '%j is no cursor',
  (text) => {
    expect(() => cursors.open(scope, text)).toThrow('cursor-invalid');
  },
);

test('an older key still opens what it sealed, a retired one does not', () => {
  const cursor = createCursors([key(1, 7)]).seal(scope, position);
  expect(createCursors([key(2, 8), key(1, 7)]).open(scope, cursor).offset).toBe(41n);
  expect(() => createCursors([key(2, 8)]).open(scope, cursor)).toThrow('cursor-invalid');
});
