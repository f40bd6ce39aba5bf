// The Community's acceptance: a partner is onboarded, publishes, is fused or kept apart, and leaves.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { alertTopic, assessTopic, obsTopic } from '@sitebus/sdk';
import { uuidOf } from '../../services/gateway/src/testing/records.ts';
import { eventually } from '../../test/support/eventually.ts';
import { collectEvents, type StreamEvent } from '../../test/support/stream-events.ts';
import { ADMINISTRATORS, aPartnerWorld, type PartnerWorld } from './testing/partner-world.ts';

/** An influence finding as a partner publishes it over HTTP. */
function aFinding(name: string, over: { groups?: readonly string[]; tlp?: string; url?: string; marking?: object | string } = {}) {
  const { groups = ['community'], tlp = 'AMBER', url = 'https://harbour-watch.example/sold' } = over;
  const marking = over.marking ?? {
    classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp, orcon: false,
    owners: [], origins: [], needToKnow: groups.length === 0 ? [] : [groups],
  };
  return {
    type: 'InfluenceActivity',
    envelope: { id: uuidOf(name), observedAt: '2031-10-02T13:00:00Z', marking, sourceGrade: 'B', infoGrade: 2 },
    report: {
      title: name, category: 'INFORMATION_MANIPULATION', portions: [{ text: name, lang: 'en', marking }], stance: 'ASSERTS',
      sourceKind: 'OSINT', mandateBasis: 'Public-interest observation', soWhat: 'It spreads.', releasePlan: 'READABLE_BY_PARTNERS',
      tools: [], ttps: [], actorClaims: [], targets: [], ridings: [], platforms: [], languages: [], labels: [],
    },
    kind: 'NARRATIVE', texts: [], accounts: [], domains: [], urls: [url], media: [],
    hashtags: [], narrativeTypes: [], channelTypes: [], eventTypes: [],
  };
} // prettier-ignore

const publish = (story: PartnerWorld, key: string, finding: object) =>
  story.ask('partner', key, 'POST', '/v1/observations', { body: finding });

const fused = (story: PartnerWorld) =>
  story.world.bus.records(assessTopic('partner')).flatMap(({ value }) => {
    const decoded =
      value === null ? undefined : (story.world.codec.decode(value).value as { members: { id: string }[] });
    return decoded === undefined ? [] : [decoded.members.map(({ id }) => id)];
  });

test('partners ①: a partner whom two administrators onboard publishes at once and reads its own assessment', async () => {
  await using story = await aPartnerWorld();
  await story.fuse('partner');
  const key = await story.onboard('harbour-lab', []);
  expect((await publish(story, key, aFinding('first'))).status).toBe(202);
  expect((await publish(story, key, aFinding('second'))).status).toBe(202);
  const live = async () => (await story.ask('partner', key, 'GET', '/v1/assessments?status=LIVE')).body['items'] as { members: object[] }[];
  await eventually(async () => (await live())[0]?.members.length === 2);
  expect(await live()).toMatchObject([
    { view: 'partner', members: [{ agency: 'partner-harbour-lab' }, { agency: 'partner-harbour-lab' }] },
  ]);
  expect(story.world.bus.records(obsTopic('partner', 'partner-harbour-lab'))).toHaveLength(2);
}); // prettier-ignore

test('partners ②: records of a narrower group are served singly to it and fused nowhere; who is not in it reads as if the other partner did not exist', async () => {
  const alone = await storyOf(false);
  const beside = await storyOf(true);
  expect(beside.others).toEqual([uuidOf('narrow')]); // the group itself reads it
  expect(beside.fused.flat()).toContain(uuidOf('of chirrup'));
  expect(beside.fused.flat()).not.toContain(uuidOf('narrow'));
  expect(beside.seen.join()).toContain(uuidOf('of chirrup'));
  expect(beside.seen).toEqual(alone.seen);

  async function storyOf(hasOther: boolean) {
    await using story = await aPartnerWorld();
    await story.fuse('partner');
    const chirrup = await story.world.keyOf('piotr-adeyemi');
    const other = await story.onboard('night-desk', ['research']);
    await publish(story, chirrup, aFinding('of chirrup'));
    await eventually(() => fused(story).flat().includes(uuidOf('of chirrup'))); // one record a cut, in both worlds
    if (hasOther) await publish(story, other, aFinding('narrow', { groups: ['research'] }));
    await publish(story, chirrup, aFinding('again of chirrup', { groups: ['community', 'platforms'] }));
    await eventually(() => fused(story).some((members) => members.length === 2));
    const paths = ['/v1/observations', '/v1/assessments', '/v1/alerts', '/v1/sources', '/v1/observations?agency=partner-night-desk', `/v1/observations/${uuidOf('narrow')}`]; // prettier-ignore
    const seen: string[] = [];
    for (const path of paths) seen.push(withoutTimes((await story.ask('partner', chirrup, 'GET', path)).text));
    const lookup = { features: [{ kind: 'url', value: 'https://harbour-watch.example/sold' }] };
    seen.push(
      withoutTimes((await story.ask('partner', chirrup, 'POST', '/v1/features/lookup', { body: lookup })).text),
    );
    const others = await story.ask('partner', other, 'GET', '/v1/observations?agency=partner-night-desk');
    return { seen, fused: fused(story), others: (others.body['items'] as { id: string }[]).map(({ id }) => id) };
  }
});

/** The clock of these worlds moves with each question; trace ids are random. */
function withoutTimes(text: string): string {
  return text.replace(/"traceId":"[0-9a-f]+"/g, '').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T').replace(/"(lagMs|usualIntervalMs|p50|p99)":[^,}]*/g, ''); // prettier-ignore
}

test('partners ③: after offboarding no record reaches the open stream, which ends, and what was written stays', async () => {
  await using story = await aPartnerWorld();
  const key = await story.onboard('harbour-lab', []);
  const gateway = await story.world.gateway('partner', {
    listen: { host: '127.0.0.1', port: 0 },
    stream: { heartbeatMs: 50 },
  });
  await publish(story, key, aFinding('kept'));
  const events: StreamEvent[] = [];
  const abort = new AbortController();
  const response = await fetch(`${gateway.address()}/v1/alerts/stream`, {
    headers: { authorization: `Bearer ${key}` },
    signal: abort.signal,
  });
  let ended = false;
  void collectEvents(response.body!, events).then(() => (ended = true));
  await story.fuse('partner');
  await publish(story, await story.world.keyOf('piotr-adeyemi'), aFinding('linked to it'));
  const alerts = () => events.filter(({ event }) => event === 'alert');
  const raised = () => story.world.bus.records(alertTopic('partner'));
  await eventually(() => alerts().length > 0 && alerts().length === raised().length); // nothing is still on its way
  const [administrator] = ADMINISTRATORS;
  await story.ask('public', await story.world.keyOf(administrator), 'POST', '/v1/partners/harbour-lab/offboard');
  const before = alerts().length;
  for (const name of ['after one', 'after two', 'after three'])
    await publish(story, await story.world.keyOf('piotr-adeyemi'), aFinding(name));
  await eventually(() => fused(story).flat().includes(uuidOf('after three')));
  await eventually(() => ended);
  expect(alerts()).toHaveLength(before);
  // Its key is as good as any that never was one.
  const answers = [await publish(story, key, aFinding('too late')), await publish(story, 'no-key-at-all', aFinding('too late'))]; // prettier-ignore
  const untraced = answers.map(({ status, body }) => [status, { ...(body as object), traceId: '' }]);
  expect(untraced[0]).toEqual([401, expect.objectContaining({ status: 401 })]);
  expect(untraced[0]).toEqual(untraced[1]);
  const kept = await story.ask('partner', await story.world.keyOf('piotr-adeyemi'), 'GET', `/v1/observations/${uuidOf('kept')}`); // prettier-ignore
  expect(kept.body).toMatchObject({ envelope: { agency: 'partner-harbour-lab' } });
  abort.abort();
});

describe('what a partner may not send', () => {
  const refused: [string, object, string, string][] = [
    ['a classification', aFinding('x', { marking: 'SECRET//REL TO CAN, GBR' }), 'marking-not-allowed', 'NO_CELL'],
    ['a compartment', aFinding('x', { marking: 'TOP SECRET//SI//CANADIAN EYES ONLY' }), 'marking-not-allowed', 'NO_CELL'],
    ['a protected level', aFinding('x', { marking: 'PROTECTED A//CANADIAN EYES ONLY' }), 'marking-not-allowed', 'NO_CELL'],
    ['TLP:AMBER for nobody', aFinding('x', { groups: [] }), 'marking-not-allowed', 'GROUP_REQUIRED'],
    ['a group that policy does not know', aFinding('x', { groups: ['inner-circle'] }), 'invalid-observation', 'UNKNOWN_GROUP'],
  ]; // prettier-ignore
  let story: PartnerWorld;
  let key: string;
  beforeAll(async () => {
    story = await aPartnerWorld();
    key = await story.onboard('harbour-lab', []);
  });
  afterAll(async () => story[Symbol.asyncDispose]());

  test.each(refused)('%s is refused with 422, and nothing of it reaches the bus', async (_what, finding, slug, code) => {
    const { status, body } = await publish(story, key, finding);
    expect([status, body]).toMatchObject([422, { type: `urn:sitebus:problem:${slug}`, errors: [{ code }] }]);
    expect(story.world.bus.records(obsTopic('partner', 'partner-harbour-lab'))).toEqual([]);
    expect((await publish(story, key, aFinding('good', { tlp: 'CLEAR', groups: [] }))).status).toBe(202);
  }); // prettier-ignore

  test('a file over the quota is 413, items over it 429, and the neighbour goes on', async () => {
    const [greedy, neighbour] = [await story.onboard('greedy', []), await story.onboard('neighbour', [])];
    const { fileBytes, itemsPerHour } = story.world.policy.partners.quota;
    const send = (key: string, content: string) =>
      story.ask('partner', key, 'POST', '/v1/imports/platform-report?source=partner-platform', {
        body: content,
        headers: { 'content-type': 'application/octet-stream' },
      });
    const tooLarge = await send(greedy, 'x'.repeat(fileBytes + 1));
    expect([tooLarge.status, tooLarge.body]).toMatchObject([413, { type: 'urn:sitebus:problem:too-large' }]);
    const full = 'x'.repeat(fileBytes);
    const statuses = new Set<number>();
    for (let sent = 0; sent <= itemsPerHour; sent += fileBytes / 1024) statuses.add((await send(greedy, full)).status);
    expect([...statuses]).toEqual([200, 429]);
    const limited = await send(greedy, full);
    expect([limited.status, Number(limited.headers['retry-after']) > 0]).toEqual([429, true]);
    expect((await publish(story, neighbour, aFinding('of the neighbour'))).status).toBe(202);
    await story.world.pass(3_600_000);
    expect((await send(greedy, '[]')).status).toBe(200);
  });
});
