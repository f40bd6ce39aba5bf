// What is read in part against what is read whole: the same values, the same features, the same refusals.

import { readFile, readdir } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCodec, type Decoded } from './avro-codec.ts';
import { isRefusal } from './errors.ts';
import { featuresOf } from './features/extract.ts';
import { toSchemaLock } from './schema-lock.ts';
import { loadSchemaSet, toSelfContained } from './schema-set.ts';
import { SCHEMAS_DIR } from './testing/contract-files.ts';
import { propertyRuns } from './testing/property-runs.ts';

/** Whole records, parts in lists, parts that may be null, fields that hold features too, and one that no type has. */
const LOOK = [
  ...['envelope', 'report.portions.marking', 'portions.marking', 'report.stance', 'report.tools', 'report.firstSeen'],
  ...['report.targets', 'report.metrics.coverageGaps', 'about', 'stance', 'likelihood', 'child', 'texts.lang'],
  ...['domains', 'creative', 'nothing.of.it'],
];
const set = await loadSchemaSet(`${SCHEMAS_DIR}/avro`);
const lock = toSchemaLock(set);
const codec = createCodec({ lock });
const partial = codec.lookingAt(LOOK);
const examples = (await Promise.all(set.map(({ subject, type }) => encodedExamples(subject, type)))).flat();

async function encodedExamples(subject: string, type: string): Promise<Buffer[]> {
  const folder = `${SCHEMAS_DIR}/examples/${type}/valid`;
  const files = await readdir(folder).catch(() => []);
  const texts = await Promise.all(files.sort().map((file) => readFile(`${folder}/${file}`, 'utf8')));
  return texts.map((text) => codec.encode(subject, JSON.parse(text)));
}

/** What stands at a path, through lists and past what is absent. */
function at(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => at(item, names));
  const [name, ...rest] = names;
  if (name === undefined || value === null || value === undefined) return value;
  return at((value as Record<string, unknown>)[name], rest);
}

/** What a caller who looks sees of a record, or the code of its refusal. */
function seen(decode: (bytes: Buffer) => Decoded, bytes: Buffer): unknown {
  try {
    const decoded = decode(bytes);
    const { subject, type, schemaId, value } = decoded;
    const looked = LOOK.map((path) => at(value, path.split('.')));
    const { features, context } = featuresOf(codec, decoded);
    return {
      subject,
      type,
      schemaId,
      looked,
      features: features.map(({ kind, value: text }) => [kind, text]),
      context,
    };
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    return cause.code;
  }
}

test('of every example a part is read as the whole is', () => {
  expect(examples.length).toBeGreaterThan(40);
  const found = examples.map((bytes) => seen((each) => partial.decode(each), bytes));
  expect(found).toEqual(examples.map((bytes) => seen((each) => codec.decode(each), bytes)));
  const kinds = found.flatMap((each) => (each as { features: [string][] }).features.map(([kind]) => kind));
  expect(new Set(kinds).size).toBeGreaterThan(10);
});

test('bytes that were changed, cut or added are refused alike, or read alike', () => {
  const numRuns = propertyRuns(1_500);
  const outcomes = { read: 0, refused: 0 };
  const change = fc.record({ at: fc.nat(), byte: fc.nat(255), how: fc.constantFrom('set', 'cut', 'add', 'drop') });
  fc.assert(
    fc.property(fc.constantFrom(...examples), fc.array(change, { minLength: 1, maxLength: 2 }), (example, changes) => {
      let bytes = Buffer.from(example);
      for (const { at: place, byte, how } of changes) {
        const here = 5 + (place % (bytes.length - 5 || 1)); // the framing is told apart elsewhere
        if (how === 'set') bytes[here] = byte;
        else if (how === 'cut') bytes = bytes.subarray(0, here);
        else bytes = Buffer.concat([bytes.subarray(0, here), Buffer.from(how === 'add' ? [byte] : []), bytes.subarray(here + (how === 'drop' ? 1 : 0))]);
      }
      const whole = seen((each) => codec.decode(each), bytes);
      outcomes[typeof whole === 'string' ? 'refused' : 'read'] += 1;
      expect(seen((each) => partial.decode(each), bytes)).toEqual(whole);
    }),
    { numRuns },
  );
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(numRuns / 20);
}); // prettier-ignore

test('what an older version wrote is read whole, and links by the newest annotations', () => {
  const field = (name: string, more: object = {}) => ({ name, type: 'string', default: '', ...more });
  const version = (...fields: object[]) =>
    toSelfContained({ type: 'record', name: 'Sighting', namespace: 'test', fields } as never);
  const older = version(field('host'), field('note'));
  const newest = version(field('host', { feature: 'domain' }), field('note'), field('more'));
  const places = new Map([older, newest].map((each, nth) => [each.text, { id: 7 + nth, version: 1 + nth }]));
  const both = toSchemaLock([older, newest], ({ text }) => places.get(text)!);
  const written = createCodec({ lock: toSchemaLock([older], () => ({ id: 7, version: 1 })) });
  const bytes = written.encode('test.Sighting', { host: 'leak.example', note: 'é' });
  const decoded = createCodec({ lock: both }).lookingAt([]).decode(bytes);
  expect(decoded.value).toEqual({ host: 'leak.example', note: 'é', more: '' });
  expect(featuresOf(both, decoded).features).toEqual([{ kind: 'domain', value: 'leak.example' }]);
});

test('what nobody looks at is in no value', () => {
  const subject = 'ca.sitebus.observation.PublicTip';
  const tip = examples.find((bytes) => codec.decode(bytes).subject === subject)!;
  const { value } = codec.lookingAt(['envelope.id']).decode(tip);
  expect(Object.keys(value as object)).toEqual(['envelope', 'texts']);
  expect(Object.keys((value as { envelope: object }).envelope)).toEqual(['id']);
});
