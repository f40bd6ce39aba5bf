// The names on the bus: topics, transactional ids, groups and principals, each computed in this one place.
// Holds: lower case, dots and hyphens only; provision derives ACLs from the same functions that services use to write.
// Source: README.md#topics

import type { LedgerTree } from './merkle/checkpoint.ts';

/** `obs.<cell>.<agency>`; every tenant `partner-<slug>` shares the topic of `partners`. */
export const obsTopic = (cell: string, agency: string): string => `obs.${cell}.${writerOf(agency)}`;
/** `dead.<cell>.<agency>`: refused input with its bytes, and coordinates of refused records. */
export const deadTopic = (cell: string, agency: string): string => `dead.${cell}.${writerOf(agency)}`;
/** A view's assessments, keyed by assessment id. */
export const assessTopic = (view: string): string => `assess.${view}`;
/** A view's alerts; one partition, whose order is the cursor. */
export const alertTopic = (view: string): string => `alert.${view}`;
/** The cuts of a view's fusion; one partition. */
export const laneTopic = (view: string): string => `lane.${view}`;
/** Notices for a view's operators. */
export const opsTopic = (view: string): string => `ops.${view}`;
/** Leaves of a view's ledger; one partition, whose order is the tree's. */
export const ledgerTopic = (view: string): string => `ledger.${view}`;
/** Signed checkpoints of a view's ledger; one partition. */
export const checkpointTopic = (view: string): string => `checkpoint.${view}`;
/** What was asked for in vain in a view; one partition, whose order is the order of a tree of its own. */
export const denialTopic = (view: string): string => `denial.${view}`;
/** Signed checkpoints of a view's denials; one partition. */
export const denialCheckpointTopic = (view: string): string => `denial-checkpoint.${view}`;
/** @returns where one of the two trees of a view's ledger lies: its leaves, and what was signed of them. */
export const treeTopics = (
  view: string,
  tree: LedgerTree,
): { readonly leaves: string; readonly checkpoints: string } =>
  tree === 'denials'
    ? { leaves: denialTopic(view), checkpoints: denialCheckpointTopic(view) }
    : { leaves: ledgerTopic(view), checkpoints: checkpointTopic(view) };
/** Receipts of a view's readers. */
export const receiptTopic = (view: string): string => `receipt.${view}`;
/** Events of a view's cases. */
export const caseTopic = (view: string): string => `case.${view}`;
/** Orders that records of a cell are skipped by everybody; one partition, whose order is the list's. */
export const spillTopic = (cell: string): string => `spill.${cell}`;
/** The registry of people, partners, keys and clearances, compacted. */
export const PEOPLE_TOPIC = 'people';

/** The transactional id of a view's fusion; holding it is being the leader. */
export const fusionTransactionalId = (view: string): string => `fusion.${view}`;

/** The SCRAM principal of one agency's service for one cell. */
export const agencyPrincipal = (agency: string, cell: string): string => `agency.${writerOf(agency)}.${cell}`;
/** The SCRAM principal of a view's fusion. */
export const fusionPrincipal = (view: string): string => `fusion.${view}`;
/** The SCRAM principal of a view's gateway. */
export const gatewayPrincipal = (view: string): string => `gateway.${view}`;
/** The SCRAM principal that signs a view's ledger. */
export const ledgerPrincipal = (view: string): string => `ledger.${view}`;
/** The guard: writes events of releases, and no observation. */
export const GUARD_PRINCIPAL = 'guard';
/** The transactional id of the guard; holding it is being the one who decides. */
export const GUARD_TRANSACTIONAL_ID = 'guard';
/** Collects for research at arm's length: reads two cells, and writes leaves alone. */
export const RESEARCH_PRINCIPAL = 'research';
/** The one writer of the topic `people`. */
export const REGISTRY_PRINCIPAL = 'registry';
/** The transactional id of the registry's writer; holding it is being the one. */
export const REGISTRY_TRANSACTIONAL_ID = 'registry';
/** The only super principal: provision. */
export const ADMIN_PRINCIPAL = 'admin';

/** Consumer groups begin with the principal's name and a dot, so that one prefixed ACL covers them. */
export const groupOf = (principal: string, purpose: string): string => `${principal}.${purpose}`;

/** The agency that owns the topic: `partners` for every `partner-<slug>`, else the agency itself. */
export const writerOf = (agency: string): string => (agency.startsWith('partner-') ? 'partners' : agency);

/** Reads `obs.<cell>.<writer>`; undefined for any other topic. */
export function fromObsTopic(topic: string): { readonly cell: string; readonly writer: string } | undefined {
  const [kind, cell, writer, rest] = topic.split('.');
  return kind === 'obs' && cell && writer && rest === undefined ? { cell, writer } : undefined;
}

/** True when a record whose envelope names `agency` may lie on a topic of `writer`. */
export const carriesAgency = (writer: string, agency: string): boolean =>
  writer === 'partners' ? agency.startsWith('partner-') : agency === writer;
