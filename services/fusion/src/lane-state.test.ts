import { createAdmit } from '@sitebus/kit';
import { beforeAll, expect, test } from '@jest/globals';
import { toCut } from './cut.ts';
import { toRules } from './engine/rules.ts';
import { createState } from './engine/state.ts';
import { LaneState } from './lane-state.ts';
import { versionsOf } from './service.ts';
import { loadShipped, NOON, type Shipped } from './testing/lane.ts';

let shipped: Shipped;
beforeAll(async () => {
  shipped = await loadShipped();
});

function standing() {
  const { policy, codec, commonValues } = shipped;
  const view = policy.views.find(({ id }) => id === 'partner')!;
  const versions = versionsOf(policy, codec.lock, commonValues);
  const state = createState(view, toRules(policy));
  const lane = new LaneState({ ...shipped, view, admit: createAdmit() }, versions, state);
  const cut = toCut('partner', 'a/1', { seq: 1, now: NOON, inputs: [], slices: [] }, NOTHING, versions);
  return { lane, cut };
}

const NOTHING = { products: [], alerts: [] };

test('a step of our own versions that gives other outputs is refused: the engine is not the one that wrote it', () => {
  const { lane, cut } = standing();
  expect(() => lane.follow({ ...cut, outputsHash: 'ff' }, [])).toThrow(
    expect.objectContaining({ code: 'REPLAY_DIFFERS' }),
  );
});

test('a step of other versions is followed for what it read, and what is issued is no longer certain', () => {
  const { lane, cut } = standing();
  expect(lane.follow({ ...cut, ruleVersion: cut.ruleVersion + 1, outputsHash: 'ff' }, [])).toBe('done');
  expect(lane).toMatchObject({ seq: 1, isExact: false });
});
