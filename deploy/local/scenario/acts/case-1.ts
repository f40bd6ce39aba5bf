// Case 1: a state outlet's narrative against a candidate. It stays below the threshold, and the public is told so.

import type { Acts } from './act.ts';
import { allRate, moves, SEATS, vote } from './panel.ts';

const view = 's-can';
const one = '/v1/cases/{{case1}}';
const SECRETARY = 'samir-vasquez';
const CLERK = 'marguerite-thorne';
const first = { name: 'case1.first', at: 'D-14T18:30Z', view, of: 'case1' };
const second = { name: 'case1.second', at: 'D-12T15:00Z', view, of: 'case1' };

export const CASE_1: Acts = [
  { id: 'case1.open', at: 'D-23T19:00Z', by: 'teodor-vance', view, post: '/v1/cases', keeps: 'case1', answers: 201, shows: { state: 'DETECTED' },
    body: { assessments: ['{{assessment Clear Voices pushes}}'], question: 'Does a narrative of a foreign outlet keep electors of one riding from a fair choice?' } },
  { id: 'case1.consult', at: 'D-22T14:00Z', by: SECRETARY, view, reads: one, post: `${one}/consult`, shows: { state: 'AGENCY_CONSULTATION' },
    body: { agencies: ['csis', 'elections', 'rcmp'], due: '{{D-19T12:00Z}}' } },
  { id: 'case1.respond.csis', at: 'D-21T14:00Z', by: 'noor-castellane', view, reads: one, post: `${one}/respond`,
    body: { stance: 'CONCUR', text: 'The outlet repeats what it was given.', definitionId: 'foreign-interference' } },
  { id: 'case1.respond.rcmp', at: 'D-20T14:00Z', by: 'tamsin-rolle', view, reads: one, post: `${one}/respond`, body: { stance: 'NO_VIEW', text: 'Nothing is known here.' } },
  { id: 'case1.inform.early', at: 'D-20T15:00Z', by: 'yannick-oyelaran', view, reads: one, post: `${one}/inform`, answers: 409,
    body: { summary: 'Too early: one agency has still time to answer.', gaps: ['One platform gave no data.'] } },
  { id: 'case1.inform', at: 'D-19T13:00Z', by: 'yannick-oyelaran', view, reads: one, post: `${one}/inform`, shows: { state: 'PANEL_INFORMED' },
    body: { summary: 'Posts of a state outlet and a page on Lantern carry one narrative against a candidate.', gaps: ['One platform gave no data for a day.'] } },
  { id: 'case1.scope', at: 'D-19T15:00Z', by: SECRETARY, view, reads: one, post: `${one}/scope`, shows: { state: 'SCOPE_CHECK' }, body: {} },
  { id: 'case1.finding', at: 'D-19T16:00Z', by: SECRETARY, view, reads: one, post: `${one}/finding`, shows: { state: 'EVALUATING' }, body: { finding: 'IN_SCOPE' } },
  ...allRate(first, 'LOW'),
  moves(first, 'BELOW_MONITOR'),
  ...vote(first, SEATS.slice(0, 3)),
  { id: 'case1.after-recall', at: 'D-13T19:00Z', by: CLERK, view, get: one, shows: { state: 'EVALUATING' } },
  { id: 'case1.void', at: 'D-13T19:05Z', by: SEATS[3]!, view, reads: one, post: `${one}/vote`, answers: 409, shows: { type: 'illegal-transition' },
    body: { evidenceHash: '{{read.evidenceHash}}', vote: 'AGREE', reasons: 'As the other three.' } },
  ...allRate(second, 'LOW'),
  moves(second, 'BELOW_DISCLOSED', { ladder: ['BRIEF_AFFECTED', 'BRIEF_PARTIES', 'ENGAGE_PLATFORM', 'PUBLIC_ADVISORY'] }),
  ...vote(second),
  { id: 'case1.decided', at: 'D-12T16:00Z', by: CLERK, view, get: one, shows: { state: 'BELOW_DISCLOSED' } },
  { id: 'case1.tell-party', at: 'D-12T16:30Z', by: SECRETARY, view, reads: '/v1/affected-parties/{{listed /v1/affected-parties?limit=100 "party:boreal"}}',
    post: '/v1/affected-parties/{{listed /v1/affected-parties?limit=100 "party:boreal"}}/notify', shows: { state: 'NOTIFIED' },
    body: { en: 'A story about a candidate of your party is spread by accounts that are not what they say.', fr: 'Un récit sur une candidate de votre parti est répandu par des comptes qui ne sont pas ce qu’ils disent.' } },
  { id: 'case1.lantern', at: 'D-12T17:00Z', by: 'teodor-vance', view, reads: one, post: `${one}/agency-action`, body: { text: 'Lantern has been told of the page and looks at it under its own rules.' } },
  { id: 'case1.draft', at: 'D-11T13:00Z', by: SECRETARY, view, post: '/v1/notices/drafts', answers: 201, keeps: 'n1draft',
    body: { caseId: '{{case1}}', kind: 'BELOW_THRESHOLD',
      en: { title: 'A false story about the harbour', known: 'The harbour of Baie-des-Sorbiers has not been sold. The story was first seen with an outlet of a foreign state.', steps: ['Look for the source before you share it.', 'Report copies to the platform.'] },
      fr: { title: 'Une histoire fausse au sujet du port', known: 'Le port de Baie-des-Sorbiers n’a pas été vendu. Le récit a d’abord paru dans un média d’un État étranger.', steps: ['Cherchez la source avant de partager.', 'Signalez les copies à la plateforme.'] } } },
  { id: 'case1.disclose', at: 'D-11T14:00Z', by: CLERK, view, reads: one, post: `${one}/disclose`, shows: { state: 'BELOW_DISCLOSED' }, body: { draft: '{{n1draft}}' } },
  { id: 'case1.closed', at: 'D+15T13:00Z', by: CLERK, view, reads: one, post: `${one}/close`, shows: { state: 'CLOSED' }, body: { reason: 'The government has been sworn in.' } },
]; // prettier-ignore
