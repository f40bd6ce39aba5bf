// Case 2: a false voting day is a matter of the election administration, and goes to it.

import type { Acts } from './act.ts';

const view = 'pb-can';
const one = '/v1/cases/{{case2}}';
const SECRETARY = 'samir-vasquez';

export const CASE_2: Acts = [
  { id: 'case2.open', at: 'D-9T19:00Z', by: 'pilar-desrosiers', view, post: '/v1/cases', keeps: 'case2', answers: 201, shows: { state: 'DETECTED' },
    body: { assessments: ['{{assessment A site gives electors}}'], question: 'Electors are told to vote on a day on which there is no vote.', precedence: 'IMMEDIATE' } },
  { id: 'case2.consult', at: 'D-9T19:10Z', by: SECRETARY, view, reads: one, post: `${one}/consult`, body: { agencies: ['cse'], due: '{{D-9T20:00Z}}' } },
  { id: 'case2.inform', at: 'D-9T20:05Z', by: 'gwen-abiodun', view, reads: one, post: `${one}/inform`, shows: { state: 'PANEL_INFORMED' },
    body: { summary: 'A site and tips name a wrong voting day.', gaps: ['It is not known how many have seen the site.'] } },
  { id: 'case2.scope', at: 'D-9T20:20Z', by: SECRETARY, view, reads: one, post: `${one}/scope`, body: {} },
  { id: 'case2.finding', at: 'D-9T20:30Z', by: SECRETARY, view, reads: one, post: `${one}/finding`, shows: { state: 'REFERRED_CEO' },
    body: { finding: 'ELECTION_ADMINISTRATION', reason: 'It is about how and when one votes.' } },
]; // prettier-ignore
