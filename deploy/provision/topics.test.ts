import { expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import type { Policy, TopicRule } from '@sitebus/sdk';
import { desiredTopics } from './topics.ts';

const policy = await loadPolicy('schemas/policy');
const DAY_MS = 86_400_000;

test('every view has its topics, every writer of a cell two, every cell one for spills, and there is one for people', () => {
  const byKind = new Map<string, number>();
  for (const { name } of desiredTopics(policy)) {
    const kind = name.split('.')[0] ?? '';
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
  }
  const writers = new Set(
    policy.agencies.flatMap(({ id, cells }) =>
      cells.map((cell) => `${cell} ${id.startsWith('partner-') ? 'partners' : id}`),
    ),
  ).size;
  const views = policy.views.length;
  expect(Object.fromEntries(byKind)).toEqual({
    obs: writers,
    dead: writers,
    assess: views,
    alert: views,
    lane: views,
    ops: views,
    ledger: views,
    checkpoint: views,
    denial: views,
    'denial-checkpoint': views,
    receipt: views,
    case: views,
    people: 1,
    spill: policy.cells.length,
  });
});

test("a topic has its kind's partitions and settings, in the broker's words", () => {
  expect(desiredTopics(policy).find(({ name }) => name === 'obs.open.cse')).toEqual({
    name: 'obs.open.cse',
    partitions: 1,
    settings: {
      'cleanup.policy': 'compact,delete',
      'retention.ms': '94608000000',
      'message.timestamp.type': 'LogAppendTime',
      'max.message.bytes': '1048576',
    },
  });
});

test('names are sorted, so that two runs make the same plan', () => {
  const names = desiredTopics(policy).map(({ name }) => name);
  expect(names).toEqual([...names].sort());
});

test.each<[string, string, Partial<TopicRule>]>([
  ['observations that expire before they stop linking', 'obs', { retentionMs: 100 * DAY_MS }],
  ['assessments that compact within 400 days', 'assess', { minCompactionLagMs: 399 * DAY_MS }],
  ['alerts on two partitions', 'alert', { partitions: 2 }],
  ['a ledger that expires', 'ledger', { retentionMs: DAY_MS }],
  ['checkpoints that expire', 'checkpoint', { retentionMs: DAY_MS }],
  ['denials that expire', 'denial', { retentionMs: DAY_MS }],
  ['denials on two partitions', 'denial', { partitions: 2 }],
  ['checkpoints on two partitions', 'checkpoint', { partitions: 2 }],
  ['receipts that compact', 'receipt', { cleanup: 'compact' }],
])('policy that asks for %s is refused', (_what, kind, change) => {
  const changed: Policy = {
    ...policy,
    topics: policy.topics.map((rule) => (rule.kind === kind ? { ...rule, ...change } : rule)),
  };
  expect(() => desiredTopics(changed)).toThrow(
    expect.objectContaining({ code: 'POLICY_REFUSED', details: expect.objectContaining({ where: kind }) }),
  );
});

test('an agency that may write a cell that is not there is refused by name', () => {
  const [first, ...rest] = policy.agencies;
  const changed = { ...policy, agencies: [{ ...first, cells: ['nowhere'] }, ...rest] } as Policy;
  expect(() => desiredTopics(changed)).toThrow(
    expect.objectContaining({ code: 'POLICY_REFUSED', details: expect.objectContaining({ detail: 'nowhere' }) }),
  );
});
