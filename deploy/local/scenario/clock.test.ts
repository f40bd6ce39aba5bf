import { expect, test } from '@jest/globals';
import { createScenarioClock } from './clock.ts';

test('it stands where it was put, and never goes back', () => {
  const clock = createScenarioClock({ now: () => 1_000 }, 100);
  expect(clock.now()).toBe(100);
  clock.put(300);
  clock.put(200);
  expect(clock.now()).toBe(300);
});

test('it is never later than the time of day', () => {
  const clock = createScenarioClock({ now: () => 1_000 }, 100);
  clock.put(5_000);
  expect(clock.now()).toBe(1_000);
});

test('once it runs on it is the time of day, and nobody holds it again', () => {
  let now = 1_000;
  const clock = createScenarioClock({ now: () => now }, 100);
  clock.runOn();
  clock.put(500);
  now = 1_001;
  expect(clock.now()).toBe(1_001);
});
