// The seven rows in which a likelihood is spoken of, and when it has clearly left one.
// Holds: only numbers; words are the reader's lexicon. The rows are those of `ca-cyber`. Source: README.md#bands

/** Lower bounds in whole per cent, row 1 first. */
const LOWER_BOUNDS = [1, 10, 25, 40, 60, 75, 90] as const;
/** How far past the border of a row, in per cent, before an alert says so. */
const HYSTERESIS = 1;

/** 1 to 7. P is rounded to a whole per cent and kept within 1 to 99 first. */
export function bandOf(pMicro: number): number {
  const percent = toPercent(pMicro);
  let band = 1;
  for (let row = 1; row < LOWER_BOUNDS.length; row += 1) if (percent >= LOWER_BOUNDS[row]!) band = row + 1;
  return band;
}

/** True when P lies outside the row by more than a tremble, so that a value on a border does not ring twice. */
export function hasLeftBand(pMicro: number, band: number): boolean {
  const percent = toPercent(pMicro);
  const lower = LOWER_BOUNDS[band - 1]!;
  const upper = (LOWER_BOUNDS[band] ?? 100) - 1;
  return percent < lower - HYSTERESIS || percent > upper + HYSTERESIS;
}

function toPercent(pMicro: number): number {
  return Math.min(99, Math.max(1, Math.round(pMicro / 10_000)));
}
