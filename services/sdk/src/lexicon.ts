// How a likelihood is said: the term of a lexicon in which a probability lies.
// Holds: only numbers are stored; every whole per cent has exactly one term in every lexicon. Source: README.md#policy

import type { Lexicon, LexiconBand } from './policy.ts';

/** The term for a probability in millionths: rounded to a whole per cent, kept within 1 to 99. Says nothing of confidence. */
export function bandIn(lexicon: Lexicon, pMicro: number): LexiconBand {
  const percent = Math.min(99, Math.max(1, Math.round(pMicro / 10_000)));
  let found = lexicon.bands[0]!;
  for (const band of lexicon.bands) if (percent >= band.lower) found = band;
  return found;
}
