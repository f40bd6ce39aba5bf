// Texts in words: what went in comes out, and a text's bytes make the same words as the text.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textFrom } from './text-bytes.ts';
import { HEAD_WORDS, WIDE, WordRow, codeIn, endOfText, kindIn } from './text-words.ts';

/** The text that begins at `at`. */
function textAt({ words }: WordRow, at: number): string {
  const bytes = Buffer.from(words.buffer);
  const from = (at + HEAD_WORDS) * 4;
  const isWide = (kindIn(words[at + 1]!) & WIDE) !== 0;
  return textFrom(bytes, from, from + words[at + 2]!, codeIn(words[at + 1]!), isWide);
}

test('a text of any length and any units comes back from its words, whatever lay there before', () => {
  const lengths = [0, 1, 2, 3, 4, 5, 23, 24, 249, 250, 251, 254, 255, 256, 2_046, 2_047, 2_048, 4_095, 4_096, 4_097];
  const row = new WordRow(7, 8);
  for (const length of lengths)
    for (const unit of ['x', 'é', 'ʒ', '\u{1f5f3}', 'f'])
      for (const text of [unit.repeat(length), `${'x'.repeat(length)}${unit}`]) {
        row.length = 0;
        const at = row.addText(3, text);
        expect(textAt(row, at) === text).toBe(true); // a diff of ten thousand letters helps nobody
        expect(row.length).toBe(endOfText(row.words, at));
      }
});

test('the bytes of a text make the words that the text makes, from any place on', () => {
  const nearDigits = fc
    .tuple(fc.oneof(fc.uuid(), ...[32, 36, 40, 64, 128].map(digits)), fc.nat(), fc.constantFrom('', '-', 'g', '\xe9'))
    .map(([text, at, unit]) => text.slice(0, at % text.length) + unit + text.slice((at % text.length) + unit.length));
  const narrow = fc.oneof(fc.string({ unit: latin(), maxLength: 300 }), nearDigits);
  fc.assert(
    fc.property(narrow, fc.nat(9), (text, before) => {
      const [ofText, ofBytes] = [new WordRow(7), new WordRow(7)];
      const bytes = Buffer.from(`${'f'.repeat(before)}${text}ffff`, 'latin1');
      const at = ofText.addText(1, text);
      expect(ofBytes.addBytes(1, bytes, before, before + text.length)).toBe(at);
      expect(ofBytes.taken()).toEqual(ofText.taken());
      expect(textAt(ofBytes, at)).toBe(text);
    }),
    { numRuns: 500 },
  );
});

function digits(length: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });
}

function latin(): fc.Arbitrary<string> {
  return fc.integer({ min: 0, max: 255 }).map((unit) => String.fromCharCode(unit));
}
