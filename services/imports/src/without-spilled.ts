// The way onto the bus past what two persons have had everybody skip: it lets nothing through that an order names.
// Holds: pure; an order counts for its own cell, by the id and the agency it names (bytes made anew have another recorded time) or
// by the SHA-256 of the bytes. Source: README.md#dead-letters

import { createHash } from 'node:crypto';
import { spillId, type SpillOrder } from '@sitebus/kit';
import type { Fault } from '@sitebus/sdk';
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
      const spilled = orderAbout(checked, orders(), agency);
      return spilled === undefined ? checked : { faults: [faultOf(spilled)] };
    },
  };
}

/** No order is ever forgotten: the bytes are hashed once, however many there are. */
function orderAbout(
  { observation, cell, record }: CheckedObservation,
  orders: Iterable<SpillOrder>,
  agency: string,
): SpillOrder | undefined {
  const { id } = observation.value.envelope;
  let sha256: string | undefined;
  for (const order of orders) {
    if (order.cell !== cell) continue;
    if (order.id === id && order.agency === agency) return order;
    if (record.value === null) continue;
    sha256 ??= createHash('sha256').update(record.value).digest('hex');
    if (order.sha256 === sha256) return order;
  }
  return undefined;
}

function faultOf(order: SpillOrder): Fault {
  return {
    pointer: '/envelope/id',
    code: 'SPILLED',
    detail: `two persons have ordered that everybody skips this record (${spillId(order)}), and no order is taken back`,
    hint: 'put it away; what may be read after all is a new observation, with an id and a marking of its own',
  };
}
