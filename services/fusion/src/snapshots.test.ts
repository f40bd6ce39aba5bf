import { expect, test } from '@jest/globals';
import { silentLog } from '@sitebus/sdk';
import { createTestBus } from '@sitebus/sdk/testing';
import { createState } from './engine/state.ts';
import { step } from './engine/step.ts';
import { Snapshots } from './snapshots.ts';
import { NOW, VIEW, anObservation, domain, someRules } from './testing/observations.ts';

const VERSIONS = {
  policyVersion: 1,
  ruleVersion: 1,
  lockVersion: 'l',
  commonValuesVersion: 'c',
  engineVersion: 1,
  spills: '',
};
const EVERY_MS = 1_000;
const SLICE_MS = 40;

function aState() {
  const state = createState(VIEW, someRules());
  const observations = Array.from({ length: 2_000 }, (_, n) =>
    anObservation(n + 1, { features: [domain(`d${n}.example`)] }),
  );
  step(state, { now: NOW, observations });
  return state;
}

/** Snapshots whose slices take a while each; `finish` lets the file be whole. */
function slowSnapshots() {
  let nowMs = 0;
  let slices = 0;
  let longest = 0;
  let finish: () => void = () => undefined;
  const store = {
    list: () => Promise.resolve([]),
    remove: () => Promise.resolve(),
    read: () => Promise.reject(new Error('there is none')),
    async write(_name: string, pieces: Iterable<Buffer> | AsyncIterable<Buffer>) {
      for await (const piece of pieces) {
        slices += 1;
        longest = Math.max(longest, piece.length);
        nowMs += SLICE_MS;
      }
      await new Promise<void>((resolve) => (finish = resolve));
    },
  };
  const { bus } = createTestBus().connect;
  const pace = { now: () => nowMs, after: () => () => undefined };
  const parts = { store, view: VIEW.id, versions: VERSIONS, bus, pace, log: silentLog, everyMs: EVERY_MS };
  return {
    snapshots: new Snapshots(parts),
    pass: (ms: number) => (nowMs += ms),
    finish: () => finish(),
    slices: () => slices,
    longest: () => longest,
  };
}

const PLACE = { seq: 1, now: NOW, published: 0, lane: 1, inputs: [] };

test('the state stands still until the last slice is made, not until the file is whole; slices are small', async () => {
  const { snapshots, slices, longest, finish } = slowSnapshots();
  await snapshots.take(PLACE, aState());
  expect(slices()).toBeGreaterThan(4);
  expect(longest()).toBeLessThan(300_000);
  finish();
  await snapshots.settled();
});

test('the longer the state stood still, the later it stands still again: two parts in a hundred at most', async () => {
  const { snapshots, slices, pass, finish } = slowSnapshots();
  pass(EVERY_MS);
  expect(snapshots.isDue(1)).toBe(true);
  await snapshots.take(PLACE, aState());
  finish();
  await snapshots.settled();
  const rest = 50 * SLICE_MS * slices();
  expect(rest).toBeGreaterThan(EVERY_MS);
  pass(rest - 1);
  expect(snapshots.isDue(2)).toBe(false);
  pass(1);
  expect(snapshots.isDue(2)).toBe(true);
});
