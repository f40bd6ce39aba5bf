// What other rules would give: each rule of linking taken away or moved, by itself, on the same files.
// Holds: only policy differs, never code; the figures say how flat the chosen numbers lie and what each rule is worth.

import type { Detection } from '@sitebus/sdk';

/** One variation: what it is called, and what differs. */
export interface Variation {
  readonly name: string;
  readonly detection: (shipped: Detection) => Partial<Detection>;
  /** True: without any list of common values. */
  readonly withoutLists?: boolean;
}

const everyWindow =
  (days: (kind: string, shipped: number) => number) =>
  ({ linkWindowDays }: Detection): Partial<Detection> => ({
    linkWindowDays: Object.fromEntries(Object.entries(linkWindowDays).map(([kind, own]) => [kind, days(kind, own)])),
  });

const weight =
  (kind: string, value: number) =>
  ({ weights }: Detection): Partial<Detection> => ({ weights: { ...weights, [kind]: value } });

const NEVER = 1_000_000;

/** All variations, in the order in which they are printed. */
export const VARIATIONS: readonly Variation[] = [
  { name: 'without windows', detection: everyWindow(() => NEVER) },
  { name: 'without the cap on recurrence', detection: () => ({ recurrenceCap: NEVER }) },
  { name: 'without lists', detection: () => ({}), withoutLists: true },
  { name: 'without lists and recurrence', detection: () => ({ recurrenceCap: NEVER }), withoutLists: true },
  { name: 'without registered domains', detection: weight('registrable-domain', 0) },
  { name: 'without networks', detection: weight('subnet', 0) },
  { name: 'networks only with other support (.35)', detection: weight('subnet', 0.35) },
  ...[0.5, 0.7, 1.5, 2, 4].map((factor) => ({
    name: `windows × ${factor}`,
    detection: everyWindow((_, own) => own * factor),
  })),
  {
    name: 'windows as long as lifetimes',
    detection: (shipped) =>
      everyWindow((kind, own) => shipped.lifetimeDays[kind] ?? Math.max(own, shipped.lifetimeDays['default']!))(
        shipped,
      ),
  },
  ...[0.3, 0.45, 0.65, 0.75].map((linkThreshold) => ({
    name: `threshold ${linkThreshold}`,
    detection: () => ({ linkThreshold }),
  })),
  ...[4, 8, 24].map((hubCap) => ({ name: `hub cap ${hubCap}`, detection: () => ({ hubCap }) })),
  ...[2, 4].map((recurrenceCap) => ({ name: `recurrence ${recurrenceCap}`, detection: () => ({ recurrenceCap }) })),
  ...[0.1, 0.34, 0.5].map((containmentMin) => ({
    name: `containment ${containmentMin}`,
    detection: () => ({ containmentMin }),
  })),
];
