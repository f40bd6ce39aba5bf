// Briefs before an announcement: who is sent one, where they read it, what it says, and what it may be marked below the case.

import { expect, test } from '@jest/globals';
import { createMarking, parse } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import { loadContract } from '@sitebus/sdk/testing';
import type { PinnedAssessment } from '@sitebus/sdk';
import type { Release } from '../protocol-machine.ts';
import {
  aCaseDesk,
  CLERK,
  HEAD,
  MEMBER,
  refusalOf,
  REPRESENTATIVE,
  SECRETARY,
  type CaseDesk,
} from '../testing/case-desk.ts';
import { briefMarkingOf } from './lowered-marking.ts';

const MINISTER = 'quentin-abara';
const { policy } = await loadContract();
const GROUPS = ['community', 'platforms', 'research'];

/** A decided case, one minister who reads in the case's own view, and a representative who reads a view below. */
async function decided(): Promise<{ readonly desk: CaseDesk; readonly draft: string }> {
  const desk = await aCaseDesk();
  const { people } = desk.world;
  const colette = people.get(REPRESENTATIVE)!;
  for (const [name, { roles, agency }] of [...people])
    if (roles.some((role) => role === 'minister' || role === 'cleared-rep') || (agency === 'elections' && roles.includes('agency-head'))) people.delete(name);
  const clearance = { ...colette.clearance, groups: GROUPS };
  people.set(REPRESENTATIVE, { ...colette, homeView: 'pb-can', clearance });
  people.set(MINISTER, { ...colette, person: MINISTER, roles: ['minister'], homeView: 's-can', clearance });
  await desk.toPanel();
  await desk.voteAll('THRESHOLD_MET');
  return { desk, draft: await desk.draft('ANNOUNCEMENT') };
} // prettier-ignore

const notify = (desk: CaseDesk, draft: string, more: object = {}) =>
  desk.give(CLERK, 'notify', {
    draft,
    summary: 'One narrative.',
    gaps: ['One platform gave no data.'],
    announceAt: desk.inMinutes(60),
    ...more,
  });
const recipientsIn = async (desk: CaseDesk) =>
  ((await desk.find(CLERK))?.parts.find(({ name }) => name === 'office')?.body['notifications'] as { recipients: { person: string; status: string; product?: string; view?: string }[] }[]).at(-1)!.recipients; // prettier-ignore

test('a brief is a product of its own, there for exactly those it was sent to, and says neither case nor vote', async () => {
  const { desk, draft } = await decided();
  await using _ = desk;
  await notify(desk, draft, { fr: { summary: 'Un récit.', gaps: ['Une plateforme n’a fourni aucune donnée.'] } });
  const told = await recipientsIn(desk);
  expect(told.map(({ person, view }) => [person, view])).toEqual([
    [REPRESENTATIVE, 's-can'],
    [MINISTER, 's-can'],
  ]);
  const { protocol } = desk.world.guard;
  const id = told[0]!.product!;
  const seen = await protocol.find('brief', id, { person: REPRESENTATIVE, view: 's-can' });
  expect(seen?.body).toMatchObject({ state: 'ISSUED', version: 1, summary: 'One narrative.', inFrench: { summary: 'Un récit.' }, notice: { en: { title: 'A false claim' }, fr: { title: 'Une fausse affirmation' } } }); // prettier-ignore
  expect(await protocol.find('brief', id, { person: MINISTER, view: 's-can' })).toEqual(seen);
  for (const person of [CLERK, SECRETARY, HEAD, 'ama-lindqvist', 'viggo-tremblay'])
    expect(await protocol.find('brief', id, { person, view: 's-can' })).toBeUndefined();
  const text = JSON.stringify(seen);
  for (const hidden of [desk.id, 'CANARY-RATING', 'CANARY-REASON', MEMBER]) expect(text).not.toContain(hidden);
  const issues = (await protocol.issues('s-can')).filter(({ kind }) => kind === 'brief');
  expect(issues).toMatchObject([{ id, version: 1, to: [REPRESENTATIVE, MINISTER], by: CLERK, isRecalled: false }]);
  const cases = (await protocol.issues('s-can')).filter(({ kind }) => kind === 'case');
  expect(cases.flatMap(({ to }) => to)).not.toContain(MINISTER);
});

test('whoever may read it nowhere is written down as withheld, and the others are told all the same', async () => {
  const { desk, draft } = await decided();
  await using _ = desk;
  const { people } = desk.world;
  const colette = people.get(REPRESENTATIVE)!;
  people.set(REPRESENTATIVE, { ...colette, clearance: { ...colette.clearance, classified: 'UNCLASSIFIED' } });
  await notify(desk, draft);
  expect((await recipientsIn(desk)).map(({ person, status }) => [person, status])).toEqual([[REPRESENTATIVE, 'WITHHELD'], [MINISTER, 'ISSUED']]); // prettier-ignore
  const [issue] = (await desk.world.guard.protocol.issues('s-can')).filter(({ kind }) => kind === 'brief');
  expect(issue?.to).toEqual([MINISTER]);
  expect(await desk.state()).toBe('NOTIFYING');
});

test('those who were briefed are told again when the evidence changes: nothing will be announced at that time', async () => {
  const { desk, draft } = await decided();
  await using _ = desk;
  await notify(desk, draft);
  const [{ product }] = (await recipientsIn(desk)) as unknown as [{ product: string }];
  desk.world.clock.advance(1_000);
  await desk.give(SECRETARY, 'attach', { title: 'A report', contentHash: 'ab'.repeat(32) });
  expect(await desk.state()).toBe('EVALUATING');
  const by = { person: REPRESENTATIVE, view: 's-can' };
  const after = await desk.world.guard.protocol.find('brief', product, by);
  expect(after?.body).toMatchObject({ state: 'STOOD_DOWN', version: 2, statement: desk.world.policy.panel.standDownStatement }); // prettier-ignore
  expect(after?.body).not.toHaveProperty('summary');
  const [first, second] = (await desk.world.guard.protocol.issues('s-can')).filter(({ kind }) => kind === 'brief');
  expect(second).toMatchObject({ id: first!.id, version: 2, to: first!.to });
  const then = await desk.world.guard.protocol.find('brief', product, by, first!.atMs);
  expect(then?.body).toMatchObject({ version: 1, summary: 'One narrative.' });
});

test('a correction of what was announced reaches those who were briefed, as the next version of the same product', async () => {
  const { desk, draft } = await decided();
  await using _ = desk;
  await notify(desk, draft, { announceAt: desk.inMinutes(0) });
  await refusalOf(desk.give(CLERK, 'announce'));
  const better = await desk.draft('ANNOUNCEMENT', 'Quatre comptes, et non cinq.');
  await desk.propose('CORRECT', { draft: better });
  for (const person of desk.world.policy.people.filter(({ seat }) => seat !== undefined))
    await desk.vote(person.person);
  await desk.give(CLERK, 'correct', { draft: better });
  const issues = (await desk.world.guard.protocol.issues('s-can')).filter(({ kind }) => kind === 'brief');
  expect(issues.map(({ version }) => version)).toEqual([1, 2]);
  const seen = await desk.world.guard.protocol.find('brief', issues[1]!.id, { person: MINISTER, view: 's-can' });
  expect(seen?.body).toMatchObject({
    state: 'ISSUED',
    version: 2,
    notice: { fr: { known: 'Quatre comptes, et non cinq.' } },
  });
});

test('a brief below its case rests on what was released, or is refused by its place', async () => {
  const { desk, draft } = await decided();
  await using _ = desk;
  const marking = 'UNCLASSIFIED//TLP:AMBER';
  expect(await refusalOf(notify(desk, draft, { marking }))).toMatchObject({ code: 'INVALID_DRAFT', faults: [{ pointer: '/released', code: 'RELEASE_REQUIRED' }] }); // prettier-ignore
  expect(await refusalOf(notify(desk, draft, { marking, released: [MEMBER] }))).toMatchObject({ faults: [{ pointer: '/released/0', code: 'NOT_RELEASED' }] }); // prettier-ignore
  expect(await desk.state()).toBe('THRESHOLD_MET');
});

const CITED = [{ members: [{ id: MEMBER, agency: 'cse' }], marking: toWire(createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'], origins: ['cse'] })) }] as unknown as readonly PinnedAssessment[]; // prettier-ignore
const RELEASE = '00000000-0000-4000-8000-0000000000c1';
const marked = (text: string) => toWire(parse(text, policy));
const lowered = (release: Partial<Release>, marking: string) =>
  briefMarkingOf(
    { assessments: CITED },
    { marking, released: [RELEASE] },
    {
      policy,
      release: (id) =>
        id === RELEASE
          ? { kind: 'tearline', source: MEMBER, marking: marked('UNCLASSIFIED//TLP:AMBER'), ...release }
          : undefined,
    },
  );

test('a release counts for what the case rests on, and carries no brief marked below it', () => {
  expect(lowered({}, 'UNCLASSIFIED//TLP:AMBER')).toMatchObject({ isLowered: true, released: [RELEASE], marking: { classified: 'UNCLASSIFIED', tlp: 'AMBER' } }); // prettier-ignore
  expect(lowered({}, 'UNCLASSIFIED//TLP:GREEN')).toMatchObject({ faults: [{ code: 'ABOVE_BRIEF' }] });
  expect(lowered({ source: RELEASE }, 'UNCLASSIFIED//TLP:AMBER')).toMatchObject({ faults: [{ code: 'NOT_RELEASED' }] });
  expect(lowered({ marking: marked('PROTECTED B') }, 'UNCLASSIFIED//TLP:AMBER')).toMatchObject({ faults: [{ code: 'ABOVE_BRIEF' }] }); // prettier-ignore
});

test('a brief at the marking of the case or above needs no release, and never protects less than the case', () => {
  const own = briefMarkingOf({ assessments: CITED }, {}, { policy, release: () => undefined });
  expect(own).toMatchObject({ isLowered: false, marking: CITED[0]!.marking });
  const above = briefMarkingOf({ assessments: CITED }, { marking: 'TOP SECRET//CANADIAN EYES ONLY' }, { policy, release: () => undefined }); // prettier-ignore
  expect(above).toMatchObject({ isLowered: false, marking: { classified: 'TOP_SECRET', origins: ['cse'] } });
});
