// The service on a bus in memory: checkpoints follow leaves, survive restarts, and stop for good where something is false.
import { afterEach, expect, test } from '@jest/globals';
import { groupOf, ledgerPrincipal, silentLog, treeTopics } from '@sitebus/sdk';
import { createTestBus, createTestClock } from '@sitebus/sdk/testing';
import { hashLeaf, createCompactRange, parseVerifierKey, sameHash, verifyCheckpoint } from '@sitebus/sdk/merkle';
import type { LedgerTree, VerifierKey } from '@sitebus/sdk/merkle';
import { eventually } from '../../../test/support/eventually.ts';
import { createLedgerService } from './service.ts';
import type { LedgerConfig, LedgerService } from './service.ts';
import { verifierKeysOf } from './signer.ts';

const VIEW = 's-can';
const seed = (n: number): string => Buffer.alloc(32, n).toString('base64url');
const OLD = `old:${seed(1)}`;
const NEW = `new:${seed(2)}`;
const publicOf = (keys: string): VerifierKey[] => verifierKeysOf(VIEW, keys).map((text) => parseVerifierKey(text)!);

let bus = createTestBus();
const started: LedgerService[] = [];

async function aLedger(config: Partial<LedgerConfig> = {}, port = bus.connect.bus): Promise<LedgerService> {
  const service = createLedgerService({
    config: { view: VIEW, keys: OLD, everyLeaves: 1, ...config },
    bus: port,
    clock: createTestClock(Date.parse('2031-10-02T14:05:15.000Z')),
    log: silentLog,
  });
  started.push(service);
  await service.start();
  await bus.settled();
  return service;
}

async function addLeaves(...leaves: string[]): Promise<void> {
  await addLeavesTo('releases', ...leaves);
}

async function addLeavesTo(tree: LedgerTree, ...leaves: string[]): Promise<void> {
  const producer = await bus.connect.bus.createProducer();
  for (const leaf of leaves)
    await producer.send({ topic: treeTopics(VIEW, tree).leaves, key: null, value: Buffer.from(leaf) });
  await bus.settled();
}

const notes = (tree: LedgerTree = 'releases'): string[] =>
  bus.records(treeTopics(VIEW, tree).checkpoints).map(({ value }) => String(value));
const sizes = (keys = OLD): (number | undefined)[] =>
  notes().map((note) => verifyCheckpoint(note, publicOf(keys))?.checkpoint.size);

function rootOf(...leaves: string[]): Uint8Array {
  const range = createCompactRange();
  for (const leaf of leaves) range.append(hashLeaf(Buffer.from(leaf)));
  return range.root();
}

afterEach(async () => {
  for (const service of started.splice(0)) await service.stop();
  await bus.close();
  bus = createTestBus();
});

test('a signed checkpoint follows the leaves, with their root and the time', async () => {
  await aLedger();
  await addLeaves('a', 'b', 'c');
  expect(sizes().at(-1)).toBe(3);
  const { checkpoint } = verifyCheckpoint(notes().at(-1) ?? '', publicOf(OLD))!;
  expect(checkpoint.at).toBe('2031-10-02T14:05:15.000Z');
  expect(sameHash(checkpoint.root, rootOf('a', 'b', 'c'))).toBe(true);
});

test('nothing is signed while no leaf comes, and fewer leaves than the pace asks for wait for its time', async () => {
  await aLedger({ everyLeaves: 100, everyMs: 20 });
  expect(notes()).toEqual([]);
  await addLeaves('a', 'b');
  await eventually(() => notes().length > 0);
  expect(sizes()).toEqual([2]);
});

test('after a restart it goes on where it was, and signs no old size again', async () => {
  const first = await aLedger();
  await addLeaves('a', 'b');
  await first.stop();
  const before = notes().length;
  expect(before).toBeGreaterThan(0);
  const second = await aLedger();
  expect(second.ready()).toEqual({ ready: true, parts: { ledger: 'ok', denials: 'ok' } });
  expect(notes()).toHaveLength(before);
  await addLeaves('c');
  expect(sizes().at(-1)).toBe(3);
});

test('leaves that came while it was down are signed for when it is back', async () => {
  await (await aLedger()).stop();
  await addLeaves('a', 'b');
  expect(notes()).toEqual([]);
  await aLedger();
  await eventually(() => sizes().at(-1) === 2);
});

test('while keys are exchanged both sign; then the old one may go, and its checkpoints still count', async () => {
  await (await aLedger()).stop();
  const overlapping = await aLedger({ keys: `${NEW},${OLD}` });
  await addLeaves('a');
  await overlapping.stop();
  expect([...sizes(OLD), ...sizes(NEW)]).toEqual([1, 1]);
  await aLedger({ keys: NEW, retiredKeys: verifierKeysOf(VIEW, OLD) });
  await addLeaves('b');
  expect(sizes(NEW).at(-1)).toBe(2);
  expect(sizes(OLD).at(-1)).toBeUndefined();
});

test('a checkpoint of a key it does not know keeps it from starting', async () => {
  await (await aLedger({ keys: NEW })).stop();
  const stranger = await aLedger({ keys: NEW });
  await addLeaves('a');
  await stranger.stop();
  await expect(aLedger({ keys: OLD })).rejects.toMatchObject({ code: 'CHECKPOINT_FOREIGN' });
});

test('leaves that differ from what was signed end it, and it signs nothing more', async () => {
  await (await aLedger()).stop();
  await addLeaves('a', 'b');
  const producer = await bus.connect.bus.createProducer();
  const honest = createTestBus();
  // Signed over other leaves, as by a ledger whose topic was rewritten afterwards.
  const forged = createLedgerService({ config: { view: VIEW, keys: OLD, everyLeaves: 1 }, bus: honest.connect.bus, clock: createTestClock(), log: silentLog });
  await forged.start();
  const elsewhere = await honest.connect.bus.createProducer();
  for (const leaf of ['a', 'x']) await elsewhere.send({ topic: treeTopics(VIEW, 'releases').leaves, key: null, value: Buffer.from(leaf) });
  await honest.settled();
  await forged.stop();
  const signed = honest.records(treeTopics(VIEW, 'releases').checkpoints).at(-1)?.value ?? null;
  await honest.close();
  await producer.send({ topic: treeTopics(VIEW, 'releases').checkpoints, key: null, value: signed });
  const before = notes().length;

  const service = await aLedger();
  expect(await service.fatal).toMatchObject({ code: 'LEDGER_FORKED' });
  expect(service.ready()).toEqual({ ready: false, parts: { ledger: 'LEDGER_FORKED', denials: 'ok' } });
  await addLeaves('c');
  await service.stop();
  expect(notes()).toHaveLength(before);
}); // prettier-ignore

test('a checkpoint that cannot be written is told, and written when it can', async () => {
  const principal = ledgerPrincipal(VIEW);
  const read = (['releases', 'denials'] as const).flatMap((tree) => Object.values(treeTopics(VIEW, tree)));
  bus.grant(principal, { read, groups: [groupOf(principal, '*')] });
  const service = await aLedger({}, bus.as(principal));
  await addLeaves('a');
  expect(service.ready().parts).toEqual({ ledger: 'the last checkpoint was not written', denials: 'ok' });
  bus.grant(principal, { write: [treeTopics(VIEW, 'releases').checkpoints] });
  await eventually(() => sizes().at(-1) === 1);
  expect(service.ready().ready).toBe(true);
});

test('what was denied is signed in a tree of its own, and the tree of releases stands still meanwhile', async () => {
  const service = await aLedger();
  await addLeaves('a');
  const released = notes();
  await addLeavesTo('denials', 'x', 'y', 'z');
  expect(notes()).toEqual(released);
  const note = verifyCheckpoint(notes('denials').at(-1) ?? '', publicOf(OLD))!;
  expect([note.checkpoint.origin, note.checkpoint.size]).toEqual([`sitebus/denial.${VIEW}`, 3]);
  expect(sameHash(note.checkpoint.root, rootOf('x', 'y', 'z'))).toBe(true);
  expect(service.verifierKeys.map((text) => text.split('+')[0])).toEqual([
    `sitebus/ledger.${VIEW}`,
    `sitebus/denial.${VIEW}`,
  ]);
});

test('a note of the one tree, signed by the same key, is a stranger’s in the other', async () => {
  const first = await aLedger();
  await addLeavesTo('denials', 'x');
  await first.stop();
  const producer = await bus.connect.bus.createProducer();
  const [note = ''] = notes('denials');
  await producer.send({ topic: treeTopics(VIEW, 'releases').checkpoints, key: null, value: Buffer.from(note) });
  await bus.settled();
  await expect(aLedger()).rejects.toMatchObject({ code: 'CHECKPOINT_FOREIGN' });
});
