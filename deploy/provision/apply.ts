// Makes broker and registry what the plan says.
// Holds: idempotent; schemas first, because they are what may be refused; then passwords, rights, topics, each in one request;
// when it resolves, the broker it speaks to enforces the rights; drift is removed only where `prune` says so, and a topic never.

import { setTimeout as pause } from 'node:timers/promises';
import type { BrokerAdmin } from './adapters/broker.ts';
import type { RegisteredSchema, RegistryAdmin } from './adapters/registry.ts';
import type { Credential } from './credentials.ts';
import { incompatible, notInEffect } from './errors.ts';
import { brokerAclKey } from './plan.ts';
import type { Plan } from './plan.ts';
import { COMPATIBILITY, registerAll } from './subjects.ts';

const IN_EFFECT_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 20;

/** What is being done, for a line that a person watches. */
export type Step = 'schemas' | 'topics' | 'principals' | 'acls' | 'prune';

export interface ApplyParts {
  readonly broker: BrokerAdmin;
  readonly registry: RegistryAdmin;
  /** By principal; holds at least those whose password the plan sets. */
  readonly credentials: Readonly<Record<string, Credential>>;
  readonly prune: boolean;
  readonly onStep?: (step: Step, count: number) => void;
}

/**
 * Carries the plan out.
 * @returns the schemas registered now. Rejects with INCOMPATIBLE_SCHEMA before anything is changed,
 * with BROKER_REFUSED or UNREACHABLE part-way: running it again goes on from there.
 */
export async function applyPlan(plan: Plan, parts: ApplyParts): Promise<readonly RegisteredSchema[]> {
  const { broker, registry, onStep } = parts;
  if (plan.incompatible.length > 0) throw incompatible({ subjects: plan.incompatible });
  if (plan.raiseLevelFrom !== undefined) await registry.setLevel(COMPATIBILITY);
  onStep?.('schemas', plan.register.length);
  const registered = await registerAll(registry, plan.register);
  // Rights before topics: the broker takes up changes in order, and making the logs of new topics keeps it busy for long.
  onStep?.('principals', plan.setPasswords.length);
  await broker.setPasswords(plan.setPasswords.flatMap((name) => parts.credentials[name] ?? []));
  onStep?.('acls', plan.createAcls.length);
  await broker.createAcls(plan.createAcls);
  if (plan.setPasswords.length + plan.createAcls.length > 0) await untilInEffect(plan, broker);
  onStep?.('topics', plan.createTopics.length + plan.alterTopics.length + plan.addPartitions.length);
  await broker.createTopics(plan.createTopics);
  await broker.alterSettings(plan.alterTopics);
  await broker.addPartitions(plan.addPartitions);
  if (parts.prune) await pruneDrift(plan, parts);
  return registered;
}

async function pruneDrift({ drift }: Plan, { broker, onStep }: ApplyParts): Promise<void> {
  onStep?.('prune', drift.acls.length + drift.users.length);
  await broker.deleteAcls(drift.acls); // rights before names: a half-pruned user can do nothing
  await broker.deleteUsers(drift.users);
}

/** The controller's yes comes before the broker enforces it; a service that started in between would be refused. */
async function untilInEffect(plan: Plan, broker: BrokerAdmin): Promise<void> {
  const deadline = Date.now() + IN_EFFECT_WITHIN_MS;
  for (;;) {
    const [acls, users] = await Promise.all([broker.acls(), broker.scramUsers()]);
    const have = new Set(acls.map(brokerAclKey));
    const missing = [
      ...plan.createAcls.map(brokerAclKey).filter((key) => !have.has(key)),
      ...plan.setPasswords.filter((name) => !users.includes(name)),
    ];
    if (missing.length === 0) return;
    if (Date.now() > deadline) throw notInEffect({ missing: missing.length, afterMs: IN_EFFECT_WITHIN_MS });
    await pause(LOOK_AGAIN_MS);
  }
}
