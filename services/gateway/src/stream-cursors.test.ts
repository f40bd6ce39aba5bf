// What two readers of a stream can find by laying their cursors side by side: that both were shown the same alert, and nothing else.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import { collectEvents, type StreamEvent } from '../../../test/support/stream-events.ts';
import { WHERE_CHARS, WHOSE_CHARS } from './cursor.ts';
import type { GatewayService } from './service.ts';
import { anAlert, anAssessment, uuidOf } from './testing/records.ts';
import { aWorld, type World } from './testing/world.ts';

let world: World;
let gateway: GatewayService;
const stop = new AbortController();

beforeEach(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can', { listen: { host: '127.0.0.1', port: 0 }, stream: { heartbeatMs: 200 } });
});
afterEach(async () => world[Symbol.asyncDispose]());

async function raise(name: string, groups: readonly string[] = []): Promise<void> {
  const assessment = anAssessment({ id: uuidOf(name), marking: 'SECRET//CANADIAN EYES ONLY', groups: [...groups] });
  await world.assess(assessment);
  await world.alert(anAlert(assessment));
}

async function listen(person: string, query = ''): Promise<(event: string) => readonly StreamEvent[]> {
  const headers = await world.as(person);
  const { body } = await fetch(`${gateway.address()}/v1/alerts/stream${query}`, { headers, signal: stop.signal });
  const events: StreamEvent[] = [];
  void collectEvents(body!, events).catch(() => undefined); // cut with the gateway
  return (wanted) => events.filter(({ event }) => event === wanted);
}

const wheresOf = (events: readonly StreamEvent[]): readonly string[] =>
  events.map(({ id }) => String(id).slice(WHOSE_CHARS));
const whosesOf = (events: readonly StreamEvent[]): ReadonlySet<string> =>
  new Set(events.map(({ id }) => String(id).slice(0, WHOSE_CHARS)));

test('of the same alert two readers’ cursors end alike, whatever was hidden from either before it, and begin as their own', async () => {
  const low = await listen('ama-lindqvist');
  const alike = await listen('teodor-vance');
  await raise('one');
  await eventually(() => low('alert').length === 1 && alike('alert').length === 1);
  await raise('hidden from both', ['panel']);
  await raise('two');
  await eventually(() => low('alert').length === 2 && alike('alert').length === 2);
  const [high, late] = [await listen('marguerite-thorne', '?from=2000-01-01T00:00:00Z'), await listen('dov-lachance', '?from=2000-01-01T00:00:00Z')]; // prettier-ignore
  await eventually(() => high('alert').length === 3 && late('alert').length === 2);
  const shown = wheresOf(low('alert'));
  expect(new Set(shown).size).toBe(2);
  for (const other of [alike, late]) expect(wheresOf(other('alert'))).toEqual(shown);
  expect(wheresOf(high('alert'))).toEqual([shown[0], expect.any(String), shown[1]]);
  expect(shown.map(({ length }) => length)).toEqual([WHERE_CHARS, WHERE_CHARS]);
  const whoses = [low, alike, high, late].map((each) => whosesOf(each('alert')));
  expect(new Set(whoses.flatMap((each) => [...each])).size).toBe(4); // one a stream
});

test('of heartbeats no two cursors end alike, nor as the alert’s they stand at', async () => {
  const [one, two] = [await listen('ama-lindqvist'), await listen('teodor-vance')];
  await raise('one');
  await eventually(() => one('alert').length === 1 && two('alert').length === 1);
  for (let beats = 1; beats <= 2; beats += 1) {
    await world.pass(250);
    await eventually(() => one('heartbeat').length >= beats && two('heartbeat').length >= beats);
  }
  const wheres = [one, two].flatMap((each) => wheresOf(each('heartbeat')));
  expect(wheres.length).toBeGreaterThanOrEqual(4);
  const pieces = [...wheres, ...wheresOf(one('alert'))].flatMap((where) => where.match(/.{23}/g) ?? []);
  expect(new Set(pieces).size).toBe(pieces.length);
});
