// A digest as people read it: English and French of the same items, made in one act.
// Holds: pure; made of released bodies alone; the subject is one constant and tells nothing; marking above and below, and
// beside each item; what a person typed stays on its line. Source: README.md#deliveries

import type { Json, JsonObject } from '../avro-json.ts';
import type { ReleasedBody } from '../release.ts';

/** What is sent. */
export interface DigestText {
  readonly subject: string;
  readonly text: string;
}

/** What of a digest is not in its items. */
export interface DigestFacts {
  readonly view: string;
  /** Of the whole, printed. */
  readonly banner: string;
  readonly isTest: boolean;
  /** Items that wait for the next digest. */
  readonly more: number;
}

/** @returns the digest. `bodies` are of alerts with their triage, oldest decision first. */
export function renderDigest(bodies: readonly ReleasedBody[], facts: DigestFacts): DigestText {
  const { banner, isTest } = facts;
  const part = (language: Language): string[] => [
    ...(isTest ? [WORDS[language].test, ''] : []),
    WORDS[language].head(bodies.length, facts.view),
    '',
    ...bodies.flatMap((body, at) => [...itemLines(body, at + 1, language), '']),
    ...(facts.more > 0 ? [WORDS[language].more(facts.more), ''] : []),
  ];
  const lines = [banner, '', ...part('en'), RULE, '', ...part('fr'), banner, ''];
  return { subject: isTest ? `${TEST} ${SUBJECT}` : SUBJECT, text: lines.join('\n') };
}

type Language = 'en' | 'fr';

/** The same for every digest: whoever carries mail reads it. */
const SUBJECT = 'sitebus: assigned and escalated / attribué et transmis';
const TEST = '[TEST / ESSAI]';
const RULE = '* * *';

const WORDS = {
  en: {
    test: 'This is a test that you asked for. Nothing is marked as told by it.',
    head: (n: number, view: string) =>
      n === 0
        ? `View ${view}: nothing stands assigned or escalated to you that could be sent this way.`
        : `View ${view}: ${n} ${n === 1 ? 'alert was' : 'alerts were'} assigned or escalated to you.`,
    more: (n: number) => `${n} more ${n === 1 ? 'waits' : 'wait'} for the next digest.`,
    untitled: 'An alert',
    state: { ASSIGNED: 'Assigned', ESCALATED: 'Escalated' },
    by: (person: string, at: string) => `by ${person}, ${at}`,
    reason: 'Reason',
    precedence: 'Precedence',
  },
  fr: {
    test: 'Ceci est un essai que vous avez demandé. Rien n’est noté comme transmis par cet envoi.',
    head: (n: number, view: string) =>
      n === 0
        ? `Vue ${view} : rien de ce qui vous est attribué ou transmis ne peut être envoyé par cette voie.`
        : `Vue ${view} : ${n} ${n === 1 ? 'alerte vous a été attribuée ou transmise' : 'alertes vous ont été attribuées ou transmises'}.`,
    more: (n: number) => `${n} de plus ${n === 1 ? 'attend' : 'attendent'} le prochain envoi.`,
    untitled: 'Une alerte',
    state: { ASSIGNED: 'Attribuée', ESCALATED: 'Transmise au palier supérieur' },
    by: (person: string, at: string) => `par ${person}, ${at}`,
    reason: 'Motif',
    precedence: 'Priorité',
  },
} as const;

function itemLines(body: ReleasedBody, number: number, language: Language): string[] {
  const words = WORDS[language];
  const triage = objectAt(body, 'triage');
  const state = textAt(triage, 'state');
  const headline = textAt(objectAt(body, 'headline'), language);
  return [
    `${number}. [${textAt(objectAt(body, 'marking'), 'banner')}] ${headline === '' ? words.untitled : headline}`,
    `   ${state === 'ESCALATED' ? words.state.ESCALATED : words.state.ASSIGNED} ${words.by(textAt(triage, 'by'), textAt(triage, 'at'))}`,
    `   ${words.reason}${language === 'fr' ? ' :' : ':'} ${textAt(triage, 'reason')}`,
    `   ${words.precedence}${language === 'fr' ? ' :' : ':'} ${textAt(body, 'precedence')}`,
    `   ${textAt(body, 'id')}`,
  ];
}

function objectAt(body: JsonObject, field: string): JsonObject {
  const value: Json | undefined = body[field];
  return typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** On one line, without what a terminal or a mail reader would act on. */
function textAt(body: JsonObject, field: string): string {
  const value = body[field];
  return typeof value === 'string' ? value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim().slice(0, MOST_CHARS) : ''; // prettier-ignore
}

const MOST_CHARS = 500;
