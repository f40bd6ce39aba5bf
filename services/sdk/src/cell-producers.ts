// One bus producer a cell, because an agency has a principal of its own in each.
// Holds: a cell is connected when it is first written; a failed attempt is made again by the next record.

import type { BusPort, BusProducer } from './bus.ts';
import { closed } from './errors.ts';

/** Producers by cell. */
export interface CellProducers {
  of(cell: string): Promise<BusProducer>;
  /** Flushes and closes all; rejects with UNREACHABLE if anything stayed unacknowledged. */
  close(): Promise<void>;
}

/** @param open the bus as the agency's principal for a cell; `close` ends what it gave, unless it is shared. */
export function createCellProducers(
  open: (cell: string) => Promise<{ port: BusPort; isShared: boolean }>,
): CellProducers {
  const opening = new Map<string, Promise<Opened>>();
  let isClosed = false;
  return {
    async of(cell) {
      if (isClosed) throw closed({});
      const known = opening.get(cell);
      if (known !== undefined) return (await known).producer;
      const mine = connect(open, cell);
      opening.set(cell, mine);
      mine.catch(() => opening.delete(cell));
      return (await mine).producer;
    },
    async close() {
      isClosed = true;
      const opened = await Promise.allSettled(opening.values());
      const closings = opened.flatMap((one) => (one.status === 'fulfilled' ? [closeOne(one.value)] : []));
      const failed = (await Promise.allSettled(closings)).find((one) => one.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    },
  };
}

interface Opened {
  readonly producer: BusProducer;
  readonly port: BusPort;
  readonly isShared: boolean;
}

async function connect(open: Parameters<typeof createCellProducers>[0], cell: string): Promise<Opened> {
  const { port, isShared } = await open(cell);
  return { producer: await port.createProducer(), port, isShared };
}

async function closeOne({ producer, port, isShared }: Opened): Promise<void> {
  try {
    await producer.flush();
  } finally {
    await producer.close();
    if (!isShared) await port.close();
  }
}
