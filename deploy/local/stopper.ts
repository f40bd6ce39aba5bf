// How a stack stops.

import type { Service } from '@sitebus/kit';
import type { Buses } from './buses.ts';

/** Stops rank by rank, the last first, each rank at once; what fails to stop does not keep the rest running. */
export function stopper(
  ranks: readonly (readonly Pick<Service, 'stop'>[])[],
  buses: Pick<Buses, 'close'>,
): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const rank of [...ranks].reverse()) await Promise.allSettled(rank.map((service) => service.stop()));
    await buses.close();
  };
  return () => (stopped ??= stopAll());
}
