// The topics that policy asks for, each with its partitions and broker settings.
// Holds: pure; which topics there are is kit's to say, how they are kept is decided here; a policy that could lose a record
// (retention below what fusion still links) is refused, never rounded.
// Source: README.md#what-is-computed

import { busTopics, cellWriters as writersIn, type CellWriter } from '@sitebus/kit';
import type { Policy, TopicRule } from '@sitebus/sdk';
import { policyRefused } from './errors.ts';

/** One topic as it should be. `settings` are the broker's own names and spellings. */
export interface DesiredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly settings: Readonly<Record<string, string>>;
}

const DAY_MS = 86_400_000;
/** How long a record must outlive the last day on which it can still link something: the time to find out and rebuild. */
const HOLD_DAYS = 90;
/** An assessment's history stays readable in full for a year and a court's delay (README.md#what-is-computed). */
const ASSESS_UNCOMPACTED_MS = 400 * DAY_MS;
/** Kinds whose order is a contract, so that one partition holds it. */
const ONE_PARTITION = [
  'alert',
  'lane',
  'ledger',
  'checkpoint',
  'denial',
  'denial-checkpoint',
  'case',
  'spill',
] as const;
/** Kinds that are evidence: never compacted, never expired. */
const FOR_EVER = ['ledger', 'checkpoint', 'denial', 'denial-checkpoint', 'receipt', 'case', 'spill'] as const;

/** @returns every topic of this policy, sorted by name. Throws POLICY_REFUSED, naming the rule that policy breaks. */
export function desiredTopics(policy: Policy): readonly DesiredTopic[] {
  const rules = new Map(policy.topics.map((rule) => [rule.kind, rule]));
  refuseLosses(policy, rules);
  refuseUnknownCells(policy);
  return busTopics(policy).map(({ name, kind }) => topic(name, ruleFor(rules, kind)));
}

/** @returns every (cell, writer) that may write observations: agencies by their cells, all tenants as `partners`. */
export function cellWriters(policy: Policy): readonly CellWriter[] {
  refuseUnknownCells(policy);
  return writersIn(policy);
}

function refuseUnknownCells({ agencies, cells }: Policy): void {
  for (const agency of agencies)
    for (const cell of agency.cells)
      if (!cells.some(({ id }) => id === cell))
        throw policyRefused({ rule: 'cell exists', where: agency.id, detail: cell });
}

function topic(name: string, rule: TopicRule): DesiredTopic {
  return {
    name,
    partitions: rule.partitions,
    settings: {
      'cleanup.policy': rule.cleanup,
      'retention.ms': String(rule.retentionMs),
      'message.timestamp.type': rule.timestampType,
      ...(rule.minCompactionLagMs === undefined ? {} : { 'min.compaction.lag.ms': String(rule.minCompactionLagMs) }),
      ...(rule.maxMessageBytes === undefined ? {} : { 'max.message.bytes': String(rule.maxMessageBytes) }),
    },
  };
}

function ruleFor(rules: ReadonlyMap<string, TopicRule>, kind: string): TopicRule {
  const rule = rules.get(kind);
  if (rule === undefined)
    throw policyRefused({ rule: 'every kind of topic has a rule', where: 'topics.json', detail: kind });
  return rule;
}

function refuseLosses(policy: Policy, rules: ReadonlyMap<string, TopicRule>): void {
  const obs = ruleFor(rules, 'obs');
  const neededDays = Math.max(...Object.values(policy.detection.lifetimeDays)) + HOLD_DAYS;
  if (obs.retentionMs !== -1 && obs.retentionMs < neededDays * DAY_MS) {
    throw policyRefused({ rule: 'obs outlives what still links', where: 'obs', detail: `needs ${neededDays} days` });
  }
  const assess = ruleFor(rules, 'assess');
  if (assess.cleanup !== 'compact' || (assess.minCompactionLagMs ?? 0) < ASSESS_UNCOMPACTED_MS) {
    throw policyRefused({ rule: 'assessments stay uncompacted for 400 days', where: 'assess', detail: assess.cleanup });
  }
  for (const kind of ONE_PARTITION) {
    const { partitions } = ruleFor(rules, kind);
    if (partitions !== 1)
      throw policyRefused({ rule: 'one partition, its order is a contract', where: kind, detail: `${partitions}` });
  }
  for (const kind of FOR_EVER) {
    const rule = ruleFor(rules, kind);
    if (rule.cleanup !== 'delete' || rule.retentionMs !== -1) {
      throw policyRefused({ rule: 'evidence is never compacted and never expires', where: kind, detail: rule.cleanup });
    }
  }
}
