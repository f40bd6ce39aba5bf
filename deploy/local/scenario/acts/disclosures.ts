// What leaves its marking by consent: a tearline, and an identity for one of two who ask.

import type { Act, Acts } from './act.ts';

const line = '/v1/tearlines/{{tearline}}';

export const DISCLOSURES: Acts = [
  { id: 'tearline.request', at: 'D-7T14:00Z', by: 'samir-vasquez', view: 's-can', post: '/v1/tearlines', keeps: 'tearline', answers: 201,
    body: { source: '{{observation CANARY-1.12}}', for: 'Partners see the site and cannot know what it is.' } },
  { id: 'tearline.draft', at: 'D-7T15:00Z', by: 'noor-castellane', view: 's-can', reads: line, post: `${line}/draft`, shows: { state: 'DRAFTED' },
    body: { text: 'The site that published the letters is run on behalf of others than it says.', title: 'The leak site is not home-grown', category: 'INFORMATION_MANIPULATION',
      soWhat: 'What this site publishes should not be taken for what it says it is.', values: [{ kind: 'domain', value: 'leak-river.example' }],
      marking: { classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp: 'AMBER', orcon: false, owners: ['CAN'], origins: ['csis'], needToKnow: [['community']] } } },
  { id: 'tearline.submit', at: 'D-7T15:30Z', by: 'noor-castellane', view: 's-can', reads: line, post: `${line}/submit`, shows: { state: 'ORIGINATOR_REVIEW' } },
  { id: 'tearline.approve', at: 'D-6T14:00Z', by: 'hugo-paquin', view: 's-can', reads: line, post: `${line}/approve`, signs: true, shows: { state: 'APPROVED' } },
  asksFor('identity-csis', 'noor-castellane'),
  justifies('identity-csis', 'noor-castellane', 'Intelligence service act, section on threats', 'The person may be a victim who has to be warned.'),
  ...['mei-hathaway', 'abel-fontaine'].map((by): Act => ({
    id: `identity-csis.approve.${by}`, at: 'D-4T16:00Z', by, view: 'ts-can', reads: '/v1/identity-releases/{{identity-csis}}', post: '/v1/identity-releases/{{identity-csis}}/approve' })),
  { id: 'identity-csis.sees', at: 'D-4T17:00Z', by: 'noor-castellane', view: 'ts-can', get: '/v1/identity-releases/{{identity-csis}}', shows: { state: 'APPROVED' } },
  asksFor('identity-rcmp', 'tamsin-rolle'),
  { ...justifies('identity-rcmp', 'tamsin-rolle', '', 'It would be of use.'), answers: 422 },
  { id: 'identity-rcmp.refused', at: 'D+1T16:00Z', by: 'tamsin-rolle', view: 'ts-can', get: '/v1/identity-releases/{{identity-rcmp}}', shows: { state: 'REFUSED' } },
]; // prettier-ignore

function asksFor(keeps: string, by: string): Act {
  const body = { suppressedRef: 'Canadian 1', product: '{{observation CANARY-1.17}}' };
  return { id: `${keeps}.request`, at: 'D-4T14:00Z', by, view: 'ts-can', post: '/v1/identity-releases', keeps, answers: 201, body }; // prettier-ignore
}

function justifies(of: string, by: string, authority: string, text: string): Act {
  const path = `/v1/identity-releases/{{${of}}}`;
  return { id: `${of}.justify`, at: 'D-4T15:00Z', by, view: 'ts-can', reads: path, post: `${path}/justify`, body: { authority, text } }; // prettier-ignore
}
