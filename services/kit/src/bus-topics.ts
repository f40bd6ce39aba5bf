// Which topics a policy asks for: whose each is, and of which kind.
// Holds: pure; the one list of kinds: what is provisioned and what the bus is described as both come from it; tenants share the
// topics of `partners`, so topics do not grow with tenants; sorted by name. Source: README.md#topics

import {
  alertTopic,
  assessTopic,
  caseTopic,
  checkpointTopic,
  deadTopic,
  denialCheckpointTopic,
  denialTopic,
  laneTopic,
  ledgerTopic,
  obsTopic,
  opsTopic,
  PEOPLE_TOPIC,
  receiptTopic,
  spillTopic,
  writerOf,
} from '@sitebus/sdk';
import type { Policy } from '@sitebus/sdk';

/** Of one writer in one cell. */
export interface WriterTopic {
  readonly name: string;
  readonly kind: 'obs' | 'dead';
  readonly cell: string;
  readonly writer: string;
}
/** Of one cell. */
export interface CellTopic {
  readonly name: string;
  readonly kind: 'spill';
  readonly cell: string;
}
/** Of one view. */
export interface ViewTopic {
  readonly name: string;
  readonly kind: keyof typeof OF_A_VIEW;
  readonly view: string;
}
/** Of everybody. */
export interface CommonTopic {
  readonly name: string;
  readonly kind: 'people';
}
/** A topic, by whose it is. */
export type BusTopic = WriterTopic | CellTopic | ViewTopic | CommonTopic;
/** As policy's rules for topics name it. */
export type TopicKind = BusTopic['kind'];

/** Who writes observations of a cell: an agency, or `partners` for all tenants. */
export interface CellWriter {
  readonly cell: string;
  readonly writer: string;
}

const OF_A_VIEW = {
  assess: assessTopic,
  alert: alertTopic,
  lane: laneTopic,
  ops: opsTopic,
  ledger: ledgerTopic,
  checkpoint: checkpointTopic,
  denial: denialTopic,
  'denial-checkpoint': denialCheckpointTopic,
  receipt: receiptTopic,
  case: caseTopic,
} as const;

/** @returns every topic, sorted by name. */
export function busTopics(policy: Pick<Policy, 'agencies' | 'cells' | 'views'>): readonly BusTopic[] {
  const kinds = Object.keys(OF_A_VIEW) as (keyof typeof OF_A_VIEW)[];
  const topics: readonly BusTopic[] = [
    ...cellWriters(policy).flatMap(({ cell, writer }): WriterTopic[] => [
      { name: obsTopic(cell, writer), kind: 'obs', cell, writer },
      { name: deadTopic(cell, writer), kind: 'dead', cell, writer },
    ]),
    ...policy.cells.map(({ id: cell }): CellTopic => ({ name: spillTopic(cell), kind: 'spill', cell })),
    ...policy.views.flatMap(({ id: view }) =>
      kinds.map((kind): ViewTopic => ({ name: OF_A_VIEW[kind](view), kind, view })),
    ),
    { name: PEOPLE_TOPIC, kind: 'people' },
  ];
  return [...topics].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @returns every (cell, writer) that may write observations, each once, by the cell's rank, then the writer. */
export function cellWriters({ agencies, cells }: Pick<Policy, 'agencies' | 'cells'>): readonly CellWriter[] {
  return [...cells]
    .sort((a, b) => a.rank - b.rank)
    .flatMap(({ id: cell }) => {
      const own = agencies.filter((agency) => agency.cells.includes(cell)).map(({ id }) => writerOf(id));
      return [...new Set(own)].sort().map((writer) => ({ cell, writer }));
    });
}
