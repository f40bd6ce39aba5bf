// A situation report as a document: what stands where, in one language, for every form it is printed in.
// Holds: pure; a function of the released report alone, so that two readers of one rendition get the same bytes; nothing says who
// printed it or when: that is on the ledger. Markings are never translated. Source: README.md#renditions

/** A language of the page. */
export type Lang = 'en' | 'fr';

/** One paragraph, with its own mark. */
export interface DocumentParagraph {
  readonly mark: string;
  readonly text: string;
  readonly lang: string;
  /** Behind the text: in a language that nobody has said. */
  readonly reason?: string;
  readonly agency: string;
}

/** A report as a document. */
export interface SitrepDocument {
  readonly lang: Lang;
  readonly banner: string;
  readonly title: string;
  readonly fileName: string;
  /** Instant of the cut-off. */
  readonly date: Date;
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** A row a member: agency, what its status means. */
  readonly contributions: { readonly heading: string; readonly rows: readonly (readonly [string, string])[] };
  readonly sections: readonly { readonly heading: string; readonly paragraphs: readonly DocumentParagraph[]; readonly notes: readonly string[] }[];
} // prettier-ignore

interface Both {
  readonly en: string;
  readonly fr: string;
}

/** A gap that an agency declared of a source, as it stood when the report was compiled; without `to` it lasted then. */
export interface ReleasedSourceGap {
  readonly source: string;
  readonly agency: string;
  readonly from: string;
  readonly to?: string;
  readonly reason: string;
  /** Of an earlier report's time, and not named there. */
  readonly isLate: boolean;
  readonly means: Both;
  readonly mark: string;
}

/** What is used of a released report. */
export interface ReleasedSitrep {
  readonly marking: { readonly banner: string };
  readonly number: number;
  readonly version: number;
  readonly state: string;
  readonly electionId: string;
  readonly cutOff: string;
  readonly contributions: readonly { readonly agency: string; readonly status: string; readonly means: Both }[];
  readonly lateContributions: readonly string[];
  readonly sections: readonly { readonly heading: Both; readonly paragraphs: readonly DocumentParagraph[] }[];
  /** Without `sources` the report says nothing of them. */
  readonly gaps: { readonly members: readonly string[]; readonly stated: readonly DocumentParagraph[]; readonly sources?: readonly ReleasedSourceGap[]; readonly omitted?: number; readonly note?: Both };
  readonly difference?: { readonly from: number | null; readonly fresh: readonly string[]; readonly repeated: readonly string[]; readonly dropped: number };
  readonly corrections: readonly { readonly version: number; readonly reason: string; readonly at: string }[];
} // prettier-ignore

const WORDS = {
  title: { en: 'Situation report', fr: 'Rapport de situation' },
  number: { en: 'Number', fr: 'Numéro' },
  version: { en: 'Version', fr: 'Version' },
  draft: { en: 'not issued yet', fr: 'pas encore diffusé' },
  election: { en: 'Election', fr: 'Élection' },
  cutOff: { en: 'Cut-off', fr: 'Échéance' },
  difference: { en: 'Since the report before', fr: 'Depuis le rapport précédent' },
  contributions: { en: 'Contributions', fr: 'Contributions' },
  late: { en: 'After the cut-off, part of the next report', fr: 'Après l’échéance, repris au prochain rapport' },
  gaps: { en: 'What is not known', fr: 'Ce qui n’est pas connu' },
  silent: { en: 'Nothing readable here by the cut-off from', fr: 'Rien de lisible ici à l’échéance de la part de' },
  source: { en: 'Source', fr: 'Source' },
  earlier: {
    en: 'before the time of this report, and in none before it',
    fr: 'avant la période de ce rapport, et dans aucun rapport précédent',
  },
  omitted: {
    en: 'Further gaps of sources that are not named here',
    fr: 'Autres lacunes de sources qui ne sont pas nommées ici',
  },
  corrections: { en: 'Corrections', fr: 'Corrections' },
} as const satisfies Readonly<Record<string, Both>>;

/** @returns the document in a language. */
export function sitrepDocument(report: ReleasedSitrep, lang: Lang): SitrepDocument {
  const say = (name: keyof typeof WORDS): string => WORDS[name][lang];
  const { banner } = report.marking;
  const { difference, gaps, corrections, lateContributions } = report;
  const title = `${say('title')} ${report.number}`;
  const silent = gaps.members.length === 0 ? [] : [`${say('silent')} ${gaps.members.join(', ')}.`];
  const sources = (gaps.sources ?? []).map((gap) => gapParagraph(gap, lang));
  const omitted = gaps.omitted === undefined ? [] : [`${say('omitted')}${COLON[lang]} ${gaps.omitted}.`];
  const correctionNotes = corrections.map(({ version, reason, at }) => `${say('version')} ${version}, ${at}: ${reason}`);
  return {
    lang,
    banner,
    title,
    fileName: `${banner.replaceAll(/[^A-Za-z0-9+]+/g, '-')} sitrep-${report.number}.${lang}`,
    date: new Date(report.cutOff),
    facts: [
      [say('number'), String(report.number)],
      [say('version'), report.version === 0 ? say('draft') : String(report.version)],
      [say('election'), report.electionId],
      [say('cutOff'), report.cutOff],
      ...(difference === undefined ? [] : [[say('difference'), `+${difference.fresh.length} =${difference.repeated.length} −${difference.dropped}`] as const]),
      ...(lateContributions.length === 0 ? [] : [[say('late'), lateContributions.join(', ')] as const]),
    ],
    contributions: {
      heading: say('contributions'),
      rows: report.contributions.map(({ agency, status, means }) => [agency, `${status}: ${means[lang]}`]),
    },
    sections: [
      ...report.sections.map(({ heading, paragraphs }) => ({ heading: heading[lang], paragraphs, notes: [] })),
      { heading: say('gaps'), paragraphs: [...gaps.stated, ...sources], notes: [...omitted, ...silent, ...(gaps.note === undefined ? [] : [gaps.note[lang]])] },
      ...(correctionNotes.length === 0 ? [] : [{ heading: say('corrections'), paragraphs: [], notes: correctionNotes }]),
    ],
  };
} // prettier-ignore

const COLON = { en: ':', fr: '\u00A0:' } as const satisfies Both;

const SPAN: Readonly<Record<Lang, (from: string, to: string | undefined) => string>> = {
  en: (from, to) => (to === undefined ? `since ${from} and still at the cut-off` : `from ${from} to ${to}`),
  fr: (from, to) => (to === undefined ? `depuis ${from} et encore à l’échéance` : `de ${from} à ${to}`),
};

/** In words of the page, with the agency's own beside them: a paragraph with a mark of its own. */
function gapParagraph({ source, agency, from, to, reason, isLate, means, mark }: ReleasedSourceGap, lang: Lang): DocumentParagraph {
  const when = isLate ? `${SPAN[lang](from, to)}, ${WORDS.earlier[lang]}` : SPAN[lang](from, to);
  return { mark, lang, agency, reason, text: `${WORDS.source[lang]} ${source}, ${when}${COLON[lang]} ${means[lang]}.` };
} // prettier-ignore
