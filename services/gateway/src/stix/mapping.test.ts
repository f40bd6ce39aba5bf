// Every object of every drawn record against the OASIS schemas, our extensions against ours, the outline against both.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { loadContract } from '@sitebus/sdk/testing';
import type { Codec, Policy } from '@sitebus/sdk';
import { sharedData } from '../../../../test/support/shared-data.ts';
import { anAlert, anAssessment, anIndicatorReport, aRecall, uuidOf, wireMarking } from '../testing/records.ts';
import { aDrawn, observationSubjects } from '../testing/drawn-records.ts';
import { aReader, aStage } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';
import { versionOf } from '../taxii/version.ts';
import { EXTENSION_SCHEMAS } from './extension-schemas.ts';
import { EXTENSIONS, idOfObservable, typeOf } from './names.ts';
import type { StixObject } from './object.ts';

let policy: Policy;
let codec: Codec;
beforeAll(async () => void ({ policy, codec } = await loadContract()));

const everyGroup = ['community', 'platforms', 'research'];
const schemas = sharedData('data/conformance/stix2-schemas/schemas');
const whenSchemasAreThere = schemas === undefined ? test.skip : test;

/** What is wrong with an object by its OASIS schema; the schemas are read once. */
const faultsOf = (() => {
  let ajv: InstanceType<typeof Ajv2020> | undefined;
  const read = () => {
    const made = new Ajv2020({ strict: false, validateFormats: false, unicodeRegExp: false });
    for (const entry of readdirSync(schemas!, { recursive: true, withFileTypes: true }))
      if (entry.name.endsWith('.json')) made.addSchema(JSON.parse(readFileSync(join(entry.parentPath, entry.name), 'utf8')) as object);
    return made;
  };
  return (object: StixObject): string[] => {
    ajv ??= read();
    const root = 'http://raw.githubusercontent.com/oasis-open/cti-stix2-json-schemas/stix2.1/schemas';
    const check = ['sdos', 'sros', 'observables', 'common'].map((folder) => ajv?.getSchema(`${root}/${folder}/${object.type}.json`)).find((each) => each !== undefined);
    if (check === undefined) return [`no schema of ${object.type}`];
    return check(object) === true ? [] : [`${object.id}: ${JSON.stringify(check.errors?.[0])}`];
  };
})(); // prettier-ignore

const extensionChecks = Object.entries(EXTENSION_SCHEMAS).map(([name, schema]) => [EXTENSIONS[name as keyof typeof EXTENSIONS], Compile(schema)] as const); // prettier-ignore

/** What is wrong by our own rules: extensions, empty lists, markings, references. */
function ownFaultsOf(object: StixObject, earlier: ReadonlySet<string>): string[] {
  const extensions = (object['extensions'] ?? {}) as Record<string, unknown>;
  const misfits = extensionChecks.filter(([id, check]) => extensions[id] !== undefined && !check.Check(extensions[id]));
  const refs = JSON.stringify(object).match(/[a-z0-9-]+--[0-9a-f-]{36}/g) ?? [];
  const early = refs.filter((ref) => ref !== object.id && !earlier.has(ref) && ref !== OASIS_TLP && !isDefinition(ref));
  const marks = (object['object_marking_refs'] ?? []) as unknown[];
  return [
    ...misfits.map(([id, check]) => `${object.id} misfits ${id}: ${JSON.stringify(check.Errors(extensions[id])[0])}`),
    ...early.map((ref) => `${object.id} names ${ref} before it is there`),
    ...(isDefinition(object.id) || marks.length === 2 ? [] : [`${object.id} has ${marks.length} markings`]),
    ...(/\[\]|null/.test(JSON.stringify(object)) && !/"[^"]*(\[\]|null)[^"]*"/.test(JSON.stringify(object)) ? [`${object.id} is partly empty`] : []),
  ];
} // prettier-ignore

const OASIS_TLP = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
const isDefinition = (id: string): boolean => typeOf(id).endsWith('-definition') || id.startsWith('identity--56a5759b');

async function everythingFor(stage: Stage): Promise<readonly StixObject[]> {
  const { entries, more } = await stage.page(aReader(policy, 's-can', { groups: everyGroup }));
  expect(more).toBe(false);
  for (const { listed, object } of entries) {
    const version = object['modified'] ?? object['created'];
    if (version !== undefined) expect([object.id, versionOf(listed)]).toEqual([object.id, version]);
  }
  return entries.map(({ object }) => object);
}

function faultsIn(objects: readonly StixObject[], isByOasis: boolean): string[] {
  // What was revised stands where its newest version is; its first one stood before whatever names it.
  const earlier = new Set(objects.filter(({ created, modified }) => created !== modified).map(({ id }) => id));
  return objects.flatMap((object) => {
    const own = ownFaultsOf(object, earlier);
    earlier.add(object.id);
    return [...own, ...(isByOasis ? faultsOf(object) : [])];
  });
}

test('every observation type, whatever its fields hold, becomes objects that are whole by our rules', async () => {
  const subjects = observationSubjects(codec.lock);
  expect(subjects.length).toBeGreaterThan(12);
  for (const subject of subjects) await eachDrawn(subject, (objects) => expect(faultsIn(objects, false)).toEqual([]));
});

whenSchemasAreThere('the schemas of OASIS refuse what is none of theirs', () => {
  const note = { type: 'note', id: `note--${uuidOf('x')}`, spec_version: '2.1', created: '2026-01-01T00:00:00.000Z', modified: '2026-01-01T00:00:00.000Z', content: 'x' } as const;
  expect(faultsOf({ ...note, object_refs: [] })).not.toEqual([]);
  expect(faultsOf({ ...note, object_refs: [note.id] })).toEqual([]);
}); // prettier-ignore

whenSchemasAreThere('every observation type, whatever its fields hold, becomes objects valid by OASIS', async () => {
  for (const subject of observationSubjects(codec.lock))
    await eachDrawn(subject, (objects) => expect(faultsIn(objects, true)).toEqual([]));
}); // prettier-ignore

async function eachDrawn(subject: string, check: (objects: readonly StixObject[]) => void): Promise<void> {
  const type = subject.split('.').at(-1) ?? '';
  await fc.assert(
    fc.asyncProperty(fc.array(aDrawn(codec.lock, subject), { minLength: 1, maxLength: 4 }), async (values) => {
      const stage = aStage({ policy, codec, view: 's-can' });
      for (const value of values) stage.observe(type, value);
      stage.settle();
      const objects = await everythingFor(stage);
      const selves = objects.filter(({ id }) => values.some(({ envelope }) => id.endsWith(envelope.id)));
      expect(selves.length).toBeGreaterThan(0); // there was something to find
      check(objects);
    }),
    { numRuns: 4 },
  );
}

describe('an assessment, its alert, its members and what becomes of them', () => {
  const position = {
    id: uuidOf('position'), agency: 'rcmp', about: uuidOf('member a'), observedAt: 1, stance: 'DISSENT' as const,
    definitionId: 'd', likelihood: null, confidence: null,
  }; // prettier-ignore
  const stageWith = async (after: (stage: Stage) => void = () => {}): Promise<readonly StixObject[]> => {
    const stage = aStage({ policy, codec, view: 's-can' });
    stage.observe('IndicatorReport', anIndicatorReport({ id: uuidOf('member a') }));
    stage.observe('IndicatorReport', anIndicatorReport({ id: uuidOf('member b'), agency: 'rcmp' }));
    stage.model.addAssessment(anAssessment({ positions: [position] }), stage.clock.now());
    stage.model.addAlert(anAlert(anAssessment()), 0n, stage.clock.now());
    stage.settle();
    after(stage);
    stage.settle();
    return everythingFor(stage);
  };
  const of = (objects: readonly StixObject[], type: string) => objects.filter((object) => object.type === type);
  const states: readonly (readonly [string, (stage: Stage) => void])[] = [
    ['live', () => {}],
    ['recalled member', (stage) => stage.observe('Recall', aRecall(uuidOf('member a')))],
    ['closed', (stage) => stage.model.addAssessment(anAssessment({ version: 2, status: 'CLOSED', members: [], links: [] }), stage.clock.now())],
    ['merged away', (stage) => {
      stage.model.addAssessment(anAssessment({ id: uuidOf('survivor') }), stage.clock.now());
      stage.model.addAssessment(anAssessment({ version: 2, status: 'REDIRECTED', redirectTo: uuidOf('survivor'), members: [], links: [] }), stage.clock.now());
    }],
  ]; // prettier-ignore

  test.each(states)('%s: whole by our rules', async (_name, after) => {
    expect(faultsIn(await stageWith(after), false)).toEqual([]);
  });
  (schemas === undefined ? test.skip.each(states) : test.each(states))('%s: valid by OASIS', async (_name, after) => {
    expect(faultsIn(await stageWith(after), true)).toEqual([]);
  });

  test('the report refers to members, indicators and opinions; the indicator rests on both members', async () => {
    const objects = await stageWith();
    const [report] = of(objects, 'report');
    const [indicator] = of(objects, 'indicator');
    expect(report?.['object_refs']).toEqual([
      `observed-data--${uuidOf('member a')}`,
      `observed-data--${uuidOf('member b')}`,
      indicator?.id,
      `opinion--${position.id}`,
    ]);
    expect(indicator).toMatchObject({ pattern: "[domain-name:value = 'mirror-check.example']", confidence: 15 });
    expect(of(objects, 'relationship').map((each) => [each['relationship_type'], each['source_ref'], each['target_ref']])).toEqual([
      ['based-on', indicator?.id, `observed-data--${uuidOf('member a')}`],
      ['based-on', indicator?.id, `observed-data--${uuidOf('member b')}`],
    ].sort((a, b) => String(a[2]).localeCompare(String(b[2]))));
    expect(of(objects, 'opinion')).toMatchObject([{ opinion: 'disagree', object_refs: [`observed-data--${uuidOf('member a')}`] }]);
    expect(of(objects, 'note')).toMatchObject([{ object_refs: [report?.id] }]);
  }); // prettier-ignore

  test('a recalled member is revoked under the time it was created, and nothing of its content is left', async () => {
    const objects = await stageWith((stage) => {
      stage.observe('IndicatorReport', anIndicatorReport({ id: uuidOf('lone'), domains: ['only-here.example'], title: 'canary' }));
      stage.settle();
      stage.observe('Recall', aRecall(uuidOf('lone')));
    });
    const lone = objects.find(({ id }) => id === `observed-data--${uuidOf('lone')}`);
    expect(lone).toMatchObject({ revoked: true, object_refs: [expect.stringMatching(/^software--/)] });
    expect(Date.parse(String(lone?.['modified']))).toBeGreaterThan(Date.parse(String(lone?.['created'])));
    expect(JSON.stringify(objects)).not.toMatch(/only-here|canary/);
    expect(JSON.stringify(objects)).toContain('mirror-check.example');
  }); // prettier-ignore

  test('merged away is revoked and a duplicate of the survivor', async () => {
    const objects = await stageWith(states[3]![1]);
    const [merged, survivor] = ['assessment', 'survivor'].map((name) => `report--${uuidOf(name)}`);
    expect(of(objects, 'report').map(({ id, revoked }) => [id, revoked])).toEqual([[survivor, undefined], [merged, true]]);
    expect(of(objects, 'relationship').filter((each) => each['relationship_type'] === 'duplicate-of')).toMatchObject([
      { source_ref: merged, target_ref: survivor },
    ]);
  }); // prettier-ignore
});

test('a suppressed identity is known by its printed name alone', async () => {
  const stage = aStage({ policy, codec, view: 's-can' });
  const targets = [{ kind: 'CANDIDATE', ref: 'cand:ge/riding/secret-name', suppressedAs: 'Canadian 1' }];
  stage.observe('IndicatorReport', anIndicatorReport({ id: uuidOf('suppressed'), targets }));
  stage.settle();
  const text = JSON.stringify(await everythingFor(stage));
  expect(text).toContain('Canadian 1');
  expect(text).not.toContain('secret-name');
});

test('what its originator controls does not leave this way', async () => {
  const stage = aStage({ policy, codec, view: 's-can' });
  const orcon = anIndicatorReport({ id: uuidOf('orcon'), marking: 'SECRET//ORCON/REL TO CAN, GBR', title: 'canary' });
  stage.observe('IndicatorReport', orcon);
  stage.observe('IndicatorReport', anIndicatorReport({ id: uuidOf('plain') }));
  stage.settle();
  const text = JSON.stringify(await everythingFor(stage));
  expect(text).toContain(uuidOf('plain'));
  expect(text).not.toMatch(/canary|ORCON/);
});

test('an observable has the id that the standard gives it', () => {
  expect(idOfObservable('domain-name', { value: 'example.com' })).toBe('domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7');
}); // prettier-ignore

test('the marking goes along on every axis, and TLP 2.0 beside it', async () => {
  const stage = aStage({ policy, codec, view: 's-can' });
  const marking = 'SECRET//REL TO CAN, GBR';
  stage.observe('IndicatorReport', anIndicatorReport({ id: uuidOf('marked'), marking, groups: ['community'] }));
  stage.settle();
  const objects = await everythingFor(stage);
  const self = objects.find(({ type }) => type === 'observed-data');
  const [tlp, ours] = self?.['object_marking_refs'] as string[];
  expect(tlp).toBe('marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487');
  expect(objects.find(({ id }) => id === ours)).toMatchObject({
    name: marking,
    extensions: {
      [EXTENSIONS.marking]: { classified: 'SECRET', rel_to: ['CAN', 'GBR'], owners: ['CAN'], origins: ['cse'], need_to_know: [['community']], banner: marking },
    },
  });
  expect(wireMarking(marking, 'cse').classified).toBe('SECRET');
}); // prettier-ignore
