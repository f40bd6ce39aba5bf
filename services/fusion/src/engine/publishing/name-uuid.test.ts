import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify, v5 } from 'uuid';
import { nameUuid, writeNameUuid } from './name-uuid.ts';

test('a name has the UUID that the library gives it, as text and as bytes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.string()), fc.uuid(), (name, space) => {
      const namespace = parse(space);
      const expected = v5(Buffer.from(name), namespace);
      const bytes = new Uint8Array(20);
      writeNameUuid(name, namespace, bytes, 2);
      expect([nameUuid(name, namespace), stringify(bytes, 2)]).toEqual([expected, expected]);
      expect([bytes[1], bytes[18]]).toEqual([0, 0]);
    }),
  );
});
