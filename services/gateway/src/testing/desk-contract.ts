// What every desk keeps to, as tests: run against the one in memory and the one in PostgreSQL, so that the first cannot
// promise what the second does not.

import { expect, test } from '@jest/globals';
import { toWire } from '@sitebus/sdk';
import { createMarking } from '@sitebus/marking';
import { silentLog } from '@sitebus/sdk';
import { createTestClock } from '@sitebus/sdk/testing';
import { createIdempotencyStore } from '../idempotency.ts';
import type { DeskItem, DeskStore, TriageEntry } from '../store/desk.ts';
import { uuidOf } from './records.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A fixed moment. */
const NOW_MS = Date.UTC(2031, 9, 2, 14);

/** Registers the tests. `desks` gives two replicas of one view; each test uses names of its own. */
export function deskContract(desks: () => readonly [DeskStore, DeskStore]): void {
  const times = (nowMs = NOW_MS) => ({ nowMs, leaseUntilMs: nowMs + MINUTE_MS, keptUntilMs: nowMs + DAY_MS });
  const runOf = (key: string, holder: string) => ({ scope: `scope of ${key}`, key, holder, bodyHash: 'b' });

  test('of two replicas that take a key at once, one gets it and the other sees it run', async () => {
    const [one, other] = desks();
    const found = await Promise.all([
      one.answers.take(runOf('at once', 'one'), times()),
      other.answers.take(runOf('at once', 'other'), times()),
    ]);
    expect(found.map(({ is }) => is).sort()).toEqual(['running', 'taken']);
    expect(found.find(({ is }) => is === 'running')).toEqual({ is: 'running', bodyHash: 'b' });
  });

  test('an answer kept by one replica is given by the other, as it was, with the hash of its body', async () => {
    const [one, other] = desks();
    const answer = { id: 'x', list: [1, { a: null }], text: 'é' };
    await one.answers.take(runOf('kept', 'one'), times());
    expect(await one.answers.keep(runOf('kept', 'one'), answer)).toBe(true);
    const found = await other.answers.take({ ...runOf('kept', 'other'), bodyHash: 'another' }, times());
    expect(found).toEqual({ is: 'answered', bodyHash: 'b', answer });
  });

  test('an answer may be nothing at all, and is an answer still', async () => {
    const [one, other] = desks();
    await one.answers.take(runOf('null', 'one'), times());
    await one.answers.keep(runOf('null', 'one'), null);
    expect(await other.answers.take(runOf('null', 'other'), times())).toMatchObject({ is: 'answered', answer: null });
  });

  test('a run that says nothing more loses its key after its lease, and can neither keep nor drop it then', async () => {
    const [one, other] = desks();
    await one.answers.take(runOf('lease', 'one'), times());
    expect(await other.answers.take(runOf('lease', 'other'), times(NOW_MS + MINUTE_MS - 1))).toMatchObject({
      is: 'running',
    });
    expect(await other.answers.take(runOf('lease', 'other'), times(NOW_MS + MINUTE_MS))).toEqual({ is: 'taken' });
    await one.answers.drop(runOf('lease', 'one'));
    expect(await one.answers.keep(runOf('lease', 'one'), 'late')).toBe(false);
    expect(await other.answers.keep(runOf('lease', 'other'), 'in time')).toBe(true);
  });

  test('a run that goes on keeps its key', async () => {
    const [one, other] = desks();
    await one.answers.take(runOf('renewed', 'one'), times());
    await one.answers.renew(runOf('renewed', 'one'), NOW_MS + 2 * MINUTE_MS);
    const found = await other.answers.take(runOf('renewed', 'other'), times(NOW_MS + MINUTE_MS + 1));
    expect(found).toMatchObject({ is: 'running' });
  });

  test('a dropped key is free', async () => {
    const [one, other] = desks();
    await one.answers.take(runOf('dropped', 'one'), times());
    await one.answers.drop(runOf('dropped', 'one'));
    expect(await other.answers.take(runOf('dropped', 'other'), times())).toEqual({ is: 'taken' });
  });

  test('an answer is there for its time and no longer, and sweeping takes the old and the oldest above the room', async () => {
    const [one, other] = desks();
    const put = async (key: string, atMs: number, answer: unknown) => {
      const run = { scope: 'swept', key, holder: 'one', bodyHash: 'b' };
      const found = await one.answers.take(run, times(atMs));
      if (found.is === 'taken') await one.answers.keep(run, answer);
      return found.is;
    };
    for (const [at, key] of ['a', 'b', 'c', 'd'].entries()) await put(key, NOW_MS + at, 'x'.repeat(100));
    await other.answers.sweep(NOW_MS, { answers: 3, bytes: 10_000 });
    expect([await put('a', NOW_MS + 5, 'new'), await put('b', NOW_MS + 5, 'new')]).toEqual(['taken', 'answered']);
    await other.answers.sweep(NOW_MS, { answers: 100, bytes: 250 });
    expect([await put('d', NOW_MS + 6, 'n'), await put('b', NOW_MS + 6, 'n')]).toEqual(['answered', 'taken']);
    expect(await put('d', NOW_MS + DAY_MS + 3, 'again')).toBe('taken'); // past its time, swept or not
    await one.answers.take({ scope: 'swept', key: 'old', holder: 'h', bodyHash: 'b' }, times(NOW_MS - DAY_MS));
    await other.answers.sweep(NOW_MS, { answers: 100, bytes: 10_000 });
    expect(await one.answers.keep({ scope: 'swept', key: 'old', holder: 'h' }, 'x')).toBe(false);
  });

  test('the same key and body sent to two gateways at once runs once; later each gives the one answer', async () => {
    const clock = createTestClock(NOW_MS);
    const [atOne, atOther] = desks().map(({ answers }) => createIdempotencyStore({ answers, clock, log: silentLog }));
    let runs = 0;
    let finish: () => void = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const request = { scope: 'ama POST /v1/things', key: 'two gateways', body: { a: 1 } };
    const first = atOne!.once(request, async () => {
      runs += 1;
      await finished;
      return { id: 'made' };
    });
    const act = async () => ({ id: `made again ${(runs += 1)}` });
    while (runs === 0) await new Promise((resolve) => setImmediate(resolve)); // the key is taken, the deed is on its way
    await expect(atOther!.once(request, act)).rejects.toMatchObject({ slug: 'idempotency-in-flight' });
    finish();
    expect(await first).toEqual({ answer: { id: 'made' }, replayed: false });
    expect(await atOther!.once(request, act)).toEqual({ answer: { id: 'made' }, replayed: true });
    await expect(atOther!.once({ ...request, body: { a: 2 } }, act)).rejects.toMatchObject({
      slug: 'idempotency-mismatch',
    });
    expect(runs).toBe(1);
  });

  const entry = (seq: number, over: Partial<TriageEntry> = {}): TriageEntry => ({
    seq, state: 'ACKNOWLEDGED', reason: 'looked at', by: 'ama', atMs: NOW_MS + seq,
    marking: toWire(createMarking({ classified: 'UNCLASSIFIED' })), ...over,
  }); // prettier-ignore

  test('the history of an alert is what was appended, in order; the newest is its state', async () => {
    const [one, other] = desks();
    const assigned = entry(2, { state: 'ASSIGNED', assignee: 'piotr' });
    expect(await one.triage.append('history', entry(1))).toBe(true);
    expect(await other.triage.append('history', assigned)).toBe(true);
    expect(await one.triage.history('history')).toEqual([entry(1), assigned]);
    expect(await one.triage.newest(['history', 'never decided'])).toEqual(new Map([['history', assigned]]));
    expect([await one.triage.history('never decided'), await one.triage.newest([])]).toEqual([[], new Map()]);
  });

  test('of two who decide on the same state, one is told that the other was first', async () => {
    const [one, other] = desks();
    const appended = await Promise.all([
      one.triage.append('race', entry(1, { by: 'one' })),
      other.triage.append('race', entry(1, { by: 'other' })),
    ]);
    expect([...appended].sort()).toEqual([false, true]);
    expect(await one.triage.history('race')).toHaveLength(1);
  });

  const item = (id: string, person: string, over: Partial<DeskItem> = {}): DeskItem => ({
    kind: 'saved-view', id: uuidOf(id), person, version: 1, createdMs: NOW_MS, changedMs: NOW_MS, body: { name: id, list: [1] }, ...over,
  }); // prettier-ignore

  test('a person has what they keep, newest first, and what their agency shares; nobody else has it', async () => {
    const [one, other] = desks();
    const older = item('older', 'p1');
    const newer = item('newer', 'p1', { createdMs: NOW_MS + 1 });
    const shared = item('shared', 'p2', { sharedWith: 'cse', createdMs: NOW_MS + 2 });
    for (const each of [older, newer, shared]) expect(await one.items.add(each, 10)).toBe(true);
    expect(await other.items.list('saved-view', { person: 'p1', agency: 'cse' })).toEqual([shared, newer, older]);
    expect(await other.items.list('saved-view', { person: 'p1' })).toEqual([newer, older]);
    expect(await other.items.list('saved-view', { person: 'p3', agency: 'rcmp' })).toEqual([]);
    expect(await other.items.list('subscription', { person: 'p1', agency: 'cse' })).toEqual([]);
    expect(await other.items.get('saved-view', shared.id, { person: 'p1', agency: 'cse' })).toEqual(shared);
    const others = [other.items.get('saved-view', older.id, { person: 'p2', agency: 'cse' }), other.items.get('subscription', older.id, { person: 'p1' }), other.items.get('saved-view', 'no id', { person: 'p1' })]; // prettier-ignore
    expect(await Promise.all(others)).toEqual([undefined, undefined, undefined]);
  });

  test('only the owner replaces and removes, only from the version that was read', async () => {
    const [one, other] = desks();
    const first = item('mine', 'owner', { sharedWith: 'cse' });
    await one.items.add(first, 10);
    const { sharedWith: _shared, ...rest } = first;
    const second: DeskItem = { ...rest, version: 2, changedMs: NOW_MS + 5, body: { name: 'changed' } };
    expect(await other.items.replace({ ...second, person: 'somebody else' })).toBe(false);
    expect(await other.items.replace(second)).toBe(true);
    expect(await one.items.replace(second)).toBe(false); // that version is gone
    expect(await one.items.get('saved-view', first.id, { person: 'owner' })).toEqual(second);
    expect(await one.items.remove('saved-view', first.id, 'somebody else')).toBe(false);
    expect(await one.items.remove('saved-view', first.id, 'owner')).toBe(true);
    expect(await other.items.remove('saved-view', first.id, 'owner')).toBe(false);
    expect(await other.items.remove('saved-view', 'no id', 'owner')).toBe(false);
  });

  test('the last use of a key is kept, only ever rises, and is no late record', async () => {
    const [one, other] = desks();
    for (const atMs of [NOW_MS, NOW_MS + 5, NOW_MS + 2]) await one.keyUses.keep('misp-1a2b', atMs);
    expect((await other.keyUses.all()).get('misp-1a2b')).toBe(NOW_MS + 5);
    expect((await other.latePlaces.all()).has('misp-1a2b')).toBe(false);
  });

  test('the place of a late record is kept, and only ever rises', async () => {
    const [one, other] = desks();
    for (const atMs of [NOW_MS, NOW_MS + 5, NOW_MS + 2]) await one.latePlaces.keep('late', atMs);
    await other.latePlaces.keep('later', NOW_MS + 9);
    expect(await other.latePlaces.all()).toEqual(new Map([['late', NOW_MS + 5], ['later', NOW_MS + 9]])); // prettier-ignore
  });

  test('a person has room for so many of a kind', async () => {
    const [one] = desks();
    const added = [];
    for (const id of ['r1', 'r2', 'r3']) added.push(await one.items.add(item(id, 'roomy'), 2));
    added.push(await one.items.add(item('r4', 'roomy', { kind: 'subscription' }), 2));
    expect(added).toEqual([true, true, false, true]);
  });
}
