// The way onto the bus past what two persons have had everybody skip: it lets nothing through that an order names.
// Holds: pure; an order counts for its own cell, by the id and the agency it names (bytes made anew have another recorded time) or
// by the SHA-256 of the bytes; each is verified before it is believed, against the keys pinned with policy. Source: README.md#dead-letters

import { createHash } from 'node:crypto';
import { parseSpillText, SPILL_SIGNERS, spillId, spillSigners, spillsUnusable, type SpillOrder } from '@sitebus/kit';
import type { Fault, Policy } from '@sitebus/sdk';
import { parseNote } from '@sitebus/sdk/merkle';
import type { CheckedObservation, PublishPort } from './publish-port.ts';

/** @returns the publisher, which refuses what the orders name: those of the moment in which it checks. */
export function withoutSpilled(
  orders: () => Iterable<SpillOrder>,
  publisher: PublishPort,
  agency: string,
): PublishPort {
  return {
    ...publisher,
    check(observation) {
      const checked = publisher.check(observation);
      if ('faults' in checked) return checked;
      for (const order of orders()) if (isAbout(order, checked, agency)) return { faults: [faultOf(order)] };
      return checked;
    },
  };
}

/** @returns the order of a signed note. Throws SPILLS_UNUSABLE (retriable) for a note that is no order of two. */
export function spillOrderOf(note: string, { signers: pinned = [] }: Pick<Policy, 'signers'>): SpillOrder {
  const order = parseSpillText(parseNote(note)?.text ?? '');
  const signers = spillSigners(note, pinned) ?? [];
  if (order === undefined || signers.length < SPILL_SIGNERS) throw spillsUnusable({ state: 'an order is not one of two persons' }); // prettier-ignore
  return order;
}

function isAbout(order: SpillOrder, { observation, cell, record }: CheckedObservation, agency: string): boolean {
  if (order.cell !== cell) return false;
  if (order.id === observation.value.envelope.id && order.agency === agency) return true;
  return record.value !== null && order.sha256 === createHash('sha256').update(record.value).digest('hex');
}

function faultOf(order: SpillOrder): Fault {
  return {
    pointer: '/envelope/id',
    code: 'SPILLED',
    detail: `two persons have ordered that everybody skips this record (${spillId(order)}), and no order is taken back`,
    hint: 'put it away; what may be read after all is a new observation, with an id and a marking of its own',
  };
}
