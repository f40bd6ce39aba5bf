import { expect, test } from '@jest/globals';
import { parseStartOptions } from './options.ts';

test('without words, data is kept, ports may move, and the scenario plays at six seconds a day', () => {
  expect(parseStartOptions([])).toEqual({
    fresh: false,
    strictPorts: false,
    scenario: true,
    secondsPerDay: 6,
    help: false,
  });
});

test('every option is read', () => {
  expect(
    parseStartOptions(['--port-base', '9000', '--fresh', '--strict-ports', '--no-scenario', '--seconds-per-day', '0']),
  ).toEqual({
    portBase: 9000,
    fresh: true,
    strictPorts: true,
    scenario: false,
    secondsPerDay: 0,
    help: false,
  });
});

test.each([
  [
    'a port that is no number',
    ['--port-base', 'abc'],
    /--port-base takes a whole number from 1024 to 65000, not "abc"/,
  ],
  ['a port below the unprivileged ones', ['--port-base', '80'], /--port-base/],
  ['an option that does not exist', ['--prot-base', '9000'], /--prot-base/],
])('%s is refused by name', (_case, argv, message) => {
  expect(() => parseStartOptions(argv)).toThrow(message);
});
