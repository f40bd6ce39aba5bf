// What is packed of records read in part, values straight from their bytes, against records read whole: the same words.

import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAdmit } from '@sitebus/kit';
import { OBSERVATION_NAMESPACE, fromWire, obsTopic, writerOf, type BusRecord, type Envelope } from '@sitebus/sdk';
import { cellOf } from '@sitebus/marking';
import { propertyRuns } from '@sitebus/sdk/testing';
import type { AdmissionParts } from './admission.ts';
import { admitBatch } from './admitted-batch.ts';
import { toRules, type Rules } from './engine/rules.ts';
import { aRecord, loadShipped, NOON, type Shipped } from './testing/lane.ts';

const EXAMPLES = fileURLToPath(new URL('../../../schemas/examples', import.meta.url));
let shipped: Shipped;
let inPart: AdmissionParts;
let whole: AdmissionParts;
let rules: Rules;
let records: readonly BusRecord[];

beforeAll(async () => {
  shipped = await loadShipped();
  const { policy, codec, commonValues } = shipped;
  const view = policy.views.find(({ id }) => id === 'ts-can')!;
  inPart = { ...shipped, view, admit: createAdmit() };
  whole = { ...inPart, codec: { ...codec, lookingAt: () => codec }, admit: createAdmit() };
  rules = toRules(policy, commonValues.isSharedSuffix);
  records = await examples();
});

/** Every valid example of every type of observation, as its agency would write it. */
async function examples(): Promise<BusRecord[]> {
  const { codec, policy, lock } = shipped;
  const found: BusRecord[] = [];
  for (const subject of new Set(lock.entries.map((entry) => entry.subject))) {
    if (!subject.startsWith(OBSERVATION_NAMESPACE)) continue;
    const folder = `${EXAMPLES}/${subject.slice(OBSERVATION_NAMESPACE.length + 1)}/valid`;
    for (const file of await readdir(folder)) {
      const example = JSON.parse(await readFile(`${folder}/${file}`, 'utf8')) as { envelope: Envelope };
      const { agency, marking } = example.envelope;
      const cell = cellOf(fromWire(marking), policy.cells)!.id;
      found.push(read(obsTopic(cell, writerOf(agency)), codec.encode(subject, example)));
    }
  }
  return found;
}

function read(topic: string, value: Buffer): BusRecord {
  return { topic, partition: 0, offset: 1n, key: Buffer.from('k'), value, headers: {}, timestampMs: NOON };
}

/** All that is packed, in numbers and texts. */
function packed(of: readonly BusRecord[], parts: AdmissionParts): unknown {
  const { packed: all, refused } = admitBatch(of, parts, rules, 7);
  const { words, starts, times, references, ...rest } = all;
  return { refused, words: [...words], starts: [...starts], times: [...times], references: [...references], ...rest };
}

test('of every example the same words are packed', () => {
  expect(records.length).toBeGreaterThan(40);
  for (const record of records) expect(packed([record], inPart)).toEqual(packed([record], whole));
  expect(packed(records, inPart)).toEqual(packed(records, whole));
});

test('a changed byte of a record is refused alike, or packed alike', () => {
  const numRuns = propertyRuns(600);
  let refused = 0;
  fc.assert(
    fc.property(fc.nat(records.length - 1), fc.nat(), fc.nat(255), (nth, at, byte) => {
      const { topic, value } = records[nth]!;
      const bytes = Buffer.from(value!);
      bytes[5 + (at % (bytes.length - 5))] = byte;
      const expected = packed([read(topic, bytes)], whole) as { refused: unknown[] };
      refused += expected.refused.length;
      expect(packed([read(topic, bytes)], inPart)).toEqual(expected);
    }),
    { numRuns },
  );
  expect(refused).toBeGreaterThan(numRuns / 30);
});

const label = fc.constantFrom('a', 'b-c', 'mail', 'google', 'duckdns', 'xn--a', '0x7', 'É', '9');
const host = fc
  .tuple(
    fc.array(label, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('example', 'com', 'org', 'co.uk', 'github.io'),
  )
  .map(([labels, end]) => [...labels, end].join('.'));
const values = fc.record({
  domains: fc.array(host, { maxLength: 4 }),
  urls: fc.array(
    host.map((name) => `https://${name}/a`),
    { maxLength: 3 },
  ),
  emails: fc.array(
    host.map((name) => `ada@${name}`),
    { maxLength: 3 },
  ),
  ips: fc.array(fc.oneof(fc.ipV4(), fc.constantFrom('8.8.8.8', '10.1.2.3', '1.2.3.04', '::1')), { maxLength: 3 }),
  hashes: fc.array(fc.constantFrom('d41d8cd98f00b204e9800998ecf8427e', 'A'.repeat(40), 'b'.repeat(64)), {
    maxLength: 2,
  }),
});

test('of drawn values, plain or not, listed or not, the same words are packed', () => {
  const contexts = new Set<string>();
  fc.assert(
    fc.property(values, (said) => {
      const { topic, value: plain } = aRecord(shipped, 1);
      const { subject, value: fields } = shipped.codec.decode(plain!);
      const value = shipped.codec.encode(subject, { ...(fields as object), ...said });
      const expected = packed([read(topic, value)], whole) as { contexts: { object: { why: string }[] }[] };
      for (const { object } of expected.contexts) for (const { why } of object) contexts.add(why);
      expect(packed([read(topic, value)], inPart)).toEqual(expected);
    }),
    { numRuns: propertyRuns(500) },
  );
  expect(contexts).toContain('COMMON');
});
