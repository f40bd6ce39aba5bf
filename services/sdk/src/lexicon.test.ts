import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { bandIn } from './lexicon.ts';
import { loadPolicy } from './policy-load.ts';

const { lexicons } = await loadPolicy(fileURLToPath(new URL('../../../schemas/policy', import.meta.url)));
const lexicon = (id: string) => lexicons.find((each) => each.id === id)!;

test('every whole per cent from 0 to 100 has a term in every lexicon, every term has some, and terms never turn back', () => {
  expect(lexicons.map(({ id }) => id)).toEqual(['ca-cyber', 'fr-estimative', 'icd203']);
  for (const each of lexicons) {
    const rows = Array.from({ length: 101 }, (_, percent) => bandIn(each, percent * 10_000).row);
    expect([...new Set(rows)]).toEqual(each.bands.map(({ row }) => row));
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
  }
});

test('each term holds in the middle of what its school states, in both languages', () => {
  for (const each of lexicons)
    for (const band of each.bands) {
      const middle = (band.statedLo + band.statedHi) / 2;
      expect(bandIn(each, middle * 10_000).term).toEqual(band.term);
      expect([band.term.en, band.term.fr].every((term) => term.length > 0)).toBe(true);
    }
});

test.each([
  ['icd203', 55, 'likely'],
  ['icd203', 54, 'roughly even chance'],
  ['ca-cyber', 59, 'roughly even chance'],
  ['ca-cyber', 60, 'likely'],
  ['fr-estimative', 18, 'almost no chance'],
  ['fr-estimative', 40, 'chances about even'],
  ['fr-estimative', 62, 'chances about even'],
  ['fr-estimative', 63, 'probable'],
  ['fr-estimative', 87, 'almost certain'],
])('in %s %i per cent reads “%s”', (id, percent, term) => {
  expect(bandIn(lexicon(id), percent * 10_000).term.en).toBe(term);
});
