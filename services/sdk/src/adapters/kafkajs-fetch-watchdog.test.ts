import { expect, test } from '@jest/globals';
import { createFetchWatchdog } from './kafkajs-fetch-watchdog.ts';

/** A watchdog whose time and looks the test drives. */
function watched() {
  const stalled: number[] = [];
  let nowMs = 0;
  let look = (): void => undefined;
  let isWatching = true;
  const watchdog = createFetchWatchdog({
    stalledAfterMs: 10_000,
    onStalled: (afterMs) => void stalled.push(afterMs),
    now: () => nowMs,
    every: (_ms, run) => {
      look = run;
      return () => void (isWatching = false);
    },
  });
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds && isWatching; second += 1) {
      nowMs += 1_000;
      look();
    }
  };
  const sleep = (ms: number): void => void (nowMs += ms);
  return { watchdog, stalled, pass, sleep };
}

test('a loop that comes round is left alone; one that stops is reported once', () => {
  const { watchdog, stalled, pass } = watched();
  for (let round = 0; round < 5; round += 1) {
    pass(8);
    watchdog.alive();
  }
  expect(stalled).toEqual([]);
  pass(30);
  expect(stalled).toEqual([11_000]);
});

test('time with a batch in hand does not count', () => {
  const { watchdog, stalled, pass } = watched();
  watchdog.suspend();
  watchdog.suspend();
  pass(60);
  watchdog.unsuspend();
  pass(60);
  watchdog.unsuspend();
  pass(10);
  expect(stalled).toEqual([]);
  pass(1);
  expect(stalled).toHaveLength(1);
});

test('after the whole process stood still the loop gets its full time again', () => {
  const { stalled, pass, sleep } = watched();
  pass(5);
  sleep(3_600_000);
  pass(10);
  expect(stalled).toEqual([]);
  pass(10);
  expect(stalled).toHaveLength(1);
});
