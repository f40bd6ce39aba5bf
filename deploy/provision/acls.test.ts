import { expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import type { Policy } from '@sitebus/sdk';
import { aclKey, cellsOfView, desiredAcls, type Acl } from './acls.ts';
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
    'READ topic literal spill.open',
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

test('the ledger of a view reads leaves and writes checkpoints; nobody else writes those, and it writes no leaf', () => {
  expect(of('ledger.public')).toEqual([
    'READ group prefixed ledger.public.',
    'READ topic literal checkpoint.public',
    'READ topic literal denial-checkpoint.public',
    'READ topic literal denial.public',
    'READ topic literal ledger.public',
    'WRITE topic literal checkpoint.public',
    'WRITE topic literal denial-checkpoint.public',
  ]);
  const writersOf = (topic: string): string[] =>
    acls.filter(({ name, operation }) => name === topic && operation === 'WRITE').map(({ principal }) => principal);
  expect(writersOf('checkpoint.public')).toEqual(['ledger.public']);
  expect(writersOf('denial-checkpoint.public')).toEqual(['ledger.public']);
  expect(writersOf('denial.public')).toEqual(['gateway.public', 'guard', 'research']);
  expect(writersOf('ledger.public')).toEqual(['gateway.public', 'guard', 'research']);
  expect(writersOf('ledger.s-can')).toEqual(['gateway.s-can', 'guard']);
});

test('the guard reads every observation and writes none: events of its decisions, and leaves', () => {
  const guard = acls.filter(({ principal }) => principal === 'guard');
  const topicsOf = (operation: string): string[] =>
    guard.filter((acl) => acl.resource === 'topic' && acl.operation === operation).map(({ name }) => name);
  const views = policy.views.map(({ id }) => id);
  expect(topicsOf('WRITE').sort()).toEqual(
    views.flatMap((view) => [`case.${view}`, `denial.${view}`, `ledger.${view}`]).sort(),
  );
  const observations = cellWriters(policy).map(({ cell, writer }) => `obs.${cell}.${writer}`);
  expect(topicsOf('READ').sort()).toEqual(
    [
      ...observations,
      ...views.flatMap((view) => [`assess.${view}`, `case.${view}`]),
      ...policy.cells.map(({ id }) => `spill.${id}`),
      'people',
    ].sort(),
  );
  expect(guard.filter(({ resource }) => resource === 'transactional-id').map(({ name }) => name)).toEqual(['guard']);
  expect(acls.filter(({ name, principal }) => name.startsWith('case.') && principal !== 'guard')).toEqual([]);
});

test('research reads the two lowest cells and people, writes leaves of two views, and nothing else', () => {
  const research = acls.filter(({ principal }) => principal === 'research');
  const topicsOf = (operation: string): string[] =>
    research.filter((acl) => acl.resource === 'topic' && acl.operation === operation).map(({ name }) => name);
  const low = cellWriters(policy).filter(({ cell }) => cell === 'open' || cell === 'partner');
  expect(low.length).toBeGreaterThan(5);
  expect(topicsOf('READ').sort()).toEqual(
    [...low.map(({ cell, writer }) => `obs.${cell}.${writer}`), 'people', 'spill.open', 'spill.partner'].sort(),
  );
  expect(topicsOf('WRITE').sort()).toEqual(['denial.partner', 'denial.public', 'ledger.partner', 'ledger.public']);
  expect(research.filter(({ resource }) => resource !== 'topic').map(aclKey)).toEqual([
    'research READ group prefixed research.',
  ]);
});

test('the registry alone writes people; every other principal at most reads it', () => {
  const writers = acls.filter((acl) => acl.name === 'people' && acl.operation === 'WRITE').map((acl) => acl.principal);
  expect(writers).toEqual(['registry']);
});

test('the registry alone writes which records are skipped, and nobody reads that of a cell whose records they do not read', () => {
  const spills = acls.filter(({ name }) => name.startsWith('spill.'));
  expect(
    spills.filter(({ operation }) => operation === 'WRITE').map(({ principal, name }) => `${principal} ${name}`),
  ).toEqual(policy.cells.map(({ id }) => `registry spill.${id}`).sort());
  for (const { principal, name } of spills.filter(
    ({ operation, principal: by }) => operation === 'READ' && by !== 'registry',
  )) {
    const cell = name.slice('spill.'.length);
    expect(of(principal)).toContain(`READ topic literal obs.${cell}.cse`);
  }
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

test('what agencies of a cell should not have written is refused by one fusion, the lowest that reads the cell', () => {
  const refusers = policy.cells.map(({ id }) => [id, fusionsThatRefuse(id, acls)]);
  expect(Object.fromEntries(refusers)).toEqual({
    open: ['fusion.public'],
    partner: ['fusion.partner'],
    'pb-can': ['fusion.pb-can'],
    's-fvey': ['fusion.s-fvey'],
    's-can': ['fusion.s-can'],
    'ts-can': ['fusion.ts-can'],
  });
});

test('nobody refuses for a cell that no view reads', () => {
  const blind: Policy = { ...policy, views: policy.views.filter(({ id }) => id !== 'ts-can') };
  expect(fusionsThatRefuse('s-can', desiredAcls(blind))).toEqual(['fusion.s-can']);
  expect(fusionsThatRefuse('ts-can', desiredAcls(blind))).toEqual([]);
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

/** Fusions that may write the dead letters of a cell, sorted. */
function fusionsThatRefuse(cell: string, granted: readonly Acl[]): string[] {
  const writers = granted.filter(({ name, operation }) => name.startsWith(`dead.${cell}.`) && operation === 'WRITE');
  return [
    ...new Set(writers.map(({ principal }) => principal).filter((principal) => principal.startsWith('fusion'))),
  ].sort();
}
