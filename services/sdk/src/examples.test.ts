import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { createCodec } from './avro-codec.ts';
import { checkObservation } from './check-observation.ts';
import { isRefusal } from './errors.ts';
import type { Fault } from './fault.ts';
import { OBSERVATION_FAULTS } from './observation-checks/faults.ts';
import { OBSERVATION_NAMESPACE, observationSubject } from './observation-types.ts';
import { loadPolicy } from './policy-load.ts';
import { toSchemaLock } from './schema-lock.ts';
import { loadSchemaSet, type AvroField, type AvroObject } from './schema-set.ts';

const schemasDir = fileURLToPath(new URL('../../../schemas', import.meta.url));
const examplesDir = join(schemasDir, 'examples');
const policy = await loadPolicy(join(schemasDir, 'policy'));
const set = await loadSchemaSet(join(schemasDir, 'avro'));
const codec = createCodec({ lock: toSchemaLock(set) });
/** The scenario's day D+1. */
const nowMs = Date.UTC(2031, 9, 21);

type Json = Record<string, unknown>;

interface InvalidExample {
  readonly why: string;
  readonly base: string;
  /** JSON pointer → value. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove: readonly string[];
  readonly refusedBy: 'codec' | 'check';
  readonly code: string;
  readonly pointer: string;
  /** Who publishes, where it is not the agency that the envelope names. */
  readonly publisher?: string;
  /** Whose record an id is. */
  readonly owners?: Readonly<Record<string, string>>;
}

const valid = await examples<Json>('valid');
const invalid = await examples<InvalidExample>('invalid');
/** What services write. A folder that is no record type's holds no `valid/`. */
const others = await examples<Json>('valid', (type) => !isObservation(type));

test('every observation type has a minimal and a full example, and at least one that is refused', () => {
  const types = set.filter(({ subject }) => subject.startsWith(`${OBSERVATION_NAMESPACE}.`)).map(({ type }) => type);
  const has = (list: readonly (readonly [string, string, unknown])[], type: string, name?: string): boolean =>
    list.some(([of, file]) => of === type && (name === undefined || file === name));
  const lacking = types.filter(
    (type) => !has(valid, type, 'minimal') || !has(valid, type, 'full') || !has(invalid, type),
  );
  expect(types.length).toBeGreaterThan(0);
  expect(lacking).toEqual([]);
});

test.each(valid)('%s/valid/%s is accepted, and decodes to what was encoded', (type, _name, value) => {
  expect(faultsOf(type, value)).toEqual([]);
  const bytes = codec.encode(observationSubject(type), value);
  const decoded = codec.decode(bytes);
  expect(decoded).toMatchObject({ type, subject: observationSubject(type), value });
  expect(codec.decodeEnvelope(bytes).envelope).toEqual((decoded.value as Json)['envelope']);
  expect(codec.encode(observationSubject(type), decoded.value)).toEqual(bytes);
});

test.each(valid.filter(([, name]) => name === 'full'))(
  '%s/valid/full says something in every field of its type',
  (type, _name, value) => {
    const schema = set.find(({ subject }) => subject === observationSubject(type))?.schema as AvroObject;
    const report = schema.fields?.find(({ name }) => name === 'report')?.type as AvroObject | undefined;
    expect(missing(schema.fields ?? [], value)).toEqual([]);
    // A reason for giving no tearline stands only beside NO_TEARLINE.
    expect(
      missing(report?.fields ?? [], value['report'] as Json).filter((name) => name !== 'noTearlineReason'),
    ).toEqual([]);
  },
);

test.each(others)(
  '%s/valid/%s, which no agency writes, says something in every field and decodes to what was encoded',
  (type, _name, value) => {
    const { subject, schema } = set.find((each) => each.type === type)!;
    expect(missing(schema.fields ?? [], value)).toEqual([]);
    expect(codec.decode(codec.encode(subject, value))).toMatchObject({ type, subject, value });
  },
);

test.each(invalid)('%s/invalid/%s is refused with its code, at its pointer', async (type, _name, example) => {
  const value = await changed(type, example);
  const faults = example.refusedBy === 'codec' ? codecFaults(type, value) : faultsOf(type, value, example);
  expect(faults.map(({ code, pointer }) => ({ code, pointer }))).toContainEqual({
    code: example.code,
    pointer: example.pointer,
  });
});

test('each fault of the catalogue has an example that draws it', () => {
  const drawn = new Set(invalid.map(([, , { code }]) => code));
  expect(Object.keys(OBSERVATION_FAULTS).filter((code) => !drawn.has(code))).toEqual([]);
});

test('a check never throws, whatever stands in place of a field', () => {
  const [type, , full] = valid.find(([of, name]) => of === 'CovertActivity' && name === 'full') ?? ['', '', {}];
  const pointers = pointersOf(full, '');
  expect(pointers.length).toBeGreaterThan(50);
  for (const pointer of pointers)
    for (const junk of [null, 0, 'x', [], {}, [null], { a: 1 }, Number.NaN]) {
      const value = structuredClone(full);
      put(value, pointer, junk);
      expect(Array.isArray(faultsOf(type, value))).toBe(true);
    }
});

function isObservation(type: string): boolean {
  return set.some(({ subject }) => subject === observationSubject(type));
}

async function examples<E>(
  kind: 'valid' | 'invalid',
  isWanted = isObservation,
): Promise<(readonly [string, string, E])[]> {
  const types = (await readdir(examplesDir)).filter(isWanted).sort();
  const found = await Promise.all(
    types.map(async (type) => {
      const files = (await readdir(join(examplesDir, type, kind)).catch(() => [])).sort();
      return Promise.all(
        files.map(async (file) => {
          const content = JSON.parse(await readFile(join(examplesDir, type, kind, file), 'utf8')) as E;
          return [type, file.replace(/\.json$/, ''), content] as const;
        }),
      );
    }),
  );
  return found.flat();
}

async function changed(type: string, { base, set: changes, remove }: InvalidExample): Promise<Json> {
  const value = JSON.parse(await readFile(join(examplesDir, type, base), 'utf8')) as Json;
  for (const [pointer, replacement] of Object.entries(changes)) put(value, pointer, replacement);
  for (const pointer of remove) put(value, pointer, undefined);
  return value;
}

/** Sets what the pointer names; undefined removes it. */
function put(value: Json, pointer: string, replacement: unknown): void {
  const path = pointer.split('/').slice(1);
  const last = path.pop() ?? '';
  const holder = path.reduce((inner, key) => inner[key] as Json, value);
  if (replacement === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = replacement;
}

function faultsOf(type: string, value: Json, { publisher, owners }: Partial<InvalidExample> = {}): Fault[] {
  const agency = publisher ?? String((value['envelope'] as Json | undefined | null)?.['agency']);
  const agencyOf = (id: string): string | undefined => owners?.[id];
  return checkObservation(type, value, policy, { agency, nowMs, agencyOf });
}

function codecFaults(type: string, value: Json): readonly Fault[] {
  try {
    codec.encode(observationSubject(type), value);
  } catch (refused) {
    if (isRefusal(refused) && refused.code === 'INVALID_OBSERVATION')
      return refused.details['faults'] as readonly Fault[];
    throw refused;
  }
  return [];
}

function missing(fields: readonly AvroField[], value: Json): string[] {
  return fields.map(({ name }) => name).filter((name) => value[name] === undefined || isEmpty(value[name]));
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function pointersOf(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [`${at}/${key}`, ...pointersOf(inner, `${at}/${key}`)]);
}
