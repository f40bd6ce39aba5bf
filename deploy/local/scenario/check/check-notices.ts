// Check 11: two notices are public, in both languages, the second one corrected, and neither names a case.

import type { Run } from './checks.ts';
import { CASE_STATES } from './ground-truth-people.ts';

interface Text {
  readonly known: string;
}

interface Notice {
  readonly kind: string;
  readonly version: number;
  readonly en: Text;
  readonly fr: Text;
  readonly corrections: readonly { readonly en: Text; readonly fr: Text }[];
}

/** What is recorded of what the public reads. */
export interface NoticesRecord {
  readonly notices: readonly Notice[];
  /** The whole answer, as it was sent. */
  readonly text: string;
  /** Ids of cases, by name. */
  readonly cases: Readonly<Record<string, string>>;
  /** What policy has a notice below the threshold say. */
  readonly statement: { readonly en: string; readonly fr: string };
}

/** Of the play with people, without a token. */
export async function recordNotices({ parts, played }: Run): Promise<NoticesRecord> {
  const answer = await played.offices?.ask({ view: 'public', method: 'GET', path: '/v1/notices' });
  const { en, fr } = parts.policy.panel.belowThresholdStatement;
  return {
    notices: (answer?.body as { readonly items?: readonly Notice[] } | undefined)?.items ?? [],
    text: answer?.text ?? '',
    cases: Object.fromEntries(Object.keys(CASE_STATES).map((name) => [name, played.kept.get(name) ?? ''])),
    statement: { en, fr },
  };
}

/** Check 11. */
export function noticeFaults({ notices, text, cases, statement }: NoticesRecord): readonly string[] {
  const n1 = notices.find(({ kind }) => kind === 'BELOW_THRESHOLD');
  const n2 = notices.find(({ kind }) => kind === 'ANNOUNCEMENT');
  const before = n2?.corrections[0];
  const isBelow = n1?.en.known.includes(statement.en) === true && n1.fr.known.includes(statement.fr);
  const isOfFrench = before !== undefined && before.fr.known !== n2?.fr.known && before.en.known === n2?.en.known;
  return [
    ...Object.entries(cases).flatMap(([name, id]) =>
      id === '' || text.includes(id) ? [`a notice names ${name}`] : [],
    ),
    ...(notices.length === 2 ? [] : [`there are ${notices.length} notices`]),
    ...(isBelow ? [] : ['N1 does not say that the threshold was not met']),
    ...(n2?.version === 2 && n2.corrections.length === 1 ? [] : ['N2 is not its second version, with one correction']),
    ...(isOfFrench ? [] : ['the correction of N2 is not of its French text alone']),
  ];
}
