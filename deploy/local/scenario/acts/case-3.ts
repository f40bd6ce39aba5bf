// Case 3: the break-in and the altered leak are one operation. The panel has no consensus at first, then five agree; those whom
// policy names are told, then everybody.

import type { Acts } from './act.ts';
import { allRate, moves, SEATS, vote } from './panel.ts';

const view = 'ts-can';
const one = '/v1/cases/{{case3}}';
const SECRETARY = 'samir-vasquez';
const CLERK = 'marguerite-thorne';
const first = { name: 'case3.first', at: 'D-5T14:00Z', view, of: 'case3' };
const second = { name: 'case3.second', at: 'D-4T09:00Z', view, of: 'case3' };
const third = { name: 'case3.third', at: 'D-2T14:00Z', view, of: 'case3' };
const DISSENTER = 'laurent-sorel';
/** Whom policy names, cleared for it; in the order of the acts. */
const TOLD = ['renske-aalbers', 'ayo-kirkwood', 'birgit-sandoval', 'leif-armitage', 'gwen-abiodun', 'colette-ibarra'];
/** Who is told and never opens it. */
export const SILENT = 'cyprien-lalonde';

const EN = {
  title: 'Letters of a party were stolen and altered',
  known:
    'The letters on the leak site are not what was written: two paragraphs were changed before they were published.',
  steps: ['Do not share the archive.', 'Ask the party what it wrote.', 'Report accounts that push it.'],
};
const FR = { title: 'Des lettres d’un parti ont été volées et modifiées', known: 'Les lettres du site ne sont pas celles qui ont été écrites : trois paragraphes ont été changés avant la publication.', steps: ['Ne partagez pas l’archive.', 'Demandez au parti ce qu’il a écrit.', 'Signalez les comptes qui la poussent.'] }; // prettier-ignore

export const CASE_3: Acts = [
  { id: 'case3.open', at: 'D-8T19:00Z', by: 'noor-castellane', view, post: '/v1/cases', keeps: 'case3', answers: 201, shows: { state: 'DETECTED' },
    body: { assessments: ['{{assessment CANARY-1.13}}'], question: 'Does a stolen and altered archive threaten the ability to have a free and fair election?', precedence: 'FLASH' } },
  { id: 'case3.consult', at: 'D-8T19:10Z', by: SECRETARY, view, reads: one, post: `${one}/consult`, body: { agencies: ['cse', 'gac'], due: '{{D-7T12:00Z}}' } },
  { id: 'case3.inform', at: 'D-8T19:30Z', by: 'yannick-oyelaran', view, reads: one, post: `${one}/inform`, shows: { state: 'PANEL_INFORMED' },
    body: { summary: 'One operation broke in, altered and spread letters of a party.', gaps: ['Who chose the day of publication is not known.'], precedence: 'FLASH' } },
  { id: 'case3.scope', at: 'D-7T19:00Z', by: SECRETARY, view, reads: one, post: `${one}/scope`, body: {} },
  { id: 'case3.finding', at: 'D-7T19:10Z', by: SECRETARY, view, reads: one, post: `${one}/finding`, shows: { state: 'EVALUATING' }, body: { finding: 'IN_SCOPE' } },
  ...allRate(first, 'MODERATE'),
  moves(first, 'THRESHOLD_MET', { ladder: ['PANEL_ANNOUNCEMENT'] }),
  ...vote(first, SEATS, [DISSENTER]),
  { id: 'case3.no-consensus', at: 'D-5T15:00Z', by: CLERK, view, get: one, shows: { state: 'NO_CONSENSUS' } },
  { id: 'case3.new-evidence', at: 'D-5T18:30Z', by: CLERK, view, get: one, shows: { state: 'EVALUATING' } },
  { id: 'case3.downgrade', at: 'D-4T08:00Z', by: 'ama-lindqvist', view: 's-can', post: '/v1/downgrades', answers: 201, keeps: 'downgrade118',
    body: { record: '{{observation CANARY-1.11}}', reason: 'Platforms must be able to act on the altered leak.', expires: '{{D+3T00:00Z}}',
      to: { classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp: 'AMBER', orcon: false, owners: ['CAN'], origins: ['cse'], needToKnow: [['community']] } } },
  ...['farida-lund', 'hugo-paquin'].map((by) => (
    { id: `case3.downgrade.${by}`, at: 'D-4T08:05Z', by, view: 's-can', reads: '/v1/downgrades/{{downgrade118}}', post: '/v1/downgrades/{{downgrade118}}/sign', signs: true } as const)),
  { id: 'case3.downgrade.apply', at: 'D-4T08:10Z', by: 'farida-lund', view: 's-can', reads: '/v1/downgrades/{{downgrade118}}', post: '/v1/downgrades/{{downgrade118}}/apply', makes: '1.18', shows: { state: 'APPLIED' } },
  ...allRate(second, 'HIGH'),
  moves(second, 'THRESHOLD_MET', { ladder: ['BRIEF_PARTIES', 'PANEL_ANNOUNCEMENT'] }),
  ...vote(second),
  { id: 'case3.met', at: 'D-4T09:10Z', by: CLERK, view, get: one, shows: { state: 'THRESHOLD_MET' } },
  { id: 'case3.draft', at: 'D-4T09:20Z', by: SECRETARY, view, post: '/v1/notices/drafts', answers: 201, keeps: 'n2draft', body: { caseId: '{{case3}}', kind: 'ANNOUNCEMENT', en: EN, fr: FR } },
  { id: 'case3.notify', at: 'D-4T10:00Z', by: CLERK, view, reads: one, post: `${one}/notify`, shows: { state: 'NOTIFYING' },
    body: { draft: '{{n2draft}}', summary: 'Letters of a party were stolen, altered and published on behalf of another state.', gaps: ['Who chose the day of publication is not known.'], announceAt: '{{D-4T12:00Z}}' } },
  ...TOLD.flatMap((by, at): Acts => [
    { id: `case3.opens.${by}`, at: `D-4T10:0${at + 1}Z`, by, view, get: '/v1/notifications/{{notification . 0}}', isOfRecipient: true },
    { id: `case3.acknowledges.${by}`, at: `D-4T10:0${at + 1}Z`, by, view, post: '/v1/notifications/{{notification . 0}}/acknowledge', body: {}, isOfRecipient: true },
  ]),
  { id: 'case3.silent', at: 'D-4T10:07Z', by: SILENT, view, get: '/v1/notifications?limit=50', says: ['"precedence":"FLASH"'], isOfRecipient: true },
  { id: 'case3.objects', at: 'D-4T10:08Z', by: 'renske-aalbers', view, post: `${one}/close`, body: { reason: 'It should not be told.' }, answers: 403, isOfRecipient: true },
  { id: 'case3.overdue', at: 'D-4T10:12Z', by: SECRETARY, view, get: one, shows: { state: 'NOTIFYING' } },
  { id: 'case3.escalated', at: 'D-4T10:17Z', by: SECRETARY, view, get: one, shows: { state: 'NOTIFYING' } },
  { id: 'case3.announced', at: 'D-4T12:00Z', by: CLERK, view, get: one, shows: { state: 'ANNOUNCED' } },
  ...allRate(third, 'HIGH'),
  { id: 'case3.redraft', at: 'D-2T13:00Z', by: SECRETARY, view, post: '/v1/notices/drafts', answers: 201, keeps: 'n2redraft',
    body: { caseId: '{{case3}}', kind: 'ANNOUNCEMENT', en: EN, fr: { ...FR, known: FR.known.replace('trois paragraphes', 'deux paragraphes') } } },
  moves(third, 'CORRECT', { ladder: ['PANEL_ANNOUNCEMENT'], draft: '{{n2redraft}}' }),
  ...vote(third),
  { id: 'case3.correct', at: 'D-2T14:10Z', by: CLERK, view, reads: one, post: `${one}/correct`, shows: { state: 'ANNOUNCED' }, body: { draft: '{{n2redraft}}' } },
  { id: 'case3.closed', at: 'D+15T13:00Z', by: CLERK, view, reads: one, post: `${one}/close`, shows: { state: 'CLOSED' }, body: { reason: 'The government has been sworn in.' } },
]; // prettier-ignore
