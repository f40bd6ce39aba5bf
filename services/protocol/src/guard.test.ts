// The guard as gateways reach it, on an in-memory bus on which it may write no observation: who may what, what is verified,
// what goes down, and that a stop in the middle neither loses nor doubles it.

import { expect, test } from '@jest/globals';
import type { Disclosure } from '@sitebus/kit';
import { parse } from '@sitebus/marking';
import { fromWire, toWire, type WireMarking } from '@sitebus/sdk';
import { eventually } from '../../../test/support/eventually.ts';
import { aGuardWorld, authorityOf, VIEW, type GuardWorld } from './testing/guard-world.ts';

const SECRET = 'SECRET//CANADIAN EYES ONLY';
const AMBER = 'UNCLASSIFIED//TLP:AMBER';
const idOf = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const ANALYST = 'ama-lindqvist'; // of cse
const CSE = 'farida-lund';
const CSIS = 'hugo-paquin';
const DRAFT = {
  text: 'A site copies a sign-in page.',
  values: [{ kind: 'domain', value: 'mirror.example' }],
  marking: AMBER,
};

const refusedWith = (code: string, possible?: readonly string[]) =>
  expect.objectContaining({
    code: 'COMMAND_REFUSED',
    details: expect.objectContaining({ code, ...(possible && { possible }) }),
  });

async function aSource(world: GuardWorld, origins: readonly string[] = ['cse', 'csis']) {
  return world.observe({ id: idOf(1), marking: SECRET, origins, domains: ['mirror.example', 'other.example'] });
}

async function asked(world: GuardWorld): Promise<string> {
  const source = await aSource(world);
  const by = { person: ANALYST, view: VIEW };
  return (await world.guard.request('tearline', source, { source: source.id, for: 'campaigns' }, by)).id;
}

async function reviewed(world: GuardWorld): Promise<string> {
  const id = await asked(world);
  await world.order('tearline', id, 'draft', DRAFT, ANALYST);
  await world.order('tearline', id, 'submit', {}, ANALYST);
  return id;
}

async function approvedByBoth(world: GuardWorld): Promise<string> {
  const id = await reviewed(world);
  for (const person of [CSE, CSIS])
    await world.order('tearline', id, 'approve', await world.sign('tearline', id, person), person);
  return id;
}

const stateOf = ({ body }: Disclosure): unknown => body['state'];

test('a tearline goes from request to publication, and its lower record says what was approved and nothing else', async () => {
  await using world = await aGuardWorld();
  const id = await approvedByBoth(world);
  const published = await world.order('tearline', id, 'publish', {}, CSIS);
  expect(published.body).toMatchObject({ state: 'PUBLISHED', awaiting: [], possible: ['withdraw'] });
  const [lower] = world.inCell('partner') as [Record<string, unknown>];
  expect(lower).toMatchObject({
    envelope: {
      id: published.body['published'],
      agency: 'cse',
      observedAt: world.clock.now(),
      lineage: { derivedFrom: [] },
    },
    report: { portions: [{ text: DRAFT.text }], targets: [], stance: 'ASSERTS' },
    domains: ['mirror.example'],
  });
  expect(JSON.stringify(lower)).not.toMatch(/other\.example|csis|As it was reported/);
  expect(linkOf(world)).toMatchObject({ child: published.body['published'], parent: idOf(1), basis: 'TEARLINE' });
  expect(tokenOf(lower)).not.toBe(tokenOf(sourceOf(world)));
  expect(world.leaves()).toEqual([`HANDED_DOWN TEARLINE ${CSIS}`]);
});

test('a withdrawn tearline is recalled in the lower cell', async () => {
  await using world = await aGuardWorld();
  const id = await approvedByBoth(world);
  await world.order('tearline', id, 'publish', {}, CSE);
  const withdrawn = await world.order('tearline', id, 'withdraw', { reason: 'it was wrong' }, CSE);
  expect(stateOf(withdrawn)).toBe('WITHDRAWN');
  expect(world.inCell('partner').find((each) => 'replacement' in each)).toMatchObject({
    reason: 'it was wrong',
    envelope: { recalls: withdrawn.body['published'] },
  });
});

test('what is asked for twice about one source has nothing in common below: neither ids nor tokens', async () => {
  await using world = await aGuardWorld();
  const source = await aSource(world, ['cse']);
  for (const text of ['One sentence.', 'Another sentence.']) {
    const { id } = await world.guard.request(
      'tearline',
      source,
      { source: source.id, for: 'x' },
      { person: ANALYST, view: VIEW },
    );
    await world.order('tearline', id, 'draft', { ...DRAFT, values: [], text }, ANALYST);
    await world.order('tearline', id, 'submit', {}, ANALYST);
    await world.order('tearline', id, 'approve', await world.sign('tearline', id, CSE), CSE);
    await world.order('tearline', id, 'publish', {}, CSE);
  }
  const [one, other] = world.inCell('partner') as [Record<string, unknown>, Record<string, unknown>];
  expect(tokenOf(one)).not.toBe(tokenOf(other));
  expect([tokenOf(one), tokenOf(other)]).not.toContain(null);
});

test.each<[string, object, string, string]>([
  ['a marking that is not below', { marking: SECRET }, 'TARGET_NOT_BELOW', '/marking'],
  ['a marking that cannot be read', { marking: 'SECRET-ISH' }, 'INVALID_DRAFT', '/marking'],
  [
    'a value that the source does not have',
    { values: [{ kind: 'domain', value: 'planted.example' }] },
    'INVALID_DRAFT',
    '/values/0',
  ],
  [
    'a kind that a tearline does not keep',
    { values: [{ kind: 'person', value: 'prs_01' }] },
    'INVALID_DRAFT',
    '/values/0',
  ],
  ['an agency in its text', { text: 'CSE has seen it.' }, 'LINT_FAILED', '/text'],
  ['a name of an agency in its title', { title: 'From the Royal Canadian Mounted Police' }, 'LINT_FAILED', '/title'],
  ['a verb of collecting', { text: 'Messages were intercepted.' }, 'LINT_FAILED', '/text'],
  ['a source kind', { text: 'HUMINT says so.' }, 'LINT_FAILED', '/text'],
  ['an observation id', { text: `see ${idOf(1)}` }, 'LINT_FAILED', '/text'],
  ['a numbered person', { text: 'Canadian 3 was told.' }, 'LINT_FAILED', '/text'],
  ['a category of impact and no advice', { category: 'PHISHING' }, 'INVALID_DRAFT', '/report/soWhat'],
  ['a property nobody declared', { note: 'x' }, 'INVALID_DRAFT', ''],
])('a draft with %s is refused, with its place', async (_case, over, code, pointer) => {
  await using world = await aGuardWorld();
  const id = await asked(world);
  const refusal = await world
    .order('tearline', id, 'draft', { ...DRAFT, ...over }, ANALYST)
    .catch((cause: unknown) => cause);
  expect(refusal).toEqual(refusedWith(code));
  expect(
    (refusal as { details: { faults: { pointer: string }[] } }).details.faults.map((each) => each.pointer),
  ).toContain(pointer);
  expect(world.leaves()).toEqual([`REFUSED ${code} ${ANALYST}`]);
});

test.each<[string, 'tearline' | 'downgrade', object, string]>([
  ['half a character in a text', 'tearline', { for: 'campaigns \ud800' }, '/for'],
  ['a day that no calendar has', 'tearline', { for: 'x', by: '2031-13-45T99:99:99Z' }, '/by'],
  ['an end that no calendar has', 'downgrade', { to: AMBER, reason: 'r', expires: '2031-99-99T00:00:00Z' }, '/expires'],
  ['a marking of nothing', 'downgrade', { to: {}, reason: 'r', expires: '2032-01-01T00:00:00Z' }, '/marking'],
])('a request with %s is refused at its place, and no event is written', async (_case, kind, over, pointer) => {
  await using world = await aGuardWorld();
  const source = await aSource(world);
  const named = kind === 'tearline' ? { source: source.id } : { record: source.id };
  const asking = world.guard.request(kind, source, { ...named, ...over }, { person: ANALYST, view: VIEW });
  await expect(asking).rejects.toMatchObject({ details: { code: 'INVALID_DRAFT', faults: [{ pointer }] } });
  expect(world.bus.records(`case.${VIEW}`)).toEqual([]);
});

test('whatever characters people write, the next guard finds the same chain', async () => {
  await using world = await aGuardWorld();
  const source = await aSource(world);
  const words = 'é e\u0301 \u0000 \u2028 \uFFFF 𐐷 "\\ \u202e';
  const { id } = await world.guard.request(
    'tearline',
    source,
    { source: source.id, for: words },
    { person: ANALYST, view: VIEW },
  );
  await world.restart();
  expect((await world.guard.find('tearline', id, { person: CSE, view: VIEW }))?.body['for']).toBe(words);
});

test('ordinary words of elections are no agency names', async () => {
  await using world = await aGuardWorld();
  const id = await asked(world);
  const text = 'Elections officers are impersonated; do not answer unexpected calls.';
  expect(stateOf(await world.order('tearline', id, 'draft', { ...DRAFT, text }, ANALYST))).toBe('DRAFTED');
});

test.each<[string, (world: GuardWorld, id: string) => Promise<unknown>, string]>([
  ['signed by nobody', (world, id) => world.order('tearline', id, 'approve', { signature: 'A'.repeat(86) }, CSE), 'SIGNATURE_INVALID'],
  ['signed by another', async (world, id) => world.order('tearline', id, 'approve', await world.sign('tearline', id, CSIS), CSE), 'SIGNATURE_INVALID'],
  ['by an analyst', async (world, id) => world.order('tearline', id, 'approve', await world.sign('tearline', id, ANALYST), ANALYST), 'ROLE_NOT_ALLOWED'],
  ['twice by one agency', async (world, id) => {
    await world.order('tearline', id, 'approve', await world.sign('tearline', id, CSE), CSE);
    return world.order('tearline', id, 'approve', await world.sign('tearline', id, CSE), CSE);
  }, 'SIGNED_TWICE'],
  ['by somebody who no longer dominates it', async (world, id) => {
    const signed = await world.sign('tearline', id, CSE);
    lower(world, CSE);
    return world.order('tearline', id, 'approve', signed, CSE);
  }, 'READER_NOT_CLEARED'],
  ['by nobody the registry knows', async (world, id) => {
    const signed = await world.sign('tearline', id, CSE);
    world.people.delete(CSE);
    return world.order('tearline', id, 'approve', signed, CSE);
  }, 'READER_NOT_CLEARED'],
])('an approval %s is refused and ledgered', async (_case, act, code) => {
  await using world = await aGuardWorld();
  const id = await reviewed(world);
  await expect(act(world, id)).rejects.toEqual(refusedWith(code));
  expect(world.leaves().at(-1)).toContain(`REFUSED ${code} `);
}); // prettier-ignore

test.each<[string, (world: GuardWorld) => unknown, string]>([
  ['an approver has lost the clearance', (world) => lower(world, CSE), 'SIGNER_NOT_CLEARED'],
  ['an approver has lost the role', (world) => change(world, CSE, { roles: ['analyst'] }), 'SIGNER_NOT_AUTHORISED'],
  ['an approver has gone to another agency', (world) => change(world, CSE, { agency: 'gac' }), 'SIGNER_NOT_AUTHORISED'],
  ['an approver’s key was taken back', (world) => change(world, CSE, { signatureKeys: [] }), 'SIGNATURE_INVALID'],
  ['the source was recalled', async (world) => world.recall(await named(world)), 'SOURCE_RECALLED'],
])('what was approved is not published where %s since', async (_case, happens, code) => {
  await using world = await aGuardWorld();
  const id = await approvedByBoth(world);
  await happens(world);
  await expect(world.order('tearline', id, 'publish', {}, CSIS)).rejects.toEqual(refusedWith(code));
  expect(world.inCell('partner')).toEqual([]);
  expect(world.leaves().at(-1)).toBe(`REFUSED ${code} ${CSIS}`);
});

test('T4: an approved text that is drafted again has to be approved again', async () => {
  await using world = await aGuardWorld();
  const id = await approvedByBoth(world);
  const again = await world.order('tearline', id, 'draft', { ...DRAFT, text: 'Another text.' }, ANALYST);
  expect(again.body).toMatchObject({ state: 'DRAFTED', approvals: [], awaiting: ['cse', 'csis'] });
  await expect(world.order('tearline', id, 'publish', {}, CSE)).rejects.toEqual(
    refusedWith('ILLEGAL_TRANSITION', ['draft', 'submit']),
  );
});

const later = (world: GuardWorld): string => new Date(world.clock.now() + 3_600_000).toISOString();

async function downgradeOf(world: GuardWorld, over: object = {}): Promise<string> {
  const source = await aSource(world);
  const args = { record: source.id, to: AMBER, reason: 'published elsewhere', expires: later(world), ...over };
  return (await world.guard.request('downgrade', source, args, { person: ANALYST, view: VIEW })).id;
}
async function granted(world: GuardWorld): Promise<string> {
  const id = await downgradeOf(world);
  for (const person of [CSE, CSIS])
    await world.order('downgrade', id, 'sign', await world.sign('downgrade', id, person), person);
  return id;
}

test('a granted downgrade makes a new record of the same content and token; the old one stays as it was', async () => {
  await using world = await aGuardWorld();
  const id = await granted(world);
  const before = sourceOf(world);
  const { body } = await world.order('downgrade', id, 'apply', {}, CSE);
  expect(body).toMatchObject({ state: 'APPLIED', possible: [] });
  const [lower] = world.inCell('partner') as [Record<string, { id?: string; portions?: { marking: WireMarking }[] }>];
  expect(lower).toMatchObject({
    envelope: { id: body['applied'], agency: 'cse' },
    domains: ['mirror.example', 'other.example'],
  });
  expect(lower['report']?.portions?.[0]?.marking).toMatchObject({
    classified: 'UNCLASSIFIED',
    tlp: 'AMBER',
    origins: ['cse', 'csis'],
  });
  expect(tokenOf(lower)).toBe(tokenOf(before));
  expect(sourceOf(world)).toEqual(before);
  expect(linkOf(world)).toMatchObject({ child: body['applied'], parent: idOf(1) });
});

test('a downgraded record stays whose it was, whatever the asked marking says', async () => {
  await using world = await aGuardWorld();
  const source = await world.observe({
    id: idOf(1),
    marking: 'SECRET//REL TO CAN, USA',
    origins: ['cse', 'csis'],
    owners: ['CAN', 'USA'],
  });
  const to = { ...toWire(parse(AMBER, { homeNation: 'CAN' })), owners: ['CAN'], origins: ['gac'] };
  const args = { record: source.id, to, reason: 'r', expires: later(world) };
  const { body } = await world.guard.request('downgrade', source, args, { person: ANALYST, view: VIEW });
  expect(body['to']).toMatchObject({ classified: 'UNCLASSIFIED', owners: ['CAN', 'USA'], origins: ['cse', 'csis'] });
});

test('a record below names only parents that its own readers may know of', async () => {
  await using world = await aGuardWorld();
  await world.observe({ id: idOf(7), marking: AMBER });
  await world.observe({ id: idOf(8), marking: SECRET });
  const source = await world.observe({
    id: idOf(1),
    marking: SECRET,
    origins: ['cse'],
    derivedFrom: [idOf(7), idOf(8), idOf(9)],
  });
  authorityOf(world, 'second-of-cse', 'cse');
  const args = { record: source.id, to: AMBER, reason: 'r', expires: later(world) };
  const { id } = await world.guard.request('downgrade', source, args, { person: ANALYST, view: VIEW });
  for (const person of [CSE, 'second-of-cse'])
    await world.order('downgrade', id, 'sign', await world.sign('downgrade', id, person), person);
  const { body } = await world.order('downgrade', id, 'apply', {}, CSE);
  const made = world.inCell('partner').find(({ envelope }) => (envelope as { id: string }).id === body['applied']);
  expect(made).toMatchObject({ envelope: { lineage: { derivedFrom: [idOf(7)] } } });
});

test.each<[string, (world: GuardWorld) => Promise<unknown>, string]>([
  ['applied twice', async (world) => {
    const id = await granted(world);
    await world.order('downgrade', id, 'apply', {}, CSE);
    return world.order('downgrade', id, 'apply', {}, CSE);
  }, 'GRANT_REPLAYED'],
  ['applied after it expired', async (world) => {
    const id = await granted(world);
    world.clock.advance(3_600_000);
    return world.order('downgrade', id, 'apply', {}, CSE);
  }, 'GRANT_EXPIRED'],
  ['applied with one signer', async (world) => {
    const id = await downgradeOf(world);
    await world.order('downgrade', id, 'sign', await world.sign('downgrade', id, CSE), CSE);
    return world.order('downgrade', id, 'apply', {}, CSE);
  }, 'TOO_FEW_SIGNERS'],
  ['signed twice by one person', async (world) => {
    const id = await downgradeOf(world);
    await world.order('downgrade', id, 'sign', await world.sign('downgrade', id, CSE), CSE);
    return world.order('downgrade', id, 'sign', await world.sign('downgrade', id, CSE), CSE);
  }, 'SIGNED_TWICE'],
  ['applied without an origin', async (world) => {
    const id = await downgradeOf(world);
    authorityOf(world, 'second-of-cse', 'cse');
    for (const person of [CSE, 'second-of-cse']) await world.order('downgrade', id, 'sign', await world.sign('downgrade', id, person), person);
    return world.order('downgrade', id, 'apply', {}, CSE);
  }, 'ORIGIN_MISSING'],
  ['signed by somebody who is no release authority', async (world) => {
    const id = await downgradeOf(world);
    return world.order('downgrade', id, 'sign', await world.sign('downgrade', id, ANALYST), ANALYST);
  }, 'ROLE_NOT_ALLOWED'],
  ['signed on another grant', async (world) => {
    const [one, other] = [await downgradeOf(world), await downgradeOf(world)];
    return world.order('downgrade', one, 'sign', await world.sign('downgrade', other, CSE), CSE);
  }, 'SIGNATURE_INVALID'],
  ['applied when a signer has lost the clearance', async (world) => {
    const id = await granted(world);
    lower(world, CSIS);
    return world.order('downgrade', id, 'apply', {}, CSE);
  }, 'SIGNER_NOT_CLEARED'],
  ['applied when the record was recalled', async (world) => {
    const id = await granted(world);
    await world.recall(await named(world));
    return world.order('downgrade', id, 'apply', {}, CSE);
  }, 'SOURCE_RECALLED'],
  ['to a marking that is not below', (world) => downgradeOf(world, { to: 'SECRET//CANADIAN EYES ONLY//TLP:RED' }), 'TARGET_NOT_BELOW'],
  ['asked for until yesterday', (world) => downgradeOf(world, { expires: '2001-01-01T00:00:00Z' }), 'EXPIRY_IN_PAST'],
  ['of a record that speaks of others', async (world) => {
    const source = await aSource(world);
    await world.recall(source);
    const recall = { ...source, id: `${source.id.slice(0, -1)}f` };
    return world.guard.request('downgrade', recall, { record: recall.id, to: AMBER, reason: 'r', expires: later(world) }, { person: ANALYST, view: VIEW });
  }, 'NOT_RELEASABLE'],
])('a downgrade %s is refused and ledgered, and makes no second record', async (_case, act, code) => {
  await using world = await aGuardWorld();
  await expect(act(world)).rejects.toEqual(refusedWith(code));
  expect(world.leaves().at(-1)).toContain(`REFUSED ${code} `);
  expect(world.inCell('partner').length).toBeLessThanOrEqual(code === 'GRANT_REPLAYED' ? 1 : 0);
}); // prettier-ignore

test('an expired grant ends by the clock alone', async () => {
  await using world = await aGuardWorld();
  const id = await downgradeOf(world);
  world.clock.advance(3_600_000);
  await world.restart(); // its clock looks at once
  const found = await eventuallyFound(world, id, 'EXPIRED');
  expect(found.body['possible']).toEqual([]);
});

test.each(['lose-answer', 'away'] as const)(
  'a grant whose handing down broke off (%s) is finished by the next guard: one record, under the ids of the first try',
  async (does) => {
    await using world = await aGuardWorld();
    const id = await granted(world);
    world.intakeDoes.push('write', does); // the link is written, then it breaks off
    await expect(world.order('downgrade', id, 'apply', {}, CSE)).rejects.toMatchObject({
      code: 'AGENCY_UNREACHABLE',
      retriable: true,
    });
    const early = world.inCell('partner').length;
    expect(early).toBe(does === 'lose-answer' ? 1 : 0);
    await world.restart();
    const found = await eventuallyFound(world, id, 'APPLIED');
    expect(world.inCell('partner').map(({ envelope }) => (envelope as { id: string }).id)).toEqual([
      found.body['applied'],
    ]);
    expect(world.inCell('s-can').filter((each) => 'child' in each)).toHaveLength(1);
    await expect(world.order('downgrade', id, 'apply', {}, CSE)).rejects.toEqual(refusedWith('GRANT_REPLAYED'));
  },
);

test('one that cannot be finished yet keeps nobody else from ending in time', async () => {
  await using world = await aGuardWorld();
  const stuck = await granted(world);
  world.intakeDoes.push('away', 'away');
  await expect(world.order('downgrade', stuck, 'apply', {}, CSE)).rejects.toMatchObject({ code: 'AGENCY_UNREACHABLE' });
  const other = await downgradeOf(world);
  world.clock.advance(3_600_000);
  await world.restart(); // its clock looks once, and finds the agency away again
  expect((await eventuallyFound(world, other, 'EXPIRED')).body['state']).toBe('EXPIRED');
  const found = await world.guard.find('downgrade', stuck, { person: CSE, view: VIEW });
  expect(found?.body['state']).toBe('GRANTED'); // what is in hand does not expire
});

test('what the agency’s service refuses is given up, and may be tried again', async () => {
  await using world = await aGuardWorld();
  const id = await granted(world);
  world.intakeDoes.push('refuse');
  await expect(world.order('downgrade', id, 'apply', {}, CSE)).rejects.toEqual(refusedWith('AGENCY_REFUSED'));
  expect(world.inCell('partner')).toEqual([]);
  expect(stateOf(await world.order('downgrade', id, 'apply', {}, CSE))).toBe('APPLIED');
});

test('a guard that another has fenced decides no more; the other has everything', async () => {
  await using world = await aGuardWorld();
  const old = world.guard;
  const id = await reviewed(world);
  await world.restart();
  await expect(
    old.command('tearline', id, 'refuse', { reason: 'no' }, { person: CSE, view: VIEW }),
  ).rejects.toMatchObject({ code: 'GUARD_FENCED' });
  await expect(old.fatal).resolves.toMatchObject({ code: 'GUARD_FENCED' });
  expect(stateOf(await world.order('tearline', id, 'refuse', { reason: 'no' }, CSE))).toBe('REFUSED');
});

test('nothing is decided while the registry may not be answered from, nor handed down while the ledger takes no leaf', async () => {
  await using world = await aGuardWorld();
  const id = await granted(world);
  world.registryState = 'stale';
  await expect(world.order('downgrade', id, 'apply', {}, CSE)).rejects.toMatchObject({ code: 'REGISTRY_CLOSED' });
  world.registryState = 'fresh';
  world.bus.failNext('produce');
  await expect(world.order('downgrade', id, 'apply', {}, CSE)).rejects.toMatchObject({ code: 'LEDGER_CLOSED' });
  expect(world.inCell('partner')).toEqual([]);
  expect(stateOf(await world.order('downgrade', id, 'apply', {}, CSE))).toBe('APPLIED');
});

test('an event that does not follow the one before it ends the start of a guard', async () => {
  await using world = await aGuardWorld();
  await asked(world);
  const [record] = world.bus.records(`case.${VIEW}`);
  const producer = await world.bus.connect.bus.createProducer();
  await producer.send({ topic: `case.${VIEW}`, key: record!.key, value: record!.value });
  await expect(world.restart()).rejects.toMatchObject({ code: 'CHAIN_BROKEN' });
});

test('the guard writes no observation: its principal may not, and every record below was written by the agency’s service', async () => {
  await using world = await aGuardWorld();
  const producer = await world.bus.as('guard').createProducer();
  await expect(producer.send({ topic: 'obs.partner.cse', key: 'x', value: Buffer.from('x') })).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
  const id = await granted(world);
  await world.order('downgrade', id, 'apply', {}, CSE);
  expect(world.inCell('partner')).toHaveLength(1);
});

const SUSPECT = { kind: 'CANDIDATE', ref: 'cand:ge-demo/riding/ada', suppressedAs: 'Canadian 1' };
const OPERATORS = ['op-one', 'op-two'] as const;

async function identityAsked(world: GuardWorld): Promise<string> {
  for (const person of OPERATORS) {
    authorityOf(world, person, 'cse');
    change(world, person, { roles: ['operator'] });
  }
  const product = await world.observe({ id: idOf(1), marking: SECRET, targets: [SUSPECT] });
  const args = { product: product.id, suppressedRef: 'Canadian 1' };
  return (await world.guard.request('identity-release', product, args, { person: 'teodor-vance', view: VIEW })).id;
}

test('an identity goes to the requester alone, after two persons of the holder; no event holds it', async () => {
  await using world = await aGuardWorld();
  const id = await identityAsked(world);
  const identityFor = async (person: string) =>
    (await world.guard.find('identity-release', id, { person, view: VIEW }))?.body['identity'];
  await world.order(
    'identity-release',
    id,
    'justify',
    { authority: 'section 12', text: 'to warn them' },
    'teodor-vance',
  );
  await world.order('identity-release', id, 'approve', {}, OPERATORS[0]);
  expect(await identityFor('teodor-vance')).toBeUndefined();
  await world.order('identity-release', id, 'approve', {}, OPERATORS[1]);
  expect(await identityFor('teodor-vance')).toEqual({ kind: 'CANDIDATE', ref: SUSPECT.ref });
  for (const other of [ANALYST, CSE, ...OPERATORS]) expect(await identityFor(other)).toBeUndefined();
  expect(
    (await world.guard.list('identity-release', { person: 'teodor-vance', view: VIEW }))[0]?.body['identity'],
  ).toBeUndefined();
  const events = world.bus.records(`case.${VIEW}`).map(({ value }) => value!.toString('latin1'));
  expect(events.some((each) => each.includes('Canadian 1'))).toBe(true);
  expect(events.some((each) => each.includes(SUSPECT.ref))).toBe(false);
  expect(world.leaves().at(-1)).toBe(`IDENTITY_APPROVED IDENTITY ${OPERATORS[1]}`);
});

test.each<[string, string, unknown, string, string]>([
  ['approved by the requester', 'approve', {}, 'teodor-vance', 'ROLE_NOT_ALLOWED'],
  ['approved by an operator of another agency', 'approve', {}, 'op-gac', 'NOT_THE_HOLDER'],
  ['reviewed before it is decided', 'review', { finding: 'x' }, 'viggo-tremblay', 'ILLEGAL_TRANSITION'],
])('an identity release %s is refused', async (_case, name, args, person, code) => {
  await using world = await aGuardWorld();
  const id = await identityAsked(world);
  authorityOf(world, 'op-gac', 'gac');
  change(world, 'op-gac', { roles: ['operator'] });
  await world.order('identity-release', id, 'justify', { authority: 'a', text: 'b' }, 'teodor-vance');
  await expect(world.order('identity-release', id, name, args, person)).rejects.toEqual(refusedWith(code));
});

test('a name that the product does not suppress cannot be asked for', async () => {
  await using world = await aGuardWorld();
  const product = await aSource(world);
  const args = { product: product.id, suppressedRef: 'Canadian 9' };
  await expect(world.guard.request('identity-release', product, args, { person: ANALYST, view: VIEW })).rejects.toEqual(
    refusedWith('NO_SUCH_SUPPRESSION'),
  );
});

test('what was asked in one view is unknown in another', async () => {
  await using world = await aGuardWorld();
  const id = await asked(world);
  expect(await world.guard.find('tearline', id, { person: CSE, view: 'ts-can' })).toBeUndefined();
  expect(await world.guard.list('tearline', { person: CSE, view: 'ts-can' })).toEqual([]);
  await expect(
    world.guard.command('tearline', id, 'draft', DRAFT, { person: CSE, view: 'ts-can' }),
  ).rejects.toMatchObject({ code: 'DISCLOSURE_UNKNOWN' });
});

/** The one record that is no link. */
function sourceOf(world: GuardWorld): Record<string, unknown> {
  return world.inCell('s-can').find((each) => !('child' in each))!;
}

function linkOf(world: GuardWorld): Record<string, unknown> | undefined {
  return world.inCell('s-can').find((each) => 'child' in each);
}

function tokenOf(value: Record<string, unknown>): string | null {
  return (value['envelope'] as { lineage: { sourceToken: string | null } }).lineage.sourceToken;
}

function change(world: GuardWorld, person: string, over: object): void {
  world.people.set(person, { ...world.people.get(person)!, ...over });
}

function lower(world: GuardWorld, person: string): void {
  const { clearance } = world.people.get(person)!;
  change(world, person, { clearance: { ...clearance, classified: 'CONFIDENTIAL' } });
}

async function named(world: GuardWorld) {
  const source = sourceOf(world) as { envelope: { id: string; marking: WireMarking } };

  return { id: source.envelope.id, agency: 'cse', cell: 's-can', marking: fromWire(source.envelope.marking) };
}

/** The clock of a guard that was just started looks once, by itself. */
async function eventuallyFound(world: GuardWorld, id: string, state: string): Promise<Disclosure> {
  return eventually(
    async () => {
      const found = await world.guard.find('downgrade', id, { person: CSE, view: VIEW });
      return found?.body['state'] === state && found;
    },
    { what: `a downgrade that is ${state}` },
  );
}
