// Release is the only way out: by type, by value, and through the serialiser.

import { describe, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { clearanceDominates, parse } from '@sitebus/marking';
import { addReplyHooks } from './reply-hooks.ts';
import { addRequestHooks } from './request-hooks.ts';
import { createMonitor, isReleased, isWithheld, open, statement } from './release.ts';
import type { Released } from './release.ts';
import type { LeafContent, Ledger } from './ledger.ts';
import type { Subjects } from './subject.ts';
import { createSubjects, publicClearance } from './subject.ts';
import type { StoredSource } from './read-model/model.ts';
import { NOW_MS } from './testing/records.ts';
import { thePolicy } from './testing/world.ts';
import { createTestClock } from '@sitebus/sdk/testing';

const source = (marking: string, id = 'open.cse'): StoredSource => ({
  kind: 'source', id, agency: 'cse', cell: 'open', marking: parse(marking, { homeNation: 'CAN' }),
  observations: 1, lastEventMs: 0, marked: { over: 0, orcon: 0, withoutTearline: 0 }, lastDay: 1, lagMs: { p50: 1, p99: 1 },
}); // prettier-ignore

/** A monitor over a ledger and a subject in the test's hands. */
async function aMonitor(wish: { append?: Ledger['append'] } = {}, names: readonly string[] = ['k']) {
  const policy = await thePolicy();
  const clock = createTestClock(NOW_MS);
  const view = policy.views.find(({ id }) => id === 's-can')!;
  const leaves: LeafContent[] = [];
  const ledger: Ledger = {
    state: () => 'ok',
    append: wish.append ?? (async (leaf) => ({ index: BigInt(leaves.push(leaf) - 1), checkpoint: 0n })),
    appendAlike: (content, readers) => Promise.allSettled(readers.map((own) => ledger.append({ ...content, ...own }))),
  };
  const row = policy.people.find(({ person }) => person === 'ama-lindqvist')!;
  let current = { ...row };
  let version = 0;
  const registry = {
    version: () => version,
    personNamed: () => current,
    keyNamed: (name: string) => (ended.has(name) ? undefined : { sha256: 'x', routes: ['*'] }),
    state: () => 'fresh',
  };
  const subjects: Subjects = createSubjects({ registry: registry as never, view, open: view.clearance, clock });
  const identities = names.map((name) => ({
    kind: 'key',
    name,
    sha256: 'x',
    person: row.person,
    expiresAt: Number.MAX_SAFE_INTEGER,
  } as const)); // prettier-ignore
  const ended = new Set<string>();
  const monitor = createMonitor({ subjects, ledger, policy, clock, toJson: () => ({}) });
  return {
    monitor,
    leaves,
    subject: subjects.current(identities[0]),
    everyone: identities.map((each) => subjects.current(each)),
    endKey: (name: string): void => {
      ended.add(name);
      version += 1;
    },
    lower: (): void => {
      current = { ...row, clearance: { ...row.clearance, classified: 'UNCLASSIFIED', epoch: 2 } };
      version += 1;
    },
  };
}

describe('a Released', () => {
  test('cannot be written as a literal, nor cast from a look-alike: type and value both refuse', () => {
    const literal = { body: 'secret' };
    // @ts-expect-error the brand is private to release.ts
    const typed: () => Released<string> = () => literal; // eslint-disable-line @typescript-eslint/no-unsafe-class-instance-assignment -- the forgery under test
    const forged = typed();
    expect(isReleased(forged)).toBe(false);
    expect(isReleased(Object.assign(Object.create(Object.getPrototypeOf(statement('x')) as object), forged))).toBe(
      false,
    );
    expect(() => open(forged)).toThrow(TypeError);
    expect(isReleased(statement('x'))).toBe(true);
  });

  test('shows nothing of itself to a logger or a serialiser that does not open it', () => {
    expect(JSON.stringify(statement({ value: 'secret' }))).toBe('{}');
  });
});

describe('the serialiser', () => {
  const cases: [string, unknown][] = [
    ['an object', { value: 'secret' }],
    ['a string', 'secret'],
    ['a buffer', Buffer.from('secret')],
    ['a list', ['secret']],
  ];
  test.each(cases)('turns %s that was not released into 500 without it', async (_what, answer) => {
    const view = (await thePolicy()).views[0]!;
    const logged: unknown[] = [];
    const log = { debug() {}, info() {}, warn() {}, error: (keys: unknown) => void logged.push(keys) };
    const app = Fastify();
    app.decorateRequest('subject', null as never);
    app.decorateRequest('traceId', '');
    app.decorateReply('opened', undefined);
    app.decorateReply('isProblem', false);
    const subjects = createSubjects({
      registry: {} as never,
      view,
      open: view.clearance,
      clock: createTestClock(NOW_MS),
    });
    addRequestHooks(app, { view, subjects, authenticate: async () => undefined } as never);
    addReplyHooks(app, { view, log, meter: { count() {} } } as never);
    app.get('/version', async () => answer);
    const { statusCode, body } = await app.inject('/version');
    expect([statusCode, body.includes('secret')]).toEqual([500, false]);
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:sitebus:problem:internal' });
    expect(logged).toHaveLength(1);
    await app.close();
  });
});

describe('the monitor', () => {
  test('releases what the reader dominates, after the leaf, under the join of the markings', async () => {
    const { monitor, leaves, subject } = await aMonitor();
    const judged = [
      source('UNCLASSIFIED//TLP:CLEAR'),
      source('SECRET//REL TO CAN, GBR', 's'),
      source('SECRET//REL TO CAN, USA', 't'),
    ].map((each) => monitor.judge(each, subject));
    expect(judged.some(isWithheld)).toBe(false);
    const released = await monitor.releaseAll(judged as never, subject, 'LIST', (bodies) => bodies.length);
    expect(open(released)).toMatchObject({ body: 3, banner: 'SECRET//CANADIAN EYES ONLY', leaf: { index: 0n } });
    expect(leaves).toMatchObject([
      { who: 'ama-lindqvist', epoch: subject.epoch, marking: 'SECRET//CANADIAN EYES ONLY', decision: 'RELEASED' },
    ]);
  });

  test('withholds what is above, and what is not there, with one value and one kind of leaf', async () => {
    const { monitor, leaves, subject } = await aMonitor();
    const hidden = await monitor.release(source('TOP SECRET//CANADIAN EYES ONLY', 'id'), subject, 'id');
    const absent = await monitor.release(undefined, subject, 'id');
    expect(isWithheld(hidden)).toBe(true);
    expect(hidden).toBe(absent);
    expect(leaves[0]).toEqual(leaves[1]);
    expect(leaves[0]).toMatchObject({ decision: 'WITHHELD', records: [{ id: 'id' }], bytes: 0 });
  });

  test('judges by the clearance of the moment, not by that of the request’s start', async () => {
    const { monitor, subject, lower } = await aMonitor();
    const record = source('SECRET//CANADIAN EYES ONLY');
    expect(isWithheld(await monitor.release(record, subject, 'id'))).toBe(false);
    lower();
    expect(isWithheld(await monitor.release(record, subject, 'id'))).toBe(true);
  });

  test('releases nothing without an acknowledged leaf', async () => {
    let acknowledge: (place: { index: bigint; checkpoint: bigint }) => void = () => {};
    const { monitor, subject } = await aMonitor({ append: () => new Promise((resolve) => (acknowledge = resolve)) });
    let released: unknown;
    const waiting = monitor
      .release(source('UNCLASSIFIED//TLP:CLEAR'), subject, 'id')
      .then((outcome) => (released = outcome));
    await new Promise((resolve) => setImmediate(resolve));
    expect(released).toBeUndefined();
    acknowledge({ index: 7n, checkpoint: 0n });
    await waiting;
    expect(open(released as Released<unknown>).leaf?.index).toBe(7n);
    const down = await aMonitor({ append: () => Promise.reject(new Error('down')) });
    await expect(down.monitor.release(source('UNCLASSIFIED//TLP:CLEAR'), down.subject, 'id')).rejects.toThrow('down');
  });

  test('does not enter a page without records on the ledger', async () => {
    const { monitor, leaves, subject } = await aMonitor();
    const released = await monitor.releaseAll([], subject, 'LIST', (items) => ({ items }));
    expect(open(released)).toEqual({ body: { items: [] }, banner: 'UNCLASSIFIED//TLP:CLEAR', leaf: undefined });
    expect(leaves).toEqual([]);
  });
});

test('the subject of nobody enters the public view alone, and holds what everybody holds', async () => {
  const policy = await thePolicy();
  const open = publicClearance(policy);
  const nobodies = policy.views.map((view) => {
    const clock = createTestClock(NOW_MS);
    return createSubjects({ registry: {} as never, view, open, clock }).current(undefined);
  });
  expect(policy.views.filter((_view, at) => nobodies[at]?.mayEnter).map(({ id }) => id)).toEqual(['public']);
  for (const { held, clearance } of nobodies)
    expect([clearanceDominates(open, held), clearanceDominates(open, clearance)]).toEqual([true, true]);
});

describe('a judgement', () => {
  test('is shared by readers who see alike, and released to nobody who sees otherwise', async () => {
    const { monitor, subject, lower, leaves } = await aMonitor();
    const judged = monitor.judgeAs(source('SECRET//CANADIAN EYES ONLY'), monitor.sightOf(subject));
    if (isWithheld(judged)) throw new Error('the reader sees it');
    expect(monitor.judge(source('SECRET//CANADIAN EYES ONLY'), subject)).toMatchObject({ sight: judged.sight });
    await monitor.releaseAll([judged], subject, 'STREAM', (bodies) => bodies);
    expect(leaves).toHaveLength(1);
    lower();
    await expect(monitor.releaseAll([judged], subject, 'STREAM', (bodies) => bodies)).rejects.toMatchObject({
      slug: 'fail-closed',
    });
    expect(leaves).toHaveLength(1);
  });
});

describe('the same records for each of several readers', () => {
  const seen = async (wish: { append?: Ledger['append'] } = {}) => {
    const world = await aMonitor(wish, ['a', 'b', 'c']);
    const judged = world.monitor.judgeAs(source('SECRET//CANADIAN EYES ONLY'), world.monitor.sightOf(world.subject));
    if (isWithheld(judged)) throw new Error('the readers see it');
    const release = () => world.monitor.releaseToEach([judged], world.everyone, 'STREAM', (reader, leaf) => [reader, leaf?.index]);
    return { ...world, release };
  }; // prettier-ignore

  test('go to each under a leaf of their own, which is acknowledged before anything is made for anybody', async () => {
    const { release, leaves } = await seen();
    const outcomes = await release();
    const bodies = outcomes.map((each) => (each.status === 'fulfilled' ? open(each.value).body : each));
    expect(bodies).toEqual([
      [0, 0n],
      [1, 1n],
      [2, 2n],
    ]);
    expect(leaves).toHaveLength(3);
    let acknowledge: () => void = () => {};
    const held = await seen({
      append: () => new Promise((resolve) => (acknowledge = () => resolve({ index: 7n, checkpoint: 0n }))),
    });
    let released: unknown;
    void held.release().then((all) => (released = all));
    await new Promise((resolve) => setImmediate(resolve));
    acknowledge(); // the last of three
    await new Promise((resolve) => setImmediate(resolve));
    expect(released).toBeUndefined();
  });

  test('cost a reader who may not have them any more their own alone', async () => {
    const { release, leaves, endKey } = await seen();
    endKey('b');
    const outcomes = await release();
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[2]).toMatchObject({ status: 'fulfilled' });
    expect(open((outcomes[2] as PromiseFulfilledResult<Released<unknown>>).value).body).toEqual([2, 1n]);
    expect(leaves).toHaveLength(2);
  });

  test('are kept from the reader whose leaf was not taken, and from nobody else', async () => {
    let asked = 0;
    const { release } = await seen({
      append: async () => {
        asked += 1;
        if (asked === 2) throw new Error('down');
        return { index: BigInt(asked), checkpoint: 0n };
      },
    });
    expect((await release()).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('go to nobody who sees otherwise than they were judged for', async () => {
    const { release, leaves, lower } = await seen();
    lower();
    expect((await release()).map((each) => each.status === 'rejected' && (each.reason as { slug: string }).slug)).toEqual(
      ['fail-closed', 'fail-closed', 'fail-closed'],
    );
    expect(leaves).toEqual([]);
  });
}); // prettier-ignore
