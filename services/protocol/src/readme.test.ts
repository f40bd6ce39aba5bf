// The README's tables of codes against the catalogue, both ways.

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ENVIRONMENT, loadProtocolConfig } from './config.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const source = ['./errors.ts', './cases/refused-code.ts']
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('\n');

test('every code of the catalogue stands in a table of failures, and no other does', () => {
  const failures = readme.split('\n## Failures\n')[1]?.split('\n## ')[0] ?? '';
  const told = [...failures.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code)); // prettier-ignore
  const codes = [...source.matchAll(/code: '([A-Z_]+)'|\| '([A-Z_]+)'/g)].map(([, code, reason]) => code ?? reason);
  expect(codes.length).toBeGreaterThan(30);
  expect(told.sort()).toEqual(codes.sort());
});

test('every variable of the environment stands in its table, and no other does', () => {
  const table = readme.split('\n## Environment\n')[1]?.split('\n## ')[0] ?? '';
  const told = [...table.matchAll(/`(SITEBUS_[A-Z_]+)`/g)].map(([, name]) => name);
  expect(told.sort()).toEqual(Object.keys(ENVIRONMENT).sort());
});

test('it starts on its own principal alone, and with whole secrets', () => {
  const env = {
    SITEBUS_LEDGER_SALT: 'A'.repeat(43), SITEBUS_PROTOCOL_CREDENTIAL: 'c'.repeat(32), SITEBUS_SCHEMA_LOCK: 'lock', SITEBUS_REGISTRY_URL: 'http://registry',
    SITEBUS_POLICY_ROOTS: 'a,b', SITEBUS_INTAKES_FILE: 'intakes.json', SITEBUS_BROKERS: 'kafka:9094', SITEBUS_BUS_USERNAME: 'guard', SITEBUS_BUS_PASSWORD: 'p',
  }; // prettier-ignore
  expect(loadProtocolConfig(env)).toMatchObject({ port: 7_090, tickMs: 1_000, policyRoots: ['a', 'b'] });
  const wrong = { ...env, SITEBUS_BUS_USERNAME: 'gateway.s-can', SITEBUS_PROTOCOL_CREDENTIAL: 'short' };
  expect(() => loadProtocolConfig(wrong)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG' }));
});
