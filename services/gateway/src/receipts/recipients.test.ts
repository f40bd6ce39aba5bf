// Who may be issued something, which names stand for many, and who is told of what lies unread.
import { expect, test } from '@jest/globals';
import { parse } from '@sitebus/marking';
import { NOW_MS } from '../testing/records.ts';
import { thePolicy } from '../testing/world.ts';
import { isGroup } from '@sitebus/kit';
import { mayReceive, toldOfLate } from './recipients.ts';

const policy = await thePolicy();
const view = policy.views.find(({ id }) => id === 's-can')!;
const marking = parse('SECRET//CANADIAN EYES ONLY', { homeNation: 'CAN' });
const personOf = (name: string) => policy.people.find(({ person }) => person === name);

test('a person may be sent what they dominate in a view they may enter, while their clearance lasts and their role reads', () => {
  const ama = personOf('ama-lindqvist')!;
  expect(mayReceive(ama, marking, view, NOW_MS)).toBe(true);
  const not = {
    unknown: undefined,
    'below the view': personOf('bastien-okoro'),
    'a researcher': { ...ama, roles: ['researcher' as const] },
    'an administrator': { ...ama, roles: ['administrator' as const] },
    ended: { ...ama, clearance: { ...ama.clearance, validUntil: NOW_MS } },
    'without a group of the view': { ...ama, clearance: { ...ama.clearance, groups: [] } },
    'of another nation': { ...ama, clearance: { ...ama.clearance, nations: ['CAN', 'USA'] } },
  };
  for (const [who, person] of Object.entries(not))
    expect([who, mayReceive(person, marking, view, NOW_MS)]).toEqual([who, false]);
});

test('no person of policy bears a name that stands for many', () => {
  expect(policy.people.length).toBeGreaterThan(10);
  for (const { person } of policy.people) expect([person, isGroup(person, policy)]).toEqual([person, false]);
  for (const name of ['cse', 'partner-any', 'partners', 'panel', 'analyst', 's-can', 'open', 'everyone'])
    expect([name, isGroup(name, policy)]).toEqual([name, true]);
});

test.each([
  ['WITHHELD', ['samir-vasquez']],
  ['OVERDUE', ['noor-castellane', 'samir-vasquez']],
  ['ESCALATED', ['farida-lund', 'samir-vasquez']],
] as const)('%s is told to %j, and never to the person themselves', (kind, told) => {
  const parts = { senders: ['samir-vasquez'], persons: policy.people, policy };
  expect(toldOfLate(kind, 'ama-lindqvist', parts)).toEqual(told);
  expect(toldOfLate(kind, 'ama-lindqvist', { ...parts, senders: ['ama-lindqvist'] })).not.toContain('ama-lindqvist');
});

test('where there is neither deputy nor head, who sent it is told all the same', () => {
  const parts = { senders: ['samir-vasquez'], persons: policy.people, policy };
  for (const kind of ['OVERDUE', 'ESCALATED'] as const)
    expect(toldOfLate(kind, 'marguerite-thorne', parts)).toEqual(['samir-vasquez']);
});
