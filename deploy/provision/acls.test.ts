import { expect, test } from '@jest/globals';
import { refuserOf as refuserOfFusion } from '@sitebus/kit';
import { loadPolicy } from '@sitebus/sdk';
import type { Policy } from '@sitebus/sdk';
import { aclKey, cellsOfView, desiredAcls, refuserOf } from './acls.ts';
import { desiredPrincipals } from './principals.ts';
import { cellWriters } from './topics.ts';

const policy = await loadPolicy('schemas/policy');
const acls = desiredAcls(policy);
const of = (principal: string): string[] =>
  acls
    .filter((acl) => acl.principal === principal)
    .map((acl) => `${acl.operation} ${acl.resource} ${acl.pattern} ${acl.name}`);

test('an agency writes its own observations of one cell, and reads and writes its own dead letters, and nothing else', () => {
  expect(of('agency.gac.s-can')).toEqual([
    'READ group prefixed agency.gac.s-can.',
    'READ topic literal dead.s-can.gac',
    'READ topic literal people',
    'WRITE topic literal dead.s-can.gac',
    'WRITE topic literal obs.s-can.gac',
  ]);
});

test('the fusion of a view reads the cells its clearance dominates, and writes its own view and the cell it refuses for', () => {
  expect(of('fusion.public')).toEqual([
    'READ group prefixed fusion.public.',
    'READ topic literal assess.public',
    'READ topic literal lane.public',
    ...['cse', 'csis', 'elections', 'gac', 'partners', 'rcmp', 'sandbox'].map(
      (a) => `READ topic literal obs.open.${a}`,
    ),
    'WRITE topic literal alert.public',
    'WRITE topic literal assess.public',
    ...['cse', 'csis', 'elections', 'gac', 'partners', 'rcmp', 'sandbox'].map(
      (a) => `WRITE topic literal dead.open.${a}`,
    ),
    'WRITE topic literal lane.public',
    'WRITE topic literal ops.public',
    'WRITE transactional-id literal fusion.public',
  ]);
});

test('the registry alone writes people; every other principal at most reads it', () => {
  const writers = acls.filter((acl) => acl.name === 'people' && acl.operation === 'WRITE').map((acl) => acl.principal);
  expect(writers).toEqual(['registry']);
});

test('every observation topic has exactly one writer: the principal of that agency for that cell', () => {
  const writers = new Map<string, string[]>();
  for (const acl of acls) {
    if (acl.operation === 'WRITE' && acl.name.startsWith('obs.'))
      writers.set(acl.name, [...(writers.get(acl.name) ?? []), acl.principal]);
  }
  expect(Object.fromEntries(writers)).toEqual(
    Object.fromEntries(
      cellWriters(policy).map(({ cell, writer }) => [`obs.${cell}.${writer}`, [`agency.${writer}.${cell}`]]),
    ),
  );
});

test('no rule is for everybody, none is a wildcard, and only groups are prefixed, by their own principal and a dot', () => {
  expect(acls.length).toBeGreaterThan(100);
  expect(acls.filter(({ principal, name }) => principal.includes('*') || name.includes('*') || name === '')).toEqual(
    [],
  );
  expect(
    acls.filter((acl) => acl.pattern === 'prefixed' && !(acl.resource === 'group' && acl.name === `${acl.principal}.`)),
  ).toEqual([]);
});

test('every rule is for a principal that policy has, each rule once, in the order of its key', () => {
  const names = new Set(desiredPrincipals(policy).map(({ name }) => name));
  expect(acls.filter(({ principal }) => !names.has(principal))).toEqual([]);
  const keys = acls.map(aclKey);
  expect(keys).toEqual([...new Set(keys)].sort());
});

test.each([
  ['public', ['open']],
  ['partner', ['open', 'partner']],
  ['pb-can', ['open', 'partner', 'pb-can']],
  ['s-fvey', ['open', 'partner', 's-fvey']],
  ['s-can', ['open', 'partner', 'pb-can', 's-fvey', 's-can']],
  ['ts-can', ['open', 'partner', 'pb-can', 's-fvey', 's-can', 'ts-can']],
])('view %s reads cells %j', (view, cells) => {
  expect(cellsOfView(policy, view)).toEqual(cells);
});

test('each cell has one refuser: the lowest view that reads it', () => {
  expect(policy.cells.map(({ id }) => refuserOf(policy, id))).toEqual([
    'public',
    'partner',
    'pb-can',
    's-fvey',
    's-can',
    'ts-can',
  ]);
});

test('fusion names the same refuser as the right to refuse, whichever views there are', () => {
  const subsets = Array.from({ length: 2 ** policy.views.length }, (_, bits) =>
    policy.views.filter((_view, i) => (bits & (1 << i)) !== 0).reverse(),
  );
  const compared = subsets.flatMap((views) => {
    const changed: Policy = { ...policy, views };
    return policy.cells.map(({ id }) => [refuserOf(changed, id), refuserOfFusion(id, changed.views, changed.cells)]);
  });
  expect(compared.filter(([ours]) => ours !== undefined).length).toBeGreaterThan(100);
  expect(compared.filter(([ours, theirs]) => ours !== theirs)).toEqual([]);
});

test('a cell that no view reads has no refuser', () => {
  const blind: Policy = { ...policy, views: policy.views.filter(({ id }) => id !== 'ts-can') };
  expect(refuserOf(blind, 'ts-can')).toBeUndefined();
});

test('lowering a view takes the cells it no longer dominates away from its fusion and its gateway', () => {
  const publicClearance = policy.views.find(({ id }) => id === 'public')?.clearance;
  const lowered: Policy = {
    ...policy,
    views: policy.views.map((view) =>
      view.id === 's-can' && publicClearance ? { ...view, clearance: publicClearance } : view,
    ),
  };
  const reads = (p: Policy): string[] =>
    desiredAcls(p)
      .filter((acl) => /^(fusion|gateway)\.s-can$/.test(acl.principal) && acl.name.startsWith('obs.s-can.'))
      .map(aclKey);
  expect(reads(policy).length).toBeGreaterThan(0);
  expect(reads(lowered)).toEqual([]);
});

test('two tenants of one cell share one topic and one principal', () => {
  expect(desiredPrincipals(policy).filter(({ name }) => name.startsWith('agency.partner'))).toEqual([
    { name: 'agency.partners.open', kind: 'agency', writer: 'partners', cell: 'open' },
    { name: 'agency.partners.partner', kind: 'agency', writer: 'partners', cell: 'partner' },
  ]);
});
