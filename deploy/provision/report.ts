// A plan as text for a person, and as JSON for a machine.
// Holds: pure; nothing is cut: what is too long to list is counted and the count says of what; no password is in it.

import { hasDrift, isSettled } from './plan.ts';
import type { Plan } from './plan.ts';
import type { BrokerAcl } from './adapters/broker.ts';

/** How many of each thing policy and contract ask for. */
export interface Counts {
  readonly cells: number;
  readonly views: number;
  readonly topics: number;
  readonly principals: number;
  readonly acls: number;
  readonly schemas: number;
}

/** `6 cells · 6 views · 89 topics …`, as the start's own line says it. */
export const renderCounts = (counts: Counts): string =>
  `${counts.cells} cells · ${counts.views} views · ${counts.topics} topics · ${counts.principals} principals · ${counts.schemas} schemas`;

/**
 * Renders the plan: a line a change (`+` new, `~` altered, `!` drift, `x` will not be done), then what was done with it
 * (`applied`) or what to do next.
 */
export function renderPlan(plan: Plan, counts: Counts, applied = false): string {
  const changes = [
    ...(plan.raiseLevelFrom === undefined
      ? []
      : [`~ registry     compatibility ${plan.raiseLevelFrom} → FULL_TRANSITIVE`]),
    ...plan.register.map(({ subject, sha256 }) => `+ schema       ${subject}  ${sha256.slice(0, 12)}`),
    ...plan.createTopics.map(
      (topic) =>
        `+ topic        ${topic.name}  ${topic.partitions} × ${topic.replicationFactor}, ${topic.settings['cleanup.policy'] ?? ''}`,
    ),
    ...plan.alterTopics.flatMap(({ name, settings, before }) =>
      Object.entries(settings).map(([key, value]) => `~ topic        ${name}  ${key} ${before[key] ?? ''} → ${value}`),
    ),
    ...plan.addPartitions.map(
      ({ name, before, partitions }) => `~ topic        ${name}  partitions ${before} → ${partitions}`,
    ),
    ...plan.setPasswords.map((name) => `+ principal    ${name}`),
    ...plan.createAcls.map((acl) => `+ acl          ${sentence(acl)}`),
  ];
  const refused = [
    ...plan.incompatible.flatMap(({ subject, reasons }) =>
      reasons.map((reason) => `x schema       ${subject}  ${reason}`),
    ),
    ...plan.blocked.map(({ what, reason }) => `x topic        ${what}  ${reason}`),
  ];
  const drift = [
    ...plan.drift.acls.map((acl) => `! acl          ${sentence(acl)}`),
    ...plan.drift.users.map((user) => `! principal    ${user}`),
    ...plan.drift.topics.map((topic) => `! topic        ${topic}  (never deleted here)`),
  ];
  return [
    `policy asks for ${renderCounts(counts)} · ${counts.acls} acls`,
    ...changes,
    ...refused,
    ...drift,
    verdict(plan, applied),
    '',
  ].join('\n');
}

/** The plan and counts as one JSON document. */
export function toJson(plan: Plan, counts: Counts): string {
  const register = plan.register.map(({ subject, sha256 }) => ({ subject, sha256 }));
  return `${JSON.stringify({ settled: isSettled(plan), drifted: hasDrift(plan), counts, plan: { ...plan, register } }, null, 2)}\n`;
}

function sentence(acl: BrokerAcl): string {
  const where = acl.pattern === 'PREFIXED' ? `${acl.name}…` : acl.name;
  const host = acl.host === '*' ? '' : ` from ${acl.host}`;
  const deny = acl.permission === 'ALLOW' ? '' : `${acl.permission} `;
  return `${acl.principal.replace(/^User:/, '')} ${deny}${acl.operation} ${acl.resource} ${where}${host}`;
}

function verdict(plan: Plan, applied: boolean): string {
  if (plan.incompatible.length > 0)
    return 'refused: a schema is incompatible; nothing will be changed. Give new fields a default, and never remove or rename one.';
  const change = isSettled(plan) ? 'nothing to change' : applied ? 'done' : 'next: provision --apply';
  return hasDrift(plan)
    ? `${change}; drift above, remove its acls and principals with: provision --apply --prune`
    : change;
}
