// What protocol sends to named persons of this view, carried into receipts: situation reports, notices to targets and parties.
// Holds: each issue is one distribution however often it is seen, by whichever gateway of the view; a version that protocol has
// taken back is recalled from whoever may have it; nothing is decided here. Source: README.md#receipts

import type { Issue, ProtocolPort } from '@sitebus/kit';
import type { Log, View } from '@sitebus/sdk';
import { v5 as uuidOf } from 'uuid';
import type { Receipts } from './receipts.ts';

/** Carries, until it is stopped. */
export interface ProtocolIssues {
  start(): void;
  stop(): Promise<void>;
  /** One look; rejects where protocol or the bus cannot be reached. */
  carry(): Promise<void>;
}

/** Makes the carrier of one view. */
export function createProtocolIssues(parts: {
  readonly protocol: Pick<ProtocolPort, 'issues'>;
  readonly receipts: Pick<Receipts, 'issue' | 'recall' | 'board'>;
  readonly view: View;
  readonly log: Log;
  readonly tickMs: number;
  /** False: who may have what is not known, and nobody is to be called withheld by that. */
  readonly isRegistryFresh: () => boolean;
}): ProtocolIssues {
  const { protocol, receipts, view, log, tickMs } = parts;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let carrying: Promise<void> = Promise.resolve();

  const carry = async (): Promise<void> => {
    for (const issue of await protocol.issues(view.id)) {
      if (!parts.isRegistryFresh()) return;
      const order = distributionIdOf(issue, view);
      const version = { productId: issue.id, productVersion: issue.version };
      // One that was taken back before it was ever carried was never anybody's.
      if (issue.isRecalled && receipts.board.distribution(order) === undefined) continue;
      await receipts.issue(order, issue);
      if (issue.isRecalled) await receipts.recall(version, { cause: 'ORDERED', by: issue.by, reason: 'a later version replaces it' }); // prettier-ignore
    }
  };
  const look = (): void => {
    carrying = carry()
      .catch((cause: unknown) => {
        log.warn({ view: view.id, code: (cause as { code?: string }).code }, 'what protocol sends to persons waits');
      })
      .then(() => {
        if (!isStopped) timer = setTimeout(look, tickMs);
      });
  };
  return {
    carry,
    start: look,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await carrying;
    },
  };
}

/** @returns the id of the distribution that an issue is; the same whoever carries it. */
export function distributionIdOf({ kind, id, version, atMs }: Issue, view: View): string {
  return uuidOf(`issue/${kind}/${id}/${version}/${atMs}`, view.namespace);
}
