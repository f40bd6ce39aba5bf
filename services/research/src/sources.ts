// Which records of the bus a frozen edition was made from, by where they lie: so that it can be told later whether one of them
// must not be read any more. Holds: pure; places alone, nothing of what a record says; a record is among them whichever
// way it decided what is in the set, copies of it included. Source: README.md#spilled

import type { BusRecord } from '@sitebus/sdk';

/** `<topic>/<partition>` → offsets, ascending, as ranges with both ends: `3-17,20`. */
export type Sources = Readonly<Record<string, string>>;

/** Where a record lies; an order to skip it writes the offset in decimal. */
export interface RecordPlace extends Pick<BusRecord, 'topic' | 'partition'> {
  readonly offset: bigint | string;
}

/** @returns the places of these records, each once, in any order. */
export function sourcesOf(records: readonly RecordPlace[]): Sources {
  const offsets = new Map<string, Set<bigint>>();
  for (const record of records) {
    const lane = laneOf(record);
    offsets.set(lane, (offsets.get(lane) ?? new Set()).add(BigInt(record.offset)));
  }
  const lanes = [...offsets].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    lanes.map(([lane, found]) => [lane, rangesOf([...found].sort((a, b) => (a < b ? -1 : 1)))]),
  );
}

/** Whether a record of that place is among them. */
export function isAmong(sources: Sources, place: RecordPlace): boolean {
  const offset = BigInt(place.offset);
  return (sources[laneOf(place)]?.split(',') ?? []).some((range) => {
    const [from = '', to = from] = range.split('-');
    return BigInt(from) <= offset && offset <= BigInt(to);
  });
}

function laneOf({ topic, partition }: RecordPlace): string {
  return `${topic}/${partition}`;
}

function rangesOf(ascending: readonly bigint[]): string {
  const ranges: { readonly from: bigint; to: bigint }[] = [];
  for (const offset of ascending) {
    const last = ranges.at(-1);
    if (last !== undefined && offset === last.to + 1n) last.to = offset;
    else ranges.push({ from: offset, to: offset });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join();
}
