// What the offline process and whoever started it say to each other: one order in, messages out over Node's channel.
// Holds: plain JSON, because the other side is another room and shares no code with this one. Source: README.md#offline

import type { FuseProgress, FuseSummary } from './fuse-file.ts';

/** The one argument, as JSON. Paths are absolute. */
export interface FuseOrder {
  readonly input: string;
  readonly output: string;
  readonly refused: string;
  readonly policyDir: string;
  readonly truth?: string;
  readonly view?: string;
  /** A folder of published warning lists, besides policy's own lists. */
  readonly warningLists?: string;
  readonly expire?: boolean;
}

/** Everything the process says; the last is `done` or `failed`. */
export type FuseMessage =
  | ({ readonly kind: 'progress' } & FuseProgress)
  | { readonly kind: 'done'; readonly summary: FuseSummary }
  | { readonly kind: 'failed'; readonly code: string; readonly details: Readonly<Record<string, unknown>> };
