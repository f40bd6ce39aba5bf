import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import { ELECTION } from './election-day.ts';
import { ELECTION_ZONE, fillInstants, parseDay } from './instants.ts';

const D0 = Date.UTC(2031, 9, 20);

test.each([
  ['an instant', 'at {{D-31T09:30Z}}', 'at 2031-09-19T09:30:00.000Z'],
  ['a date', '"{{D-31:date}}"', '"2031-09-19"'],
  ['seconds since the epoch', '"{{D0:epoch}}"', `"${D0 / 1000}"`],
  ['an instant in seconds', '{{D+1T00:01Z:epoch}}', String(D0 / 1000 + 86_460)],
  ['text without tokens', '{ "a": {"b": 1} }', '{ "a": {"b": 1} }'],
])('%s is filled in', (_case, template, filled) => {
  expect(fillInstants(template, D0)).toBe(filled);
});

test('a token that cannot be read is refused with its text', () => {
  expect(() => fillInstants('{{tomorrow}}', D0)).toThrow('{{tomorrow}} is no scenario instant');
});

test('days are read with their sign', () => {
  expect(['D-36', 'D0', 'D+15'].map(parseDay)).toEqual([-36, 0, 15]);
  expect(() => parseDay('D')).toThrow('"D" is no scenario day');
});

test.each([
  ['2031-10-20', '{{D-20T23:40L}} {{D-19T00:20L}}', '2031-10-01T03:40:00.000Z 2031-10-01T04:20:00.000Z'],
  ['2031-12-20', '{{D-20T23:40L}} {{D-19T00:20L}}', '2031-12-01T04:40:00.000Z 2031-12-01T05:20:00.000Z'],
  ['2031-11-22', '{{D-20T00:20L}} {{D-20T23:40L}}', '2031-11-02T04:20:00.000Z 2031-11-03T04:40:00.000Z'], // the clocks go back on D-20
])('with polling on %s, %s of the election’s zone is %s', (pollingDay, template, instants) => {
  expect(fillInstants(template, Date.parse(pollingDay))).toBe(instants);
});

test('the zone is that of the election in policy', async () => {
  const { elections } = await loadPolicy(fileURLToPath(new URL('../../../schemas/policy/', import.meta.url)));
  expect(elections.find(({ id }) => id === ELECTION)?.timeZone).toBe(ELECTION_ZONE);
});
