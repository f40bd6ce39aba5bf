// What each principal may do on the bus, computed from policy by dominance.
// Holds: pure; ALLOW only, nothing for `*`, no wildcard resource; topics and transactional ids are literal, and only
// consumer groups are prefixed (by the principal's own name and a dot); no principal here is super.
// A fusion has nothing on a cell that its view's clearance does not dominate. Source: README.md#who-may-do-what

import { refuserOf } from '@sitebus/kit';
import { cellsOf } from '@sitebus/marking';
import {
  alertTopic,
  assessTopic,
  caseTopic,
  checkpointTopic,
  deadTopic,
  denialCheckpointTopic,
  denialTopic,
  fusionTransactionalId,
  groupOf,
  GUARD_TRANSACTIONAL_ID,
  laneTopic,
  ledgerTopic,
  obsTopic,
  opsTopic,
  PEOPLE_TOPIC,
  receiptTopic,
  REGISTRY_TRANSACTIONAL_ID,
  spillTopic,
} from '@sitebus/sdk';
import type { Policy } from '@sitebus/sdk';
import { policyRefused } from './errors.ts';
import { desiredPrincipals } from './principals.ts';
import type { Principal } from './principals.ts';
import { cellWriters } from './topics.ts';

/** What an ACL is about. The broker knows more kinds; policy grants on these alone. */
export type AclResource = 'topic' | 'group' | 'transactional-id';
/** READ and WRITE imply DESCRIBE (Kafka's authoriser), so DESCRIBE is never granted by itself. */
export type AclOperation = 'READ' | 'WRITE';

/** One ALLOW rule, for every host. */
export interface Acl {
  readonly principal: string;
  readonly resource: AclResource;
  readonly name: string;
  readonly pattern: 'literal' | 'prefixed';
  readonly operation: AclOperation;
}

/** @returns every rule of this policy, sorted by `aclKey`, each once. */
export function desiredAcls(policy: Policy): readonly Acl[] {
  const acls = desiredPrincipals(policy).flatMap((principal) => aclsOf(principal, policy));
  return [...new Map(acls.map((acl) => [aclKey(acl), acl])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, acl]) => acl);
}

/** One line that identifies a rule; two rules with one key are the same rule. */
export const aclKey = (acl: Acl): string =>
  `${acl.principal} ${acl.operation} ${acl.resource} ${acl.pattern} ${acl.name}`;

/** @returns the ids of the cells a view reads, lowest rank first. Derived by dominance, never listed by hand. */
export function cellsOfView(policy: Policy, view: string): readonly string[] {
  const found = policy.views.find(({ id }) => id === view);
  if (found === undefined) throw policyRefused({ rule: 'view exists', where: 'views.json', detail: view });
  return cellsOf(found.clearance, policy.cells).map(({ id }) => id);
}

function aclsOf(principal: Principal, policy: Policy): Acl[] {
  switch (principal.kind) {
    case 'agency':
      return agencyAcls(principal.name, principal.writer, principal.cell);
    case 'fusion':
      return fusionAcls(principal.name, principal.view, policy);
    case 'gateway':
      return gatewayAcls(principal.name, principal.view, policy);
    case 'ledger':
      return ledgerAcls(principal.name, principal.view);
    case 'guard':
      return guardAcls(principal.name, policy);
    case 'research':
      return researchAcls(principal.name, policy);
    case 'registry':
      return registryAcls(principal.name, policy);
  }
}

/** The one writer of what two persons change: who people are, and which records are skipped. */
function registryAcls(name: string, policy: Policy): Acl[] {
  const cells = policy.cells.map(({ id }) => id);
  return [
    ...topics(name, ['READ', 'WRITE'], [PEOPLE_TOPIC, ...cells.map(spillTopic)]),
    transactionalId(name, REGISTRY_TRANSACTIONAL_ID),
    ownGroups(name),
  ];
}

function agencyAcls(name: string, writer: string, cell: string): Acl[] {
  return [
    ...topics(name, ['WRITE'], [obsTopic(cell, writer)]),
    ...topics(name, ['READ', 'WRITE'], [deadTopic(cell, writer)]), // read again for redrive, by the agency's own operators
    ...topics(name, ['READ'], [PEOPLE_TOPIC]),
    ownGroups(name),
  ];
}

function fusionAcls(name: string, view: string, policy: Policy): Acl[] {
  const refused = policy.cells
    .filter(({ id }) => refuserOf(id, policy.views, policy.cells) === view)
    .map(({ id }) => id);
  return [
    ...topics(name, ['READ'], obsAndSpillsOf(policy, cellsOfView(policy, view))),
    ...topics(name, ['READ', 'WRITE'], [laneTopic(view), assessTopic(view)]),
    ...topics(name, ['WRITE'], [alertTopic(view), opsTopic(view)]),
    ...topics(name, ['WRITE'], deadOf(policy, refused)),
    transactionalId(name, fusionTransactionalId(view)),
    ownGroups(name),
  ];
}

function gatewayAcls(name: string, view: string, policy: Policy): Acl[] {
  return [
    ...topics(name, ['READ'], obsAndSpillsOf(policy, cellsOfView(policy, view))),
    ...topics(name, ['READ'], [assessTopic(view), alertTopic(view), PEOPLE_TOPIC]),
    ...topics(name, ['READ'], [checkpointTopic(view), denialCheckpointTopic(view)]),
    // Its own ledger and receipts are read again at start: the topic is the tree's order.
    ...topics(name, ['READ', 'WRITE'], [opsTopic(view), ledgerTopic(view), denialTopic(view), receiptTopic(view)]),
    ownGroups(name),
  ];
}

/** It signs what it reads: it can add no leaf, and no gateway can sign. */
function ledgerAcls(name: string, view: string): Acl[] {
  return [
    ...topics(name, ['READ'], [ledgerTopic(view), denialTopic(view)]),
    ...topics(name, ['READ', 'WRITE'], [checkpointTopic(view), denialCheckpointTopic(view)]),
    ownGroups(name),
  ];
}

/** It reads every record and assessment, so that it can judge each, and writes none: what it decides, the agencies' services write. */
function guardAcls(name: string, policy: Policy): Acl[] {
  const views = policy.views.map(({ id }) => id);
  const cells = policy.cells.map(({ id }) => id);
  return [
    ...topics(name, ['READ'], [...obsAndSpillsOf(policy, cells), ...views.map(assessTopic), PEOPLE_TOPIC]),
    ...topics(name, ['READ', 'WRITE'], views.map(caseTopic)),
    ...topics(name, ['WRITE'], [...views.map(ledgerTopic), ...views.map(denialTopic)]),
    transactionalId(name, GUARD_TRANSACTIONAL_ID),
    ownGroups(name),
  ];
}

/** It reads what its views read, so that it can collect, and writes leaves alone: nothing of it goes back to the bus. */
function researchAcls(name: string, policy: Policy): Acl[] {
  const { views } = policy.research;
  const cells = [...new Set(views.flatMap((view) => cellsOfView(policy, view)))];
  return [
    ...topics(name, ['READ'], [...obsAndSpillsOf(policy, cells), PEOPLE_TOPIC]),
    ...topics(name, ['WRITE'], [...views.map(ledgerTopic), ...views.map(denialTopic)]),
    ownGroups(name),
  ];
}

/** Whoever reads records of a cell reads which of them to skip, and of no other cell that anything was spilled. */
function obsAndSpillsOf(policy: Policy, cells: readonly string[]): string[] {
  return [...obsOf(policy, cells), ...cells.map(spillTopic)];
}

function obsOf(policy: Policy, cells: readonly string[]): string[] {
  return cellWriters(policy)
    .filter(({ cell }) => cells.includes(cell))
    .map(({ cell, writer }) => obsTopic(cell, writer));
}

function deadOf(policy: Policy, cells: readonly string[]): string[] {
  return cellWriters(policy)
    .filter(({ cell }) => cells.includes(cell))
    .map(({ cell, writer }) => deadTopic(cell, writer));
}

function topics(principal: string, operations: readonly AclOperation[], names: readonly string[]): Acl[] {
  return names.flatMap((name) =>
    operations.map((operation): Acl => ({ principal, resource: 'topic', name, pattern: 'literal', operation })),
  );
}

function transactionalId(principal: string, name: string): Acl {
  return { principal, resource: 'transactional-id', name, pattern: 'literal', operation: 'WRITE' };
}

function ownGroups(principal: string): Acl {
  return { principal, resource: 'group', name: groupOf(principal, ''), pattern: 'prefixed', operation: 'READ' };
}
