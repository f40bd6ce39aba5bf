import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { draftOfText } from './pasted-text.ts';

test('values are recognised as people paste them, each once, and prose is none', () => {
  const text = `Seen at hxxps://mirror-check[.]example/login (again: https://mirror-check.example/login).
    Mail from press(at)alder-party[.]example; hosted on 192.0.2.44, "2001:db8::1".
    File e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855, see e.g. the report, v1.2.`;
  expect(draftOfText(text)).toEqual({
    type: 'IndicatorReport',
    envelope: {},
    urls: ['https://mirror-check.example/login'],
    emails: ['press@alder-party.example'],
    ips: ['192.0.2.44', '2001:db8::1'],
    hashes: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    domains: [],
  });
});

test('any text is read without a fault, and twice over gives what once gives', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
      expect(draftOfText(`${text} ${text}`)).toEqual(draftOfText(text));
    }),
    { numRuns: 2_000 },
  );
});
