// What is kept of deliveries, as tests: run against the desk in memory and the one in PostgreSQL.

import { expect, test } from '@jest/globals';
import { createMarking } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import type { DeliveryEntry } from '../store/deliveries.ts';
import type { DeskStore, TriageEntry } from '../store/desk.ts';
import { NIL_ID } from '../cursor.ts';
import { uuidOf } from './records.ts';

/** A fixed moment. */
const NOW_MS = Date.UTC(2031, 9, 2, 14);
const LEASE_MS = 60_000;

/** Registers the tests. `desks` gives two replicas of one view; each test uses names of its own. */
export function deliveriesContract(desks: () => readonly [DeskStore, DeskStore]): void {
  const kept = () => desks().map(({ deliveries }) => deliveries) as [DeskStore['deliveries'], DeskStore['deliveries']];
  const lease = (nowMs = NOW_MS) => ({ nowMs, leaseUntilMs: nowMs + LEASE_MS });
  const fresh = { next: 7n, lastId: NIL_ID };

  test('of two replicas that take a place at once one has it; it begins where the first was told', async () => {
    const [one, other] = kept();
    const taken = await Promise.all([one.take('race', 'one', lease(), fresh), other.take('race', 'other', lease(), fresh)]); // prettier-ignore
    expect(taken.filter((place) => place !== undefined)).toEqual([{ state: 'ACTIVE', ...fresh, failures: 0 }]);
  });

  test('a holder takes longer, another waits for the lease, and who lost it moves nothing', async () => {
    const [one, other] = kept();
    await one.take('lease', 'one', lease(), fresh);
    expect(await one.take('lease', 'one', lease(NOW_MS + 1), { ...fresh, next: 99n })).toMatchObject({ next: 7n });
    expect(await other.take('lease', 'other', lease(NOW_MS + LEASE_MS), fresh)).toBeUndefined();
    expect(await other.take('lease', 'other', lease(NOW_MS + LEASE_MS + 1), fresh)).toMatchObject({ next: 7n });
    expect(await one.move('lease', 'one', { ...fresh, next: 8n, failures: 0 })).toBe(false);
    expect(await other.move('lease', 'other', { ...fresh, next: 2n ** 53n + 1n, failures: 0, lastSentMs: NOW_MS })).toBe(true); // prettier-ignore
    await one.leave('lease', 'one'); // changes nothing
    expect(await one.take('lease', 'one', lease(NOW_MS + LEASE_MS + 2), fresh)).toBeUndefined();
    await other.leave('lease', 'other');
    expect(await one.take('lease', 'one', lease(NOW_MS), fresh)).toEqual({
      state: 'ACTIVE', next: 2n ** 53n + 1n, lastId: NIL_ID, failures: 0, lastSentMs: NOW_MS,
    }); // prettier-ignore
  });

  test('what fails is written, what is given up says so but to an owner who paused it, and resuming forgets failures', async () => {
    const [one, other] = kept();
    const failed = { ...fresh, failures: 3, firstFailedMs: NOW_MS, retryAtMs: NOW_MS + 5 };
    await one.take('fails', 'one', lease(), fresh);
    await one.move('fails', 'one', failed);
    expect(await other.place('fails')).toEqual({ state: 'ACTIVE', ...failed });
    await one.move('fails', 'one', { ...failed, isDead: true });
    expect(await other.place('fails')).toEqual({ state: 'DEAD', ...failed });
    await other.turn('fails', 'PAUSED', fresh);
    expect(await one.place('fails')).toEqual({ state: 'PAUSED', ...failed });
    await one.move('fails', 'one', { ...failed, isDead: true });
    expect(await one.place('fails')).toMatchObject({ state: 'PAUSED' });
    await other.turn('fails', 'ACTIVE', { ...fresh, next: 99n });
    expect(await one.place('fails')).toEqual({ state: 'ACTIVE', ...fresh, failures: 0 });
  });

  test('a place that nobody has taken can be held by its owner, and stands where it began', async () => {
    const [one, other] = kept();
    await one.turn('new', 'PAUSED', fresh);
    expect(await other.places(['new', 'not there'])).toEqual(
      new Map([['new', { state: 'PAUSED', ...fresh, failures: 0 }]]),
    );
    expect([await one.places([]), await one.place('not there')]).toEqual([new Map(), undefined]);
  });

  test('what streams have sent of it never goes back, whichever of them says it', async () => {
    const [one, other] = kept();
    await one.pass('stream', { next: 5n, lastId: uuidOf('four'), lastSentMs: NOW_MS });
    await other.pass('stream', { next: 9n, lastId: uuidOf('eight'), lastSentMs: NOW_MS + 1 });
    await one.pass('stream', { next: 6n, lastId: uuidOf('five'), lastSentMs: NOW_MS + 2 });
    expect(await other.place('stream')).toMatchObject({ next: 9n, lastId: uuidOf('eight'), lastSentMs: NOW_MS + 1 });
  });

  const entry = (id: string, over: Partial<DeliveryEntry> = {}): DeliveryEntry => ({
    id: uuidOf(id), subscription: uuidOf('logged'), kind: 'WEBHOOK', state: 'SENDING', startedMs: NOW_MS, records: 2,
    withheld: 1, attempts: 1, ...over,
  }); // prettier-ignore

  test('the log has one row a delivery, its newest attempt, the newest delivery first; sweeping takes the old', async () => {
    const [one, other] = kept();
    const sent = { state: 'SENT', endedMs: NOW_MS + 9, attempts: 2, leafIndex: 2n ** 40n, lagMs: 12 } as const;
    await one.log(entry('a'));
    await other.log(entry('b', { startedMs: NOW_MS + 1, state: 'RETRYING', code: 'HTTP_503' }));
    await other.log(entry('a', { ...sent, startedMs: NOW_MS + 8 }));
    const b = entry('b', { startedMs: NOW_MS + 1, state: 'RETRYING', code: 'HTTP_503' });
    expect(await one.newest(uuidOf('logged'), 10)).toEqual([b, entry('a', sent)]);
    expect(await one.newest(uuidOf('logged'), 1)).toEqual([b]);
    expect(await one.newest(uuidOf('another'), 10)).toEqual([]);
    await one.sweep(NOW_MS + 1);
    expect(await other.newest(uuidOf('logged'), 10)).toEqual([b]);
    await one.turn('subscription logged', 'ACTIVE', fresh);
    await other.forget('subscription logged', uuidOf('logged'));
    expect([await one.newest(uuidOf('logged'), 10), await one.place('subscription logged')]).toEqual([[], undefined]);
  });

  test('what a person has been told never goes back, is theirs alone, and is swept by age', async () => {
    const [one, other] = kept();
    await one.tell('ama', [{ alertId: 'x', seq: 3 }, { alertId: 'y', seq: 1 }], NOW_MS); // prettier-ignore
    await other.tell('ama', [{ alertId: 'x', seq: 2 }], NOW_MS + 5);
    expect(await other.told('ama', ['x', 'y', 'z'])).toEqual(new Map([['x', 3], ['y', 1]])); // prettier-ignore
    expect([await one.told('piotr', ['x']), await one.told('ama', [])]).toEqual([new Map(), new Map()]);
    await one.tell('ama', [], NOW_MS);
    await one.sweep(NOW_MS + 5);
    expect(await one.told('ama', ['x', 'y'])).toEqual(new Map([['x', 3]]));
  });

  test('what stands assigned or escalated is found by its newest decision, oldest first, and no longer than it stands', async () => {
    const [one, other] = desks();
    const farMs = NOW_MS + 1_000_000;
    const decided = (seq: number, state: TriageEntry['state'], atMs: number): TriageEntry => ({
      seq, state, reason: 'r', by: 'ama', atMs, marking: toWire(createMarking({ classified: 'UNCLASSIFIED' })),
      ...(state === 'ASSIGNED' ? { assignee: 'piotr' } : {}),
    }); // prettier-ignore
    await one.triage.append('stands late', decided(1, 'ESCALATED', farMs + 9));
    await one.triage.append('stands', decided(1, 'ASSIGNED', farMs + 1));
    await one.triage.append('was closed', decided(1, 'ASSIGNED', farMs + 2));
    await other.triage.append('was closed', decided(2, 'CLOSED', farMs + 3));
    await one.triage.append('too old', decided(1, 'ASSIGNED', farMs - 1));
    const all = await other.triage.standing(farMs, 10);
    expect(all).toEqual([
      { alertId: 'stands', entry: decided(1, 'ASSIGNED', farMs + 1) },
      { alertId: 'stands late', entry: decided(1, 'ESCALATED', farMs + 9) },
    ]);
    expect((await one.triage.standing(farMs, 1)).map(({ alertId }) => alertId)).toEqual(['stands late']);
  });

  test('every item of a kind is there for what sends by itself, whoever it is of', async () => {
    const [one, other] = desks();
    const item = (person: string) => ({ kind: 'subscription', id: uuidOf(`sends ${person}`), person, version: 1, createdMs: NOW_MS, changedMs: NOW_MS, body: { deliver: 'digest' } }) as const; // prettier-ignore
    await one.items.add(item('sends 1'), 10);
    await one.items.add(item('sends 2'), 10);
    const found = (await other.items.every('subscription')).filter(({ person }) => person.startsWith('sends '));
    expect(found.map(({ person }) => person).sort()).toEqual(['sends 1', 'sends 2']);
  });
}
