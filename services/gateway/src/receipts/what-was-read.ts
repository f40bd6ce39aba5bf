// What receipts learn of what the gateway reads: versions of products, and that one of them may have ended.
// Holds: the model gets everything, and first. Source: README.md#receipts

import type { InMemoryReadModel } from '../read-model/in-memory.ts';
import type { Receipts } from './receipts.ts';

/** @returns the model as the rebuild feeds it. */
export function tellReceipts(
  receipts: Pick<Receipts, 'shelf' | 'lookAgain'>,
  model: InMemoryReadModel,
): InMemoryReadModel {
  return {
    ...model,
    addObservation(entry) {
      model.addObservation(entry);
      if (entry.value.envelope.recalls !== null) receipts.lookAgain();
    },
    addAssessment(value, atMs, place) {
      model.addAssessment(value, atMs, place);
      receipts.shelf.offer(value, atMs);
      if (value.status !== 'LIVE') receipts.lookAgain();
    },
  };
}
