// Advertisements whose time of keeping is over: who may order that they are erased, which ones, and what is handed on.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { parsePurgeText, signSpill } from '@sitebus/kit';
import type { AgencyIntake } from '@sitebus/kit';
import { policyRootOf } from '@sitebus/sdk';
import type { GatewayService } from '../service.ts';
import { anIndicatorReport, NOW_MS, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const DALIA = 'dalia-fenwick';
const EDGAR = 'edgar-nkemelu';
const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');
const signedBy = (text: string, ...persons: string[]): string =>
  persons.reduce((note, person) => signSpill(note, { person, seed: seedOf(person) }), text);
const TODAY = Math.floor(NOW_MS / 86_400_000);
let world: World;
let gateway: GatewayService;
const ordered: string[] = [];

const elections: AgencyIntake = {
  agency: 'elections',
  submit: async () => [],
  async *importFile() {},
  erase: async (note) => {
    ordered.push(note);
    return true;
  },
};

beforeAll(async () => {
  world = await aWorld({
    intakes: (agency) => (agency === 'elections' ? elections : undefined),
    signers: [DALIA, EDGAR, 'samir-vasquez'].map((person) => policyRootOf(person, seedOf(person))),
  });
  gateway = await world.gateway('public');
  for (const [name, retainUntil] of [['over', TODAY - 2], ['kept', TODAY + 2]] as const)
    await world.observe('AdDisclosure', 'open', {
      envelope: anIndicatorReport({ id: uuidOf(name), agency: 'elections' }).envelope,
      platformId: 'chirrup', adId: name, kind: 'ELECTION', creative: `sha256:${'ab'.repeat(32)}`, landingUrl: null, texts: [], lang: 'en',
      buyerKind: 'REGISTERED_PARTY', buyerName: 'Alder Party', buyerRef: 'party:alder', authoriserName: 'T. Larchwood',
      firstDisplayedAt: NOW_MS, lastDisplayedAt: NOW_MS, enteredAt: NOW_MS, electionId: 'ge-demo', ridings: [], flags: [],
      publishUntil: TODAY - 900, retainUntil,
    } as Parameters<World['observe']>[2]);
}); // prettier-ignore
afterAll(async () => world[Symbol.asyncDispose]());

async function ask(person: string, url: string, payload: object) {
  const key = createHash('sha256').update(JSON.stringify(payload)).digest('hex');
  const answer = await gateway.app.inject({
    method: 'POST',
    url,
    headers: { ...(await world.as(person)), 'idempotency-key': key },
    payload,
  });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}
const previewed = async (): Promise<string> =>
  String((await ask(DALIA, '/v1/purges/preview', { election: 'ge-demo', reason: 'its time is over' })).body['toSign']);

test('the order names what is past its time of keeping and nothing else; two sign, and the second one has it carried out', async () => {
  const text = await previewed();
  expect(parsePurgeText(text)).toMatchObject({ agency: 'elections', cell: 'open', election: 'ge-demo', by: DALIA, keys: [uuidOf('over')] }); // as the test's bus has keys
  const note = signedBy(text, DALIA, EDGAR);
  expect(await ask(EDGAR, '/v1/purges', { note })).toMatchObject({ status: 200, body: { records: 1, persons: [DALIA, EDGAR] } });
  expect(await ask(EDGAR, '/v1/purges', { note })).toMatchObject({ status: 200, body: { records: 1 } }); // the same key: answered, not done again
  expect(ordered.splice(0)).toEqual([note]);
}); // prettier-ignore

test('one person, the asker alone, another’s key, other records or a changed text order nothing', async () => {
  const text = await previewed();
  const order = parsePurgeText(text)!;
  const of = (over: object): string => `sitebus/purge\n${JSON.stringify(Object.fromEntries(Object.entries({ ...order, ...over }).sort(([a], [b]) => (a < b ? -1 : 1))))}\n`;
  const both = signedBy(text, DALIA, EDGAR);
  const codes: unknown[] = [];
  for (const [person, note] of [
    [EDGAR, signedBy(text, DALIA)],
    [DALIA, both],
    [EDGAR, signedBy(text, DALIA, 'samir-vasquez')],
    [EDGAR, signedBy(of({ keys: [uuidOf('kept')] }), DALIA, EDGAR)],
    [EDGAR, signedBy(of({ agency: 'cse' }), DALIA, EDGAR)],
    [EDGAR, both.replace('its time', 'our time')],
    [EDGAR, 'no note'],
  ] as const) {
    const { status, body } = await ask(person, '/v1/purges', { note });
    codes.push([status, (body['errors'] as { code: string }[])[0]?.code]);
  }
  expect(codes).toEqual([
    [409, 'SECOND_PERSON_NEEDED'],
    [409, 'SECOND_PERSON_NEEDED'],
    [422, 'KEY_OF_ANOTHER'],
    [422, 'NOT_DUE'],
    [422, 'OTHER_RECORDS'],
    [422, 'SIGNATURE_INVALID'],
    [422, 'NO_ORDER'],
  ]);
  expect(ordered).toEqual([]);
}); // prettier-ignore
