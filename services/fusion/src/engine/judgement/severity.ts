// How bad a matter would be: Σ impact_(i)/i^1.5, the worst lineage first, times the nearness of the election.
// Holds: kept apart from how likely it is; one lineage counts once, however many copies report it; inputs are shown.
// Source: README.md#severity

/** A lineage and the worst category it reports. */
export interface LineageImpact {
  readonly category: string;
  /** 0 to 100. */
  readonly impact: number;
}

export interface Severity {
  readonly score: number;
  readonly inputs: readonly { readonly name: string; readonly value: number }[];
}

/** Name of the input that is the multiplier, in per cent; shown where it is not 100. */
export const PROXIMITY = 'PROXIMITY';

/** 1/i^1.5 in millionths, i from 1; the rest adds too little to show. */
const SHARES_MICRO = Object.freeze(Array.from({ length: 32 }, (_, place) => Math.round(1e6 / (place + 1) ** 1.5)));

/** @param proximityPercent multiplier of the electoral calendar; 100 outside it. Categories without impact add nothing. */
export function severityOf(lineages: readonly LineageImpact[], proximityPercent = 100): Severity {
  const worst = lineages.filter(({ impact }) => impact > 0);
  if (worst.length > 1)
    worst.sort((a, b) => b.impact - a.impact || (a.category < b.category ? -1 : a.category > b.category ? 1 : 0));
  if (worst.length > SHARES_MICRO.length) worst.length = SHARES_MICRO.length;
  let sumMicro = 0;
  for (let place = 0; place < worst.length; place += 1) sumMicro += worst[place]!.impact * SHARES_MICRO[place]!;
  const inputs = worst.map(({ category, impact }) => ({ name: category, value: impact }));
  const score = Math.round((sumMicro * proximityPercent) / 100e6);
  return {
    inputs: proximityPercent === 100 ? inputs : [...inputs, { name: PROXIMITY, value: proximityPercent }],
    score,
  };
}
