// Every way of asking whether a value was seen: one that policy masks is answered as one that nobody has seen.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { collectEvents, type StreamEvent } from '../../../../test/support/stream-events.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import type { GatewayService } from '../service.ts';
import { anAlert, anAssessment, anIndicatorReport, uuidOf } from '../testing/records.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const CEO = 'SECRET//CANADIAN EYES ONLY';
/** Seen and masked, seen by nobody, seen and open: all of one length, so that whole answers can be compared. */
const MASKED = { kind: 'wallet', value: 'btc:1BoatSLRHtKNngkdXEeobR76' };
const MASKED_CONTEXT = { kind: 'person', value: 'prs_00112233 5566778899aabbcc' };
const UNSEEN = { wallet: 'btc:1UnknownUnknownUnknown76', person: 'prs_ffeeddcc bbaa998877665544' } as const;
const OPEN = { kind: 'domain', value: 'mirror-check.example' };
const ASSESSMENT = uuidOf('assessment');

let world: World;
let gateway: GatewayService;
beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can', { listen: { host: '127.0.0.1', port: 0 }, stream: { heartbeatMs: 200, perReader: 6 } });
  await world.observe('IndicatorReport', 's-can', { ...anIndicatorReport({ id: uuidOf('member a'), marking: CEO }), wallets: [MASKED.value] } as never);
  const weight = { dfBucket: 1, weight: 1, contributionMicro: 350_000 };
  const assessment = anAssessment({
    marking: CEO,
    links: [{ a: uuidOf('member a'), b: uuidOf('member b'), scoreMicro: 700_000, features: [{ ...MASKED, ...weight }, { ...OPEN, ...weight }] }],
    contextValues: [{ ...MASKED_CONTEXT, why: 'HUB' }, { ...OPEN, why: 'COMMON' }],
  });
  await world.assess(assessment);
  await world.alert(anAlert(assessment));
}); // prettier-ignore
afterAll(async () => world[Symbol.asyncDispose]());

interface Value {
  readonly kind: string;
  readonly value: string;
}
interface Answer {
  readonly statusCode: number;
  readonly body: string;
  readonly marking: unknown;
  /** Leaves it left, without what differs from one to the next. */
  readonly leaves: readonly unknown[];
}
type Way = (asked: Value, person: string) => Promise<Answer>;

const send = async (method: 'GET' | 'POST', url: string, person: string, payload?: object): Promise<Answer> => {
  const before = world.leaves('s-can').length;
  const headers = await world.as(person);
  const { statusCode, body, headers: head } = await gateway.app.inject({ method, url, headers, ...(payload && { payload }) });
  const leaves = world.leaves('s-can').slice(before).map(({ decision, reason, marking, records }) => ({ decision, reason, marking, records }));
  return { statusCode, body, marking: head['sitebus-marking'], leaves };
}; // prettier-ignore
const feature = ({ kind, value }: Value): string => `${kind}:${value}`;
const listed = (path: string, name: 'feature' | 'q'): Way => (asked, person) =>
  send('GET', `${path}?${new URLSearchParams({ [name]: name === 'q' ? asked.value : feature(asked) }).toString()}`, person); // prettier-ignore

const WAYS: readonly (readonly [string, Way])[] = [
  ['a look-up', (asked, person) => send('POST', '/v1/features/lookup', person, { features: [asked] })],
  ['a look-up of another spelling', ({ kind, value }, person) => send('POST', '/v1/features/lookup', person, { features: [{ kind, value: ` ${value} ` }] })],
  ['a look-up that cuts it elsewhere', ({ kind, value }, person) => {
    const [begin = '', end] = value.split(' ');
    return send('POST', '/v1/features/lookup', person, { features: [end === undefined ? { kind, value } : { kind: `${kind} ${begin}`, value: end }] });
  }],
  ['observations by feature', listed('/v1/observations', 'feature')],
  ['observations by text', listed('/v1/observations', 'q')],
  ['assessments by feature', listed('/v1/assessments', 'feature')],
  ['assessments by text', listed('/v1/assessments', 'q')],
  ['alerts by feature', listed('/v1/alerts', 'feature')],
  ['alerts by text', listed('/v1/alerts', 'q')],
  ['the preview of a subscription by feature', (asked, person) => send('POST', '/v1/subscriptions/preview', person, { filter: { feature: feature(asked) } })],
  ['the preview of a subscription by text', (asked, person) => send('POST', '/v1/subscriptions/preview', person, { filter: { q: asked.value } })],
]; // prettier-ignore

/** An answer with every piece of the value replaced. */
const asText = (answer: Answer, value: string): string =>
  value.split(' ').reduce((text, piece) => text.replaceAll(piece, '?'), JSON.stringify(answer));

test.each(WAYS)('by %s a masked value is as one never seen', async (_what, ask) => {
  for (const person of ['ama-lindqvist', 'dov-lachance']) {
    const open = await ask(OPEN, person);
    expect([open.statusCode, open.body.includes(uuidOf('member a')), open.leaves.length]).toEqual([200, true, 1]);
    for (const masked of [MASKED, MASKED_CONTEXT] as const) {
      const unseen = UNSEEN[masked.kind as keyof typeof UNSEEN];
      const answer = await ask({ ...masked, value: unseen }, person);
      expect(asText(await ask(masked, person), masked.value)).toBe(asText(answer, unseen));
    }
  }
}); // prettier-ignore

test('by an alert stream neither', async () => {
  const stop = new AbortController();
  const listen = async (query: Record<string, string>) => {
    const params = new URLSearchParams({ from: '2000-01-01T00:00:00Z', ...query });
    const headers = await world.as('ama-lindqvist');
    const { body } = await fetch(`${gateway.address()}/v1/alerts/stream?${params.toString()}`, { headers, signal: stop.signal });
    const events: StreamEvent[] = [];
    void collectEvents(body!, events).catch(() => undefined); // cut when all is told
    return (wanted: string) => events.filter(({ event }) => event === wanted).length;
  };
  const open = [await listen({ feature: feature(OPEN) }), await listen({ q: OPEN.value })];
  const masked = await Promise.all([MASKED, MASKED_CONTEXT].flatMap((each) => [listen({ feature: feature(each) }), listen({ q: each.value })]));
  for (let beats = 1; beats <= 2; beats += 1) {
    await world.pass(250);
    await eventually(() => [...open, ...masked].every((heard) => heard('heartbeat') >= beats));
  }
  expect([open, masked].map((heard) => heard.map((each) => each('alert')))).toEqual([[1, 1], [0, 0, 0, 0]]);
  stop.abort();
}, 60_000); // prettier-ignore

test('by a graph and by TAXII neither: what they show has no node and no object of it', async () => {
  const graph = await send('GET', `/v1/assessments/${ASSESSMENT}/graph?depth=2`, 'ama-lindqvist');
  const collection = world.policy.views.find(({ id }) => id === 's-can')?.collection;
  await world.pass(5_000);
  const taxii = await send('GET', `/taxii2/sitebus/collections/${collection}/objects/`, 'ama-lindqvist');
  for (const { body } of [graph, taxii]) {
    expect(body).toContain(OPEN.value);
    for (const { value } of [MASKED, MASKED_CONTEXT]) expect(body).not.toContain(value.slice(4));
  }
}); // prettier-ignore
