// Gaps that agencies declared of their sources, as each view may read them: what a report says that nobody was observing.
// Holds: pure; of an id's copies under one marking the first counts; a gap is none where its recall, or a later gap in its place,
// may be read, so that no view's answer depends on what is above it; what its originator controls goes into no product, and what
// no producer's check lets through is none.
// Source: README.md#records

import type { Admitted } from '@sitebus/kit';
import { cellsOf, dominates, isSameMarking, type Cell, type Marking } from '@sitebus/marking';
import { toWire, type SourceGap, type View } from '@sitebus/sdk';

/** One gap, as its agency declared it. */
export interface DeclaredGap {
  readonly id: string;
  readonly agency: string;
  readonly cell: string;
  /** Inclusive, UTC milliseconds. */
  readonly fromMs: number;
  /** Exclusive; undefined while it lasts. */
  readonly toMs?: number;
  readonly reason: string;
  readonly marking: Marking;
}

/** What is used of an admitted record. */
export type TakenRecord = Pick<Admitted, 'envelope' | 'marking' | 'cell' | 'agency'> & {
  readonly decoded: Pick<Admitted['decoded'], 'type' | 'value'>;
};

/** All of them, in memory. */
export interface SourceGaps {
  /** Takes in a record of any type: recalls count as well. */
  take(record: TakenRecord): void;
  /** @returns those that stand and that the view may read, in no order. Cost: a look at each gap there is. */
  of(view: Pick<View, 'clearance'>): readonly DeclaredGap[];
}

interface Placed {
  readonly cell: string;
  readonly marking: Marking;
}

/** An empty collection over these cells. */
export function createSourceGaps(cells: readonly Cell[]): SourceGaps {
  const copies = new Map<string, DeclaredGap[]>(); // by agency and id; more than one where markings differ
  const endings = new Map<string, Placed[]>(); // by agency and id: what recalls it or stands in its place
  return {
    take({ decoded: { type, value }, envelope, marking, cell, agency }) {
      const isGap = type === GAP;
      for (const id of [envelope.recalls, isGap ? envelope.supersedes : null])
        if (id !== null) add(endings, `${agency} ${id}`, { cell, marking });
      const declared = isGap ? toDeclared(value as SourceGap, { agency, cell, marking }) : undefined;
      if (declared === undefined) return;
      const key = `${agency} ${envelope.id}`;
      const isKnown = (copies.get(key) ?? []).some((each) => each.cell === cell && isSameMarking(each.marking, marking));
      if (!isKnown) add(copies, key, declared);
    },
    of({ clearance }) {
      const seen = new Set(cellsOf(clearance, cells).map(({ id }) => id));
      const isRead = ({ cell, marking }: Placed): boolean => seen.has(cell) && dominates(clearance, marking, 0);
      return [...copies].flatMap(([key, own]) => {
        const gap = own.find((each) => isRead(each) && !each.marking.orcon);
        return gap === undefined || endings.get(key)?.some(isRead) === true ? [] : [gap];
      });
    },
  };
} // prettier-ignore

const GAP = 'SourceGap';
/** Of words and marking; a producer's check lets through some 4 KB. Many gaps go into one event of a report. */
const MOST_BYTES = 8_192;
/** ECMA-262 §21.4.1.1: there is no instant beyond it on either side. */
const LAST_INSTANT_MS = 8.64e15;

/** @returns undefined for what is not what its type means, whatever admission let through. */
function toDeclared(
  { envelope: { id }, from, to, reason }: SourceGap,
  at: Pick<DeclaredGap, 'agency' | 'cell' | 'marking'>,
): DeclaredGap | undefined {
  const isInstant = (ms: number): boolean => Math.abs(ms) <= LAST_INSTANT_MS;
  if (!isInstant(from) || (to !== null && (!isInstant(to) || to < from))) return undefined;
  if (Buffer.byteLength(JSON.stringify([reason, toWire(at.marking)])) > MOST_BYTES) return undefined;
  return { id, ...at, fromMs: from, ...(to === null ? {} : { toMs: to }), reason };
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
