// When keys were last used: kept over a restart, once a minute, and never in a request's way.

import { expect, test } from '@jest/globals';
import { silentLog } from '@sitebus/sdk';
import { createTestClock } from '@sitebus/sdk/testing';
import { notingUses } from './key-uses.ts';
import type { KeptTimes } from './store/desk.ts';
import { createDeskMemory, createInMemoryDesk } from './store/in-memory.ts';
import { NOW_MS } from './testing/records.ts';

const KEY = { kind: 'key', name: 'misp-1a2b', sha256: '', person: 'ama-lindqvist', expiresAt: NOW_MS + 1 } as const;
const clock = createTestClock(NOW_MS);
const over = (kept: KeptTimes) => notingUses(async () => KEY, { now: () => clock.now(), kept, log: silentLog });

test('a use is kept over a restart, and what came within the minute is known while the gateway runs', async () => {
  const memory = createDeskMemory();
  const before = over(createInMemoryDesk(memory).keyUses);
  await before.authenticate('Bearer key');
  clock.set(NOW_MS + 59_000);
  await before.authenticate('Bearer key');
  expect(await before.keyUses.lastUses()).toEqual(new Map([['misp-1a2b', NOW_MS + 59_000]]));
  const after = over(createInMemoryDesk(memory).keyUses);
  expect(await after.keyUses.lastUses()).toEqual(new Map([['misp-1a2b', NOW_MS]]));
});

test('it is written at most once a minute a key', async () => {
  const writes: number[] = [];
  const uses = over({ all: async () => new Map(), keep: async (_name, atMs) => void writes.push(atMs - NOW_MS) });
  for (const afterMs of [0, 1, 59_999, 60_000, 60_001, 120_000]) {
    clock.set(NOW_MS + afterMs);
    await uses.authenticate('Bearer key');
  }
  expect(writes).toEqual([0, 60_000, 120_000]);
});

test('a store that does not answer holds up no request, and a list of keys says that it cannot be made', async () => {
  const down = async () => Promise.reject(Object.assign(new Error('down'), { code: 'fail-closed' }));
  const uses = over({ all: down, keep: down });
  expect(await uses.authenticate('Bearer key')).toEqual(KEY);
  await expect(uses.keyUses.lastUses()).rejects.toMatchObject({ code: 'fail-closed' });
});

test('a token of somebody leaves no use of a key', async () => {
  const token = { kind: 'token', issuer: 'urn:x', subject: 'ama', expiresAt: NOW_MS } as const;
  const kept = createInMemoryDesk().keyUses;
  const uses = notingUses(async () => token, { now: () => NOW_MS, kept, log: silentLog });
  await uses.authenticate('Bearer token');
  expect(await uses.keyUses.lastUses()).toEqual(new Map());
});
