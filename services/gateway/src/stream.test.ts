// The alert stream over real HTTP: resume, gaps, revocation, bounds.

import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { commitmentFrom, toHex, type DeliveryPlace } from '@sitebus/sdk/merkle';
import { leafSalt } from '@sitebus/kit';
import type { GatewayService } from './service.ts';
import { anAlert, anAssessment, uuidOf } from './testing/records.ts';
import { aWorld } from './testing/world.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { collectEvents, type StreamEvent } from '../../../test/support/stream-events.ts';
import type { World } from './testing/world.ts';

const MARKING = 'SECRET//CANADIAN EYES ONLY';
let world: World;
let gateway: GatewayService;

beforeEach(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can', { listen: { host: '127.0.0.1', port: 0 }, stream: { heartbeatMs: 200 } });
});
afterEach(async () => world[Symbol.asyncDispose]());

/** Writes an assessment and an alert about it. */
async function raise(name: string, over: { groups?: string[]; categories?: string[] } = {}) {
  const assessment = anAssessment({ id: uuidOf(name), marking: MARKING, ...over });
  await world.assess(assessment);
  const alert = anAlert(assessment);
  await world.alert(alert);
  return alert;
}

/** Opens a stream and collects what it sends. */
async function listen(wish: { query?: string; lastEventId?: string; person?: string } = {}) {
  const abort = new AbortController();
  const headers = {
    ...(await world.as(wish.person ?? 'ama-lindqvist')),
    ...(wish.lastEventId === undefined ? {} : { 'last-event-id': wish.lastEventId }),
  };
  const response = await fetch(`${gateway.address()}/v1/alerts/stream${wish.query ?? ''}`, {
    headers,
    signal: abort.signal,
  });
  const events: StreamEvent[] = [];
  let ended = false;
  const reading = (async () => {
    if (response.body === null) return;
    await collectEvents(response.body, events);
    ended = true;
  })().catch(() => undefined);
  const alerts = () => events.filter(({ event }) => event === 'alert');
  return { response, events, alerts, isEnded: () => ended, close: async () => (abort.abort(), await reading) };
}

describe('a stream', () => {
  test('waits while the ledger takes no leaf, and then sends each alert once, in order', async () => {
    const raised = [await raise('one'), await raise('two')];
    await world.keyOf('ama-lindqvist');
    world.bus.failNext('produce', 3);
    const stream = await listen({ query: '?from=2000-01-01T00:00:00Z' });
    await eventually(() => gateway.ready().parts['ledger'] !== 'ok');
    expect([stream.alerts(), stream.isEnded()]).toEqual([[], false]);
    await eventually(() => stream.alerts().length === 2);
    expect(stream.alerts().map(({ data }) => data['id'])).toEqual(raised.map(({ id }) => id));
    expect(world.leaves('s-can').filter(({ reason }) => reason === 'STREAM')).toHaveLength(2);
    await stream.close();
  });

  test('sends each alert with its reason, why and delivery, under the highest marking it may hold', async () => {
    const stream = await listen();
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.response.headers.get('sitebus-marking')).toContain('SECRET');
    expect(stream.response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const alert = await raise('one');
    await eventually(() => stream.alerts().length === 1);
    expect(stream.alerts()[0]?.data).toMatchObject({
      id: alert.id,
      reason: 'NEW',
      why: [{ features: [{ kind: 'domain', value: 'mirror-check.example' }] }],
      marking: { banner: MARKING },
      delivery: { leafIndex: 0, checkpoint: 0 },
    });
    expect(world.leaves('s-can')).toMatchObject([{ who: 'ama-lindqvist', reason: 'STREAM', decision: 'RELEASED' }]);
    await stream.close();
  });

  test('sends alerts that came together under one leaf, which counts none that its reader does not see; each proves alone', async () => {
    for (const name of ['one', 'two']) await raise(name);
    await raise('hidden', { groups: ['panel'] });
    await raise('three');
    const low = await listen({ query: '?from=2000-01-01T00:00:00Z' });
    const high = await listen({ query: '?from=2000-01-01T00:00:00Z', person: 'marguerite-thorne' });
    await eventually(() => low.alerts().length === 3 && high.alerts().length === 4);
    for (const [stream, who] of [[low, 'ama-lindqvist'], [high, 'marguerite-thorne']] as const) {
      const leaves = world.leaves('s-can').filter((leaf) => leaf['who'] === who);
      expect(leaves).toMatchObject([{ reason: 'STREAM', records: stream.alerts().length }]);
      const { nonce, eventCommit } = leaves[0] as { nonce: string; eventCommit: string };
      for (const [at, { data }] of stream.alerts().entries()) {
        const { delivery, ...record } = data as { id: string; delivery: DeliveryPlace };
        const contentHash = createHash('sha256').update(JSON.stringify(record)).digest('hex');
        expect([delivery.record, delivery.records]).toEqual([at, stream.alerts().length]);
        const reached = commitmentFrom(leafSalt(Buffer.alloc(32, 9), nonce), { id: record.id, contentHash }, delivery);
        expect(toHex(reached!)).toBe(eventCommit);
      }
    }
    await Promise.all([low.close(), high.close()]);
  }); // prettier-ignore

  test('of readers who are alike says the same but for place and cursor, each its reader’s own, from leaf nine to leaf ten too', async () => {
    const people = ['ama-lindqvist', 'teodor-vance', 'dov-lachance'];
    const query = '?from=2000-01-01T00:00:00Z';
    const streams = await Promise.all(Array.from({ length: 12 }, async (_, n) => ({ person: people[n % 3]!, ...(await listen({ person: people[n % 3]!, query })) })));
    const raised = [await raise('one'), await raise('two')];
    await eventually(() => streams.every(({ alerts }) => alerts().length === 2));
    const leaves = world.leaves('s-can');
    const nonces = new Set<unknown>();
    for (const { person, alerts } of streams) {
      for (const { data } of alerts()) {
        const leaf = leaves[(data['delivery'] as DeliveryPlace & { leafIndex: number }).leafIndex];
        expect(leaf).toMatchObject({ who: person, decision: 'RELEASED', reason: 'STREAM' });
        nonces.add(leaf?.['nonce']);
      }
      const bare = alerts().map(({ data: { delivery: _delivery, ...record } }) => record);
      expect(bare.map(({ id }) => id)).toEqual(raised.map(({ id }) => id));
      expect(bare).toEqual(streams[0]?.alerts().map(({ data: { delivery: _delivery, ...record } }) => record));
    }
    expect(leaves.length).toBeGreaterThanOrEqual(12);
    expect(nonces.size).toBeLessThan(leaves.length); // readers who are sent the very same share a commitment
    const cursors = streams.flatMap(({ alerts }) => alerts().map(({ id }) => String(id)));
    expect(new Set(cursors).size).toBe(24);
    const [cursor = '', foreign = ''] = [streams[0]?.alerts()[0]?.id, streams[1]?.alerts()[0]?.id];
    await Promise.all(streams.map(({ close }) => close()));
    const resumed = await listen({ person: people[0]!, lastEventId: cursor });
    await eventually(() => resumed.alerts().length === 1);
    expect(resumed.alerts()[0]?.data['id']).toBe(raised[1]?.id);
    await resumed.close();
    const refused = await listen({ person: people[0]!, lastEventId: foreign });
    expect(refused.response.status).toBe(400);
    await refused.close();
  }); // prettier-ignore

  test('can be taken up again before its first event, and has lost nothing', async () => {
    const { authorization } = await world.as('ama-lindqvist');
    const stop = new AbortController();
    const response = await fetch(`${gateway.address()}/v1/alerts/stream`, { headers: { authorization }, signal: stop.signal });
    const { value } = await response.body!.pipeThrough(new TextDecoderStream()).getReader().read();
    stop.abort();
    const id = /^retry: 2000\nid: ([\w-]+)\n\n$/.exec(value ?? '')?.[1];
    const alert = await raise('while nobody listens');
    const resumed = await listen({ lastEventId: String(id) });
    await eventually(() => resumed.alerts().length === 1);
    expect(resumed.events[0]?.data['id']).toBe(alert.id);
    await resumed.close();
  }); // prettier-ignore

  test('begins now, or at a time in the past', async () => {
    await raise('before');
    await world.pass(60_000);
    const fromNow = await listen();
    const fromPast = await listen({ query: `?from=${new Date(world.clock.now() - 61_000).toISOString()}` });
    await eventually(() => fromPast.alerts().length === 1);
    const later = await raise('after');
    await eventually(() => fromNow.alerts().length === 1 && fromPast.alerts().length === 2);
    expect(fromNow.alerts()[0]?.data['id']).toBe(later.id);
    await Promise.all([fromNow.close(), fromPast.close()]);
  });

  test('that is taken up again at every cursor gives each alert once', async () => {
    const raised: string[] = [];
    const got: string[] = [];
    let cursor: string | undefined;
    const first = await listen();
    await raise('0').then(({ id }) => raised.push(id));
    await eventually(() => first.alerts().length === 1);
    got.push(String(first.alerts()[0]?.data['id']));
    cursor = first.alerts()[0]?.id;
    await first.close();
    for (let round = 1; round <= 4; round += 1) {
      for (const part of ['a', 'b']) raised.push((await raise(`${round}${part}`)).id); // while nobody listens
      const stream = await listen(round % 2 === 0 ? { query: `?cursor=${cursor}` } : { lastEventId: String(cursor) });
      await eventually(() => stream.alerts().length === 2);
      got.push(...stream.alerts().map(({ data }) => String(data['id'])));
      cursor = stream.alerts().at(-1)?.id;
      await stream.close();
    }
    expect(got).toEqual(raised);
  });

  test('sends heartbeats whose cursor resumes past alerts that were filtered out', async () => {
    const stream = await listen({ query: '?category=RANSOMWARE' });
    await raise('phishing');
    await world.pass(250);
    await eventually(() => stream.events.some(({ event }) => event === 'heartbeat'));
    expect(stream.alerts()).toEqual([]);
    const beat = stream.events.findLast(({ event }) => event === 'heartbeat');
    await stream.close();
    const resumed = await listen({ lastEventId: String(beat?.id) });
    const next = await raise('next');
    await eventually(() => resumed.alerts().length === 1);
    expect(resumed.alerts()[0]?.data['id']).toBe(next.id);
    await resumed.close();
  });

  test('of a reader passes over what they do not see, and leaves no leaf for it', async () => {
    const low = await listen();
    const high = await listen({ person: 'marguerite-thorne' });
    await raise('hidden', { groups: ['panel'] });
    const shown = await raise('shown');
    await eventually(() => low.alerts().length === 1 && high.alerts().length === 2);
    expect(low.alerts().map(({ data }) => data['id'])).toEqual([shown.id]);
    expect(world.leaves('s-can').filter(({ who }) => who === 'ama-lindqvist')).toHaveLength(1);
    await Promise.all([low.close(), high.close()]);
  });

  test.each([
    ['what lets them enter the view', { classified: 'UNCLASSIFIED' }],
    ['a group that no view asks for', { groups: ['community'] }],
    ['nothing but the epoch', {}],
  ] as const)(
    'ends before the next record once its reader’s epoch is raised, by a change of %s',
    async (_what, change) => {
      const stream = await listen();
      await raise('before');
      await eventually(() => stream.alerts().length === 1);
      const row = world.policy.people.find(({ person }) => person === 'ama-lindqvist');
      await world.writer.put({ ...row!, clearance: { ...row!.clearance, ...change } });
      await world.writer.beat();
      await world.bus.settled();
      await raise('after');
      await eventually(() => stream.isEnded());
      expect(stream.alerts()).toHaveLength(1);
      expect(stream.events.at(-1)).toEqual({ event: 'end', data: { ended: true } });
    },
  );

  test('ends the same way when its key is revoked, its reader removed, or the registry falls silent', async () => {
    const ends: StreamEvent[] = [];
    const cut: (() => Promise<unknown>)[] = [
      () => world.writer.revokeKey('noor-castellane'),
      () => world.writer.remove('urn:sitebus:local', 'teodor-vance'),
      async () => world.clock.advance(2_001),
    ];
    const people = ['noor-castellane', 'teodor-vance', 'ama-lindqvist'];
    for (const [at, person] of people.entries()) {
      const stream = await listen({ person });
      await raise(`${person} reads`);
      await eventually(() => stream.alerts().length === 1);
      await cut[at]?.();
      if (at < 2) await world.writer.beat();
      await eventually(() => stream.isEnded());
      ends.push(stream.events.at(-1)!);
    }
    expect(ends).toEqual([ends[0], ends[0], ends[0]]);
    expect(ends[0]).toEqual({ event: 'end', data: { ended: true } });
  });

  test('resumed after a change of clearance says so before its first alert', async () => {
    const stream = await listen();
    await raise('before');
    await eventually(() => stream.alerts().length === 1);
    const cursor = String(stream.alerts()[0]?.id);
    await stream.close();
    const row = world.policy.people.find(({ person }) => person === 'ama-lindqvist');
    await world.writer.put({ ...row!, clearance: { ...row!.clearance, groups: [...row!.clearance.groups, 'panel'] } });
    await world.writer.beat();
    await world.bus.settled();
    await raise('after');
    const resumed = await listen({ lastEventId: cursor });
    await eventually(() => resumed.alerts().length === 1);
    expect(resumed.events[0]).toMatchObject({
      event: 'gap',
      data: { reason: 'clearance', list: expect.stringContaining('/v1/alerts?') },
    });
    expect(resumed.events[1]?.event).toBe('alert');
    await resumed.close();
  });

  test('takes the cursor of the list, and refuses another reader’s', async () => {
    const [first, second] = [await raise('first'), await raise('second')];
    await raise('third');
    const headers = await world.as('ama-lindqvist');
    const { next } = (await gateway.app.inject({ url: '/v1/alerts?limit=2', headers })).json<{ next: string }>();
    const stream = await listen({ query: `?cursor=${next}` }); // the list is newest first: its cursor stands at the second
    await eventually(() => stream.alerts().length === 1);
    expect([first.id, second.id]).not.toContain(stream.alerts()[0]?.data['id']);
    await stream.close();
    const foreign = await gateway.app.inject({
      url: `/v1/alerts/stream?cursor=${next}`,
      headers: await world.as('marguerite-thorne'),
    });
    expect([foreign.statusCode, foreign.json()]).toEqual([
      400,
      expect.objectContaining({ type: 'urn:sitebus:problem:cursor-invalid' }),
    ]);
  });

  test('of a reader who takes nothing is cut, and its socket with it', async () => {
    const { authorization } = await world.as('ama-lindqvist');
    const { port } = new URL(gateway.address()!);
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    socket.pause(); // takes the head into the kernel's buffer, and nothing ever after
    socket.write(`GET /v1/alerts/stream HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`);
    const connections = () => new Promise<number>((resolve) => gateway.app.server.getConnections((_, n) => resolve(n)));
    await eventually(async () => (await connections()) === 1);
    const long = 'x'.repeat(60_000);
    let raised = 0;
    await eventually(async () => {
      for (let each = 0; each < 20; each += 1) await raise(`${(raised += 1)}`, { categories: [long] });
      return (await connections()) === 0;
    }); // prettier-ignore
    expect(raised).toBeGreaterThan(20); // it was open while the first of them came
    socket.destroy();
  });

  test('number six of one reader is refused; another reader still gets theirs', async () => {
    const streams = [];
    for (let open = 0; open < 5; open += 1) streams.push(await listen());
    const sixth = await listen();
    expect([sixth.response.status, sixth.response.headers.get('retry-after')]).toEqual([429, '15']);
    const other = await listen({ person: 'teodor-vance' });
    expect(other.response.status).toBe(200);
    await streams[0]?.close();
    const again = await eventually(async () => {
      const stream = await listen();
      return stream.response.status === 200 && stream;
    }); // a place is free again
    await Promise.all([...streams.slice(1), sixth, other, again].map((each) => each.close()));
  });
});
