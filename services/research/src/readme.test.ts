// The README's tables against the code, both ways: refusals, columns, states.

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { COLUMN_NAMES } from './columns.ts';
import { ENVIRONMENT, loadResearchConfig } from './config.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const source = readFileSync(new URL('./errors.ts', import.meta.url), 'utf8');
const section = (heading: string): string => readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
const firstCells = (heading: string): string[] =>
  [...section(heading).matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([A-Za-z_]+)`/g)].map(([, word = '']) => word),
  );

test('every code of the catalogue stands in a table of failures, and no other does', () => {
  const codes = [...source.matchAll(/code: '([A-Z_]+)'|\| '([A-Z_]+)'/g)].map(([, code, reason]) => code ?? reason);
  expect(codes.length).toBeGreaterThan(15);
  expect(firstCells('Failures').sort()).toEqual(codes.sort());
});

test('every column of data sets stands in the table of columns, and no other does', () => {
  expect(firstCells('Columns').sort()).toEqual([...COLUMN_NAMES].sort());
});

test('every variable of the environment stands in its table, and no other does', () => {
  const told = [...section('Environment').matchAll(/`(SITEBUS_[A-Z_]+)`/g)].map(([, name]) => name);
  expect(told.filter((name) => name !== 'SITEBUS_RESEARCH_URL').sort()).toEqual(Object.keys(ENVIRONMENT).sort());
});

test('it starts on its own principal alone, and with whole secrets', () => {
  const env = {
    SITEBUS_LEDGER_SALT: 'A'.repeat(43), SITEBUS_RESEARCH_CREDENTIAL: 'c'.repeat(32), SITEBUS_SCHEMA_LOCK: 'lock', SITEBUS_REGISTRY_URL: 'http://registry',
    SITEBUS_POLICY_ROOTS: 'a,b', SITEBUS_STORE_URL: 'postgres://research:p@db/x', SITEBUS_BROKERS: 'kafka:9094', SITEBUS_BUS_USERNAME: 'research', SITEBUS_BUS_PASSWORD: 'p',
  }; // prettier-ignore
  expect(loadResearchConfig(env)).toMatchObject({ port: 7_091, kafka: { username: 'research' } });
  const wrong = { ...env, SITEBUS_BUS_USERNAME: 'gateway.public', SITEBUS_RESEARCH_CREDENTIAL: 'short' };
  expect(() => loadResearchConfig(wrong)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG' }));
  expect(() => loadResearchConfig({ ...env, SITEBUS_BUS_USERNAME: 'gateway.public' })).toThrow('INVALID_CONFIG');
});
