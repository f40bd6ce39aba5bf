// Three situation reports that people write; on every other day of the writ the report compiles by itself.
// Holds: a report is found by the day of its cut-off, so that its number need not be known; hours fit either half of the year.

import type { Act, Acts } from './act.ts';

const CHAIR = 'teodor-vance';
const view = 's-can';
const NAMED = ['ama-lindqvist', 'dov-lachance', 'priya-solberg', 'samir-vasquez'];

/** The report that is cut off on this day; the hour is one of the election's zone. */
const cutOff = (day: string): string => `{{listed /v1/sitreps?limit=100 "cutOff":"{{${day}:date}}T}}`;

function member(name: string, at: string, [by, text]: readonly [string, string | undefined], own = view): Act {
  const path = `/v1/sitreps/{{${name}}}`;
  const words = { portions: [{ section: 'summary', text }, { section: 'gaps', text: `Not every platform gave data. ${text?.match(/\([^()]*\)$/)?.[0] ?? ''}` }] }; // prettier-ignore
  return text === undefined
    ? { id: `${name}.nil.${by}`, at, by, view: own, post: `${path}/nil` }
    : { id: `${name}.contribute.${by}`, at, by, view: own, post: `${path}/contribute`, body: words };
}

function chaired(name: string, at: { readonly approve: string; readonly issue: string }): Acts {
  const path = `/v1/sitreps/{{${name}}}`;
  return [
    { id: `${name}.approve`, at: at.approve, by: CHAIR, view, reads: path, post: `${path}/approve`, shows: { state: 'CHAIR_APPROVED' } },
    { id: `${name}.issue`, at: at.issue, by: CHAIR, view, reads: path, post: `${path}/issue`, shows: { state: 'ISSUED' },
      body: { recipients: NAMED, precedence: 'ROUTINE', decision: { reason: 'Members need it for the day.', marking: 'UNCLASSIFIED//TLP:AMBER' } } },
    ...NAMED.slice(0, 2).map((by): Act => ({ id: `${name}.opens.${by}`, at: at.issue.replace(':00Z', ':05Z'), by, view, get: `/v1/notifications/{{notification ${name} 0}}` })),
  ];
} // prettier-ignore

const find = (name: string, at: string, day: string): Act => ({
  id: `${name}.find`, at, by: CHAIR, view, get: `/v1/sitreps/${cutOff(day)}`, keeps: name, shows: { state: 'OPEN' },
}); // prettier-ignore

/** In a lower view the same report has an id of its own. */
const below = (name: string, at: string, day: string): Act => ({
  id: `${name}.find-below`, at, by: 'bastien-okoro', view: 'pb-can', get: `/v1/sitreps/${cutOff(day)}`, keeps: `${name}-pb`,
}); // prettier-ignore

export const SITREPS: Acts = [
  find('sitrep1', 'D-30T18:30Z', 'D-30'),
  below('sitrep1', 'D-30T18:30Z', 'D-30'),
  member('sitrep1', 'D-30T19:00Z', ['mei-hathaway', 'Sign-in pages that imitate a party’s webmail are in use. (U//TLP:AMBER)']),
  member('sitrep1', 'D-30T19:00Z', ['dov-lachance', undefined]),
  member('sitrep1', 'D-30T19:00Z', ['priya-solberg', undefined]),
  member('sitrep1-pb', 'D-30T19:00Z', ['bastien-okoro', undefined], 'pb-can'),
  member('sitrep1-pb', 'D-30T19:00Z', ['renaud-ekstrom', undefined], 'pb-can'),
  ...chaired('sitrep1', { approve: 'D-30T21:30Z', issue: 'D-30T22:00Z' }),
  find('sitrep2', 'D-12T17:30Z', 'D-12'),
  below('sitrep2', 'D-12T17:30Z', 'D-12'),
  member('sitrep2', 'D-12T19:00Z', ['mei-hathaway', 'Nothing new on the sign-in pages, which are still there. (U//TLP:AMBER)']),
  member('sitrep2', 'D-12T19:00Z', ['dov-lachance', 'A contractor runs a page for a foreign outlet. CANARY-SITREP2 (S//CANADIAN EYES ONLY)']),
  member('sitrep2', 'D-12T19:00Z', ['priya-solberg', 'Accounts share one post within minutes. (U//TLP:AMBER)']),
  member('sitrep2-pb', 'D-12T19:00Z', ['renaud-ekstrom', undefined], 'pb-can'),
  { id: 'sitrep2.compiled', at: 'D-12T21:05Z', by: CHAIR, view, get: '/v1/sitreps/{{sitrep2}}', shows: { state: 'COMPILED' } },
  ...chaired('sitrep2', { approve: 'D-12T21:30Z', issue: 'D-12T22:00Z' }),
  find('sitrep3', 'D-6T17:30Z', 'D-6'),
  below('sitrep3', 'D-6T17:30Z', 'D-6'),
  member('sitrep3', 'D-6T19:00Z', ['mei-hathaway', 'The archive on the leak site was altered in three places. (U//TLP:AMBER)']),
  member('sitrep3', 'D-6T19:00Z', ['dov-lachance', undefined]),
  member('sitrep3', 'D-6T19:00Z', ['priya-solberg', undefined]),
  member('sitrep3-pb', 'D-6T19:00Z', ['bastien-okoro', 'The candidate’s meeting was held under protection; one person was spoken to. (PB//CANADIAN EYES ONLY)'], 'pb-can'),
  member('sitrep3-pb', 'D-6T19:00Z', ['renaud-ekstrom', undefined], 'pb-can'),
  ...chaired('sitrep3', { approve: 'D-6T21:30Z', issue: 'D-6T22:00Z' }),
  { id: 'sitrep3.correct', at: 'D-6T23:00Z', by: CHAIR, view, reads: '/v1/sitreps/{{sitrep3}}', post: '/v1/sitreps/{{sitrep3}}/correct', shows: { state: 'CORRECTED' },
    body: { reason: 'Two paragraphs were altered, not three.', marking: 'UNCLASSIFIED//TLP:AMBER', add: [{ section: 'summary', text: 'Corrected: the archive was altered in two places. (U//TLP:AMBER)' }] } },
  ...NAMED.slice(0, 2).map((by): Act => ({ id: `sitrep3.recall.${by}`, at: 'D-6T23:30Z', by, view, get: '/v1/notifications?limit=100', says: ['"kind":"recall"', '{{sitrep3}}'] })),
]; // prettier-ignore
