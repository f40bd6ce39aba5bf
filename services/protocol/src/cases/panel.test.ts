// The protocol that tells the public, end to end in one room: what it promises in its design, and the failures it answers.

import { expect, test } from '@jest/globals';
import { isNoticeSigned, noticeVerifierKey, type SignableNotice } from '@sitebus/sdk';
import { parseVerifierKey } from '@sitebus/sdk/merkle';
import { eventually } from '../../../../test/support/eventually.ts';
import { aCaseDesk, ANALYST, ASKED, CLERK, HEAD, MEMBER, refusalOf, REPRESENTATIVE, REVIEWER, SEAT_HOLDERS, SECRETARY, withMember, type CaseDesk } from '../testing/case-desk.ts'; // prettier-ignore

const noticesOf = async ({ world }: CaseDesk) => world.guard.protocol.list('notice', { person: 'public', view: 'public' }); // prettier-ignore
const sealedOf = async (desk: CaseDesk, person: string) =>
  (await desk.find(person))?.parts.find(({ name }) => name === 'deliberation')?.body['sealed'] as readonly Record<string, unknown>[]; // prettier-ignore

test('accept 1: four who agree and one who does not end in no consensus, and nothing can be issued', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  await desk.rateAll();
  await desk.propose('THRESHOLD_MET');
  for (const person of SEAT_HOLDERS.slice(0, 4)) await desk.vote(person);
  await desk.vote(SEAT_HOLDERS[4]!, 'DISAGREE');
  expect(await desk.state()).toBe('NO_CONSENSUS');
  const draft = await desk.draft('ANNOUNCEMENT');
  for (const [name, args] of [
    ['notify', { draft, summary: 's', gaps: ['g'], announceAt: desk.inMinutes(1) }],
    ['announce', {}],
    ['disclose', { draft }],
    ['correct', { draft }],
  ] as const)
    // prettier-ignore
    expect(await refusalOf(desk.give(CLERK, name, args))).toMatchObject({ code: 'ILLEGAL_TRANSITION' });
  expect(await noticesOf(desk)).toEqual([]);
  expect((await sealedOf(desk, CLERK))[0]).toMatchObject({ outcome: 'THRESHOLD_MET', result: 'NO_CONSENSUS' });
});

test('accept 2: a material change between the fourth and the fifth vote voids the motion; what a tenant adds voids nothing', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  await desk.rateAll();
  await desk.propose('THRESHOLD_MET');
  const before = await desk.hash();
  for (const person of SEAT_HOLDERS.slice(0, 4)) await desk.vote(person);
  await desk.reassess({ members: withMember('partner-chirrup'), likelihood: { pMicro: 990_000, uMicro: 0, lo: 98, hi: 99, band: 7 } }); // prettier-ignore
  expect(await desk.hash()).toBe(before);
  await desk.reassess({ members: withMember('gac', 3), likelihood: { pMicro: 990_000, uMicro: 0, lo: 98, hi: 99, band: 7 } }); // prettier-ignore
  const last = await refusalOf(desk.vote(SEAT_HOLDERS[4]!, 'AGREE', before));
  expect(last).toMatchObject({ code: 'EVIDENCE_CHANGED', current: await desk.hash() });
  expect(await desk.hash()).not.toBe(before);
  expect(await refusalOf(desk.vote(SEAT_HOLDERS[4]!))).toMatchObject({ code: 'NO_MOTION' });
  expect(await desk.state()).toBe('EVALUATING');
});

test('accept 3: with everyone who is told silent, the announcement comes at its time', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  await desk.voteAll('THRESHOLD_MET');
  const draft = await desk.draft('ANNOUNCEMENT');
  await desk.give(CLERK, 'notify', { draft, summary: 's', gaps: ['g'], announceAt: desk.inMinutes(120) });
  expect(await refusalOf(desk.give(CLERK, 'announce'))).toMatchObject({ code: 'TOO_EARLY' });
  desk.world.clock.advance(119 * 60_000);
  await desk.give(HEAD, 'agency-action', { text: 'we warn those concerned' });
  expect(await desk.state()).toBe('NOTIFYING');
  desk.world.clock.advance(60_000);
  await refusalOf(desk.give(REPRESENTATIVE, 'close', { reason: 'do not tell' }));
  await refusalOf(desk.give(CLERK, 'announce')); // the clock has been there before
  expect(await desk.state()).toBe('ANNOUNCED');
  const [notice] = await noticesOf(desk);
  expect(notice?.body).toMatchObject({ version: 1, kind: 'ANNOUNCEMENT', en: { title: 'A false claim' }, fr: { title: 'Une fausse affirmation' } }); // prettier-ignore
  expect(JSON.stringify(notice)).not.toContain(desk.id);
});

test('accept 4: as of any moment each seat reads what it could read then', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  const moments: { at: number; seen: unknown[] }[] = [];
  const seen = async (asOf?: number) =>
    Promise.all([...SEAT_HOLDERS, SECRETARY, ANALYST].map(async (person) => {
      const matter = await desk.find(person, asOf);
      return { ...matter, body: { ...matter?.body, possible: [] } };
    })); // prettier-ignore
  const keep = async (): Promise<void> => {
    moments.push({ at: desk.world.clock.now(), seen: await seen() });
    desk.world.clock.advance(1_000);
  };
  await keep();
  await desk.give(SEAT_HOLDERS[1]!, 'ask', { question: 'How many saw it?', due: desk.inMinutes(30) });
  await keep();
  await desk.give(SECRETARY, 'answer');
  await desk.rateAll();
  await keep();
  await desk.propose('BELOW_DISCLOSED');
  for (const person of SEAT_HOLDERS) {
    await desk.vote(person);
    await keep();
  }
  const now = await seen(desk.world.clock.now());
  expect(moments.length).toBe(8);
  for (const { at, seen: then } of moments) expect(await seen(at)).toEqual(then);
  expect(JSON.stringify(now)).not.toBe(JSON.stringify(moments[3]?.seen));
});

test('accept 5: a disclosure below the threshold says, in both languages, that the threshold was not met', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  await desk.voteAll('BELOW_DISCLOSED');
  const draft = await desk.draft('BELOW_THRESHOLD');
  await desk.give(CLERK, 'disclose', { draft });
  const { en, fr } = desk.world.policy.panel.belowThresholdStatement;
  const [notice] = await noticesOf(desk);
  expect(notice?.body).toMatchObject({ kind: 'BELOW_THRESHOLD' });
  expect((notice?.body['en'] as { known: string }).known).toContain(en);
  expect((notice?.body['fr'] as { known: string }).known).toContain(fr);
  expect(await refusalOf(desk.give(CLERK, 'disclose', { draft }))).toMatchObject({ code: 'NOT_AGREED' });
});

test('accept 6: polling day passes and changes no state', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  const polling = Date.parse(`${desk.world.policy.elections[0]!.pollingDay}T12:00:00Z`);
  desk.world.clock.advance(polling + 3 * 86_400_000 - desk.world.clock.now());
  await desk.give(HEAD, 'agency-action', { text: 'we go on' }); // gives the clock its turn
  expect(await desk.state()).toBe('EVALUATING');
  const period = await desk.world.guard.protocol.find('period', 'ge-demo', { person: CLERK, view: 'public' });
  expect(period?.body['state']).toBe('CARETAKER');
});

test('failure 5: a matter was dropped in silence; what is not forwarded has a reason and comes back by its day', async () => {
  await using desk = await aCaseDesk();
  expect(await refusalOf(desk.give(SECRETARY, 'not-forward', { reason: ' ', reviewBy: desk.inMinutes(60) }))).toMatchObject({ code: 'REASON_REQUIRED' }); // prettier-ignore
  expect(await refusalOf(desk.give(SECRETARY, 'not-forward', { reason: 'diplomacy', reviewBy: desk.inMinutes(60 * 24 * 60) }))).toMatchObject({ code: 'REVIEW_TOO_FAR' }); // prettier-ignore
  await desk.give(SECRETARY, 'not-forward', { reason: 'ordinary diplomacy', reviewBy: desk.inMinutes(60) });
  expect((await desk.find(SECRETARY))?.body).toMatchObject({ state: 'NOT_FORWARDED', notForwarded: { reason: 'ordinary diplomacy' } }); // prettier-ignore
  desk.world.clock.advance(3_600_000);
  await desk.give(HEAD, 'agency-action', { text: 'we act' });
  expect(await desk.state()).toBe('AGENCY_CONSULTATION');
});

test('failure 8: there was no shared line between interference and diplomacy; a position without definition is refused', async () => {
  await using desk = await aCaseDesk();
  await desk.give(SECRETARY, 'consult', { agencies: ['csis'], due: desk.inMinutes(60) });
  const without = await refusalOf(desk.give(ASKED, 'respond', { stance: 'CONCUR', text: 'We saw it too.' }));
  expect(without).toMatchObject({ code: 'DEFINITION_REQUIRED', faults: [{ pointer: '/definitionId' }] });
  expect(await refusalOf(desk.give(ASKED, 'respond', { stance: 'DISSENT', text: 'No.', definitionId: 'made-up' }))).toMatchObject({ code: 'DEFINITION_REQUIRED' }); // prettier-ignore
  const after = await desk.give(ASKED, 'respond', { stance: 'CONCUR', text: 'We saw it too.', definitionId: 'foreign-interference' }); // prettier-ignore
  expect(after.body['answers']).toMatchObject([{ agency: 'csis', stance: 'CONCUR', definitionId: 'foreign-interference', definitionVersion: 1 }]); // prettier-ignore
});

test('failure 11: a party was told that all was calm; a brief without what is not known is refused', async () => {
  await using desk = await aCaseDesk();
  await desk.give(SECRETARY, 'consult', { agencies: ['csis'], due: desk.inMinutes(60) });
  for (const gaps of [[], ['  ']])
    expect(await refusalOf(desk.give(HEAD, 'inform', { summary: 'All is calm.', gaps, precedence: 'FLASH' }))).toMatchObject({ code: 'GAPS_REQUIRED' }); // prettier-ignore
  expect(await refusalOf(desk.give(HEAD, 'inform', { summary: 's', gaps: ['g'] }))).toMatchObject({ code: 'ANSWERS_OUTSTANDING' }); // prettier-ignore
  const after = await desk.give(HEAD, 'inform', { summary: 's', gaps: ['One platform gave no data.'], precedence: 'FLASH' }); // prettier-ignore
  expect(after.body).toMatchObject({ brief: { gaps: ['One platform gave no data.'] }, answers: [{ agency: 'csis', stance: 'NO_ANSWER' }] }); // prettier-ignore
  const issues = await desk.world.guard.protocol.issues('s-can');
  expect(issues.filter(({ kind }) => kind === 'case').map(({ to, reason }) => [reason, [...to].sort()])).toContainEqual(['brief for the panel', [...SEAT_HOLDERS].sort()]); // prettier-ignore
});

test.each([
  ['a likelihood and a confidence in one sentence', 'It is likely, with high confidence, that one office paid.', ['g'], '/summary', 'L1'],
  ['two terms of one row', 'It is likely that one office paid, and probable that another did.', ['g'], '/summary', 'L2'],
  ['how a private person is reached', 'Ask them at 613 555 0187.', ['g'], '/summary', 'L10'],
  ['the same among what is not known', 'One narrative.', ['One platform gave no data.', 'Nobody answers at 613 555 0187.'], '/gaps/1', 'L10'],
])('a brief for the panel with %s is refused at its place, and nothing is sent', async (_what, summary, gaps, pointer, code) => {
  await using desk = await aCaseDesk();
  await desk.give(SECRETARY, 'consult', { agencies: ['csis'], due: desk.inMinutes(60) });
  expect(await refusalOf(desk.give(HEAD, 'inform', { summary, gaps, precedence: 'FLASH' }))).toMatchObject({ code: 'LINT_FAILED', faults: expect.arrayContaining([expect.objectContaining({ pointer, code })]) });
  expect(await desk.state()).toBe('AGENCY_CONSULTATION');
}); // prettier-ignore

test('failure 12: deciders saw only fragments from the writ on; a case that lived before it is looked at again', async () => {
  await using desk = await aCaseDesk();
  await desk.give(SECRETARY, 'consult', { agencies: ['csis'], due: desk.inMinutes(60) });
  await desk.give(HEAD, 'inform', { summary: 's', gaps: ['g'], precedence: 'FLASH' });
  await desk.give(SECRETARY, 'scope');
  await desk.give(SECRETARY, 'finding', { finding: 'IN_SCOPE' });
  expect(await desk.state()).toBe('REFERRED_MINISTERIAL');
  await desk.period('dissolution');
  expect((await desk.find(CLERK))?.body).toMatchObject({ state: 'SCOPE_CHECK', brief: { summary: 's' }, consultation: { agencies: ['csis'] } }); // prettier-ignore
});

test('failure 13: the threshold was known to a few; after the review opens its reviewer reads ratings, votes and reasons', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  await desk.voteAll('BELOW_MONITOR');
  expect(await sealedOf(desk, REVIEWER)).toBeUndefined();
  await desk.period('government-sworn-in');
  await desk.period('independent-review', { body: 'A retired judge' });
  const [sealed] = await sealedOf(desk, REVIEWER);
  expect(sealed).toMatchObject({ result: 'BELOW_MONITOR' });
  expect(sealed?.['votes']).toHaveLength(5);
  expect(sealed?.['ratings']).toHaveLength(5);
  expect(JSON.stringify(sealed)).toContain('CANARY-REASON of katya-doyle');
  expect(await sealedOf(desk, ANALYST)).toBeUndefined();
  expect(await sealedOf(desk, SECRETARY)).toBeUndefined();
});

test('failure 14: small events never added up; ten below the threshold open one case, once', async () => {
  await using desk = await aCaseDesk({ tickMs: 10 });
  const { world } = desk;
  const idOf = (at: number) => `00000000-0000-4000-8000-000000000${String(at).padStart(3, '0')}`;
  const assess = async (riding: string, at: number, root = idOf(at)) =>
    world.assess({ id: idOf(at), ridings: [riding], lastSeen: world.clock.now() - 1, severity: { score: 30, inputs: [] }, members: [{ ...withMember('gac')[1]!, id: idOf(at), root }] }); // prettier-ignore
  const tenIn = async (riding: string, from: number): Promise<void> => {
    for (let at = from; at < from + 10; at += 1) await assess(riding, at);
  };
  const crossings = async () =>
    (await world.guard.protocol.list('case', { person: SECRETARY, view: 's-can' }))
      .flatMap(({ body }) => body['crossings'] as readonly string[])
      .sort();
  const crossed = (riding: string) => eventually(async () => (await crossings()).includes(`ridings/${riding}/1`));
  for (let at = 200; at < 209; at += 1) await assess('Cedar Narrows', at);
  await assess('Cedar Narrows', 210, idOf(200)); // a tenth that repeats the first: one lineage
  await tenIn('Harrow Lake', 300);
  await crossed('Harrow Lake'); // so the clock has looked, and nine in Cedar Narrows are too few
  expect(await crossings()).toEqual(['ridings/Harrow Lake/1']);
  await assess('Cedar Narrows', 209);
  await crossed('Cedar Narrows');
  await assess('Cedar Narrows', 211);
  await tenIn('Stonebridge East', 400);
  await crossed('Stonebridge East');
  expect(await crossings()).toEqual(['Cedar Narrows', 'Harrow Lake', 'Stonebridge East'].map((riding) => `ridings/${riding}/1`)); // prettier-ignore
});

test('failure 15: partisans deadlocked on telling the public; nobody who is told has a command that stops it', async () => {
  await using desk = await aCaseDesk();
  const minister = { ...desk.world.people.get(REPRESENTATIVE)!, person: 'quentin-abara', roles: ['minister'] as const };
  desk.world.people.set('quentin-abara', minister);
  await desk.toPanel();
  await desk.voteAll('THRESHOLD_MET');
  const draft = await desk.draft('ANNOUNCEMENT');
  await desk.give(CLERK, 'notify', { draft, summary: 's', gaps: ['g'], announceAt: desk.inMinutes(120) });
  const told = (await desk.find(CLERK))?.parts.find(({ name }) => name === 'office')?.body['notifications'] as { recipients: { person: string; briefHash: string }[] }[]; // prettier-ignore
  const wanted = [...desk.world.people.values()].filter(({ roles, agency }) => roles.some((role) => role === 'minister' || role === 'cleared-rep') || (agency === 'elections' && roles.includes('agency-head'))); // prettier-ignore
  expect(told[0]?.recipients.map(({ person }) => person)).toEqual(wanted.map(({ person }) => person).sort());
  expect(told[0]?.recipients.map(({ person }) => person)).toEqual(
    expect.arrayContaining([REPRESENTATIVE, 'quentin-abara']),
  );
  expect(new Set(told[0]?.recipients.map(({ briefHash }) => briefHash)).size).toBe(1);
  for (const person of [REPRESENTATIVE, 'quentin-abara'])
    for (const name of ['announce', 'close', 'vote', 'attach', 'detach', 'refresh', 'name-issuer', 'update'])
      expect((await refusalOf(desk.give(person, name, {})))['code']).not.toBe('ACCEPTED');
  expect(await desk.state()).toBe('NOTIFYING');
});

test('a second vote by a seat is refused, and a vote by anyone else is as if there were no panel', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  await desk.rateAll();
  await desk.propose('BELOW_MONITOR');
  await desk.vote(CLERK);
  expect(await refusalOf(desk.vote(CLERK))).toMatchObject({ code: 'VOTED_ALREADY' });
  for (const person of [SECRETARY, HEAD, ANALYST])
    expect(await refusalOf(desk.vote(person))).toMatchObject({ code: 'NOT_A_SEAT' });
});

test('whoever drafted a notice does not issue it, and one language alone is none', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  const text = { title: 't', known: 'k', steps: ['s'] };
  expect(await refusalOf(desk.give(SECRETARY, 'draft', { notice: 'ANNOUNCEMENT', en: text, fr: { ...text, known: ' ' } }))).toMatchObject({ code: 'NOTICE_INCOMPLETE', faults: [{ pointer: '/fr/known' }] }); // prettier-ignore
  expect(await refusalOf(desk.give(SECRETARY, 'draft', { notice: 'ANNOUNCEMENT', en: { ...text, steps: ['a', 'b'] }, fr: text }))).toMatchObject({ faults: [{ code: 'L7' }] }); // prettier-ignore
  await desk.voteAll('BELOW_DISCLOSED');
  const { people } = desk.world;
  people.set(CLERK, { ...people.get(CLERK)!, roles: ['panel-member', 'clerk', 'secretariat'] });
  const after = await desk.give(CLERK, 'draft', { notice: 'BELOW_THRESHOLD', en: text, fr: text });
  const { drafts } = after.parts.find(({ name }) => name === 'office')!.body as { drafts: { draft: string }[] };
  expect(await refusalOf(desk.give(CLERK, 'disclose', { draft: drafts[0]!.draft }))).toMatchObject({ code: 'OWN_DRAFT' }); // prettier-ignore
});

test('a notice that breaks the rules of writing is not issued, and its place is named', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  await desk.voteAll('BELOW_DISCLOSED');
  const draft = await desk.draft(
    'BELOW_THRESHOLD',
    'L’affirmation est fausse : écrivez à jean.dupont@courriel.example.',
  );
  expect(await refusalOf(desk.give(CLERK, 'disclose', { draft }))).toMatchObject({ code: 'LINT_FAILED', faults: expect.arrayContaining([expect.objectContaining({ pointer: '/fr/known', code: 'L10' })]) }); // prettier-ignore
  expect(await noticesOf(desk)).toEqual([]);
});

test('what was announced is corrected by a motion of all five alone, and the old text stays readable', async () => {
  await using desk = await aCaseDesk();
  await desk.toPanel();
  await desk.voteAll('THRESHOLD_MET');
  const draft = await desk.draft('ANNOUNCEMENT');
  await desk.give(CLERK, 'notify', { draft, summary: 's', gaps: ['g'], announceAt: desk.inMinutes(0) });
  await refusalOf(desk.give(CLERK, 'announce'));
  const better = await desk.draft('ANNOUNCEMENT', 'Quatre comptes, et non cinq.');
  expect(await refusalOf(desk.give(CLERK, 'correct', { draft: better }))).toMatchObject({ code: 'NOT_AGREED' });
  await desk.propose('CORRECT', { draft: better });
  for (const person of SEAT_HOLDERS) await desk.vote(person);
  await desk.give(CLERK, 'correct', { draft: better });
  const [notice] = await noticesOf(desk);
  expect(notice?.body).toMatchObject({ version: 2, fr: { known: 'Quatre comptes, et non cinq.' }, corrections: [{ version: 1, why: 'CORRECT', fr: { known: 'L’affirmation est fausse.' } }] }); // prettier-ignore
});

test('a cited observation that is recalled changes the evidence, and whoever was told is told again', async () => {
  await using desk = await aCaseDesk();
  const named = await desk.world.observe({ id: MEMBER, marking: 'SECRET//CANADIAN EYES ONLY' });
  await desk.toPanel();
  await desk.voteAll('THRESHOLD_MET');
  const draft = await desk.draft('ANNOUNCEMENT');
  const colette = desk.world.people.get(REPRESENTATIVE)!;
  desk.world.people.set(REPRESENTATIVE, {
    ...colette,
    clearance: { ...colette.clearance, groups: ['community', 'platforms', 'research'] },
  });
  await desk.give(CLERK, 'notify', { draft, summary: 's', gaps: ['g'], announceAt: desk.inMinutes(60) });
  await desk.world.recall(named);
  await desk.give(HEAD, 'agency-action', { text: 'we take it back' });
  expect(await desk.state()).toBe('EVALUATING');
  const office = (await desk.find(CLERK))?.parts.find(({ name }) => name === 'office')?.body;
  expect(office?.['updates']).toMatchObject([{ told: expect.arrayContaining([REPRESENTATIVE]) }]);
});

test('an agency that has no part in a case does not have it, cleared or not', async () => {
  await using desk = await aCaseDesk();
  expect(await desk.find('teodor-vance')).toBeUndefined();
  expect(await refusalOf(desk.give('teodor-vance', 'agency-action', { text: 'x' }))).toMatchObject({ code: 'MATTER_UNKNOWN' }); // prettier-ignore
  await desk.give(SECRETARY, 'consult', { agencies: ['gac'], due: desk.inMinutes(60) });
  expect(await desk.find('teodor-vance')).toMatchObject({ id: desk.id });
  expect(await desk.find(ANALYST)).toMatchObject({ id: desk.id });
});

test('those whose observations a case rests on are sent it when it is opened and when it is kept from the panel', async () => {
  await using desk = await aCaseDesk();
  await desk.give(SECRETARY, 'not-forward', { reason: 'too little is known', reviewBy: desk.inMinutes(60) });
  const issues = (await desk.world.guard.protocol.issues('s-can')).filter(({ kind }) => kind === 'case');
  expect(issues.map(({ version, by }) => [version, by])).toEqual([
    [1, ANALYST],
    [2, SECRETARY],
  ]);
  const [opened, kept] = issues.map(({ to }) => to);
  expect(opened).toContain(HEAD);
  expect(opened).not.toContain(ANALYST); // who opened it
  expect(kept).toEqual(expect.arrayContaining([HEAD, ANALYST]));
  for (const person of new Set([...opened!, ...kept!])) {
    expect(desk.world.people.get(person)?.agency).toBe('cse');
    expect(await desk.find(person)).toMatchObject({ id: desk.id });
  }
});

test('a notice is signed over both languages, and a changed word of either is not what was signed', async () => {
  const seed = Buffer.alloc(32, 9).toString('base64url');
  const key = parseVerifierKey(noticeVerifierKey(seed))!;
  await using desk = await aCaseDesk({ noticeKey: seed });
  await desk.toPanel();
  await desk.voteAll('BELOW_DISCLOSED');
  await desk.give(CLERK, 'disclose', { draft: await desk.draft('BELOW_THRESHOLD') });
  const [{ id, body } = { id: '', body: {} }] = await noticesOf(desk);
  const notice = { id, ...body } as unknown as SignableNotice & { signature: { signature: string } };
  const { signature } = notice.signature;
  expect(isNoticeSigned(notice, signature, [key])).toBe(true);
  expect(isNoticeSigned({ ...notice, fr: { ...notice.fr, known: notice.en.known } }, signature, [key])).toBe(false);
  expect(isNoticeSigned({ ...notice, version: 2 }, signature, [key])).toBe(false);
  expect(isNoticeSigned(notice, signature, [{ ...key, name: 'sitebus/s-can' }])).toBe(false);
});
