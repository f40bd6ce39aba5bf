// The table of the situation report, by example: what the task force sees of it, one whole value at a time.

import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import { createLightWorld, type LightWorld } from '../testing/light-plan.ts';
import { sitrepId } from './renditions.ts';
import { seriesId, SITREP_SERIES_MACHINE } from './series.ts';
import { SITREP_MACHINE } from './sitrep-machine.ts';
import type { Sitrep } from './sitrep.ts';

const policy = await loadPolicy(fileURLToPath(new URL('../../../../schemas/policy', import.meta.url)));
/** Day D-30 of the scenario, at noon in the election's zone. */
const NOON = Date.parse('2031-09-20T16:00:00Z');
const CUT_OFF = Date.parse('2031-09-20T20:00:00Z');
const SERIES = seriesId('ge-demo', 'writ');
const AMBER = 'UNCLASSIFIED//TLP:AMBER';
const SECRET = 'SECRET//CANADIAN EYES ONLY';
let world: LightWorld;

const idIn = (view: string, number = 1): string =>
  sitrepId(
    policy.views.find(({ id }) => id === view)!,
    'ge-demo',
    'writ',
    number,
  );
const give = (person: string, view: string, name: string, args: unknown = {}, number = 1) =>
  world.give('sitrep', idIn(view, number), view, name, args, world.asking(person));
const report = (view: string, number = 1): Sitrep => world.state('sitrep', idIn(view, number)) as Sitrep;
const shown = (person: string, view: string, number = 1) =>
  SITREP_MACHINE.shown(report(view, number), {
    id: idIn(view, number),
    asking: world.asking(person),
    facts: world.facts(view),
  });
const paragraph = (text: string, marking?: string) => ({
  section: 'cyber',
  text,
  ...(marking === undefined ? {} : { marking }),
});
const cutOff = (): void => {
  world.now = CUT_OFF;
  world.tick();
};

beforeEach(() => {
  world = createLightWorld([SITREP_SERIES_MACHINE, SITREP_MACHINE], policy, NOON);
  world.give(
    'sitrep-series',
    SERIES,
    'ts-can',
    'open',
    { electionId: 'ge-demo', cadence: 'writ' },
    world.asking('samir-vasquez'),
  );
  world.tick();
});

test('accept 1: at the cut-off, with one contribution, one nil and one silent member, a report compiles by itself and lists them', () => {
  give('mei-hathaway', 'ts-can', 'contribute', { portions: [paragraph('Two sign-in pages were copied.', AMBER)] });
  give('renaud-ekstrom', 'pb-can', 'nil');
  cutOff();
  expect(report('partner')).toMatchObject({
    state: 'COMPILED',
    standings: [
      { agency: 'cse', status: 'SUBMITTED' },
      { agency: 'csis', status: 'LATE' },
      { agency: 'rcmp', status: 'LATE' },
      { agency: 'gac', status: 'LATE' },
      { agency: 'elections', status: 'NIL' },
    ],
  });
});

test('accept 2: nil is one command without a body', () => {
  expect(give('bastien-okoro', 'pb-can', 'nil')).toBeUndefined();
  expect(report('pb-can').contributions).toEqual([{ agency: 'rcmp', isNil: true, isLate: false, portions: [] }]);
});

test('accept 3: another chair in policy is another person who may approve, with no change of code', () => {
  cutOff();
  world.persons.set('hugo-paquin', { ...world.persons.get('hugo-paquin')!, roles: ['chair'] });
  expect(give('hugo-paquin', 'ts-can', 'approve')).toMatchObject({ refused: 'ROLE_NOT_ALLOWED' });
  world.policy = {
    ...policy,
    taskForce: {
      ...policy.taskForce,
      chair: [{ agency: 'csis', from: '2031-01-01T00:00:00Z', to: '2032-01-01T00:00:00Z' }],
    },
  };
  expect(give('teodor-vance', 's-can', 'approve')).toMatchObject({ refused: 'ROLE_NOT_ALLOWED' });
  expect(give('hugo-paquin', 'ts-can', 'approve')).toBeUndefined();
  expect(report('ts-can').state).toBe('CHAIR_APPROVED');
});

test('accept 4: the rendition of partners is the same, byte for byte, whether or not higher paragraphs exist', () => {
  const run = (portions: readonly object[]) => {
    give('mei-hathaway', 'ts-can', 'contribute', { portions: [paragraph('A page was copied.', AMBER)] });
    if (portions.length > 0) give('dov-lachance', 's-can', 'contribute', { portions });
    cutOff();
    return JSON.stringify([world.events('partner'), shown('elio-marchetti', 'partner').body]);
  };
  const without = run([]);
  world = createLightWorld([SITREP_SERIES_MACHINE, SITREP_MACHINE], policy, NOON);
  world.give(
    'sitrep-series',
    SERIES,
    'ts-can',
    'open',
    { electionId: 'ge-demo', cadence: 'writ' },
    world.asking('samir-vasquez'),
  );
  world.tick();
  const withHigher = run([paragraph('The host is run for a state.', SECRET)]);
  expect(JSON.stringify(shown('noor-castellane', 'ts-can').body)).toContain('run for a state');
  expect(withHigher).toBe(without);
});

test('a paragraph without a portion mark is refused at its place, and nothing of the contribution is kept', () => {
  const refused = give('mei-hathaway', 'ts-can', 'contribute', {
    portions: [paragraph('Marked.', AMBER), paragraph('Not marked.')],
  });
  expect(refused).toMatchObject({
    refused: 'INVALID_DRAFT',
    faults: [{ pointer: '/portions/1/marking', code: 'MARKING_REQUIRED' }],
  });
  expect(policy.views.flatMap(({ id }) => report(id).contributions)).toEqual([]);
});

test('a portion mark on the paragraph itself is as good as one beside it', () => {
  give('mei-hathaway', 'ts-can', 'contribute', { portions: [paragraph('(U//TLP:AMBER) A page was copied.')] });
  expect(report('partner').portions).toMatchObject([{ text: 'A page was copied.', marking: { tlp: 'AMBER' } }]);
});

test.each([
  ['of an agency that is no member', 'piotr-adeyemi', 'partner', AMBER, 'ROLE_NOT_ALLOWED'],
  ['of an analyst, who speaks for nobody', 'noor-castellane', 'ts-can', AMBER, 'ROLE_NOT_ALLOWED'],
  ['above the view in which it is sent', 'bastien-okoro', 'pb-can', SECRET, 'INVALID_DRAFT'],
])('a contribution %s is refused', (_case, person, view, marking, refused) => {
  expect(give(person, view, 'contribute', { portions: [paragraph('Words.', marking)] })).toMatchObject({ refused });
});

test('originator-controlled words of another agency are refused; an agency’s own are its consent', () => {
  const orcon = (origins: string[]) => ({
    portions: [
      {
        text: 'Words.',
        marking: {
          classified: 'SECRET',
          protected: 'NONE',
          compartments: [],
          relToAll: false,
          relTo: ['CAN'],
          tlp: 'CLEAR',
          orcon: true,
          owners: ['CAN'],
          origins,
          needToKnow: [],
        },
      },
    ],
  });
  expect(give('dov-lachance', 's-can', 'contribute', orcon(['cse']))).toMatchObject({ faults: [{ code: 'ORCON' }] });
  expect(give('dov-lachance', 's-can', 'contribute', orcon(['csis']))).toBeUndefined();
});

test('a contribution after the cut-off is accepted as late, shown as late here, and part of the next report', () => {
  cutOff();
  expect(
    give('bastien-okoro', 'pb-can', 'contribute', { portions: [paragraph('Seen yesterday.', AMBER)] }),
  ).toBeUndefined();
  expect(report('pb-can')).toMatchObject({ portions: [], late: [{ agency: 'rcmp', isLate: true }] });
  expect(report('pb-can', 2).portions).toMatchObject([{ agency: 'rcmp', text: 'Seen yesterday.' }]);
  expect(shown('bastien-okoro', 'pb-can').body).toMatchObject({ lateContributions: ['rcmp'] });
});

test('the second report says what is new, what is repeated and what is gone since the first', () => {
  give('mei-hathaway', 'ts-can', 'contribute', { portions: [paragraph('First.', AMBER), paragraph('Stays.', AMBER)] });
  cutOff();
  give('mei-hathaway', 'ts-can', 'contribute', { portions: [paragraph('Stays.', AMBER), paragraph('New.', AMBER)] }, 2);
  world.now = CUT_OFF + 24 * 3_600_000;
  world.tick();
  const [first, stays] = report('partner').portions;
  const [, fresh] = report('partner', 2).portions;
  expect(report('partner', 2).delta).toEqual({
    previous: 1,
    fresh: [fresh?.id],
    repeated: [stays?.id],
    dropped: [first?.id],
  });
});

describe('issued and corrected', () => {
  const issue = (recipients: readonly string[], reason = 'Daily.') =>
    give('teodor-vance', 's-can', 'issue', { recipients, decision: { reason } });
  beforeEach(() => {
    give('mei-hathaway', 'ts-can', 'contribute', { portions: [paragraph('A figure of 12.', AMBER)] });
    give('dov-lachance', 's-can', 'contribute', { portions: [paragraph('The host is run for a state.', SECRET)] });
    cutOff();
    give('teodor-vance', 's-can', 'approve');
  });

  test('failure 2: a report goes to named persons; a department that stands for many is refused', () => {
    expect(issue(['ama-lindqvist', 'rcmp'])).toMatchObject({
      refused: 'UNEXPANDABLE_GROUP',
      faults: [{ pointer: '/recipients/1', code: 'UNEXPANDABLE_GROUP' }],
    });
    expect(report('s-can').state).toBe('CHAIR_APPROVED');
  });

  test('failure 6: a report without a decision why it is sent cannot be issued', () => {
    const { issue: schema } = SITREP_MACHINE.commands;
    expect(schema?.required).toContain('decision');
    issue(['ama-lindqvist']);
    expect(SITREP_MACHINE.issues?.(report('s-can'), idIn('s-can'), policy)).toMatchObject([{ reason: 'Daily.' }]);
  });

  test('failure 9: what is issued in the writ names the policy that was in force', () => {
    issue(['ama-lindqvist']);
    expect(world.events('s-can').filter(({ kind }) => kind === 'issued')).toMatchObject([
      { policyVersion: policy.version },
    ]);
  });

  test('each person is sent the rendition of their own view', () => {
    issue(['ama-lindqvist', 'pilar-desrosiers', 'elio-marchetti']);
    const to = (view: string) => report(view).issues.map(({ recipients }) => recipients);
    expect([to('s-can'), to('pb-can'), to('partner')]).toEqual([
      [['ama-lindqvist']],
      [['pilar-desrosiers']],
      [['elio-marchetti']],
    ]);
    expect(report('ts-can').state).toBe('COMPILED'); // nobody below approves what they cannot read
  });

  test('a correction recalls the version before from the same people, where the view can read what changed', () => {
    issue(['ama-lindqvist', 'pilar-desrosiers', 'elio-marchetti']);
    const wrong = report('s-can').portions.find(({ text }) => text.includes('12'))!;
    give('teodor-vance', 's-can', 'correct', {
      reason: 'It was 21.',
      remove: [wrong.id],
      add: [paragraph('A figure of 21.', AMBER)],
    });
    expect(SITREP_MACHINE.issues?.(report('partner'), idIn('partner'), policy)).toMatchObject([
      { version: 1, to: ['elio-marchetti'], isRecalled: true },
      { version: 2, to: ['elio-marchetti'], isRecalled: false },
    ]);
    expect(report('partner').portions.map(({ text }) => text)).toEqual(['A figure of 21.']);
  });

  test('a correction of what a view cannot read leaves its rendition as it is', () => {
    issue(['ama-lindqvist', 'elio-marchetti']);
    const before = JSON.stringify(world.events('partner'));
    const secret = report('s-can').portions.find(({ text }) => text.includes('state'))!;
    give('teodor-vance', 's-can', 'correct', { reason: 'Not confirmed.', remove: [secret.id] });
    expect(report('s-can')).toMatchObject({ state: 'CORRECTED', version: 2 });
    expect(JSON.stringify(world.events('partner'))).toBe(before);
  });

  test('the reason of a decision goes below only where its own marking may be read', () => {
    give('teodor-vance', 's-can', 'issue', {
      recipients: ['elio-marchetti'],
      decision: { reason: 'Because of the host.', marking: SECRET },
    });
    expect([report('s-can').issues[0]?.reason, report('partner').issues[0]?.reason]).toEqual([
      'Because of the host.',
      '',
    ]);
  });
});

test('failure 4: a report that waits too long for its chair is said to be stuck, once', () => {
  cutOff();
  world.now = CUT_OFF + 4 * 3_600_000;
  world.tick();
  world.tick();
  expect(world.events('s-can').filter(({ kind }) => kind === 'stuck')).toHaveLength(1);
  expect(shown('ama-lindqvist', 's-can').body).toMatchObject({ stuckSince: new Date(CUT_OFF).toISOString() });
});

test('S2: neither NIL nor LATE is ever said as if nothing had happened', () => {
  give('bastien-okoro', 'pb-can', 'nil');
  cutOff();
  const text = JSON.stringify(shown('ama-lindqvist', 's-can').body);
  expect(text).toContain('its word, not an observation');
  expect(text).toContain('says nothing of what it saw');
  expect(text).not.toMatch(/nothing (?:has )?happened|all (?:is )?(?:quiet|calm)|rien ne s’est passé/i);
});

test('failure 11: every rendition has its gaps: silent members by name, what was stated, and no word of calm where nothing was', () => {
  give('mei-hathaway', 'ts-can', 'contribute', {
    portions: [{ ...paragraph('VidNook could not be collected.', AMBER), section: 'gaps' }],
  });
  cutOff();
  expect(shown('elio-marchetti', 'partner').body).toMatchObject({
    gaps: { members: ['csis', 'rcmp', 'gac', 'elections'], stated: [{ text: 'VidNook could not be collected.' }] },
  });
});

test('a series that is stopped opens no further report; the one that is open is still cut off', () => {
  world.give('sitrep-series', SERIES, 'ts-can', 'stop', { reason: 'over' }, world.asking('samir-vasquez'));
  world.now = CUT_OFF + 5 * 24 * 3_600_000;
  world.tick();
  expect(world.ids('sitrep', 's-can')).toEqual([idIn('s-can')]);
  expect(['COMPILED']).toContain(report('s-can').state);
});
