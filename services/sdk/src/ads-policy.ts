// What policy says of political advertising: who has the duty of a registry, what may be displayed when, for how long an
// entry is public. Data, never code.
// Holds: the shapes equal schemas/policy/schema/ads.json; nothing here decides. Source: README.md#policy

/** A language by which the Act tells platforms apart. */
export type MainLanguage = 'en' | 'fr' | 'other';

/** A period of the Act, relative to a polling day. */
export type AdPeriod = 'PRE_ELECTION' | 'ELECTION';

/** The rules of the registry of political advertising. */
export interface AdsPolicy {
  readonly duty: AdDuty;
  readonly platforms: readonly AdPlatform[];
  /** When a kind of ad may be displayed. */
  readonly kindPeriods: Readonly<Record<'PARTISAN' | 'ELECTION', KindPeriod>>;
  /** Calendar years after polling day for which an entry is public. */
  readonly publicationYears: number;
  /** Calendar years for which it is kept after that. */
  readonly retentionYears: number;
  /** Days within which a foreign arrangement is registered. */
  readonly arrangementDays: number;
}

/** From which audience on a platform must keep a registry. */
export interface AdDuty {
  /** Whole months before the month of first display over which visits are averaged. */
  readonly monthsCounted: number;
  /** Average Canadian visits a month from which a platform is in duty. */
  readonly minMonthlyVisits: Readonly<Record<MainLanguage, number>>;
  /** Whether a platform with fewer known months can have findings. */
  readonly unknown: 'NO_FINDING' | 'FINDING';
}

/** A platform that sells or carries political advertising. */
export interface AdPlatform {
  readonly id: string;
  readonly name: { readonly en: string; readonly fr: string };
  readonly mainLanguage: MainLanguage;
  /** The partner tenant that may enter this platform's ads; absent: the election administration alone. */
  readonly agency?: string;
  /** A month that no span holds is unknown. */
  readonly visits: readonly VisitSpan[];
}

/** Canadian visits a month, from month to month, both inclusive, `yyyy-mm`. */
export interface VisitSpan {
  readonly from: string;
  readonly to: string;
  readonly monthly: number;
}

/** The period and the kinds of election in which a kind of ad may be displayed. */
export interface KindPeriod {
  readonly period: AdPeriod;
  readonly electionKinds: readonly ('GENERAL_FIXED' | 'GENERAL_OTHER' | 'BY_ELECTION')[];
}
