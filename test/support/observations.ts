// Observations as an agency system posts them, valid and deterministic; a test names only what it is about.

/** What a test may care about; everything else is filled in. */
export interface ObservationWords {
  /** Text form, also of the one portion. */
  readonly marking: string;
  readonly id?: string;
  readonly domains?: readonly string[];
  readonly hashes?: readonly string[];
  readonly title?: string;
  readonly observedAt?: string;
  /** Canonical origin, from which the agency's service makes the source token. */
  readonly origin?: string;
  readonly needToKnow?: readonly (readonly string[])[];
}

/** The body of POST /v1/observations for an IndicatorReport graded B2. */
export function anIndicatorReport(words: ObservationWords): Record<string, unknown> {
  const {
    marking,
    id,
    domains = [],
    hashes = [],
    title = 'Site that copies a sign-in page',
    observedAt = '2026-10-01T09:00:00.000Z',
  } = words;
  return {
    type: 'IndicatorReport',
    ...(words.origin === undefined ? {} : { origin: words.origin }),
    envelope: {
      ...(id === undefined ? {} : { id }),
      observedAt,
      marking,
      sourceGrade: 'B',
      infoGrade: 2,
    },
    report: {
      title,
      category: 'PHISHING',
      portions: [{ text: title, lang: 'en', marking }],
      stance: 'ASSERTS',
      sourceKind: 'TECHNICAL',
      mandateBasis: 'Mandate of the agency',
      soWhat: 'Campaigns can block it.',
      releasePlan: 'READABLE_BY_PARTNERS',
    },
    domains,
    ips: [],
    urls: [],
    hashes,
    emails: [],
    certificates: [],
    trackers: [],
    wallets: [],
    accounts: [],
    fuzzyHashes: [],
    references: [],
    context: [],
    part: 1,
    parts: 1,
  };
}

/** An id for the n-th observation of a test: the same in every run, in the shape of a version-4 UUID. */
export const idOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
