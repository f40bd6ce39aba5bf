// What a report says of sources that did not observe, by example, and on a bus; S3 over drawn histories is in sitrep.property.test.ts.

import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from '@jest/globals';
import { createMarking } from '@sitebus/marking';
import { loadPolicy, type SitrepEvent } from '@sitebus/sdk';
import { createSourceGaps } from '../source-gaps.ts';
import { aSourceGap, type GapWords } from '../testing/a-source-gap.ts';
import { aGuardWorld } from '../testing/guard-world.ts';
import { createLightWorld, type LightWorld } from '../testing/light-plan.ts';
import { sitrepId } from './renditions.ts';
import { seriesId, SITREP_SERIES_MACHINE } from './series.ts';
import { SITREP_MACHINE } from './sitrep-machine.ts';
import type { Sitrep } from './sitrep.ts';

const policy = await loadPolicy(fileURLToPath(new URL('../../../../schemas/policy', import.meta.url)));
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Day D-30 of the scenario, at noon in the election's zone. */
const NOON = Date.parse('2031-09-20T16:00:00Z');
const CUT_OFF = Date.parse('2031-09-20T20:00:00Z');
const SINCE = CUT_OFF - DAY_MS;
const AMBER = 'UNCLASSIFIED//TLP:AMBER';
const SECRET = 'SECRET//CANADIAN EYES ONLY';
const ID = '6a1b7a52-90a4-4f4e-8f1c-3c1d2f6f7a11';
const OTHER = '6a1b7a52-90a4-4f4e-8f1c-3c1d2f6f7a12';
const SERIES = { electionId: 'ge-demo', cadence: 'writ' };
let world: LightWorld;

const begun = (): LightWorld => {
  const made = createLightWorld([SITREP_SERIES_MACHINE, SITREP_MACHINE], policy, NOON);
  made.give('sitrep-series', seriesId('ge-demo', 'writ'), 'ts-can', 'open', SERIES, made.asking('samir-vasquez'));
  made.tick();
  return made;
};
const idIn = (view: string, number = 1): string => {
  const of = policy.views.find(({ id }) => id === view)!;
  return sitrepId(of, 'ge-demo', 'writ', number);
};
const give = (person: string, view: string, name: string, args: unknown = {}) =>
  world.give('sitrep', idIn(view), view, name, args, world.asking(person));
const report = (view: string, number = 1): Sitrep => world.state('sitrep', idIn(view, number)) as Sitrep;
const shown = (person: string, view: string, number = 1) => {
  const viewer = { id: idIn(view, number), asking: world.asking(person), facts: world.facts(view) };
  return SITREP_MACHINE.shown(report(view, number), viewer);
};
const gapsShown = (person: string, view: string, number = 1) =>
  shown(person, view, number).body['gaps'] as { readonly sources?: readonly Record<string, unknown>[] };
const declare = (words: Partial<GapWords> = {}): void => {
  const gap = { id: ID, marking: AMBER, fromMs: NOON - HOUR_MS, toMs: NOON, ...words };
  world.sourceGaps.take(aSourceGap(gap, policy));
};
const cutOff = (number = 1): void => {
  world.now = CUT_OFF + (number - 1) * DAY_MS;
  world.tick();
};
const named = (view: string, number = 1) =>
  report(view, number).sourceGaps?.gaps.map(({ id, agency, isLate }) => ({ id, agency, isLate }));

beforeEach(() => {
  world = begun();
});

test('failure 20: a source that did not observe is said in the report of that time, with a mark of its own, beside the member’s nil and not as one', () => {
  give('renaud-ekstrom', 'pb-can', 'nil');
  declare({ agency: 'elections' });
  declare({ id: OTHER, agency: 'csis', marking: AMBER, fromMs: SINCE - DAY_MS, toMs: undefined });
  cutOff();
  expect(report('partner').standings).toContainEqual({ agency: 'elections', status: 'NIL' });
  expect(report('partner').standings).toContainEqual({ agency: 'csis', status: 'LATE' }); // a gap is no contribution
  const body = shown('elio-marchetti', 'partner').body;
  expect(body).toMatchObject({
    contributions: expect.arrayContaining([expect.objectContaining({ agency: 'elections', means: expect.objectContaining({ en: expect.stringContaining('nothing to report') }) })]),
    gaps: {
      since: new Date(SINCE).toISOString(),
      sources: [
        { id: OTHER, source: 'partner.csis', from: new Date(SINCE - DAY_MS).toISOString(), isLate: false },
        {
          id: ID, source: 'partner.elections', agency: 'elections', from: new Date(NOON - HOUR_MS).toISOString(), to: new Date(NOON).toISOString(),
          reason: 'The sensor was moved.', mark: '(U//TLP:AMBER)', means: { en: expect.stringContaining('did not observe'), fr: expect.stringContaining('n’a pas observé') },
        },
      ],
    },
  });
  expect(gapsShown('elio-marchetti', 'partner').sources?.[0]).not.toHaveProperty('to');
}); // prettier-ignore

test('a gap is part of no figure: but for what it says of sources, the report is as it would be without', () => {
  const all = () => {
    give('mei-hathaway', 'ts-can', 'contribute', { portions: [{ section: 'gaps', text: 'Words.', marking: AMBER }] });
    cutOff();
    const { sourceGaps, ...rest } = report('s-can');
    return { sourceGaps, rest, difference: shown('ama-lindqvist', 's-can').body['difference'] };
  };
  const without = all();
  world = begun();
  declare();
  const { rest, difference, sourceGaps } = all();
  expect([without.sourceGaps?.gaps.length, sourceGaps?.gaps.length]).toEqual([0, 1]);
  expect([rest, difference]).toEqual([without.rest, without.difference]);
});

test('a view is told of the gaps that it may read, and the marking of what it says protects them', () => {
  declare();
  declare({ id: OTHER, agency: 'csis', marking: SECRET });
  cutOff();
  expect([named('partner'), named('s-can'), named('ts-can')].map((each) => each?.length)).toEqual([1, 2, 2]);
  const compiled = (view: string) =>
    (world.events(view) as readonly SitrepEvent[]).find(({ kind }) => kind === 'compiled')!;
  expect([compiled('partner').marking.classified, compiled('s-can').marking.classified]).toEqual(['UNCLASSIFIED', 'SECRET']); // prettier-ignore
  expect(shown('ama-lindqvist', 's-can').marking.classified).toBe('SECRET');
  give('teodor-vance', 's-can', 'approve');
  give('teodor-vance', 's-can', 'issue', { recipients: ['ama-lindqvist'], decision: { reason: 'Daily.' } });
  const [issue] = SITREP_MACHINE.issues!(report('s-can'), idIn('s-can'), policy);
  expect(issue?.marking.classified).toBe('SECRET');
  expect((world.events('s-can').at(-1) as SitrepEvent).marking.classified).toBe('SECRET');
});

test('a person who may not read a gap is not told of it, nor of how many more there are', () => {
  for (let at = 0; at < 60; at += 1) declare({ id: `${ID.slice(0, -2)}${at + 20}`, marking: SECRET });
  declare({ agency: 'rcmp' });
  cutOff();
  expect(gapsShown('ama-lindqvist', 's-can')).toHaveProperty('omitted');
  const person = world.persons.get('ama-lindqvist')!;
  const clearance = { ...person.clearance, classified: 'UNCLASSIFIED' as const };
  world.persons.set('ama-lindqvist', { ...person, clearance });
  const { sources, ...rest } = gapsShown('ama-lindqvist', 's-can');
  expect(sources).toMatchObject([{ source: 'partner.rcmp' }]);
  expect(rest).not.toHaveProperty('omitted');
  expect(shown('ama-lindqvist', 's-can').marking.classified).toBe('UNCLASSIFIED');
});

test('what is declared after a report was compiled changes no version of it, and is said in the next as of an earlier time', () => {
  cutOff();
  const before = JSON.stringify([report('partner'), shown('elio-marchetti', 'partner')]);
  declare();
  world.tick();
  expect(JSON.stringify([report('partner'), shown('elio-marchetti', 'partner')])).toBe(before);
  cutOff(2);
  expect(JSON.stringify([report('partner').sourceGaps])).toContain('"gaps":[]');
  expect(named('partner', 2)).toEqual([{ id: ID, agency: 'cse', isLate: true }]);
  cutOff(3);
  expect(named('partner', 3)).toEqual([]);
});

test('a gap that lasts is said in every report until the one that takes its place has ended; a recalled one in none', () => {
  declare({ toMs: undefined });
  declare({ id: OTHER, agency: 'csis' });
  world.sourceGaps.take(aSourceGap({ id: `${ID.slice(0, -1)}9`, agency: 'csis', marking: AMBER, fromMs: NOON, recalls: OTHER }, policy)); // prettier-ignore
  cutOff();
  cutOff(2);
  const third = `${ID.slice(0, -1)}3`;
  declare({ id: third, supersedes: ID, toMs: CUT_OFF + DAY_MS + HOUR_MS });
  cutOff(3);
  cutOff(4);
  const ids = [1, 2, 3, 4].map((number) => named('partner', number)?.map(({ id }) => id));
  expect(ids).toEqual([[ID], [ID], [third], []]);
});

test('a recall that a view may not read changes nothing of what the view is told', () => {
  declare();
  world.sourceGaps.take(aSourceGap({ id: OTHER, marking: SECRET, fromMs: NOON, recalls: ID }, policy));
  cutOff();
  expect([named('partner')?.length, named('s-can')?.length]).toEqual([1, 0]);
});

test('another agency recalls and replaces nothing', () => {
  declare();
  world.sourceGaps.take(aSourceGap({ id: OTHER, agency: 'csis', marking: AMBER, fromMs: NOON, recalls: ID }, policy));
  cutOff();
  expect(named('partner')).toHaveLength(1);
});

test.each<[string, Partial<GapWords>, number]>([
  ['ended before the time of the report', { fromMs: SINCE - HOUR_MS, toMs: SINCE }, 0],
  ['ended within it', { fromMs: SINCE - HOUR_MS, toMs: SINCE + 1 }, 1],
  ['began within it', { fromMs: CUT_OFF - 1, toMs: CUT_OFF + DAY_MS }, 1],
  ['begins at the cut-off', { fromMs: CUT_OFF, toMs: undefined }, 0],
  ['ends before it begins', { fromMs: NOON, toMs: NOON - 1 }, 0],
  ['begins at no instant', { fromMs: -9e15, toMs: undefined }, 0],
  ['is heavier than any that a producer may write', { reason: 'x'.repeat(9_000) }, 0],
])('a first report and a gap that %s', (_what, words, count) => {
  declare(words);
  cutOff();
  expect(named('partner')).toHaveLength(count);
});

test('what its originator controls goes into no report', () => {
  const record = aSourceGap({ id: ID, marking: SECRET, fromMs: NOON }, policy);
  const gaps = createSourceGaps(policy.cells);
  gaps.take({ ...record, marking: createMarking({ ...record.marking, orcon: true }) });
  const view = policy.views.find(({ id }) => id === 's-can')!;
  expect(gaps.of(view)).toEqual([]);
  gaps.take({ ...record, envelope: { ...record.envelope, id: OTHER } });
  expect(gaps.of(view)).toHaveLength(1);
});

test('of very many gaps the newest of each source are named, and how many more there are', () => {
  for (let at = 0; at < 120; at += 1)
    declare({ id: `${ID.slice(0, -3)}${at + 100}`, fromMs: NOON - HOUR_MS + at, reason: 'é'.repeat(1_000) });
  declare({ agency: 'rcmp', fromMs: NOON - 2 * HOUR_MS });
  cutOff();
  const { gaps = [], omitted } = report('partner').sourceGaps ?? {};
  expect(gaps.filter(({ agency }) => agency === 'rcmp')).toHaveLength(1);
  expect(gaps.at(-1)?.from).toBe(NOON - HOUR_MS + 119);
  expect(gaps.length).toBeLessThanOrEqual(50);
  expect(omitted).toBe(121 - gaps.length);
});

test('a gap that an agency writes to the bus is in the report of each view that reads its cell', async () => {
  await using own = await aGuardWorld({ machines: [SITREP_SERIES_MACHINE, SITREP_MACHINE] });
  const { guard, clock } = own;
  await guard.protocol.open('sitrep-series', SERIES, { person: 'samir-vasquez', view: 'ts-can' });
  await guard.look();
  await own.declareGap({ id: ID, agency: 'csis', marking: SECRET, fromMs: clock.now() });
  await own.declareGap({ id: OTHER, agency: 'rcmp', marking: AMBER, fromMs: clock.now(), toMs: clock.now() + 1 });
  clock.advance(9 * HOUR_MS);
  await guard.look();
  const told = async (person: string, view: string) => {
    const reports = await guard.protocol.list('sitrep', { person, view });
    const compiled = reports.find(({ body }) => body['state'] === 'COMPILED');
    const { sources } = compiled?.body['gaps'] as { readonly sources: readonly { readonly source: string }[] };
    return sources.map(({ source }) => source);
  };
  expect(await told('ama-lindqvist', 's-can')).toEqual(['partner.rcmp', 's-can.csis']);
  expect(await told('elio-marchetti', 'partner')).toEqual(['partner.rcmp']);
});
