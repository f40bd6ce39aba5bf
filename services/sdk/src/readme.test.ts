import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import * as errors from './errors.ts';
import { FEATURE_KINDS } from './features/annotations.ts';
import { OBSERVATION_FAULTS } from './observation-checks/faults.ts';
import { SCHEMA_FAULTS } from './schema-rules.ts';

const readme = await readFile(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
const { dependencies } = JSON.parse(
  await readFile(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'),
) as {
  dependencies: Record<string, string>;
};

test('the table of failures is the catalogue of errors, both ways', () => {
  const catalogue = Object.values(errors as Record<string, unknown>)
    .map((entry) => madeBy(entry))
    .filter((made) => made !== undefined)
    .map(({ code, retriable }) => [code, retriable ? 'yes' : 'no']);
  expect(catalogue.length).toBeGreaterThan(10);
  expect(
    tableUnder('Failures')
      .map(([code, retriable]) => [code, retriable])
      .sort(),
  ).toEqual(catalogue.sort());
});

test('the table of faults is the catalogue of faults, both ways, texts included', () => {
  expect(Object.fromEntries(tableUnder('What an observation is checked for'))).toEqual(OBSERVATION_FAULTS);
});

test('the table of what a schema must be is its catalogue, both ways, texts included', () => {
  const catalogue = Object.entries(SCHEMA_FAULTS).map(([code, [must]]) => [code, must]);
  expect(catalogue.length).toBeGreaterThan(10);
  expect(tableUnder('Schemas')).toEqual(catalogue);
});

test('each kind of feature has its spelling, and nothing else has', () => {
  expect(
    tableUnder('Features')
      .map(([kind]) => kind)
      .sort(),
  ).toEqual([...FEATURE_KINDS]);
});

test('each dependency says what it is for', () => {
  const named = tableUnder('Dependencies')
    .map(([name]) => name)
    .sort();
  expect(named).toEqual(
    Object.keys(dependencies)
      .filter((name) => !name.startsWith('@sitebus/'))
      .sort(),
  );
});

/** The first table below a heading: its rows, cells without back-ticks. */
function tableUnder(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1] ?? '';
  const lines = section.split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  return lines.slice(first + 2, first + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

/** An entry of the catalogue makes an error from any details; everything else in the file does not. */
function madeBy(entry: unknown): errors.SitebusError | undefined {
  if (typeof entry !== 'function' || entry === errors.SitebusError || entry === errors.refusal) return undefined;
  const made: unknown = (entry as (details: object) => unknown)({});
  return made instanceof errors.SitebusError ? made : undefined;
}
