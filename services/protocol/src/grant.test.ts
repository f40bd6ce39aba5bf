// Row 19, the grant itself: each defect alone, and the one that has none.

import { expect, test } from '@jest/globals';
import { createMarking } from '@sitebus/marking';
import { fromWire, signatureKeyOf, signStatement, toWire, type Person, type Signature } from '@sitebus/sdk';
import { grantFault, grantText, type DowngradeGrant, type GrantFacts } from './grant.ts';
import { CITED, HIGH, LOW } from './testing/drawn-commands.ts';

const NOW = 1_000;
const seedOf = (person: string): string => Buffer.alloc(32, person).toString('base64url');

const signer = (person: string, agency: string, over: Partial<Person> = {}): Person => ({
  person, name: person, issuer: 'urn:i', subject: person, agency, roles: ['release-authority'], homeView: 's-can',
  signatureKeys: [signatureKeyOf(seedOf(person))],
  clearance: { classified: 'SECRET', protected: 'NONE', compartments: [], nations: ['CAN'], maxTlp: 'RED', groups: [], validUntil: 2_000, epoch: 1 },
  ...over,
}); // prettier-ignore

const PEOPLE = [signer('ada', 'cse'), signer('bo', 'csis'), signer('cy', 'cse')];
const UNSIGNED = { id: 'a-grant', record: CITED, to: LOW, reason: 'published elsewhere', expires: 1_500 };

const signed = (by: string, agency: string, grant: Omit<DowngradeGrant, 'signatures'> = UNSIGNED): Signature => ({
  person: by,
  agency,
  at: 1,
  signature: signStatement(grantText(grant), seedOf(by)),
});
const BOTH = [signed('ada', 'cse'), signed('bo', 'csis')];
const GRANT: DowngradeGrant = { ...UNSIGNED, signatures: BOTH };

const facts = (over: Partial<GrantFacts> = {}, people: readonly Person[] = PEOPLE): GrantFacts => ({
  source: { contentHash: CITED.contentHash, marking: fromWire(HIGH), isRecalled: false },
  personOf: (person) => people.find((row) => row.person === person),
  isApplied: false,
  now: NOW,
  ...over,
});
/** The registry with one row changed. */
const changed = (person: string, over: Partial<Person>) =>
  facts({}, PEOPLE.map((row) => (row.person === person ? { ...row, ...over } : row))); // prettier-ignore
const lowered = (over: Partial<Person['clearance']>) => ({ clearance: { ...PEOPLE[0]!.clearance, ...over } });

test('a grant of two persons, one of each origin, that nothing has happened to, is good', () => {
  expect(grantFault(GRANT, facts())).toBeUndefined();
});

test.each<[string, DowngradeGrant, GrantFacts, string]>([
  ['replayed', GRANT, facts({ isApplied: true }), 'GRANT_REPLAYED'],
  ['expired', GRANT, facts({ now: 1_500 }), 'GRANT_EXPIRED'],
  ['for a record that is gone', GRANT, facts({ source: undefined }), 'SOURCE_GONE'],
  ['for a record that was recalled', GRANT, facts({ source: { ...facts().source!, isRecalled: true } }), 'SOURCE_RECALLED'],
  ['for other content', GRANT, facts({ source: { ...facts().source!, contentHash: '22'.repeat(32) } }), 'CONTENT_CHANGED'],
  ['to a marking that is not below', { ...GRANT, to: HIGH }, facts(), 'TARGET_NOT_BELOW'],
  ['to a marking beside', { ...GRANT, to: toWire(createMarking({ ...fromWire(LOW), compartments: ['SI'] })) }, facts(), 'TARGET_NOT_BELOW'],
  ['with no signer', { ...GRANT, signatures: [] }, facts(), 'TOO_FEW_SIGNERS'],
  ['with one signer', { ...GRANT, signatures: BOTH.slice(0, 1) }, facts(), 'TOO_FEW_SIGNERS'],
  ['with the same person twice', { ...GRANT, signatures: [BOTH[0]!, BOTH[0]!] }, facts(), 'SIGNED_TWICE'],
  ['without one of its origins', { ...GRANT, signatures: [signed('ada', 'cse'), signed('cy', 'cse')] }, facts(), 'ORIGIN_MISSING'],
  ['of a signer nobody knows', { ...GRANT, signatures: [...BOTH, signed('eve', 'cse')] }, facts(), 'SIGNER_UNKNOWN'],
  ['of a signer who is no release authority', GRANT, changed('bo', { roles: ['analyst'] }), 'SIGNER_NOT_AUTHORISED'],
  ['of a signer who has gone to another agency', GRANT, changed('bo', { agency: 'gac' }), 'SIGNER_NOT_AUTHORISED'],
  ['in another agency’s name', { ...GRANT, signatures: [signed('ada', 'cse'), signed('cy', 'csis')] }, facts(), 'SIGNER_NOT_AUTHORISED'],
  ['of a signer whose clearance fell', GRANT, changed('ada', lowered({ classified: 'CONFIDENTIAL' })), 'SIGNER_NOT_CLEARED'],
  ['of a signer whose clearance ended', GRANT, changed('ada', lowered({ validUntil: NOW })), 'SIGNER_NOT_CLEARED'],
  ['of a signer whose key was taken back', GRANT, changed('ada', { signatureKeys: [] }), 'SIGNATURE_INVALID'],
  ['with another person’s signature', { ...GRANT, signatures: [{ ...BOTH[1]!, person: 'ada', agency: 'cse' }, BOTH[1]!] }, facts(), 'SIGNATURE_INVALID'],
  ['with a signature of nothing', { ...GRANT, signatures: [{ ...BOTH[0]!, signature: '' }, BOTH[1]!] }, facts(), 'SIGNATURE_INVALID'],
])('a grant %s is refused', (_case, grant, against, fault) => {
  expect(grantFault(grant, against)).toBe(fault);
}); // prettier-ignore

test.each<[string, Partial<DowngradeGrant>]>([
  ['of another grant', { id: 'another-grant' }],
  ['of another record', { record: { ...CITED, id: 'another' } }],
  ['of the record in another cell', { record: { ...CITED, cell: 'ts-can' } }],
  ['to a lower marking', { to: toWire(createMarking({ classified: 'UNCLASSIFIED', owners: ['CAN'] })) }],
  ['for another reason', { reason: 'because' }],
  ['with a later end', { expires: 9_999 }],
])('signatures on a grant are worth nothing on one %s', (_case, over) => {
  expect(grantFault({ ...GRANT, ...over }, facts())).toBe('SIGNATURE_INVALID');
});
