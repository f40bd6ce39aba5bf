// What has been heard from whom, as figures.
// Holds: only what the view's own clearance dominates is counted, so every reader of the view may see every figure.

import { dominates, join } from '@sitebus/marking';
import type { Clearance, Marking } from '@sitebus/marking';
import { isOverMarked } from '@sitebus/sdk';
import type { Clock } from '@sitebus/sdk';
import type { HeldObservation } from './held-observations.ts';
import type { StoredSource } from './model.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

interface HeldSource {
  readonly agency: string;
  readonly cell: string;
  marking: Marking;
  observations: number;
  readonly marked: { over: number; orcon: number; withoutTearline: number };
  /** Append times of the newest thousand, as they came. */
  readonly times: number[];
  readonly lags: number[];
}

/** Makes empty figures. */
export function createSources(viewClearance: Clearance, clock: Clock) {
  const sources = new Map<string, HeldSource>();
  return {
    add({ type, value, cell, marking, earlier, atMs }: HeldObservation): void {
      const sees = (each: Marking): boolean => dominates(viewClearance, each, clock.now());
      if (!sees(marking) || earlier.some(sees)) return; // a narrower group's record moves no figure here
      const { agency, recordedAt } = value.envelope;
      const id = `${cell}.${agency}`;
      const source = sources.get(id) ?? { agency, cell, marking, observations: 0, marked: { over: 0, orcon: 0, withoutTearline: 0 }, times: [], lags: [] }; // prettier-ignore
      sources.set(id, source);
      if (type === 'SourceGap') return; // it says that nothing was heard, and stands beside the figures (source-gaps.ts)
      source.marking = join(source.marking, marking);
      source.observations += 1;
      source.marked.over += isOverMarked(value) ? 1 : 0;
      source.marked.orcon += marking.orcon ? 1 : 0;
      source.marked.withoutTearline += isWithoutTearline(value) ? 1 : 0;
      keepLast(source.times, atMs, 1_000);
      keepLast(source.lags, Math.max(0, atMs - recordedAt), 1_000);
    },
    all(): readonly StoredSource[] {
      return [...sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, source]) => toSource(id, source));
    },
  };
}

function toSource(id: string, { agency, cell, marking, observations, marked, times, lags }: HeldSource): StoredSource {
  const ordered = [...times].sort((a, b) => a - b);
  const last = ordered.at(-1) ?? 0;
  const intervals = ordered
    .slice(-101)
    .map((time, at, all) => time - (all[at - 1] ?? time))
    .slice(1);
  const usual = quantile(intervals, 0.5);
  return {
    kind: 'source',
    id,
    agency,
    cell,
    marking,
    observations,
    marked: { ...marked },
    lastEventMs: last,
    ...(usual === undefined ? {} : { usualIntervalMs: usual }),
    lastDay: ordered.filter((time) => time > last - DAY_MS).length,
    lagMs: { p50: quantile(lags, 0.5) ?? 0, p99: quantile(lags, 0.99) ?? 0 },
  };
}

/** A sighting whose agency has said that nothing of it will go lower. */
function isWithoutTearline({ report }: HeldObservation['value']): boolean {
  return (report as { readonly releasePlan?: unknown } | undefined)?.releasePlan === 'NO_TEARLINE';
}

function quantile(values: readonly number[], q: number): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];
}

function keepLast(values: number[], value: number, most: number): void {
  values.push(value);
  if (values.length > most) values.shift();
}
