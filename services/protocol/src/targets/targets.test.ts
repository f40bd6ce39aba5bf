// Notices to targets, from enrolment to message; and what an assessment may never make anybody know.

import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from '@jest/globals';
import { createMarking } from '@sitebus/marking';
import { loadPolicy, toWire, type Person } from '@sitebus/sdk';
import { AFFECTED_PARTY_MACHINE, type AffectedParty } from '../affected/affected-party.ts';
import { anAssessment } from '../testing/drawn-assessment.ts';
import { createLightWorld, type LightWorld } from '../testing/light-plan.ts';
import { createEnrolmentMachine, type Enrolment } from './enrolment.ts';
import { TARGET_MESSAGE_MACHINE, type TargetMessage } from './target-message.ts';
import { createTargetNoticeMachine } from './target-notice.ts';

const policy = await loadPolicy(fileURLToPath(new URL('../../../../schemas/policy', import.meta.url)));
const KEY = Buffer.alloc(32, 7);
const ENROLMENT = '7f0a54ea-5b3e-4b0d-9df8-5a0f0f2a1c11';
const ASSESSMENT = '3f2a9c50-0d8e-4b4e-8a41-1f3b9f2b7e01';
const NOW = Date.parse('2031-09-23T16:00:00Z');
const STAFF = ['ada-staff', 'bo-staff', 'cy-staff'];
const HIGH = toWire(createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'], origins: ['cse'] }));
let world: LightWorld;

const staffer = (person: string): Person => ({
  person, name: person, issuer: 'urn:sitebus:local', subject: person, roles: ['candidate'], homeView: 'partner',
  clearance: policy.people.find((each) => each.person === 'elio-marchetti')!.clearance,
}); // prettier-ignore
const give = (person: string, name: string, args: unknown = {}) =>
  world.give('protected-account', ENROLMENT, 'pb-can', name, args, world.asking(person));
const enrolment = (): Enrolment => world.state('protected-account', ENROLMENT) as Enrolment;
const messages = (): readonly TargetMessage[] =>
  policy.views.flatMap(({ id }) => world.ids('target-message', id).map((each) => world.state('target-message', each) as TargetMessage)); // prettier-ignore
const told = (): readonly string[] => messages().flatMap(({ sent }) => sent.flatMap(({ recipients }) => recipients)).sort(); // prettier-ignore
const attack = (fields: object = {}, view = 'pb-can'): void => {
  const targets = STAFF.map((each) => ({ kind: 'CAMPAIGN_STAFF', ref: `${each}@civic.example`, suppressedAs: null }));
  const made = anAssessment({ id: ASSESSMENT, view, targets, ...fields });
  world.assessments.set(`${view} ${ASSESSMENT}`, made);
};

beforeEach(enrolled);

function enrolled(): void {
  const machines = [createEnrolmentMachine({ identifierKey: KEY }), createTargetNoticeMachine({ identifierKey: KEY }), TARGET_MESSAGE_MACHINE, AFFECTED_PARTY_MACHINE]; // prettier-ignore
  world = createLightWorld(machines, policy, NOW);
  for (const each of STAFF) world.persons.set(each, staffer(each));
  give('colette-ibarra', 'open', { org: 'party:civic-renewal' });
  for (const each of STAFF) give('colette-ibarra', 'identifiers', { kind: 'email', value: `${each}@Civic.example`, member: each });
  give('ada-staff', 'consent');
  give('bo-staff', 'consent');
} // prettier-ignore

test('accept 1: of three staff who are attacked, the organisation and the two who consent are told, the third is not', () => {
  attack();
  world.tick();
  expect(told()).toEqual(['ada-staff', 'bo-staff', 'colette-ibarra']);
});

test('accept 2: the notice is the same, byte for byte, whichever agency saw the attack, and names none', () => {
  const texts = ['cse', 'rcmp'].map((agency) => {
    enrolled();
    attack({ members: [{ id: ASSESSMENT, agency, type: 'CyberIncident' }], marking: { ...HIGH, origins: [agency] } });
    world.tick();
    const sent = JSON.stringify(messages().map(({ en, fr, template }) => [en, fr, template]));
    return sent;
  });
  expect(messages().length).toBeGreaterThan(0);
  expect(texts[1]).toBe(texts[0]);
  const words = [...policy.agencies.flatMap(({ name }) => [name.en, name.fr]), 'e8e89e33', ASSESSMENT, '@civic.example', 'SIGINT']; // prettier-ignore
  expect(words.filter((word) => texts[0]?.includes(word))).toEqual([]);
});

test('accept 3: a consent that is revoked between match and sending stops the sending', () => {
  give('colette-ibarra', 'identifiers', { kind: 'domain', value: 'civic.example' });
  attack();
  const enrolled = createTargetNoticeMachine({ identifierKey: KEY }).arising?.(world.facts('pb-can')) ?? [];
  const notice = enrolled[0] as { readonly members: readonly string[] };
  expect(notice.members).toEqual(['ada-staff', 'bo-staff']);
  world.give('target-notice', ASSESSMENT, 'pb-can', 'open', notice, { person: 'guard', roles: ['timer'] });
  give('bo-staff', 'revoke');
  world.give('target-notice', ASSESSMENT, 'pb-can', 'send', {}, { person: 'guard', roles: ['timer'] });
  expect(told()).toEqual(['ada-staff', 'colette-ibarra']);
});

test('accept 4: a domain covers its sub-domains, and none that looks like it', () => {
  give('colette-ibarra', 'identifiers', { kind: 'domain', value: 'civic.example' });
  const isTold = (ref: string): boolean => {
    const fresh = createTargetNoticeMachine({ identifierKey: KEY });
    world.assessments.clear();
    attack({ targets: [{ kind: 'OTHER', ref, suppressedAs: null }] });
    return (fresh.arising?.(world.facts('pb-can')) ?? []).length > 0;
  };
  expect(['civic.example', 'mail.civic.example', 'nobody@hq.civic.example'].filter(isTold)).toHaveLength(3);
  expect(['civlc.example', 'civic.example.evil.example', 'notcivic.example', 'example'].filter(isTold)).toEqual([]);
});

test('a personal account that somebody else enrols waits for its owner, and is never matched', () => {
  expect(enrolment().members['cy-staff']).toMatchObject({ consent: 'PENDING_CONSENT' });
  attack({ targets: [{ kind: 'CAMPAIGN_STAFF', ref: 'cy-staff@civic.example', suppressedAs: null }] });
  world.tick();
  expect(told()).toEqual([]);
  give('cy-staff', 'consent');
  world.tick();
  expect(told()).toEqual(['colette-ibarra', 'cy-staff']);
});

test('nobody consents or revokes for another, and nobody enrols an organisation that is not theirs', () => {
  expect(give('elio-marchetti', 'consent')).toMatchObject({ refused: 'NOT_THE_HOLDER' });
  expect(give('ada-staff', 'identifiers', { kind: 'email', value: 'bo@civic.example', member: 'bo-staff' })).toMatchObject({ refused: 'NOT_THE_HOLDER' });
  expect(world.give('protected-account', ASSESSMENT, 'pb-can', 'open', { org: 'party:boreal' }, world.asking('colette-ibarra'))).toMatchObject({ refused: 'ROLE_NOT_ALLOWED' });
}); // prettier-ignore

test('the value of an identifier is nowhere: not in an event, not in an answer', () => {
  const everything = JSON.stringify([world.events('pb-can'), enrolment()]).toLowerCase();
  expect(everything).toContain('identifier-added');
  expect(everything).not.toContain('@civic.example');
});

test('what is seen again within the time of folding makes no second message; on another day after it, one more', () => {
  attack();
  world.tick();
  attack({ version: 2, lastSeen: NOW + 3_600_000 });
  world.now += 2 * 3_600_000;
  world.tick();
  const first = told().length;
  expect([first, messages().length]).toEqual([3, 2]); // one in each view where somebody reads
  attack({ version: 3, lastSeen: NOW + 26 * 3_600_000 });
  world.now = NOW + 27 * 3_600_000;
  world.tick();
  expect(told()).toHaveLength(2 * first);
});

test('one attack in several views is one message', () => {
  attack();
  attack({ id: '3f2a9c50-0d8e-4b4e-8a41-1f3b9f2b7e02', marking: HIGH }, 's-can');
  world.assessments.set('ts-can other', anAssessment({ id: ENROLMENT, view: 'ts-can', targets: [{ kind: 'PARTY', ref: 'party:civic-renewal', suppressedAs: null }] })); // prettier-ignore
  world.tick();
  expect(told()).toEqual(['ada-staff', 'bo-staff', 'colette-ibarra']);
});

test('without a standing tearline, what they may not read opens a decision on the affected party, in the higher view', () => {
  attack({ categories: ['PHISHING'], marking: HIGH }, 's-can');
  world.tick();
  expect(told()).toEqual([]);
  const [id] = world.ids('affected-party', 's-can');
  expect(world.state('affected-party', id!)).toMatchObject({
    state: 'PENDING', party: 'party:civic-renewal', persons: ['ada-staff', 'bo-staff', 'colette-ibarra'],
  } satisfies Partial<AffectedParty>); // prettier-ignore
  expect(world.ids('affected-party', 'pb-can')).toEqual([]);
});

test('failure 9: each message in the writ names its template and the policy that was in force', () => {
  attack();
  world.tick();
  expect(messages().length).toBeGreaterThan(0);
  for (const message of messages()) expect([message.template, message.policyVersion]).toEqual(['intrusion/1', policy.version]); // prettier-ignore
});
