import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readerObeysItsLaws } from '../testing/reader-laws.ts';
import { tipsReader } from './reader.ts';
import { readTips, TIP_COLUMNS, withoutContacts } from './tip-table.ts';

const HEADER = 'serial,received_at,channel,lang,text,urls,accounts,firsthand,caller';
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const words = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', '=', '🦦'), maxLength: 12 });
const tip = fc
  .tuple(
    words,
    fc.constantFrom('true', 'FALSE', '1', 'no'),
    fc.constantFrom('', 'https://one.example/a', 'https://one.example/a not-one'),
    fc.constantFrom('', 'chirrup:otter', 'chirrup:Otter;parlure:@loutre'),
  )
  .map(([text, firsthand, urls, accounts]) => ({ text: `t${text}`, firsthand, urls, accounts }));
const table = (rows: readonly string[]): Buffer => Buffer.from([HEADER, ...rows].join('\n'));

readerObeysItsLaws<string>({
  reader: tipsReader,
  agency: 'rcmp',
  source: 'rcmp-tips',
  good: fc
    .array(tip, { minLength: 1, maxLength: 10 })
    .map((tips) =>
      tips.map(({ text, firsthand, urls, accounts }, n) =>
        [n, '2031-10-02T14:00:00Z', 'telephone', 'en', quoted(text), urls, accounts, firsthand, 'Somebody'].join(','),
      ),
    ),
  bad: fc.constantFrom(
    ',2031-10-02T14:00:00Z,telephone,en,,,,true,Somebody',
    '99,2031-10-02,telephone,en,text,,,true,Somebody',
    '99,2031-10-02T14:00:00Z,telephone,en,text,,,perhaps,Somebody',
  ),
  fileOf: table,
});

test('whatever else a file of tips says is in no byte that may be kept, and the tips are all there', () => {
  const secret = fc
    .string({ unit: fc.constantFrom('x', 'y', ' ', '"', ',', '\n'), maxLength: 8 })
    .map((text) => `SECRET${text}`);
  const column = fc.constantFrom('caller', 'e-mail', 'Phone number', 'notes', '__proto__', 'constructor', 'serials');
  const files = fc.array(fc.tuple(words, fc.array(fc.tuple(column, secret), { minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(files, fc.boolean(), (rows, asJson) => {
      const content = asJson
        ? JSON.stringify(
            rows.map(([text, others]) => ({
              text: `t${text}`,
              ...Object.fromEntries(others),
              contact: { name: 'SECRET' },
            })),
          )
        : [
            'text,caller,e-mail,',
            ...rows.map(([text, [[, one] = ['', '']]]) => [`t${text}`, one, one, one].map(quoted).join(',')),
          ].join('\r\n');
      const kept = withoutContacts(Buffer.from(content));
      expect(kept.toString()).not.toContain('SECRET');
      const texts = (of: Buffer) => readTips(of).rows.map(({ columns }) => columns?.get('text'));
      expect(texts(kept)).toEqual(texts(Buffer.from(content)));
      expect(texts(kept)).toHaveLength(rows.length);
    }),
    { numRuns: 500 },
  );
});

test('no column of a tip asks who called', () => {
  expect(TIP_COLUMNS.filter((column) => /name|phone|mail|contact|caller|address/.test(column))).toEqual([]);
});
