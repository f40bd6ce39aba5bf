// Accept ① and ③ over drawn records: nobody's handle, name, address or id in any byte of a file, however it was written.

import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { COLUMN_NAMES, type ColumnName } from './columns.ts';
import { toFile } from './files.ts';
import { freeze, toBytes } from './freeze.ts';
import { pseudonymsOf } from './pseudonym.ts';
import type { CollectedRecord } from './rows.ts';
import { aPost, NOW_MS } from './testing/records.ts';
import { scrub } from './text/scrub.ts';
import { createMatcher } from './text/matcher.ts';
import { thePolicyForResearch } from './testing/policy.ts';

const RUNS = propertyRuns(150);
const policy = await thePolicyForResearch();
const KEY = Buffer.alloc(32, 7);
const ALL: readonly ColumnName[] = COLUMN_NAMES;

/** Letters that no pseudonym and no word of a file has, so that a hit is a hit. */
const letters = fc.constantFrom(...Array.from('ghjkqvwxyzGHJQVWXYZéÉßøŁжλ'));
const handle = fc.string({ unit: fc.oneof(letters, fc.constantFrom('_', '.', '-')), minLength: 6, maxLength: 14 })
  .filter((text) => /^[\p{L}].*[\p{L}]$/u.test(text) && text.replace(/[^\p{L}]/gu, '').length > 5); // prettier-ignore
const personName = fc
  .tuple(
    fc.string({ unit: letters, minLength: 5, maxLength: 8 }),
    fc.string({ unit: letters, minLength: 5, maxLength: 8 }),
  )
  .map(([first, last]) => `${first} ${last}`);
/** Ways in which somebody is mentioned. */
const disguise = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.toUpperCase(),
  (text: string) => `@${text}`,
  (text: string) => `"${text}"`,
  (text: string) => `xx${text}xx`,
  (text: string) => text.split('').join('\u200b'),
  (text: string) => text.normalize('NFD'),
  (text: string) => `${text}'s`,
  (text: string) => `https://chirrup.example/${text}/status/1`,
);

const worlds = () =>
  fc.record({
    people: fc.array(fc.record({ handle, name: personName }), { minLength: 2, maxLength: 5 }),
    mentions: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean(), disguise), { maxLength: 8 }),
    glue: fc.constantFrom(' ', ', ', '. ', '\n', ''),
  });

test('accept 1: no raw handle, name, address or observation id occurs in any exported byte', () => {
  let mentioned = 0;
  fc.assert(
    fc.property(worlds(), ({ people, mentions, glue }) => {
      const records = people.map(({ handle: own, name }, n) => {
        const said = mentions
          .filter(([of]) => of % people.length === n)
          .map(([, whom, byName, disguised]) => {
            const other = people[whom % people.length]!;
            return disguised(byName ? other.name : other.handle);
          });
        mentioned += said.length;
        return aPost(`chirrup:${own}`, n, {
          text: ['the harbour was sold to', ...said, 'they say'].join(glue),
          urls: [`https://harbour-watch.example/${n}?by=${own}`],
          fields: { displayName: name },
        });
      });
      const { rows } = freeze(records, ALL, KEY, policy);
      const head = { marking: 'UNCLASSIFIED', report: { removed: 0, generalised: [], suppressed: 0, k: 1, rows: rows.length } }; // prettier-ignore
      const bytes = [...(['csv', 'parquet'] as const).map((format) => toFile(format, ALL, rows, head)), toBytes(rows)];
      const raw = [
        ...people.flatMap((person) => [bare(person.handle), bare(person.name)]),
        ...records.flatMap(({ envelope, value }) => [bare(envelope.id), bare(String(value['postId']))]),
        'harbourwatch',
      ];
      const files = bytes.map((one) => bare(one.toString('utf8')));
      expect(raw.filter((each) => files.some((file) => file.includes(each)))).toEqual([]);
      expect(bytes[0]!.toString()).toContain('harbour'); // something was said all the same
    }),
    { numRuns: RUNS },
  );
  expect(mentioned).toBeGreaterThan(RUNS);
});

test('accept 3: the same account has another pseudonym in every edition, and one within it', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.string({ minLength: 1 }),
      fc.string({ minLength: 1 }),
      (key, otherKey, account, other) => {
        const [one, two] = [pseudonymsOf(key), pseudonymsOf(otherKey)];
        expect(one('account', account)).toBe(one('account', account));
        expect(one('account', account) === one('account', other)).toBe(account === other);
        expect(one('account', account) === two('account', account)).toBe(Buffer.from(key).equals(Buffer.from(otherKey)));
        expect(one('account', account).slice(2)).not.toBe(one('person', account).slice(2));
      },
    ),
    { numRuns: propertyRuns(1_000) },
  ); // prettier-ignore
});

test('the same records in any order make the same bytes', () => {
  const records = Array.from({ length: 12 }, (_each, n) => aPost(`chirrup:heron${n % 4}`, n, { at: NOW_MS + n * 3_600_000 }));
  fc.assert(
    fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
      expect(toBytes(freeze(shuffled, ALL, KEY, policy).rows).equals(toBytes(freeze(records, ALL, KEY, policy).rows))).toBe(true); // prettier-ignore
    }),
    { numRuns: propertyRuns(80) },
  );
}); // prettier-ignore

test('an advertisement is a row of its platform and the day it was first displayed; who bought it is a pseudonym', () => {
  const ad: CollectedRecord = {
    type: 'AdDisclosure',
    envelope: { id: 'ad-envelope', observedAt: NOW_MS },
    isGovernment: true,
    value: {
      platformId: 'chirrup', adId: 'ad-20931', buyerName: 'Harbour Friends', buyerRef: 'org:harbour-friends', authoriserName: 'Odile Wren',
      firstDisplayedAt: NOW_MS - 3 * 86_400_000, lang: 'en', ridings: ['cedar-narrows'],
      texts: [{ text: 'Harbour Friends say: ask Odile about ad-20931', lang: 'en' }],
    },
    features: [{ kind: 'person', value: 'org:harbour-friends' }],
  }; // prettier-ignore
  const columns: readonly ColumnName[] = ['type', 'time', 'platform', 'riding', 'person', 'text'];
  const [row] = freeze([ad], columns, KEY, policy).rows;
  expect(row!.cells).toEqual({
    type: 'AdDisclosure',
    time: '2031-09-21',
    platform: 'chirrup',
    riding: 'cedar-narrows',
    person: pseudonymsOf(KEY)('person', 'org:harbour-friends'),
    text: '[name] say: ask [name] about [name]',
  });
  expect(row!.subject).toBe(row!.cells.person);
});

test('a word of a column that somebody is called by is left out, and one of policy is not', () => {
  const columns: readonly ColumnName[] = ['platform', 'category'];
  const report = { category: 'PHISHING' };
  const records = [
    aPost('lantern:parlure', 1, { fields: { report } }),
    aPost('parlure:zed', 2, { fields: { report } }),
    aPost('chirrup:phishing', 3, { fields: { report } }),
  ];
  const cells = freeze(records, columns, KEY, policy).rows.map((row) => row.cells);
  expect(cells.map(({ platform }) => platform).sort()).toEqual(['chirrup', 'lantern', null]);
  expect(cells.map(({ category }) => category)).toEqual(['PHISHING', 'PHISHING', 'PHISHING']);
});

test('where what is written in its place is somebody\u2019s name as well, there is no text', () => {
  const called = (text: string) => createMatcher([{ text, wholeWord: false }]);
  expect(scrub('see https://harbour-watch.example', called('address')).text).toBe('see [[name]]');
  expect(scrub('see https://harbour-watch.example and name', called('name')).text).toBeNull();
  expect(scrub('see https://harbour-watch.example', createMatcher([])).text).toBe('see [address]');
});

test.each([
  ['letters and lines below', 'x_'],
  ['initials', 'A.'],
  ['capitalised words', 'Ab '],
  ['names with small words', 'Ab de la '],
  ['brackets', 'a ['],
  ['digits', '1 '],
  ['colons', '0:'],
  ['signs', '@'],
  ['slashes', '://'],
  ['hyphens', 'A-'],
  ['what nobody sees', '\u200b'],
])('a text of nothing but %s is read in time that grows with it alone', (_what, unit) => {
  const text = unit.repeat(300_000 / unit.length); // squared, it would outlast the test
  const matcher = createMatcher([{ text: unit.repeat(20), wholeWord: false }]);
  expect(scrub(text, matcher).text?.length ?? 0).toBeLessThanOrEqual(text.length + 1);
});

/** Letters and digits alone: an oracle that shares nothing with how texts are folded. */
function bare(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}
