// What policy says of the state-media monitor: in whose days it counts, what every rendering says, when silence is a gap.
// Holds: the shape equals schemas/policy/schema/monitor.json; nothing here decides. Source: README.md#policy

/** The rules of the monitor. */
export interface MonitorPolicy {
  /** The election in whose time zone days are counted. */
  readonly electionId: string;
  /** What every rendering carries, in both languages. */
  readonly caveat: { readonly id: string; readonly en: string; readonly fr: string };
  /** A platform without any post for this many local days counts as dead from its last post on. */
  readonly silenceDays: number;
  /** Reason stated for such a gap. */
  readonly silence: { readonly en: string; readonly fr: string };
  /** Quiet after the last post taken in until days are counted anew. */
  readonly settleSeconds: number;
  readonly defaultWindowDays: number;
  /** Longest window one question may span. */
  readonly maxWindowDays: number;
  /** Places of each ranking in a daily aggregate. */
  readonly topPlaces: number;
}
