// One line that says what an assessment is, in English and French, from its own fields.
// Holds: pure; both languages or none; states no likelihood and no cause, and names no value of a feature.

import type { Assessment } from '@sitebus/sdk';

export interface Headline {
  readonly en: string;
  readonly fr: string;
  readonly [language: string]: string;
}

/** @returns the line, such as “Phishing: 4 observations, 3 agencies” and its French. */
export function headlineOf(assessment: Pick<Assessment, 'status' | 'categories' | 'members'>): Headline {
  const { status, categories, members } = assessment;
  const agencies = new Set(members.map(({ agency }) => agency)).size;
  const first = CATEGORY_WORDS.get(categories[0] ?? '') ?? OTHER;
  const more = categories.length - 1;
  if (status === 'REDIRECTED')
    return { en: 'Merged into another assessment', fr: 'Fusionnée avec une autre évaluation' };
  if (status === 'CLOSED')
    return { en: 'Closed: no observation is left', fr: 'Close : il ne reste aucune observation' };
  return {
    en: `${first.en}${more > 0 ? ` and ${more} more` : ''}: ${count(members.length, 'observation')}, ${agencies} ${agencies === 1 ? 'agency' : 'agencies'}`,
    fr: `${first.fr}${more > 0 ? ` et ${more} de plus` : ''} : ${count(members.length, 'observation')}, ${count(agencies, 'organisme')}`,
  };
}

interface Words {
  readonly en: string;
  readonly fr: string;
}

/** French takes the plural from two on, as English does for whole numbers from one on. */
function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** The categories of policy's vocabulary; one that is missing here reads as “Other”. */
const CATEGORY_WORDS: ReadonlyMap<string, Words> = new Map(
  Object.entries({
    CYBER_INCIDENT: { en: 'Cyber incident', fr: 'Cyberincident' },
    PHISHING: { en: 'Phishing', fr: 'Hameçonnage' },
    DDOS: { en: 'Denial of service', fr: 'Déni de service' },
    RANSOMWARE: { en: 'Ransomware', fr: 'Rançongiciel' },
    HACK_AND_LEAK: { en: 'Hack and leak', fr: 'Piratage et fuite' },
    INFORMATION_MANIPULATION: { en: 'Information manipulation', fr: 'Manipulation de l’information' },
    IMPERSONATION: { en: 'Impersonation', fr: 'Usurpation d’identité' },
    SYNTHETIC_MEDIA: { en: 'Synthetic media', fr: 'Média synthétique' },
    CIVIL_SOCIETY_SUBVERSION: { en: 'Subversion of civil society', fr: 'Subversion de la société civile' },
    MALIGN_FINANCE: { en: 'Malign finance', fr: 'Financement malveillant' },
    ECONOMIC_COERCION: { en: 'Economic coercion', fr: 'Coercition économique' },
    TRANSNATIONAL_REPRESSION: { en: 'Transnational repression', fr: 'Répression transnationale' },
    CANDIDATE_THREAT: { en: 'Threat to a candidate', fr: 'Menace contre une candidature' },
    ELECTION_WORKER_THREAT: { en: 'Threat to election workers', fr: 'Menace contre le personnel électoral' },
    VIOLENT_EXTREMISM: { en: 'Violent extremism', fr: 'Extrémisme violent' },
    NOMINATION_INTERFERENCE: { en: 'Interference in a nomination', fr: 'Ingérence dans une investiture' },
    VOTER_SUPPRESSION: { en: 'Voter suppression', fr: 'Entrave au vote' },
    AD_VIOLATION: { en: 'Advertising violation', fr: 'Infraction publicitaire' },
    UNREGISTERED_ARRANGEMENT: { en: 'Unregistered arrangement', fr: 'Arrangement non enregistré' },
  }),
);

const OTHER: Words = { en: 'Other activity', fr: 'Autre activité' };
