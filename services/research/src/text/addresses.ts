// What looks like an address, a number of somebody or a name, though no record says that it is one.
// Holds: pure; each pattern is anchored where a run begins, so that time grows with the text alone; too much is taken out
// rather than too little. Source: README.md#texts

import type { Span } from './matcher.ts';

/** What stands in the place of something taken out. */
export type Placeholder = '[address]' | '[number]' | '[name]';

/** A span of a text, and what to write there. */
export interface Found extends Span {
  readonly as: Placeholder;
}

/** In folded text. */
const IN_FOLDED: readonly (readonly [RegExp, Placeholder])[] = [
  [/(?<!\S)\S*?:\/\/\S*/gu, '[address]'], // a scheme, whatever stands before it
  [/(?<!\S)[^\s@]*@\S+/gu, '[address]'], // mail, and handles
  [/(?<![\p{L}\p{N}_-])[\p{L}\p{N}_-]+\s?[[({]\s?(?:@|at)\s?[\])}]\s?\S+/gu, '[address]'],
  // Hosts and addresses of four parts, with whatever path follows; dots in brackets too.
  [
    /(?<![\p{L}\p{N}_-])[\p{L}\p{N}_-]+(?:(?:[.。．｡]|\s?[[({]\s?(?:\.|dot)\s?[\])}]\s?)[\p{L}\p{N}_-]+)+(?:[/:?#]\S*)?/gu,
    '[address]',
  ],
  [/(?<![\p{L}\p{N}:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,}[0-9a-f.]*/gu, '[address]'],
  [/(?<![\p{L}\p{N}_.-])[\p{L}\p{N}_.-]+:[\p{L}\p{N}_@]\S*/gu, '[address]'], // platform:handle, btc:…
  [/(?<![\p{L}\p{N}])[0-9a-f]{8,}(?:-[0-9a-f]{4,})*(?![\p{L}\p{N}])/gu, '[number]'], // UUIDs, hashes
  [/(?<![\p{L}\p{N}_])(?=[\p{L}_]{0,60}\p{N})[\p{L}\p{N}_]{20,}/gu, '[number]'], // keys, wallets
  [/(?<![\p{N}])\p{N}[\p{N}\s().+-]{3,}\p{N}/gu, '[number]'], // telephone numbers, ids
];

/** Two or more capitalised words in a row, with the small words that join names: in the text as it was written. */
const NAMES =
  /(?<![\p{L}\p{M}])\p{Lu}[\p{L}\p{M}'’-]{0,40}\.?(?:\s{1,8}(?:(?:d[eu]|des|la|le|van|von|der|den|bin|al|el|y)\s{1,8}){0,2}\p{Lu}[\p{L}\p{M}'’-]{0,40}\.?)+/gu;

/** @returns what looks like an address or a number, in a folded text. */
export function addressesIn(folded: string): readonly Found[] {
  return IN_FOLDED.flatMap(([pattern, as]) => found(pattern, folded, as));
}

/** @returns what looks like a name, in a text as it was written. */
export function namesIn(text: string): readonly Found[] {
  return found(NAMES, text, '[name]');
}

function found(pattern: RegExp, text: string, as: Placeholder): readonly Found[] {
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) => ({ from: index, to: index + length, as }));
}
