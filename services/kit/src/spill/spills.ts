// What is to be skipped of the cells somebody reads, as one value: every fetch asks it.
// Holds: pure; a record is skipped by its coordinates, and so is every copy of its bytes in the cell; the version names what
// was known of each cell and grows with every order. Source: README.md#spills

import { createHash } from 'node:crypto';
import { fromObsTopic, type BusRecord } from '@sitebus/sdk';
import type { SkipList, SpillEntry } from './skip-list.ts';

/** The lists of some cells, as of a moment. */
export interface Spills {
  /** `<cell>=<orders>` of every cell with an order, sorted, parted by blanks; empty where there is none. */
  readonly version: string;
  /** In force, by cell and place. */
  readonly orders: readonly SpillEntry[];
  readonly proposals: readonly SpillEntry[];
  /** `ok`, or which list is of no use, and why: then nothing may be read or released. */
  readonly state: string;
  readonly cells: readonly string[];
  /** The cell's list; undefined for a cell that is not read here. */
  list(cell: string): SkipList | undefined;
  /** Whether the record is skipped. Cost: nothing on a topic without orders, else a hash. */
  readonly isSpilled: (record: Pick<BusRecord, 'topic' | 'partition' | 'offset' | 'value'>) => boolean;
}

/** The header by which fusion says what it knew to skip when it wrote a product; absent where that was nothing. */
export const SPILLS_HEADER = 'sitebus-spills';

/** @returns the lists as one. */
export function toSpills(lists: readonly SkipList[]): Spills {
  const sorted = [...lists].sort((a, b) => (a.cell < b.cell ? -1 : 1));
  const orders = sorted.flatMap((list) => list.orders);
  const places = new Set(orders.map(({ order }) => placeOf(order)));
  const hashes = new Set(orders.map(({ order }) => `${order.cell} ${order.sha256}`));
  const cells = new Set(orders.map(({ order }) => order.cell));
  const broken = sorted.find(({ fault }) => fault !== undefined);
  return Object.freeze({
    version: sorted
      .filter((list) => list.orders.length > 0)
      .map((list) => `${list.cell}=${list.orders.length}`)
      .join(' '),
    orders,
    proposals: sorted.flatMap(({ proposal }) => proposal ?? []),
    state:
      broken === undefined
        ? 'ok'
        : `spill.${broken.cell} at ${broken.fault?.offset}: ${broken.fault?.why}; nothing is read or released`,
    cells: sorted.map(({ cell }) => cell),
    list: (cell: string) => sorted.find((list) => list.cell === cell),
    isSpilled: (record: Parameters<Spills['isSpilled']>[0]) => {
      const cell = cells.size === 0 ? undefined : fromObsTopic(record.topic)?.cell;
      if (cell === undefined || !cells.has(cell)) return false;
      if (places.has(placeOf(record))) return true;
      if (record.value === null) return false;
      return hashes.has(`${cell} ${createHash('sha256').update(record.value).digest('hex')}`);
    },
  });
}

/** @returns orders known of a cell where this version was. */
export function knownOf(version: string, cell: string): number {
  const [found] = version.split(' ').filter((each) => each.startsWith(`${cell}=`));
  return found === undefined ? 0 : Number(found.slice(cell.length + 1));
}

/** True where something was known under `version` that is not under `than`: whoever is at `than` has read too little. */
export function isAhead(version: string, than: string): boolean {
  return version
    .split(' ')
    .filter((each) => each !== '')
    .some((each) => {
      const cell = each.slice(0, each.lastIndexOf('='));
      return knownOf(version, cell) > knownOf(than, cell);
    });
}

function placeOf({ topic, partition, offset }: { topic: string; partition: number; offset: bigint | string }): string {
  return `${topic}/${partition}/${offset}`;
}
