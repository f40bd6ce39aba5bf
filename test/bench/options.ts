// The words after `npm run bench --`.

import { parseArgs } from 'node:util';

/** What can be measured by itself. */
export const PARTS = ['pipe', 'views', 'hot', 'latency', 'memory', 'peers'] as const;
export type Part = (typeof PARTS)[number];

/** A run. */
export interface BenchOptions {
  readonly records: number;
  readonly rounds: number;
  readonly parts: ReadonlySet<Part>;
  /** Lines of JSON on stdout in place of the table. */
  readonly json: boolean;
  /** Memory at one and at two million observations; takes about a quarter of an hour more. */
  readonly large: boolean;
  /** Run the rooms from their sources, as `npm start` does, in place of built JavaScript. */
  readonly source: boolean;
  /** Profile of the CPU of each measured process, in this folder. */
  readonly profileDir: string | undefined;
}

/** Throws for a word that is none. */
export function parseBenchOptions(words: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      records: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: PARTS.join() },
      json: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      source: { type: 'boolean', default: false },
      profile: { type: 'string' },
    },
  });
  const parts = values.only.split(',').map((word) => {
    const part = PARTS.find((one) => one === word);
    if (part === undefined) throw new Error(`--only ${word}: one of ${PARTS.join(', ')}`);
    return part;
  });
  return {
    records: toCount('records', values.records),
    rounds: toCount('rounds', values.rounds),
    parts: new Set(parts),
    json: values.json,
    large: values.large,
    source: values.source,
    profileDir: values.profile,
  };
}

function toCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${name} ${text}: a whole number from 1`);
  return count;
}
