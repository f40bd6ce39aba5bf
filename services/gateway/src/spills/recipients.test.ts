// Who was sent a spilled record, over a ledger that is longer than what of it is held.

import { expect, test } from '@jest/globals';
import type { SpillEntry, SpillOrder } from '@sitebus/kit';
import { ledgerTopic, silentLog } from '@sitebus/sdk';
import { createTestBus, createTestClock } from '@sitebus/sdk/testing';
import { createLedgerCopy } from '../ledger-copy.ts';
import { uuidOf } from '../testing/records.ts';
import { leafTag } from './leaf-tags.ts';
import { recipientsOf } from './recipients.ts';

const SALT = Buffer.alloc(32, 9);
const SPILLED = uuidOf('spilled');
const entry = { order: { id: SPILLED } as SpillOrder } as SpillEntry;
const leafOf = (who: string, id: string) => ({ decision: 'RELEASED', who, at: '2031-10-01T08:00:00.000Z', marking: 'U', named: leafTag(SALT, id) }); // prettier-ignore

async function aCopy(leaves: readonly object[], keptEntries: number) {
  const bus = createTestBus({ clock: createTestClock(1) });
  const producer = await bus.connect.bus.createProducer();
  for (const leaf of leaves)
    await producer.send({ topic: ledgerTopic('s-can'), key: null, value: Buffer.from(JSON.stringify(leaf)) });
  const copy = createLedgerCopy({ bus: bus.connect.bus, view: 's-can', tree: 'releases', keys: [], groupId: 'g', log: silentLog, keptEntries }); // prettier-ignore
  await copy.start();
  await bus.settled();
  return { bus, copy };
}

test('everybody is listed, the oldest first, however few leaves are held', async () => {
  const leaves = ['ama', 'bo', 'ama', 'cy'].map((who, at) => leafOf(who, at === 1 ? uuidOf('another') : SPILLED));
  for (const kept of [1, 2, 4, 10]) {
    const { copy } = await aCopy(leaves, kept);
    expect([...copy.entries()]).toHaveLength(Math.min(kept, leaves.length));
    const { items, fromLeaf } = await recipientsOf(entry, [], copy, SALT);
    expect([items.map(({ leaf, person }) => [leaf, person]), fromLeaf]).toEqual([[[0, 'ama'], [2, 'ama'], [3, 'cy']], 0]);
  }
}); // prettier-ignore

test('a ledger whose older leaves cannot be read answers nothing rather than a part', async () => {
  const { bus, copy } = await aCopy(['ama', 'bo', 'cy'].map((who) => leafOf(who, SPILLED)), 1);
  bus.failNext('fetch');
  await expect(recipientsOf(entry, [], copy, SALT)).rejects.toThrow();
  expect((await recipientsOf(entry, [], copy, SALT)).items).toHaveLength(3);
}); // prettier-ignore
