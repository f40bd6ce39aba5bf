// Who asked to be told of attacks, and who is told without having asked.

import type { Acts } from './act.ts';

/** Three staff of a party: who is named, whose account, and whether they consent. */
export const STAFF = [
  { person: 'bryn-castell', account: 'tour-desk@civic-renewal.example', consents: true },
  { person: 'odile-marsh', account: 'data-desk@civic-renewal.example', consents: true },
  { person: 'teva-nilsen', account: 'press-desk@civic-renewal.example', consents: false },
] as const;
const CONTACT = 'leif-armitage';
/** Where staff may read; attacks that higher views see are matched against it too. */
const view = 'partner';
const own = '/v1/protected-accounts/{{enrolment}}';

export const PROTECTION: Acts = [
  { id: 'enrol.open', at: 'D-27T12:00Z', by: CONTACT, view, post: '/v1/protected-accounts', keeps: 'enrolment', answers: 201, shows: { state: 'ENROLLED' }, body: { org: 'party:civic-renewal' } },
  ...STAFF.map(({ person, account }) => (
    { id: `enrol.${person}`, at: 'D-27T12:10Z', by: CONTACT, view, post: `${own}/identifiers`, body: { kind: 'email', value: account, member: person } })),
  ...STAFF.filter(({ consents }) => consents).map(({ person }) => (
    { id: `enrol.consent.${person}`, at: 'D-27T13:00Z', by: person, view, post: `${own}/consent` })),
  ...STAFF.map(({ person }) => ({ id: `enrol.reads.${person}`, at: 'D-27T19:00Z', by: person, view, get: '/v1/target-notices', isOfRecipient: true } as const)),
  { id: 'threat.pending', at: 'D-18T19:00Z', by: 'samir-vasquez', view: 'pb-can', get: '/v1/affected-parties/{{listed /v1/affected-parties?limit=100 maren-oakhollow}}', keeps: 'threat', shows: { state: 'PENDING' } },
  { id: 'threat.notify', at: 'D-17T15:00Z', by: 'samir-vasquez', view: 'pb-can', reads: '/v1/affected-parties/{{threat}}', post: '/v1/affected-parties/{{threat}}/notify', shows: { state: 'NOTIFIED' } },
  { id: 'threat.reads', at: 'D-17T15:30Z', by: 'maren-oakhollow', view, get: '/v1/notifications/{{notification . 0}}' },
]; // prettier-ignore
