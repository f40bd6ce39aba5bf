// Makes broker and registry what the plan says.
// Holds: idempotent, in the plan's order (schemas first: they are what may be refused; then topics, passwords, rights);
// one request a kind; drift is removed only where `prune` says so, and a topic never.

import type { BrokerAdmin } from './adapters/broker.ts';
import type { RegisteredSchema, RegistryAdmin } from './adapters/registry.ts';
import type { Credential } from './credentials.ts';
import { incompatible } from './errors.ts';
import type { Plan } from './plan.ts';
import { COMPATIBILITY, registerAll } from './subjects.ts';

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
  onStep?.('topics', plan.createTopics.length + plan.alterTopics.length + plan.addPartitions.length);
  await broker.createTopics(plan.createTopics);
  await broker.alterSettings(plan.alterTopics);
  await broker.addPartitions(plan.addPartitions);
  onStep?.('principals', plan.setPasswords.length);
  await broker.setPasswords(plan.setPasswords.flatMap((name) => parts.credentials[name] ?? []));
  onStep?.('acls', plan.createAcls.length);
  await broker.createAcls(plan.createAcls);
  if (parts.prune) await pruneDrift(plan, parts);
  return registered;
}

async function pruneDrift({ drift }: Plan, { broker, onStep }: ApplyParts): Promise<void> {
  onStep?.('prune', drift.acls.length + drift.users.length);
  await broker.deleteAcls(drift.acls); // rights before names: a half-pruned user can do nothing
  await broker.deleteUsers(drift.users);
}
