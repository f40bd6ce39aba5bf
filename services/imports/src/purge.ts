// The tombstones of records whose time is over: those that an order of two persons names, of an election that this service knows
// to be over for good. Holds: pure; the order is verified here again, against the keys pinned with policy and against policy's own
// years; it reaches the topics of this writer alone. Source: kit README.md#purges

import { localDay, parsePurgeText, SPILL_SIGNERS, spillSigners } from '@sitebus/kit';
import { obsTopic } from '@sitebus/sdk';
import type { Policy } from '@sitebus/sdk';
import { parseNote } from '@sitebus/sdk/merkle';
import { publicationWindow } from './elections/publication-window.ts';
import type { Tombstone } from './tombstone.ts';

/** The one record type whose time policy ends. */
const TYPE = 'AdDisclosure';

/** @returns what the order has this agency write; none for a note that is no order to it, or not yet, or no longer. */
export function purgeTombstones(
  note: string,
  {
    agency,
    policy,
    nowMs,
  }: {
    readonly agency: string;
    readonly policy: Pick<Policy, 'signers' | 'version' | 'elections' | 'ads' | 'writers'>;
    readonly nowMs: number;
  },
): readonly Tombstone[] {
  const order = parsePurgeText(parseNote(note)?.text ?? '');
  const signers = spillSigners(note, policy.signers ?? []) ?? [];
  if (order === undefined || signers.length < SPILL_SIGNERS) return [];
  const isMine = order.agency === agency && (policy.writers[TYPE] ?? []).includes(agency);
  const isTimely = order.policyVersion === policy.version && order.at <= nowMs && nowMs < order.until;
  const election = policy.elections.find(({ id }) => id === order.election);
  if (!isMine || !isTimely || election === undefined) return [];
  if (localDay(nowMs, election.timeZone) <= publicationWindow(election, policy.ads).retainUntil) return [];
  const topic = obsTopic(order.cell, agency);
  return order.keys.map((key) => ({ cell: order.cell, record: { topic, key: Buffer.from(key), value: null } }));
}
