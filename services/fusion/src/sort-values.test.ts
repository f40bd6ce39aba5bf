import { expect, test } from '@jest/globals';
import { NO_COMMON_VALUES, toCommonValues } from './common-values.ts';
import { sortAgain } from './sort-values.ts';
import { anObservation, domain } from './testing/observations.ts';

const lists = toCommonValues([['own.json', JSON.stringify({ type: 'hostname', list: ['platform.example'] })]]);

test('a value that a new list has links no longer, and links again when the list lets it go', () => {
  const before = anObservation(1, { features: [domain('a.platform.example'), domain('leak.example')] });
  const listed = sortAgain(before, lists);
  expect(listed.features).toEqual([domain('leak.example')]);
  expect(listed.context).toEqual([{ ...domain('a.platform.example'), why: 'COMMON' }]);
  expect(new Set(sortAgain(listed, NO_COMMON_VALUES).features)).toEqual(new Set(before.features));
});

test('what is no linking value whatever the lists say stays context', () => {
  const context = [
    { kind: 'domain', value: 'co.uk', why: 'COMMON' as const },
    { kind: 'person', value: 'party:alder', why: 'COMMON' as const },
  ];
  const before = anObservation(1, { context });
  expect(sortAgain(before, NO_COMMON_VALUES)).toBe(before);
  expect(sortAgain(before, lists)).toBe(before);
});
