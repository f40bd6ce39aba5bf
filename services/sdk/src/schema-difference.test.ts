import { expect, test } from '@jest/globals';
import { differenceOf, isSameRecord } from './schema-difference.ts';
import type { AvroField, AvroObject } from './schema-set.ts';

const MARK = { type: 'record', name: 'Mark', fields: [{ name: 'level', type: 'int' }] } as const;
const string: AvroField = { name: 'a', type: 'string' };
const thing = (...fields: readonly AvroField[]): AvroObject => ({ type: 'record', name: 'T', namespace: 'x', fields });
const NOTHING = { added: [], removed: [], changed: [], annotations: [] };

test('a schema does not differ from itself', () => {
  const same = thing(string, { name: 'm', type: MARK }, { name: 'n', type: ['null', 'Mark'], default: null });
  expect(differenceOf(same, same)).toEqual(NOTHING);
  expect(isSameRecord(differenceOf(same, same))).toBe(true);
});

test('a field that comes is named once, with its default, however much it holds; one that goes likewise', () => {
  const more = thing(string, { name: 'm', type: { type: 'array', items: MARK }, default: [] });
  const added = [{ path: 'm', type: 'Mark[]', default: '[]', doc: '' }];
  expect(differenceOf(thing(string), more)).toEqual({ ...NOTHING, added });
  expect(differenceOf(more, thing(string))).toEqual({ ...NOTHING, removed: added });
});

test.each([
  ['another type', { name: 'a', type: 'int' }, 'type', 'string', 'int'],
  ['null let in', { name: 'a', type: ['null', 'string'], default: null }, 'type', 'string', 'string?'],
  ['a list made of it', { name: 'a', type: { type: 'array', items: 'string' } }, 'type', 'string', 'string[]'],
  ['a logical type', { name: 'a', type: { type: 'string', logicalType: 'uuid' } }, 'type', 'string', 'string (uuid)'],
  ['another default', { name: 'a', type: 'string', default: 'x' }, 'default', 'none', '"x"'],
  ['another word about it', { name: 'a', type: 'string', doc: 'In metres.' }, 'doc', '', 'In metres.'],
] as const)('%s is a change of that field', (_what, field, what, before, after) => {
  expect(differenceOf(thing(string), thing(field)).changed).toContainEqual({ path: 'a', what, before, after });
});

test('a symbol more in an enum, and a change deep within a shared part, are found at each place that has it', () => {
  const enumOf = (...symbols: string[]): AvroField => ({ name: 'e', type: { type: 'enum', name: 'E', symbols } });
  expect(differenceOf(thing(enumOf('X')), thing(enumOf('X', 'Y'))).changed).toEqual([
    { path: 'e', what: 'type', before: 'enum E {X}', after: 'enum E {X, Y}' },
  ]);
  const marks = (type: string): AvroObject =>
    thing({ name: 'm', type: { ...MARK, fields: [{ name: 'level', type }] } }, { name: 'n', type: 'Mark' });
  expect(differenceOf(marks('int'), marks('long')).changed.map(({ path }) => path)).toEqual(['m.level', 'n.level']);
});

test('fields in another order differ, although each is the same', () => {
  const b: AvroField = { name: 'b', type: 'int' };
  expect(differenceOf(thing(string, b), thing(b, string)).changed).toEqual([
    { path: '', what: 'order', before: 'a, b', after: 'b, a' },
  ]);
});

test('an annotation that comes, goes or is another is a change of rules, and no change of the field', () => {
  const linking = (feature?: string): AvroObject => thing(feature === undefined ? string : { ...string, feature });
  expect(differenceOf(linking(), linking('domain'))).toEqual({ ...NOTHING, annotations: [{ path: 'a', after: 'domain' }] }); // prettier-ignore
  expect(differenceOf(linking('domain'), linking())).toEqual({ ...NOTHING, annotations: [{ path: 'a', before: 'domain' }] }); // prettier-ignore
  expect(differenceOf(linking('domain'), linking('url'))).toEqual({ ...NOTHING, annotations: [{ path: 'a', before: 'domain', after: 'url' }] }); // prettier-ignore
});

test('a record that holds itself is walked once', () => {
  const self = thing(string, { name: 'next', type: ['null', 'T'], default: null });
  expect(differenceOf(thing(string), self).added.map(({ path, type }) => [path, type])).toEqual([['next', 'T?']]);
});
