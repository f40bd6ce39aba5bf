import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { purgeText, signSpill, type PurgeOrder } from '@sitebus/kit';
import { policyRootOf } from '@sitebus/sdk';
import { purgeTombstones } from './purge.ts';
import { createImportBench } from './testing/index.ts';

const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');
const signers = ['ada', 'bela'].map((person) => policyRootOf(person, seedOf(person)));
const { policy: shipped } = await createImportBench();
const [election] = shipped.elections;
const policy = { ...shipped, signers };
const YEAR_MS = 366 * 86_400_000;
const polling = Date.parse(`${election!.pollingDay}T12:00:00Z`);
/** Published and kept for as long as policy says, and a little more. */
const OVER = polling + (policy.ads.publicationYears + policy.ads.retentionYears) * YEAR_MS;

const anOrder = (over: Partial<PurgeOrder> = {}): PurgeOrder => ({
  agency: 'elections', cell: 'open', election: election!.id, keys: ['a:1', 'b:2'], reason: 'its time is over', by: 'ada',
  at: OVER - 1, until: OVER + 1, policyVersion: policy.version, ...over,
}); // prettier-ignore
const noteOf = (order: PurgeOrder, ...persons: string[]): string =>
  persons.reduce((text, person) => signSpill(text, { person, seed: seedOf(person) }), purgeText(order));
const ordered = (note: string, agency = 'elections', nowMs = OVER) => purgeTombstones(note, { agency, policy, nowMs });

test('an order of two erases what it names, once the time of keeping is over', () => {
  expect(ordered(noteOf(anOrder(), 'ada', 'bela'))).toEqual(
    ['a:1', 'b:2'].map((key) => ({ cell: 'open', record: { topic: 'obs.open.elections', key: Buffer.from(key), value: null } })),
  );
}); // prettier-ignore

test.each([
  ['of one person', noteOf(anOrder(), 'ada')],
  ['of somebody who is not pinned', noteOf(anOrder(), 'ada', 'mallory')],
  ['changed after it was signed', noteOf(anOrder(), 'ada', 'bela').replace('b:2', 'b:3')],
  ['to another agency', noteOf(anOrder({ agency: 'cse' }), 'ada', 'bela')],
  ['whose time has passed', noteOf(anOrder({ until: OVER }), 'ada', 'bela')],
  ['of another policy', noteOf(anOrder({ policyVersion: 99 }), 'ada', 'bela')],
  ['of an election that policy does not know', noteOf(anOrder({ election: 'none' }), 'ada', 'bela')],
  ['that names a record twice', noteOf(anOrder({ keys: ['a:1', 'a:1'] }), 'ada', 'bela')],
  ['that is no order', 'key'],
])('a note %s erases nothing', (_what, note) => {
  expect(ordered(note)).toEqual([]);
});

test('nothing is erased before its time, and nothing by an agency that does not keep the registry', () => {
  const early = anOrder({ at: polling, until: OVER });
  expect(ordered(noteOf(early, 'ada', 'bela'), 'elections', polling + 6 * YEAR_MS)).toEqual([]);
  expect(ordered(noteOf(anOrder({ agency: 'cse' }), 'ada', 'bela'), 'cse')).toEqual([]);
});
