// Rooms import only what the layout allows, down to types.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isAllowed, roomOf } from './rooms.ts';
import { importsOf, type ResolvedImport } from './source-tree.ts';

describe('the arrows themselves', () => {
  test.each([
    ['the kernel imports another room', 'services/marking/src/a.ts', 'services/sdk/src/index.ts', false],
    ['the SDK imports the kernel', 'services/sdk/src/a.ts', 'services/marking/src/index.ts', true],
    ['the SDK imports the server library', 'services/sdk/src/a.ts', 'services/kit/src/index.ts', false],
    ['an agency imports the import runtime', 'services/agencies/cse/src/a.ts', 'services/imports/src/index.ts', true],
    ['an agency imports another agency', 'services/agencies/cse/src/a.ts', 'services/agencies/gac/src/map.ts', false],
    ['a service imports another service', 'services/fusion/src/a.ts', 'services/gateway/src/index.ts', false],
    ['a service without a line of its own imports kit', 'services/ledger/src/a.ts', 'services/kit/src/index.ts', true],
    ['the CLI imports the server library', 'services/cli/src/a.ts', 'services/kit/src/index.ts', false],
    ['a service imports deploy', 'services/fusion/src/a.ts', 'deploy/local/main.ts', false],
    ['a service imports test code', 'services/fusion/src/a.ts', 'test/support/eventually.ts', false],
    ['a unit test imports test support', 'services/fusion/src/a.test.ts', 'test/support/eventually.ts', true],
    ['deploy imports a service', 'deploy/local/main.ts', 'services/fusion/src/index.ts', true],
  ])('%s', (_case, from, to, allowed) => {
    expect(isAllowed({ from, to })).toBe(allowed);
  });
});

describe('the source tree', () => {
  let imports: ResolvedImport[] = [];
  const shown = ({ from, specifier }: ResolvedImport): string => `${from} → ${specifier}`;

  beforeAll(() => {
    imports = importsOf('services', 'deploy', 'test');
  });

  test('no room imports a room that its arrows do not name', () => {
    const crossing = imports.filter(({ from, to }) => roomOf(to) !== undefined && roomOf(from) !== roomOf(to));
    expect(crossing.length).toBeGreaterThan(0);
    expect(crossing.filter((one) => !isAllowed(one)).map(shown)).toEqual([]);
  });

  test('every import resolves', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.filter(({ isUnresolved }) => isUnresolved).map(shown)).toEqual([]);
  });

  test('the kernel imports nothing but itself: no package, no Node module', () => {
    const files = reachedFrom('services/marking/src/index.ts', imports);
    expect(files.size).toBeGreaterThan(5);
    const kernel = imports.filter(({ from }) => files.has(from));
    expect(kernel.filter(({ to }) => !to.startsWith('services/marking/src/')).map(shown)).toEqual([]);
  });

  test('kafkajs is imported by the adapters of the SDK alone, and by the bench, whose yardstick it is', () => {
    const users = imports.filter(({ specifier }) => specifier === 'kafkajs');
    expect(users.length).toBeGreaterThan(0);
    const allowed = /^(services\/sdk\/src\/adapters|test\/bench)\//;
    expect(users.filter(({ from }) => !allowed.test(from)).map(shown)).toEqual([]);
  });
});

/** The files that a user of `entry` loads: tests and their generators, which may use packages, are not among them. */
function reachedFrom(entry: string, imports: readonly ResolvedImport[]): ReadonlySet<string> {
  const reached = new Set([entry]);
  for (const file of reached) {
    for (const { from, to } of imports) if (from === file) reached.add(to);
  }
  return reached;
}
