// Accept ① and ③ over drawn records: nobody's handle, name, address or id in any byte of a file, however it was written.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { COLUMN_NAMES, type ColumnName } from './columns.ts';
import { toFile } from './files.ts';
import { freeze, toBytes } from './freeze.ts';
import { pseudonymsOf } from './pseudonym.ts';
import { aPost, NOW_MS } from './testing/records.ts';
import { foldedText } from './text/fold.ts';
import { thePolicyForResearch } from './testing/policy.ts';

const RUNS = Number(process.env['RESEARCH_RUNS'] ?? 2_500);
const policy = await thePolicyForResearch();
const KEY = Buffer.alloc(32, 7);
const ALL: readonly ColumnName[] = COLUMN_NAMES;

/** Letters that no pseudonym and no word of a file has, so that a hit is a hit. */
const letters = fc.constantFrom(...Array.from('ghjkqvwxyzGHJQVWXYZéÉßøŁжλ'));
const handle = fc.string({ unit: fc.oneof(letters, fc.constantFrom('_', '.', '-')), minLength: 6, maxLength: 14 })
  .filter((text) => /^[\p{L}].*[\p{L}]$/u.test(text)); // prettier-ignore
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
        ...people.flatMap((person) => [foldedText(person.handle), foldedText(person.name)]),
        ...records.flatMap(({ envelope, value }) => [envelope.id, String(value['postId'])]),
        'harbour-watch',
      ];
      const files = bytes.map((one) => foldedText(one.toString('utf8')));
      expect(raw.filter((each) => files.some((file) => file.includes(each)))).toEqual([]);
      expect(bytes[0]!.toString()).toContain('harbour'); // something was said all the same
    }),
    { numRuns: RUNS },
  );
  expect(mentioned).toBeGreaterThan(RUNS);
}, 60_000);

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
    { numRuns: 10_000 },
  ); // prettier-ignore
});

test('the same records in any order make the same bytes', () => {
  const records = Array.from({ length: 12 }, (_each, n) => aPost(`chirrup:heron${n % 4}`, n, { at: NOW_MS + n * 3_600_000 }));
  fc.assert(
    fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
      expect(toBytes(freeze(shuffled, ALL, KEY, policy).rows).equals(toBytes(freeze(records, ALL, KEY, policy).rows))).toBe(true); // prettier-ignore
    }),
    { numRuns: 200 },
  );
}); // prettier-ignore
