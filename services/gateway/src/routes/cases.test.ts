// Periods, cases and notices over HTTP: what protocol is asked, and what is answered for what it says. What protocol decides:
// services/protocol; who sees the panel's deliberations: test/security/row-panel-deliberation.test.ts.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Issue, Matter, ProtocolPort } from '@sitebus/kit';
import { parse } from '@sitebus/marking';
import { SitebusError } from '@sitebus/sdk';
import { UNMARKED } from '../release.ts';
import type { GatewayService } from '../service.ts';
import { anAssessment, anIndicatorReport, NOW_MS, uuidOf } from '../testing/records.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { NO_MATTERS } from '../testing/no-matters.ts';
import { aWorld, type World } from '../testing/world.ts';
import { underCases } from './cases.ts';

const ID = uuidOf('a case');
const HASH = 'ab'.repeat(32);
const SECRET = parse('SECRET//CANADIAN EYES ONLY', { homeNation: 'CAN' });
const SEAT = 'ines-halloran';
const text = (title: string) => ({ title, known: 'k', steps: ['a < b', 'c & d'] });
const NOTICE: Matter = {
  kind: 'notice', id: uuidOf('a notice'), marking: UNMARKED, atMs: NOW_MS, parts: [],
  body: { state: 'ISSUED', version: 1, kind: 'ANNOUNCEMENT', electionId: 'ge-demo', en: text('<b> & "q"'), fr: text('é'), decisionHash: HASH, issuedAt: '2031-10-16T12:00:00.000Z', corrections: [], possible: [] },
}; // prettier-ignore
const CASE: Matter = {
  kind: 'case', id: ID, marking: SECRET, atMs: NOW_MS, parts: [],
  body: {
    state: 'EVALUATING', electionId: 'ge-demo', periodState: 'CARETAKER', question: 'q', precedence: 'ROUTINE', openedAt: '2031-10-02T12:00:00.000Z',
    basis: 'INCIDENT', crossings: [], evidenceHash: HASH, assessments: [], documents: [], answers: [], infoRequests: [], notices: [], actions: [], possible: ['vote'],
  },
}; // prettier-ignore

const SAID = parse('TOP SECRET//CANADIAN EYES ONLY', { homeNation: 'CAN' });
const rfi = (words: string, about: string, marking = SECRET): Matter => ({
  kind: 'rfi',
  id: uuidOf(words),
  marking,
  atMs: NOW_MS,
  parts: [],
  body: {
    state: 'ANSWERED',
    question: words,
    toAgencies: ['cse'],
    dueAt: '',
    askedBy: SEAT,
    about,
    awaiting: [],
    isPastDue: false,
    answers: [{ agency: 'cse', text: 'CANARY-ANSWER' }],
    possible: [],
  },
});
const PARTNER = parse('UNCLASSIFIED//TLP:AMBER', { homeNation: 'CAN' });
const sitrep = (words: string, marking = SECRET): Matter => ({
  kind: 'sitrep',
  id: uuidOf(words),
  marking,
  atMs: NOW_MS,
  parts: [],
  body: {
    state: 'ISSUED',
    number: 3,
    version: 1,
    electionId: 'ge-demo',
    cadence: 'writ',
    cutOff: '2031-10-02T20:00:00.000Z',
    contributions: [],
    lateContributions: [],
    sections: [
      {
        id: 'cyber',
        heading: { en: 'Cyber security', fr: 'Cybersécurité' },
        paragraphs: [{ id: 'p', mark: '(S//CEO)', text: words, lang: 'en', agency: 'cse' }],
      },
    ],
    gaps: { members: [], stated: [] },
    distribution: [],
    corrections: [],
    possible: [],
  },
});
const CORRESPONDENCE: Readonly<Record<string, readonly Matter[]>> = {
  rfi: [rfi('Which platform?', ID), rfi('CANARY-ABOVE', ID, SAID), rfi('CANARY-OTHER', uuidOf('another product'))],
  feedback: [{ kind: 'feedback', id: uuidOf('feedback'), marking: SECRET, atMs: NOW_MS, parts: [], body: { state: 'GIVEN', productId: ID, useful: 'PARTLY', action: 'asked', from: SEAT, notForwarded: [], possible: [] } }],
}; // prettier-ignore
const DRAFTED = uuidOf('a case with a draft');
const above = anIndicatorReport({
  id: uuidOf('above'),
  title: 'A contractor paid for every one of them',
  marking: 'SECRET//CANADIAN EYES ONLY',
});
const panelOnly = anIndicatorReport({
  id: uuidOf('panel only'),
  title: 'Seven accounts were bought by one single person',
  marking: 'SECRET//CANADIAN EYES ONLY',
  groups: ['panel'],
});
const CITED = anAssessment({
  marking: 'SECRET//CANADIAN EYES ONLY',
  members: ['above', 'panel only'].map((name) => ({ ...anAssessment().members[0]!, id: uuidOf(name) })),
}); // prettier-ignore
let asked: unknown[] = [];
let issued: readonly Issue[] = [];
let refusal: SitebusError | undefined;
const protocol: ProtocolPort = {
  ...NO_MATTERS,
  issues: async () => issued,
  find: async (kind, id, by, asOfMs) => {
    asked.push(['find', kind, id, by, asOfMs]);
    if (kind === 'case' && id === DRAFTED)
      return { ...CASE, id, body: { ...CASE.body, assessments: [{ id: CITED.id }] } };
    if (kind === 'sitrep') return id === sitrep('CANARY-HIGH').id ? sitrep('CANARY-HIGH') : undefined;
    return kind === 'case' && id === ID ? CASE : undefined;
  },
  list: async (kind, by) => {
    asked.push(['list', kind, by]);
    if (kind === 'sitrep')
      return by.view === 's-can' ? [sitrep('CANARY-HIGH')] : by.view === 'partner' ? [sitrep('LOW', PARTNER)] : [];
    return kind === 'notice' ? [NOTICE] : (CORRESPONDENCE[kind] ?? []);
  },
  open: async (kind, args, by) => {
    asked.push(['open', kind, args, by]);
    return { ...NOTICE, kind: 'period', id: 'ge-demo', body: { state: 'CARETAKER', possible: [] } };
  },
  command: async (kind, id, name, args, by) => {
    asked.push(['command', kind, id, name, args, by]);
    if (refusal !== undefined) throw refusal;
    return CASE;
  },
};
let world: World;
let gateway: GatewayService;
beforeAll(async () => {
  world = await aWorld({ protocol });
  gateway = await world.gateway('s-can', { receiptsTickMs: 20 });
  await world.observe('IndicatorReport', 's-can', above);
  await world.observe('IndicatorReport', 's-can', panelOnly);
  await world.assess(CITED);
});
beforeEach(() => {
  asked = [];
  refusal = undefined;
});
afterAll(() => world[Symbol.asyncDispose]());

async function ask(method: 'GET' | 'POST', url: string, as?: string, payload?: object, headers: Record<string, string> = {}) {
  const own = as === undefined ? {} : await world.as(as);
  return gateway.app.inject({ method, url, headers: { ...own, ...headers }, ...(payload === undefined ? {} : { payload }) });
} // prettier-ignore

const vote = async () => {
  const etag = String((await ask('GET', `/v1/cases/${ID}?view=s-can`, SEAT)).headers['etag']);
  return ask('POST', `/v1/cases/${ID}/vote?view=s-can`, SEAT, { evidenceHash: HASH, vote: 'AGREE', reasons: 'r' }, { 'if-match': etag, 'idempotency-key': 'k' }); // prettier-ignore
};

test.each([
  [
    'EVIDENCE_CHANGED',
    409,
    { type: 'urn:sitebus:problem:evidence-changed', detail: expect.stringContaining('cd'.repeat(32)) },
  ],
  ['VOTED_ALREADY', 409, { type: 'urn:sitebus:problem:illegal-transition', detail: 'Possible now: ask.' }],
  ['NOT_A_SEAT', 404, { type: 'urn:sitebus:problem:not-found' }],
  ['DEFINITION_REQUIRED', 422, { type: 'urn:sitebus:problem:invalid-body' }],
  ['NOTICE_INCOMPLETE', 422, { type: 'urn:sitebus:problem:invalid-body' }],
  ['LINT_FAILED', 422, { type: 'urn:sitebus:problem:lint-failed' }],
  ['OWN_DRAFT', 403, { type: 'urn:sitebus:problem:not-yours' }],
])('what protocol refuses with %s is answered with %i', async (code, status, problem) => {
  refusal = new SitebusError('COMMAND_REFUSED', false, {
    code,
    possible: ['ask'],
    faults: [],
    current: 'cd'.repeat(32),
  });
  const answer = await vote();
  expect([answer.statusCode, answer.json()]).toEqual([status, expect.objectContaining(problem)]);
});

test('a vote without the version that was read is not given', async () => {
  const answer = await ask('POST', `/v1/cases/${ID}/vote?view=s-can`, SEAT, { evidenceHash: HASH, vote: 'AGREE', reasons: 'r' }, { 'idempotency-key': 'k' }); // prettier-ignore
  expect(answer.statusCode).toBe(428);
  expect(asked.filter((each) => (each as readonly unknown[])[0] === 'command')).toEqual([]);
});

test('as of an instant protocol is asked for that instant', async () => {
  await ask('GET', `/v1/cases/${ID}?view=s-can&asOf=2031-10-16T12:00:00Z`, SEAT);
  expect(asked).toContainEqual(['find', 'case', ID, { person: SEAT, view: 's-can' }, Date.UTC(2031, 9, 16, 12)]);
  expect((await ask('GET', `/v1/cases/${ID}?view=s-can&asOf=never`, SEAT)).statusCode).toBe(400);
});

test('a brief that was never made is not there', async () => {
  expect((await ask('GET', `/v1/cases/${ID}/brief?view=s-can`, SEAT)).statusCode).toBe(404);
  expect((await ask('GET', `/v1/cases/${ID}/evidence?view=s-can`, SEAT)).json()).toMatchObject({ evidenceHash: HASH });
});

test('the writ opens a period, in the public view; nothing else comes before it', async () => {
  const clerk = 'marguerite-thorne';
  expect((await ask('GET', '/v1/periods/ge-demo?view=s-can', clerk)).json()).toMatchObject({ state: 'PRE_WRIT', possible: ['dissolution'] }); // prettier-ignore
  expect((await ask('GET', '/v1/periods/no-such?view=s-can', clerk)).statusCode).toBe(404);
  const early = await ask('POST', '/v1/periods/ge-demo/government-sworn-in?view=s-can', clerk, { at: '2031-09-14T04:00:00Z' }); // prettier-ignore
  expect([early.statusCode, early.json()]).toEqual([
    409,
    expect.objectContaining({ detail: 'Possible now: dissolution.' }),
  ]);
  await ask('POST', '/v1/periods/ge-demo/dissolution?view=s-can', clerk, { at: '2031-09-14T04:00:00Z' });
  expect(asked.at(-1)).toEqual(['open', 'period', { electionId: 'ge-demo', at: '2031-09-14T04:00:00Z' }, { person: clerk, view: 'public' }]); // prettier-ignore
});

test('whatever a notice says is text in the feed', async () => {
  const { body } = await ask('GET', '/v1/notices/feed.atom?view=s-can', SEAT);
  expect(body).toContain('<title>&lt;b&gt; &amp; &quot;q&quot;</title>');
  expect(body).toContain('1. a &lt; b');
  expect((await ask('GET', '/v1/notices/feed.atom?lang=fr&view=s-can', SEAT)).body).toContain('xml:lang="fr"');
});

test.each([
  ['/v1/ceipp', '/v1/cases'],
  ['/v1/cripp/x/vote?view=y', '/v1/cases/x/vote?view=y'],
  ['/v1/cripping', '/v1/cripping'],
  ['/v1/notices?q=/v1/ceipp', '/v1/notices?q=/v1/ceipp'],
])('%s is %s', (url, expected) => expect(underCases(url)).toBe(expected));

test('failure 7: a product says where its questions, answers and feedback are, and each reader finds those that are theirs to read', async () => {
  const { headers } = await ask('GET', `/v1/cases/${ID}?view=s-can`, SEAT);
  expect(headers['link']).toBe(`</v1/products/${ID}/correspondence>; rel="related"`);
  const found = await ask('GET', `/v1/products/${ID}/correspondence?view=s-can`, SEAT);
  const { items } = found.json<{ items: { kind: string }[] }>();
  expect(items.map(({ kind }) => kind).sort()).toEqual(['feedback', 'question']);
  expect(items).toContainEqual(expect.objectContaining({ question: 'Which platform?', answers: [expect.objectContaining({ text: 'CANARY-ANSWER' })] })); // prettier-ignore
  expect(items).toContainEqual(expect.objectContaining({ useful: 'PARTLY', from: SEAT }));
  for (const hidden of ['CANARY-ABOVE', 'CANARY-OTHER']) expect(found.body).not.toContain(hidden);
  // a product that nobody asked about, and one that there is not, have one answer
  const [a, b] = await Promise.all(['one', 'none'].map((name) => ask('GET', `/v1/products/${uuidOf(name)}/correspondence?view=s-can`, SEAT))); // prettier-ignore
  expect(a?.json()).toEqual({ items: [] });
  expect(b?.json()).toEqual(a?.json());
});

test('a report is a page and a file in the rendition of the view, and its tearline version is that of a view below', async () => {
  const page = await ask('GET', '/v1/sitreps/3.html?view=s-can&lang=fr', SEAT, undefined, { accept: 'text/html' });
  expect([page.statusCode, page.headers['content-type'], page.headers['content-language'], page.headers['sitebus-marking']]).toEqual([200, 'text/html; charset=utf-8', 'fr', 'SECRET//CANADIAN EYES ONLY']); // prettier-ignore
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(page.headers['sitebus-ledger']).toMatch(/^leaves=/);
  expect(page.body).toContain('CANARY-HIGH');
  const file = await ask('GET', '/v1/sitreps/3.pdf?view=s-can', SEAT, undefined, { accept: 'application/pdf' });
  expect(file.rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
  expect(file.headers['content-disposition']).toBe('inline; filename="SECRET-CANADIAN-EYES-ONLY sitrep-3.en.pdf"');
  const low = await ask('GET', '/v1/sitreps/3.html?view=s-can&tearline=partner', SEAT, undefined, {
    accept: 'text/html',
  });
  expect(low.headers['sitebus-marking']).toBe('UNCLASSIFIED//TLP:AMBER');
  expect(low.body).toContain('LOW');
  expect(low.body).not.toContain('CANARY-HIGH');
});

test('a document of another type, of a view that is not below, or of no report is refused as anywhere', async () => {
  expect((await ask('GET', '/v1/sitreps/3.html?view=s-can', SEAT, undefined, { accept: 'application/json' })).statusCode).toBe(406); // prettier-ignore
  const paths = ['3.html?view=s-can&tearline=ts-can', '3.html?view=s-can&tearline=nowhere', '4.html?view=s-can'];
  const answers = await Promise.all(paths.map((path) => ask('GET', `/v1/sitreps/${path}`, SEAT, undefined, { accept: 'text/html' }))); // prettier-ignore
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404]);
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
});

test('a draft is held against those higher records of its case that its drafter may read, and against no others', async () => {
  const known = 'Look at mirror-check[.]example: a contractor paid for every one of them, and seven accounts were bought by one single person.'; // prettier-ignore
  const lint = (as: string, caseId?: string) =>
    ask('POST', '/v1/lint?view=s-can', as, {
      kind: 'notice',
      en: { known },
      ...(caseId === undefined ? {} : { caseId }),
    });
  type Finding = { rule: string; level: string; sources?: string[] };
  const leaksOf = (answer: Awaited<ReturnType<typeof lint>>) =>
    answer.json<{ findings: Finding[] }>().findings.filter(({ rule }) => rule === 'LEAK').map(({ level, sources }) => [level, sources]); // prettier-ignore
  const seat = await lint(SEAT, DRAFTED);
  expect(seat.json()).toMatchObject({ checked: 2, leftOut: 0 });
  expect(leaksOf(seat)).toEqual(
    expect.arrayContaining([
      ['W', [uuidOf('panel only')]],
      ['W', [uuidOf('above')]],
    ]),
  );
  const analyst = await lint('ama-lindqvist', DRAFTED);
  expect(analyst.headers['sitebus-marking']).toBe('SECRET//CANADIAN EYES ONLY');
  expect(leaksOf(analyst)).toEqual(
    expect.arrayContaining([
      ['E', [uuidOf('above')]],
      ['W', [uuidOf('above')]],
    ]),
  );
  expect(analyst.json()).toMatchObject({ checked: 1, leftOut: 0 });
  expect(analyst.body).not.toContain(uuidOf('panel only'));
  expect(leaksOf(await lint('ama-lindqvist'))).toEqual([]);
  expect((await lint('ama-lindqvist', uuidOf('no such case'))).statusCode).toBe(404);
});

test('a report is answered in the form that its reader likes best, JSON where they say nothing', async () => {
  const typeOf = async (accept?: string) => {
    const answer = await ask(
      'GET',
      '/v1/sitreps/3?view=s-can',
      SEAT,
      undefined,
      accept === undefined ? {} : { accept },
    );
    return [answer.statusCode, String(answer.headers['content-type']).split(';')[0]];
  };
  expect(await typeOf()).toEqual([200, 'application/json']);
  expect(await typeOf('*/*')).toEqual([200, 'application/json']);
  expect(await typeOf('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8')).toEqual([200, 'text/html']);
  expect(await typeOf('application/pdf, application/json;q=0.5')).toEqual([200, 'application/pdf']);
  expect(await typeOf('text/html;q=0.2, application/json;q=0.3')).toEqual([200, 'application/json']);
  expect(await typeOf('text/csv')).toEqual([406, 'application/problem+json']);
  const page = await ask('GET', '/v1/sitreps/3?view=s-can&lang=fr', SEAT, undefined, { accept: 'text/html' });
  expect([page.headers['content-language'], page.headers['vary']]).toEqual(['fr', expect.stringContaining('Accept')]);
  expect(page.body).toBe((await ask('GET', '/v1/sitreps/3.html?view=s-can&lang=fr', SEAT, undefined, { accept: 'text/html' })).body); // prettier-ignore
  const past = await ask('GET', '/v1/sitreps/3?view=s-can&asOf=2031-10-03T00:00:00Z', SEAT, undefined, { accept: 'text/html' }); // prettier-ignore
  expect(past.statusCode).toBe(406); // what was so then is there as JSON alone
});

describe('a product that is read where it stands', () => {
  const [OTHER, THIRD] = ['jonas-marchand', 'katya-doyle'] as const;
  const REPORT = sitrep('CANARY-HIGH').id;
  const issue = (kind: string, id: string, version: number): Issue => ({
    kind, id, version, to: [SEAT, OTHER, THIRD], precedence: 'ROUTINE', reason: 'r', by: 'samir-vasquez', atMs: NOW_MS, marking: SECRET, isRecalled: false,
  }); // prettier-ignore
  const kinds = async (person: string, product: string): Promise<readonly string[]> => {
    const { items } = (await ask('GET', `/v1/receipts?person=${person}&product=${product}`, 'samir-vasquez')).json<{ items: { product: { version: number }; receipts: { kind: string }[] }[] }>();
    return items.flatMap(({ product: { version }, receipts }) => receipts.map(({ kind }) => `${kind} ${version}`)).sort();
  }; // prettier-ignore
  const isOpened = (person: string, product: string, version: number) =>
    eventually(async () => (await kinds(person, product)).includes(`OPENED ${version}`), { withinMs: 30_000, what: 'it is opened' }); // prettier-ignore

  beforeAll(async () => {
    issued = [
      issue('case', ID, 1),
      issue('case', ID, 2),
      issue('sitrep', REPORT, 1),
      issue('sitrep', uuidOf('LOW'), 1),
    ];
    const rows = async () => (await ask('GET', '/v1/receipts', 'samir-vasquez')).json<{ items: unknown[] }>().items.length; // prettier-ignore
    await eventually(async () => (await rows()) === 12, { withinMs: 30_000, what: 'all is issued' });
  });

  test('is opened by its recipient: the newest version of it, and for nobody else', async () => {
    expect(await kinds(SEAT, ID)).toEqual([]);
    await ask('GET', `/v1/cases/${ID}?view=s-can`, SEAT);
    await isOpened(SEAT, ID, 2);
    expect(await kinds(SEAT, ID)).toEqual(['OPENED 2', 'SENT 2']);
    expect(await kinds(OTHER, ID)).toEqual([]);
  });

  test('is opened by its brief where there is one, and not as of an instant, nor where it is not there', async () => {
    await ask('GET', `/v1/cases/${ID}?view=s-can&asOf=2031-10-16T12:00:00Z`, OTHER);
    await ask('GET', `/v1/cases/${ID}/brief?view=s-can`, OTHER); // there is none
    await ask('GET', `/v1/cases/${ID}/evidence?view=s-can`, OTHER);
    await ask('GET', `/v1/cases/${ID}?view=s-can`, THIRD);
    await isOpened(THIRD, ID, 2); // what was written before it has been written
    expect(await kinds(OTHER, ID)).toEqual([]);
  });

  test.each([
    ['JSON', '/v1/sitreps/3?view=s-can', SEAT, 'application/json'],
    ['a page', '/v1/sitreps/3.html?view=s-can', OTHER, 'text/html'],
    ['a file', '/v1/sitreps/3?view=s-can', THIRD, 'application/pdf'],
  ])('a report is opened as %s', async (_form, url, person, accept) => {
    expect((await ask('GET', url, person, undefined, { accept })).statusCode).toBe(200);
    await isOpened(person, REPORT, 1);
  });

  test('a rendition that is taken from above opens nothing', async () => {
    await ask('GET', '/v1/sitreps/3.html?view=s-can&tearline=partner', SEAT, undefined, { accept: 'text/html' });
    expect(await kinds(SEAT, uuidOf('LOW'))).toEqual([]);
  });
});
