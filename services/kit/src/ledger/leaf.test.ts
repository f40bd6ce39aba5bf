// The bytes of leaves: others hold their hashes, so they are what they always were.

import { expect, test } from '@jest/globals';
import { createTestClock } from '@sitebus/sdk/testing';
import { createLeafSeal, type LeafContent } from './leaf.ts';

const records = [
  { id: '00000000-0000-4000-8000-000000000001', contentHash: 'ab'.repeat(32) },
  { id: '00000000-0000-4000-8000-000000000002' },
  { id: 'é' },
];

/** As writers of these rooms wrote them before there was one maker of leaves; never rewritten. */
const KEPT: readonly { by?: string; nonce: string; content: LeafContent; bytes: string }[] = [
  {
    by: 'guard',
    nonce: 'JEmuj_NT3d-rM5U5lytLfw',
    content: { who: 'ama-lindqvist', onBehalfOf: 'cse', epoch: 3, decision: 'HANDED_DOWN', reason: 'tearline', marking: 'SECRET//REL TO CAN, GBR', records, bytes: 0 },
    bytes: '{"at":"2030-03-17T17:46:40.000Z","by":"guard","bytes":0,"decision":"HANDED_DOWN","epoch":3,"eventCommit":"e6ec6fbb22a1dd5d5525811b157e7e96d6c8a8bf6ffe2840d4588893bfec6bcf","marking":"SECRET//REL TO CAN, GBR","nonce":"JEmuj_NT3d-rM5U5lytLfw","onBehalfOf":"cse","policyVersion":7,"reason":"tearline","records":3,"seq":1,"who":"ama-lindqvist"}',
  },
  {
    by: 'research',
    nonce: 'bzCib5mce_hR7t4aGT44MQ',
    content: { who: 'rosalind-quist', epoch: 1, decision: 'REFUSED', reason: 'EMBARGOED', marking: 'UNCLASSIFIED//TLP:GREEN', records: [{ id: 'x' }], bytes: 12 },
    bytes: '{"at":"2030-03-17T17:46:40.000Z","by":"research","bytes":12,"decision":"REFUSED","epoch":1,"eventCommit":"8f3994e2c2db34add0b8c6a7bae843851aa59e5621ab722813aed12432090a9c","marking":"UNCLASSIFIED//TLP:GREEN","nonce":"bzCib5mce_hR7t4aGT44MQ","policyVersion":7,"reason":"EMBARGOED","records":1,"seq":1,"who":"rosalind-quist"}',
  },
  {
    nonce: 'VHCSH4vkic7q8MBwDxspRw',
    content: { who: 'ama-lindqvist', epoch: 2, decision: 'RELEASED', reason: 'READ', marking: 'SECRET', records, bytes: 345 },
    bytes: '{"at":"2030-03-17T17:46:40.000Z","bytes":345,"decision":"RELEASED","epoch":2,"eventCommit":"1aedb527d349731e9e92314cf50f64ea66acd5356edfa1b8b40558e08de6dfca","marking":"SECRET","nonce":"VHCSH4vkic7q8MBwDxspRw","policyVersion":7,"reason":"READ","records":3,"seq":1,"who":"ama-lindqvist"}',
  },
]; // prettier-ignore

test.each(KEPT)('a leaf of $by has the bytes that it had in every version', ({ by, nonce, content, bytes }) => {
  const seal = createLeafSeal({
    salt: Buffer.alloc(32, 9),
    policyVersion: 7,
    clock: createTestClock(1_900_000_000_000),
    nonceOf: () => Buffer.from(nonce, 'base64url'),
    ...(by === undefined ? {} : { by }),
  });
  expect(String(seal.one(content).value)).toBe(bytes);
});

test('two leaves of the same content share neither nonce nor commitment, and are numbered', () => {
  const seal = createLeafSeal({ salt: Buffer.alloc(32, 9), policyVersion: 7, clock: createTestClock(0) });
  const content: LeafContent = { who: 'a', epoch: 1, decision: 'D', reason: 'R', records, bytes: 0 };
  const [one, two] = [seal.one(content), seal.one(content)].map(
    ({ value }) => JSON.parse(String(value)) as Record<string, unknown>,
  );
  expect([one!['seq'], two!['seq']]).toEqual([1, 2]);
  expect(one!['nonce']).not.toBe(two!['nonce']);
  expect(one!['eventCommit']).not.toBe(two!['eventCommit']);
});

test('leaves of readers who are sent the same share nonce and commitment, and are otherwise what each alone would be', () => {
  const nonceOf = () => Buffer.alloc(16, 3);
  const make = () => createLeafSeal({ salt: Buffer.alloc(32, 9), policyVersion: 7, clock: createTestClock(0), nonceOf });
  const content = { decision: 'RELEASED', reason: 'STREAM', marking: 'SECRET', records, bytes: 345 };
  const readers = [{ who: 'ada', epoch: 1 }, { who: 'eve', epoch: 2, onBehalfOf: 'cse' }, { who: 'ida "x"', epoch: 3 }];
  const [together, alone] = [make(), make()];
  const { values, pathOf } = together.alike(content, readers);
  const singles = readers.map((reader) => alone.one({ ...content, ...reader }));
  expect(values.map(String)).toEqual(singles.map(({ value }) => String(value)));
  expect(pathOf(1)).toEqual(singles[0]?.pathOf(1));
  expect(JSON.parse(String(together.one({ ...content, ...readers[0]! }).value))).toMatchObject({ seq: 4 });
}); // prettier-ignore
