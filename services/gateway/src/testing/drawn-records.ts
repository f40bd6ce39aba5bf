// Records of any observation type, drawn from their Avro schemas: what a type may hold is found, not listed.
// Holds: values of an annotated field are mostly of its kind, from a small pool, so that records share some; markings are
// ones the kernel can make. A new schema is drawn without a change here.

import fc from 'fast-check';
import type { AvroObject, AvroSchema, SchemaLock, WireMarking } from '@sitebus/sdk';
import { NOW_MS, wireMarking } from './records.ts';

type Named = Map<string, { readonly schema: AvroObject; readonly namespace: string }>;

/** @returns the subjects of observation types, sorted. */
export function observationSubjects(lock: SchemaLock): readonly string[] {
  const subjects = lock.entries.map(({ subject }) => subject).filter((subject) => subject.startsWith(OBSERVATION));
  return [...new Set(subjects)].filter((subject) => envelopeFirst(lock, subject)).sort();
}

/** @returns values of the subject, as they are encoded. */
export function aDrawn(lock: SchemaLock, subject: string): fc.Arbitrary<{ readonly envelope: { readonly id: string } }> {
  const named: Named = new Map();
  return draw(schemaOf(lock, subject), '', named, undefined) as fc.Arbitrary<{ envelope: { id: string } }>;
} // prettier-ignore

const OBSERVATION = 'ca.sitebus.observation.';

function schemaOf(lock: SchemaLock, subject: string): AvroSchema {
  const newest = lock.entries.filter((entry) => entry.subject === subject).at(-1);
  return JSON.parse(newest?.schema ?? 'null') as AvroSchema;
}

function envelopeFirst(lock: SchemaLock, subject: string): boolean {
  return (schemaOf(lock, subject) as AvroObject).fields?.[0]?.name === 'envelope';
}

function draw(schema: AvroSchema, namespace: string, named: Named, hint: string | undefined): fc.Arbitrary<unknown> {
  if (typeof schema === 'string') {
    const known = named.get(schema.includes('.') ? schema : `${namespace}.${schema}`);
    return known === undefined ? drawPrimitive(schema, hint) : draw(known.schema, known.namespace, named, hint);
  }
  if (Array.isArray(schema)) {
    const branches = (schema as readonly AvroSchema[]).map((branch) =>
      branch === 'null' ? fc.constant(null) : draw(branch, namespace, named, hint),
    );
    return fc.oneof(...branches);
  }
  const object = schema as AvroObject;
  const inner = object.namespace ?? namespace;
  if (object.name !== undefined) named.set(`${inner}.${object.name}`, { schema: object, namespace: inner });
  if (object.name === 'Marking') return drawMarking();
  if (object.type === 'enum') return fc.constantFrom(...((object as unknown as { symbols?: string[] }).symbols ?? []));
  if (object.type === 'array') return fc.array(draw(object.items ?? 'null', inner, named, hint), { maxLength: 3 });
  if (object.type === 'record') {
    return fc.record(
      Object.fromEntries(
        (object.fields ?? []).map((field) => [
          field.name,
          draw(field.type, inner, named, field.feature ?? (hint === undefined ? field.name : `${hint}.${field.name}`)),
        ]),
      ),
    );
  }
  if (object.logicalType === 'uuid') return fc.uuid({ version: 4 });
  if (object.logicalType === 'timestamp-millis') return fc.integer({ min: 0, max: 1_000 }).map((s) => NOW_MS - s * 1_000);
  return typeof object.type === 'string' ? drawPrimitive(object.type, hint) : draw(object.type, inner, named, hint);
} // prettier-ignore

function drawPrimitive(type: string, hint = ''): fc.Arbitrary<unknown> {
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'int':
      return /infoGrade/.test(hint) ? fc.integer({ min: 1, max: 6 }) : fc.integer({ min: 0, max: 100 });
    case 'long':
      return fc.integer({ min: 0, max: 1_000_000 });
    case 'double':
    case 'float':
      return fc.double({ min: 0, max: 1, noNaN: true });
    default:
      return fc.oneof({ weight: 5, arbitrary: valueOfKind(hint) }, { weight: 1, arbitrary: words() });
  }
}

function drawMarking(): fc.Arbitrary<WireMarking> {
  return fc
    .tuple(
      fc.constantFrom('UNCLASSIFIED//TLP:CLEAR', 'UNCLASSIFIED//TLP:AMBER', 'PROTECTED B//CANADIAN EYES ONLY', 'SECRET//REL TO CAN, GBR'),
      fc.constantFrom('cse', 'rcmp'),
      fc.constantFrom<readonly string[]>([], ['community'], ['community', 'research']),
    )
    .map(([text, agency, groups]) => wireMarking(text, agency, groups));
} // prettier-ignore

/** Quotes, backslashes, other scripts and what only looks like a value are among them. */
const POOLS: Readonly<Record<string, readonly string[]>> = {
  'domain': ['mirror-check.example', 'xn--lection-9xa.example', 'poll-page.example'],
  'ip': ['192.0.2.10', '2001:db8::7', '198.51.100.4'],
  'url': ["https://mirror-check.example/it's", 'https://poll-page.example/a\\b?c=d', 'ftp://192.0.2.10/x'],
  'hash': ['a'.repeat(32), 'b'.repeat(40), 'c'.repeat(56), 'd'.repeat(64), 'e'.repeat(96), 'f'.repeat(128)],
  'email': ['clerk@poll-page.example'],
  'certificate': ['ab'.repeat(20), 'cd'.repeat(32), "cn=o'hara#01af"],
  'account': ['chirrup:maple_news', 'parlure:le-fil', 'vidnook:été'],
  'wallet': ['btc:1abc'],
  'person': ['prs_00ff00ff00ff', 'party:civic-renewal'],
  'agency': ['cse', 'rcmp'],
  'envelope.agency': ['cse', 'rcmp'],
  'envelope.sourceGrade': ['A', 'F'],
  'report.ttps.framework': ['DISARM', 'ATTACK'],
  'report.ttps.id': ['T0049', 'T1566.001'],
  'report.targets.kind': ['PARTY', 'CANDIDATE', 'OTHER', 'VOTERS'],
}; // prettier-ignore

function valueOfKind(hint: string): fc.Arbitrary<string> {
  const pool = POOLS[hint];
  return pool === undefined ? words() : fc.constantFrom(...pool);
}

function words(): fc.Arbitrary<string> {
  return fc.oneof(fc.constantFrom('', 'maple', 'élection', "it's \\ here", '<b>'), fc.string({ maxLength: 12 }));
}
