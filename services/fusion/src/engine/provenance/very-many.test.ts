// Numbers of records at which a call with each as an argument would overflow the stack.

import { expect, test } from '@jest/globals';
import { Components } from '../linking/components.ts';
import { forget } from '../records/forget.ts';
import { createState, type EngineState } from '../state.ts';
import { VIEW, someRules } from '../../testing/observations.ts';

const MANY = 400_000;

test('a component of very many members is mended when it loses a link', () => {
  const { records } = createState(VIEW, someRules());
  records.flags = new Uint8Array(MANY + 1);
  records.observedAt = Float64Array.from({ length: MANY + 1 }, (_, record) => record);
  const components = new Components(records);
  for (let record = 1; record <= MANY; record += 1) components.enter(record);
  for (let record = 2; record <= MANY; record += 1) components.link(record - 1, record);
  components.unlink(MANY / 2, MANY / 2 + 1);
  expect(components.mend(() => true)).toHaveLength(MANY);
  expect(components.sizeOf(components.find(1))).toBe(MANY / 2);
  expect(components.anchorOf(components.find(MANY))).toBe(MANY / 2 + 1);
});

test('very many records leave at once, as when a hold ends', () => {
  const state: EngineState = createState(VIEW, someRules());
  const all = Array.from({ length: MANY }, (_, at) => at + 1);
  state.records.flags = new Uint8Array(MANY + 1);
  expect(forget(state, all)).toEqual([]);
  expect(state.leaving).toHaveLength(MANY);
});
