// Laws that hold between reading and writing.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyMarking, anyVisibleMarking } from './testing/arbitraries.ts';
import { createMarking } from './create.ts';
import { MarkingError } from './errors.ts';
import { MAX_COMPARTMENTS } from './fields.ts';
import { isImportRefusal, readImportedMarking } from './import-reader.ts';
import { isNation } from './nations.ts';
import { parse } from './parse.ts';
import { parseParagraph, parsePortion, printParagraph, printPortion } from './portion.ts';
import { print } from './print.ts';
import { MAX_MARKING_CHARS } from './words.ts';

const anyHome = fc.constantFrom({ homeNation: 'CAN' }, { homeNation: 'GBR' }, { homeNation: 'NZL' });

test('parse reads what print writes, on the visible fields', () => {
  fc.assert(fc.property(anyMarking, anyHome, (marking, home) => {
    const visible = createMarking({ ...marking, owners: [], origins: [], needToKnow: [] });
    expect(parse(print(marking, home), home)).toEqual(visible);
  }), { numRuns: 1_000 }); // prettier-ignore
});

test('two markings that differ visibly print differently', () => {
  fc.assert(fc.property(anyVisibleMarking, anyVisibleMarking, anyHome, (a, b, home) => {
    expect(print(a, home) === print(b, home)).toBe(JSON.stringify(a) === JSON.stringify(b));
  })); // prettier-ignore
});

test('portions and paragraphs are read as they are written', () => {
  fc.assert(fc.property(anyVisibleMarking, fc.stringMatching(/^[ -~]{0,30}x$/), anyHome, (marking, text, home) => {
    expect(parsePortion(printPortion(marking, home), home)).toEqual(marking);
    fc.pre(!/^\((U|P[ABC]|C|S|TS)[/)]/i.test(text));
    expect(parseParagraph(printParagraph({ text, marking }, home), home)).toEqual({ text, marking });
    expect(parseParagraph(`${printPortion(marking, home)} ${text}`, home)).toEqual({ text, marking });
  })); // prettier-ignore
});

const words = fc.constantFrom(
  ...[
    'UNCLASSIFIED',
    'SECRET',
    'TOP SECRET',
    'PROTECTED B',
    '//',
    '/',
    'SI',
    'TK',
    '-',
    'G',
    ' ',
    'ORCON',
    'CANADIAN EYES ONLY',
  ],
  ...[
    'REL TO ',
    'REL TO NONE',
    'CAN',
    'GBR',
    ', ',
    'TLP:',
    'CLEAR',
    'AMBER',
    '+STRICT',
    'NOFORN',
    'FVEY',
    '(',
    ')',
    's',
    'Ѕ',
  ],
);

test('whatever is read prints as it was written, and whatever is refused has an index within the text', () => {
  const seen = { read: 0, refused: 0 };
  const anyText = fc.oneof(
    fc.array(words, { maxLength: 12 }).map((some) => some.join('')),
    fc.tuple(anyVisibleMarking, fc.nat(), words).map(([marking, at, word]) => {
      const text = print(marking, { homeNation: 'CAN' });
      const cut = at % (text.length + 1);
      return text.slice(0, cut) + word + text.slice(cut);
    }),
    anyVisibleMarking.map((marking) => print(marking, { homeNation: 'CAN' })),
  );
  fc.assert(fc.property(anyText, (text) => {
    try {
      expect(print(parse(text, { homeNation: 'CAN' }), { homeNation: 'CAN' })).toBe(text);
      seen.read += 1;
    } catch (fault) {
      if (!(fault instanceof MarkingError)) throw fault;
      expect(fault.index).toBeGreaterThanOrEqual(0);
      expect(fault.index).toBeLessThanOrEqual(text.length);
      seen.refused += 1;
    }
  }), { numRuns: 2_000 }); // prettier-ignore
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(100);
});

test('what parse reads, the import reader reads alike, in either case and in portion form', () => {
  fc.assert(fc.property(anyVisibleMarking, anyHome, (marking, home) => {
    const imported = (text: string) => readImportedMarking(text, { ...home, owner: 'CAN', nationGroups: {} });
    const owned = createMarking({ ...marking, owners: ['CAN'] });
    expect(imported(print(marking, home))).toEqual(owned);
    expect(imported(print(marking, home).toLowerCase())).toEqual(owned);
    expect(imported(printPortion(marking, home))).toEqual(owned);
  })); // prettier-ignore
});

test('the import reader never throws, whatever the text', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.array(words).map((some) => some.join(''))), (text) => {
    const result = readImportedMarking(text, { homeNation: 'CAN', owner: 'CAN', nationGroups: { FVEY: ['CAN', 'GBR'] } });
    if (!isImportRefusal(result)) expect(parse(print(result, { homeNation: 'CAN' }), { homeNation: 'CAN' }).relTo).toEqual(result.relTo);
    else expect(result.reason).toMatch(/^[A-Z_]+$/);
  }), { numRuns: 1_000 }); // prettier-ignore
});

test('the longest marking that can be made prints within the length that is read', () => {
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  const relTo = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c))).filter(isNation);
  const subs = Array.from({ length: MAX_COMPARTMENTS - 2 }, (_, at) => `SI-COMPARTM ${String(at).padStart(8, '0')}`);
  const longest = createMarking({
    classified: 'TOP_SECRET',
    protected: 'C',
    compartments: subs,
    relTo,
    tlp: 'AMBER+STRICT',
    orcon: true,
  });
  const text = print(longest, { homeNation: 'CAN' });
  expect(relTo).toHaveLength(249);
  expect(text.length).toBeLessThanOrEqual(MAX_MARKING_CHARS);
  expect(parse(text, { homeNation: 'CAN' })).toEqual(longest);
});
