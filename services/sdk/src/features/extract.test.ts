import { expect, test } from '@jest/globals';
import { toSelfContained } from '../schema-set.ts';
import { toSchemaLock } from '../schema-lock.ts';
import { featuresOf } from './extract.ts';

const field = (name: string, type: unknown, feature?: string) => ({ name, type, ...(feature ? { feature } : {}) });
const many = { type: 'array', items: 'string' };
const record = (name: string, fields: unknown[]) => ({ type: 'record', name, fields });

/** A type no code of sitebus has heard of. */
const SIGHTING = toSelfContained({
  type: 'record',
  name: 'Sighting',
  namespace: 'test',
  fields: [
    field('urls', many, 'url'),
    field('domains', many, 'domain'),
    field('ip', ['null', 'string'], 'ip'),
    field('persons', many, 'person'),
    field(
      'places',
      {
        type: 'array',
        items: record(
          'Place',
          ['place', 'from', 'to'].map((n) => field(n, n === 'place' ? 'string' : 'long')),
        ),
      },
      'place-time',
    ),
    field(
      'shares',
      {
        type: 'array',
        items: record(
          'Share',
          ['object', 'account', 'at'].map((n) => field(n, n === 'at' ? 'long' : 'string')),
        ),
      },
      'co-share',
    ),
    field('nested', ['null', record('Nested', [field('hashes', many, 'hash'), field('note', 'string')])]),
  ],
} as never);
const lock = toSchemaLock([SIGHTING]);
const nothing = { urls: [], domains: [], ip: null, persons: [], places: [], shares: [], nested: null };
const extract = (value: object) => featuresOf(lock, { subject: 'test.Sighting', value: { ...nothing, ...value } });

test('a record type nobody has written code for yields its features by annotation alone', () => {
  expect(
    extract({
      urls: ['hxxp://leak[.]example/a'],
      domains: ['LEAK.example', 'leak.example.'],
      ip: '203.0.113.44',
      persons: ['prs_0123456789abcdef'],
      nested: { hashes: ['A'.repeat(32)], note: 'b'.repeat(32) },
    }).features,
  ).toEqual([
    { kind: 'domain', value: 'leak.example' },
    { kind: 'hash', value: 'a'.repeat(32) },
    { kind: 'ip', value: '203.0.113.44' },
    { kind: 'person', value: 'prs_0123456789abcdef' },
    { kind: 'url', value: 'http://leak.example/a' },
  ]);
});

test('places and shares become one string each, in normalised parts', () => {
  expect(
    extract({
      places: [{ place: 'Cedar-Narrows', from: 10, to: 20 }],
      shares: [{ object: 'hxxps://otters-hockey[.]example/tickets', account: 'Chirrup:@G1', at: 7 }],
    }).features,
  ).toEqual([
    { kind: 'co-share', value: 'https://otters-hockey.example/tickets chirrup:g1 7' },
    { kind: 'place-time', value: 'cedar-narrows 10 20' },
  ]);
});

test('what cannot link is context, as reported and with its reason', () => {
  expect(
    extract({
      domains: ['nowhere'],
      ip: '203.0.113.0/24',
      persons: ['party:alder'],
      places: [{ place: 'cedar-narrows', from: 20, to: 10 }],
      shares: [{ object: 'tickets', account: 'chirrup:g1', at: 7 }],
    }),
  ).toEqual({
    features: [],
    context: [
      { kind: 'co-share', value: 'tickets chirrup:g1 7', reason: 'INVALID' },
      { kind: 'domain', value: 'nowhere', reason: 'INVALID' },
      { kind: 'ip', value: '203.0.113.0/24', reason: 'RANGE' },
      { kind: 'person', value: 'party:alder', reason: 'COMMON' },
      { kind: 'place-time', value: 'cedar-narrows 20 10', reason: 'INVALID' },
    ],
  });
});

test('a subject without annotations has no features', () => {
  expect(featuresOf(lock, { subject: 'test.Unknown', value: nothing })).toEqual({ features: [], context: [] });
});

test('an annotation on a field that cannot hold its kind refuses the schema', () => {
  const wrong = { type: 'record', name: 'Wrong', namespace: 'test', fields: [field('n', 'long', 'domain')] };
  expect(() => toSchemaLock([toSelfContained(wrong as never)])).toThrow(
    expect.objectContaining({ code: 'INVALID_SCHEMA_SET' }),
  );
  const unknown = { type: 'record', name: 'Unknown', namespace: 'test', fields: [field('n', 'string', 'smell')] };
  expect(() => toSchemaLock([toSelfContained(unknown as never)])).toThrow(
    expect.objectContaining({ code: 'INVALID_SCHEMA_SET' }),
  );
});
