// How fusion links, as types: weights, lifetimes, caps, what counts as a copy, and times in which nothing expires.
// Holds: the shapes equal schemas/policy/schema/detection.json (a test compares). Source: services/fusion/README.md

/** How fusion links: weights, lifetimes and caps, versioned as `ruleVersion`. */
export interface Detection {
  readonly ruleVersion: number;
  /** Weight of a shared value by feature kind; 1.0 is written 1. A kind that is absent never links. */
  readonly weights: Readonly<Record<string, number>>;
  /** How long a feature value links, in days, by kind; `default` for the rest. */
  readonly lifetimeDays: Readonly<Record<string, number>>;
  /** Link threshold θ on the df-weighted sum. */
  readonly linkThreshold: number;
  /** A value seen in more distinct lineages than this links nothing. */
  readonly hubCap: number;
  /** Days that two sightings may lie apart and still be linked by a value of this kind; a kind without links at any distance. */
  readonly linkWindowDays: Readonly<Record<string, number>>;
  /** A value of a kind with a window, seen at this many separate times by government agencies, links nothing. */
  readonly recurrenceCap: number;
  /** N̂: the constant population against which df is weighed; a power of two. */
  readonly population: number;
  /** A place and time that touches more days (UTC) than this is context. */
  readonly placeDaysMax: number;
  /** When two texts count as one that was changed a little. */
  readonly texts: TextRules;
  /** When two accounts count as sharing together. */
  readonly coShares: CoShareRules;
  /** Observations with more features than this also need `containmentMin`. */
  readonly largeReportFeatures: number;
  readonly containmentMin: number;
  /** Share of its values that a later record has from an earlier one, from which it is a copy. */
  readonly copyContainment: number;
  /** Values that a record with a source token of its own must share before it is a copy all the same. */
  readonly copyMinValues: number;
  /** Values that a record without source token must share before it is presumed a copy. */
  readonly copyPresumedMinValues: number;
  /** Letters and digits from which a text that two records share, reworded or not, needs few others beside it. */
  readonly copyTextMinChars: number;
  /** Values that must be shared beside such a text for the later record to be a copy, whatever its source token says. */
  readonly copyTextOtherValues: number;
  /** Lineages of one partner tenant that count towards a value's df. */
  readonly tenantLineagesPerValue: number;
  /** Severity from which a report that nothing links to is an assessment of its own; 0: every report. */
  readonly assessAloneFrom: number;
  /** Ageing exponent δ of decay(t) = 1 − (t/τ)^(1/δ). */
  readonly decayDelta: number;
  /** Records a view holds at most; the rest is given up, and operators are told. */
  readonly maxLiveRecords?: number;
  /** Agency → live records beyond which it is the first to give up some; `tenant` and `default` for the rest. */
  readonly liveQuota?: Readonly<Record<string, number>>;
  /** Times in which nothing leaves by its age, such as an election under review; ISO 8601, with the reason. */
  readonly holds?: readonly Hold[];
  /** Prior base rate a, and prior weight W, of the likelihood. */
  readonly baseRate: number;
  readonly priorWeight: number;
}

/** A time in which nothing expires, such as an election. */
export interface Hold {
  /** ISO 8601 instants; `to` exclusive. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** When two texts are near-duplicates. Characters are counted after normalisation. */
export interface TextRules {
  /** A text with fewer letters and digits is context. */
  readonly minChars: number;
  /** A text with fewer is compared for equality alone: one word changed in a short sentence is another sentence. */
  readonly similarMinChars: number;
  /** Least edit similarity, 1 − distance / length of the longer. */
  readonly similarityMin: number;
  /** Distinct texts that may look alike in one bucket; more, and the bucket compares nobody. */
  readonly bucketCap: number;
}

/** When two accounts share the same objects together: the rule of coordination analysis. */
export interface CoShareRules {
  /** Two shares of one object further apart than this are no row. */
  readonly windowSeconds: number;
  /** Least contents of an account: in all, and of one of the two accounts among the rows. */
  readonly minParticipation: number;
  /** A share with more others of its object within the window is part of a crowd, and makes no row. */
  readonly crowdCap: number;
}
