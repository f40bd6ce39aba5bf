// Who received a product is told to reviewers who are shown it; of one that they may not know of, what is told of none at all.

import { expect, test } from '@jest/globals';
import type { GuardPort, Matter, ProtocolPort } from '@sitebus/kit';
import { createClearance, createMarking } from '@sitebus/marking';
import { anAlert, anAssessment, anIndicatorReport, aRecall, NOW_MS, uuidOf } from './testing/records.ts';
import { NO_MATTERS } from './testing/no-matters.ts';
import { aWorld, thePolicy } from './testing/world.ts';
import type { World } from './testing/world.ts';

const SECRET = 'SECRET//CANADIAN EYES ONLY';
const [READER, REVIEWER, OWN_REVIEWER] = ['ama-panel', 'viggo-tremblay', 'viggo-panel'] as const;
const MARKING = createMarking({ classified: 'SECRET', relTo: ['CAN'], owners: ['CAN'], origins: ['cse'] });

/** A world whose analyst, and one of whose two reviewers, are of the panel. */
async function aPanel(wish: Parameters<typeof aWorld>[0] = {}): Promise<World> {
  const { people } = await thePolicy();
  const ofPanel = (person: string, name: string, roles?: readonly 'reviewer'[]) => {
    const row = people.find((each) => each.person === person)!;
    const clearance = createClearance({ ...row.clearance, groups: [...row.clearance.groups, 'panel'] });
    return { ...row, person: name, subject: name, clearance, ...(roles && { roles }) };
  };
  return aWorld({ ...wish, people: [...people, ofPanel('ama-lindqvist', READER), ofPanel(REVIEWER, OWN_REVIEWER)] });
}
const isPanels = { marking: SECRET, groups: ['panel'] };

test('of a record that one may not know of the ledger tells no more than of an absent one; of one that is shown, who was sent it', async () => {
  await using world = await aPanel();
  const gateway = await world.gateway('s-can');
  const ask = async (person: string, url: string) => gateway.app.inject({ url, headers: await world.as(person) });
  const whoRead = async (reviewer: string, product: string) =>
    (await ask(reviewer, `/v1/ledger/entries?product=${product}`)).json<{ items: { who: string }[] }>().items.map(({ who }) => who);
  const [hidden, plain, gone] = [uuidOf('of the panel'), uuidOf('plain'), uuidOf('to be recalled')];
  const assessment = anAssessment({ id: uuidOf('an assessment'), ...isPanels });
  const alert = anAlert(assessment);
  await world.observe('IndicatorReport', 's-can', anIndicatorReport({ id: hidden, ...isPanels }));
  for (const id of [plain, gone]) await world.observe('IndicatorReport', 's-can', anIndicatorReport({ id, marking: SECRET }));
  await world.assess(assessment);
  await world.alert(alert);
  const things = [['observations', hidden], ['assessments', assessment.id], ['alerts', alert.id]] as const;
  for (const [path, id] of [...things, ['observations', plain], ['observations', gone]] as const)
    expect([path, (await ask(READER, `/v1/${path}/${id}`)).statusCode]).toEqual([path, 200]);
  await world.observe('Recall', 's-can', aRecall(gone, { id: uuidOf('the recall'), marking: SECRET }));
  await world.bus.settled();

  const absent = (await ask(REVIEWER, `/v1/ledger/entries?product=${uuidOf('nothing')}`)).body;
  for (const [path, id] of things) {
    expect((await ask(REVIEWER, `/v1/${path}/${id}`)).statusCode).toBe(404);
    expect((await ask(REVIEWER, `/v1/ledger/entries?product=${id}`)).body).toBe(absent);
    expect(await whoRead(OWN_REVIEWER, id)).toEqual([READER]);
    expect(await whoRead(READER, id)).toEqual([READER]); // one's own releases, as ever
  }
  for (const id of [plain, gone]) expect(await whoRead(REVIEWER, id)).toEqual([READER]);
}); // prettier-ignore

test('what protocol and guard decide is judged too, as they answer the reviewer', async () => {
  const of = (kind: string, groups: readonly string[] = []): Matter => ({
    kind, id: uuidOf(`${kind} ${groups.join()}`), marking: createMarking({ ...MARKING, needToKnow: groups.length === 0 ? [] : [groups] }), atMs: NOW_MS, parts: [], body: { state: 'X', possible: [] },
  });
  const all = [of('case'), of('case', ['panel']), of('tearline'), of('tearline', ['panel'])];
  const find = async (kind: string, id: string) => all.find((each) => each.kind === kind && each.id === id);
  const protocol = { ...NO_MATTERS, find } as ProtocolPort;
  await using world = await aPanel({ protocol, guard: { find } as unknown as GuardPort });
  const gateway = await world.gateway('s-can');
  const ask = async (person: string, url: string) => gateway.app.inject({ url, headers: await world.as(person) });
  for (const { kind, id } of all) expect([kind, (await ask(OWN_REVIEWER, `/v1/${kind}s/${id}`)).statusCode]).toEqual([kind, 200]);
  await world.bus.settled();
  const found = await Promise.all(all.map(async ({ id }) => (await ask(REVIEWER, `/v1/ledger/entries?product=${id}`)).json<{ items: unknown[] }>().items.length));
  expect(found).toEqual([1, 0, 1, 0]);
}); // prettier-ignore
