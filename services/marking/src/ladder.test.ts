import { expect, test } from '@jest/globals';
import { higher, lower, reaches } from './ladder.ts';

const LADDER = ['LOW', 'MID', 'HIGH'] as const;
const unknown = 'TALL' as 'HIGH';

test('a level reaches itself and what is below it', () => {
  const reached = LADDER.map((held) => LADDER.filter((needed) => reaches(LADDER, held, needed)));
  expect(reached).toEqual([['LOW'], ['LOW', 'MID'], ['LOW', 'MID', 'HIGH']]);
});

test('a level that is not on the ladder neither reaches nor is reached', () => {
  expect([
    reaches(LADDER, unknown, 'LOW'),
    reaches(LADDER, 'HIGH', unknown),
    reaches(LADDER, unknown, unknown),
  ]).toEqual([false, false, false]);
});

test('of two levels one is the higher and the other the lower', () => {
  expect([higher(LADDER, 'LOW', 'HIGH'), higher(LADDER, 'HIGH', 'LOW')]).toEqual(['HIGH', 'HIGH']);
  expect([lower(LADDER, 'LOW', 'HIGH'), lower(LADDER, 'HIGH', 'LOW')]).toEqual(['LOW', 'LOW']);
});

test('a level that is not on the ladder is refused, not taken for the lowest', () => {
  const refused = expect.objectContaining({ code: 'UNKNOWN_LEVEL', details: { field: 'LOW < MID < HIGH' } });
  expect(() => higher(LADDER, 'MID', unknown)).toThrow(refused);
  expect(() => higher(LADDER, unknown, 'MID')).toThrow(refused);
  expect(() => lower(LADDER, 'MID', unknown)).toThrow(refused);
});
