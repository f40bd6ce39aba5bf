// A small machine on an in-memory bus: what proceedings promise to every machine.

import { expect, test } from '@jest/globals';
import { parse } from '@sitebus/marking';
import { assessTopic, caseTopic, toWire, type TearlineEvent } from '@sitebus/sdk';
import { eventually } from '../../../test/support/eventually.ts';
import { Type } from 'typebox';
import { EMPTY_TEARLINE, TEARLINE_SUBJECT } from './event-types.ts';
import { refuse } from './machine.ts';
import type { ProtocolMachine, Written } from './protocol-machine.ts';
import { aGuardWorld, VIEW, type GuardWorld } from './testing/guard-world.ts';

const ANALYST = 'ama-lindqvist';
const SECRET = parse('SECRET//CANADIAN EYES ONLY', { homeNation: 'CAN' });
const WIRE = toWire(SECRET);
const DAY_MS = 86_400_000;

interface Notes {
  readonly said: readonly string[];
  readonly openedMs: number;
  readonly isClosed: boolean;
}

/** Notes on two strands, told from each other by their first letter; closes by itself after a day; told of by `copy`. */
const NOTEBOOK: ProtocolMachine<Notes, TearlineEvent> = {
  kind: 'notebook',
  subject: TEARLINE_SUBJECT, // a schema that is there; the guard's own tearlines are not in these worlds
  empty: EMPTY_TEARLINE,
  start: { said: [], openedMs: 0, isClosed: false },
  commands: {
    open: Type.Object({ text: Type.String() }),
    say: Type.Object({ text: Type.String() }),
    copy: Type.Object({ to: Type.String(), text: Type.String() }),
  },
  openedAs: () => SECRET,
  strandOf: (event) => ((event.reason ?? '').startsWith('p') ? 'panel' : ''),
  decide(state, { name, args }, by, facts) {
    const { text, to } = args as { readonly text: string; readonly to?: string };
    const said = (kind: string, reason: string): Written<TearlineEvent> => ({ kind, to: kind === 'closed' ? 'REFUSED' : 'REQUESTED', reason, marking: WIRE }); // prettier-ignore
    if (state.isClosed) return refuse('ILLEGAL_TRANSITION', []);
    switch (name) {
      case 'close':
        return by.roles.includes('timer') ? { events: [said('closed', 'a day has passed')] } : refuse('ROLE_NOT_ALLOWED', ['say']);
      case 'copy':
        return { events: [said('said', text)], effects: [{ does: 'command', kind: 'notebook', id: to ?? '', name: 'say', args: { text: `copied ${text} at ${facts.now}` } }] };
      default:
        return text === 'no' ? { ...refuse('EVIDENCE_CHANGED', ['say']), current: 'yes' } : { events: [said('said', text)] };
    }
  },
  evolve: (state, { reason, at, kind }) => ({ said: [...state.said, reason ?? ''], openedMs: state.openedMs || at, isClosed: kind === 'closed' }),
  due: (state, { now }) => (!state.isClosed && now >= state.openedMs + DAY_MS ? [{ name: 'close', args: {} }] : []),
  shown: ({ said, isClosed }) => ({ marking: SECRET, body: { said, isClosed } }),
}; // prettier-ignore

const open = (world: GuardWorld, text: string) =>
  world.guard.protocol.open('notebook', { text }, { person: ANALYST, view: VIEW });
const say = (world: GuardWorld, id: string, text: string, name = 'say', more = {}) =>
  world.guard.protocol.command('notebook', id, name, { text, ...more }, { person: ANALYST, view: VIEW });
const aWorld = () => aGuardWorld({ machines: [NOTEBOOK] });

test('what is said is kept, on two strands that are each numbered without a gap', async () => {
  await using world = await aWorld();
  const { id } = await open(world, 'one');
  for (const text of ['private', 'two', 'panel again']) await say(world, id, text);
  const records = world.bus
    .records(caseTopic(VIEW))
    .map(({ value }) => world.codec.decode(value!).value as TearlineEvent);
  expect(records.map(({ reason, seq }) => [reason, seq])).toEqual([['one', 1], ['private', 1], ['two', 2], ['panel again', 2]]); // prettier-ignore
  expect(records[2]?.prevHash).toBe(records[0]?.hash);
  expect(records[3]?.prevHash).toBe(records[1]?.hash);
});

test('another instance folds the same, as of any moment', async () => {
  await using world = await aWorld();
  const { id } = await open(world, 'one');
  const then = world.clock.now();
  world.clock.advance(1_000);
  await say(world, id, 'two');
  const { protocol } = await world.restart();
  const by = { person: ANALYST, view: VIEW };
  expect((await protocol.find('notebook', id, by))?.body).toEqual({ said: ['one', 'two'], isClosed: false });
  expect((await protocol.find('notebook', id, by, then))?.body).toEqual({ said: ['one'], isClosed: false });
  expect(await protocol.find('notebook', id, by, then - 1)).toBeUndefined();
  expect(await protocol.find('notebook', id, { person: ANALYST, view: 'ts-can' })).toBeUndefined();
});

test('what follows from a command is written with it or not at all', async () => {
  await using world = await aWorld();
  const [one, other] = [await open(world, 'one'), await open(world, 'other')];
  await say(world, one.id, 'aloud', 'copy', { to: other.id });
  const by = { person: ANALYST, view: VIEW };
  expect((await world.guard.protocol.find('notebook', other.id, by))?.body['said']).toEqual([
    'other',
    `copied aloud at ${world.clock.now()}`,
  ]);
  const before = world.bus.records(caseTopic(VIEW)).length;
  await expect(say(world, one.id, 'lost', 'copy', { to: 'nothing' })).rejects.toThrow('nothing of kind notebook');
  expect(world.bus.records(caseTopic(VIEW))).toHaveLength(before);
});

test('the clock closes it before the next command is judged', async () => {
  await using world = await aWorld();
  const { id } = await open(world, 'one');
  world.clock.advance(DAY_MS);
  await expect(say(world, id, 'too late')).rejects.toMatchObject({ details: { code: 'ILLEGAL_TRANSITION' } });
  const held = await world.guard.protocol.find('notebook', id, { person: ANALYST, view: VIEW });
  expect(held?.body).toEqual({ said: ['one', 'a day has passed'], isClosed: true });
});

test('a refusal says what holds now, and is among the denials before it is answered', async () => {
  await using world = await aWorld();
  const { id } = await open(world, 'one');
  await expect(say(world, id, 'no')).rejects.toMatchObject({ details: { code: 'EVIDENCE_CHANGED', current: 'yes' } });
  await expect(say(world, id, 'x', 'close')).rejects.toMatchObject({ details: { code: 'ILLEGAL_TRANSITION' } });
  expect(world.leaves()).toEqual([`REFUSED EVIDENCE_CHANGED ${ANALYST}`, `REFUSED ILLEGAL_TRANSITION ${ANALYST}`]);
});

test('whoever is not cleared for it opens none and gives no command', async () => {
  await using world = await aWorld();
  const { id } = await open(world, 'one');
  const low = { person: 'bastien-okoro', view: VIEW };
  const refused = { details: { code: 'READER_NOT_CLEARED' } };
  await expect(world.guard.protocol.open('notebook', { text: 'x' }, low)).rejects.toMatchObject(refused);
  await expect(world.guard.protocol.command('notebook', id, 'say', { text: 'x' }, low)).rejects.toMatchObject(refused);
  await expect(world.guard.protocol.command('notebook', id, 'say', { text: 1 }, low)).rejects.toMatchObject({ details: { code: 'INVALID_DRAFT' } }); // prettier-ignore
});

test('an assessment is seen as fusion has it now', async () => {
  const seen: unknown[] = [];
  const watching = { ...NOTEBOOK, due: (_: Notes, facts: Parameters<NonNullable<typeof NOTEBOOK.due>>[1]) => (seen.push(facts.assessment(ASSESSED)?.version), []) }; // prettier-ignore
  await using world = await aGuardWorld({ machines: [watching], tickMs: 5 });
  await open(world, 'one');
  for (const version of [1, 3, 2]) await world.assess({ id: ASSESSED, version });
  await eventually(() => seen.at(-1) === 3);
});

test('a host with a clock of its own has what is due given without waiting for the next look, and sees how far was read', async () => {
  const seen: unknown[] = [];
  const watching = { ...NOTEBOOK, due: (_: Notes, facts: Parameters<NonNullable<typeof NOTEBOOK.due>>[1]) => (seen.push(facts.assessment(ASSESSED)?.version), []) }; // prettier-ignore
  await using world = await aGuardWorld({ machines: [watching] });
  await open(world, 'one');
  expect(world.guard.readTo(assessTopic(VIEW), 0)).toBeUndefined();
  await world.assess({ id: ASSESSED, version: 1 });
  const [record] = world.bus.records(assessTopic(VIEW));
  expect(world.guard.readTo(assessTopic(VIEW), record!.partition)).toBe(record!.offset + 1n);
  seen.length = 0;
  await world.guard.look();
  expect(seen).toEqual([1]);
  await world.guard.stop();
  await world.guard.look();
  expect(seen).toEqual([1]);
});

const ASSESSED = '00000000-0000-4000-8000-00000000a55e';
