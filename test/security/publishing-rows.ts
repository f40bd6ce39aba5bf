// Rows 14, 15, 17 and 20: what a writer reaches with an id that is not theirs, not visible to them, or there already.
// The routes that write are those of publishing; none edits a record in place, so a change can only be another record.

import { expect, test } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf, type ObservationWords } from '../support/observations.ts';
import type { World } from '../support/world.ts';
import { askFrontDoor, comparable, type Answer } from './front-door-requests.ts';

const SECRET = 'SECRET//CANADIAN EYES ONLY';
const PARTNER = 'UNCLASSIFIED//TLP:AMBER';
const OWNER = 'ama-lindqvist'; // of cse
const OTHER_AGENCY = 'teodor-vance'; // of gac, with the same clearance
const LOW_WRITER = 'pilar-desrosiers'; // of elections, whose highest view is pb-can
/** Of a partner: may post files and by TAXII. */
const PARTNER_WRITER = 'piotr-adeyemi';
const OWN_DOMAIN = 'record-of-cse.example';
/** cse's: the first is hidden from the low writer, the second is seen by all who ask here. */
const HIDDEN = idOf(0x1401);
const VISIBLE = idOf(0x1402);
const ABSENT = idOf(0x14ff);
const TAXII_TYPE = 'application/taxii+json;version=2.1';

/** Publishes what the rows speak of; resolves when all readers have it. */
export async function publishSubjects(world: World): Promise<void> {
  await accepted(world, OWNER, { id: HIDDEN, marking: SECRET, domains: [OWN_DOMAIN], origin: 'rep:cse/14' });
  await accepted(world, OWNER, { id: VISIBLE, marking: PARTNER, domains: [OWN_DOMAIN], origin: 'rep:cse/15' });
  await eventually(
    async () => {
      expect([await statusAs(world, OWNER, HIDDEN), await statusAs(world, LOW_WRITER, VISIBLE)]).toEqual([200, 200]);
      await stateOf(world);
      return true;
    },
    { what: 'the records of cse and their assessments' },
  );
}

/** Registers the rows' tests. */
export function publishingRows(world: () => World): void {
  test('row 14: another agency in the body is refused on every route that publishes, and nothing changes', async () => {
    const before = await stateOf(world());
    const forged = withEnvelope({ id: idOf(0x1410), marking: PARTNER }, { agency: 'cse' });
    const one = await post(world(), OTHER_AGENCY, forged);
    expect([one.status, one.body]).toEqual([422, expect.stringContaining('NOT_YOUR_AGENCY')]);
    const lines = await post(world(), OTHER_AGENCY, forged, '/v1/observations/bulk', 'application/x-ndjson');
    expect(lines.body.split('\n')[0]).toContain('NOT_YOUR_AGENCY');
    expect(await statusAs(world(), OWNER, idOf(0x1410))).toBe(404);
    expect(await stateOf(world())).toEqual(before);
  });

  test('row 14: an id swapped into a path that writes is 404 for a hidden one as for an absent one', async () => {
    const body = JSON.stringify({ objects: [{ type: 'note', id: `note--${idOf(14)}`, spec_version: '2.1' }] });
    const at = (path: string, as = PARTNER_WRITER): Promise<Answer> =>
      askFrontDoor(world(), { method: 'POST', path, as, type: TAXII_TYPE, body });
    const high = world().policy.views.find(({ id }) => id === 's-can')!.collection;
    const root = '/taxii2/sitebus/collections';
    const [above, hidden, absent] = [await at(`${root}/${high}/objects`), await at(`${root}/${HIDDEN}/objects`), await at(`${root}/${ABSENT}/objects`)]; // prettier-ignore
    expect(absent.status).toBe(404);
    expect([comparableTaxii(above), comparableTaxii(hidden)]).toEqual([
      comparableTaxii(absent),
      comparableTaxii(absent),
    ]);
    const format = await askFrontDoor(world(), { method: 'POST', path: `/v1/imports/${HIDDEN}?source=x`, as: PARTNER_WRITER, type: 'application/octet-stream', body: 'x' }); // prettier-ignore
    expect(format.status).toBe(404);
  });

  test("row 14: the status of a post is its poster's alone: with another's id it is 404, as an absent one is", async () => {
    const inbox = await inboxOf(world(), PARTNER_WRITER);
    const body = JSON.stringify({ objects: [{ type: 'note', id: `note--${idOf(14)}`, spec_version: '2.1' }] });
    const posted = await askFrontDoor(world(), { method: 'POST', path: `/taxii2/sitebus/collections/${inbox}/objects`, as: PARTNER_WRITER, type: TAXII_TYPE, body }); // prettier-ignore
    expect(posted.status).toBe(202);
    const { id } = JSON.parse(posted.body) as { id: string };
    const asked = (as: string, wanted: string): Promise<Answer> =>
      askFrontDoor(world(), { path: `/taxii2/sitebus/status/${wanted}`, as });
    expect((await asked(PARTNER_WRITER, id)).status).toBe(200);
    const [foreign, absent] = [await asked('elio-marchetti', id), await asked('elio-marchetti', ABSENT)]; // of the same view
    expect(foreign.status).toBe(404);
    expect(comparableTaxii(foreign)).toEqual(comparableTaxii(absent));
  });

  test('row 14: a hidden record named as parent, as superseded or as subject is answered as an absent one, and stays as it was', async () => {
    const before = await stateOf(world());
    const naming: readonly ((id: string) => Record<string, unknown>)[] = [
      (id) => ({ lineage: { derivedFrom: [id] } }),
      (id) => ({ supersedes: id }),
    ];
    for (const [at, envelope] of naming.entries()) {
      const answerFor = async (named: string, own: string): Promise<unknown> => {
        const sent = withEnvelope({ id: own, marking: PARTNER, domains: [`row-14-${at}.example`] }, envelope(named));
        return blanked(await post(world(), LOW_WRITER, sent), own, named);
      };
      const hidden = await answerFor(HIDDEN, idOf(0x1420 + 2 * at));
      expect(hidden).toEqual(await answerFor(ABSENT, idOf(0x1421 + 2 * at)));
      expect(hidden).toMatchObject({ status: 202 });
    }
    await readBy(world(), LOW_WRITER, [0x1420, 0x1421, 0x1422, 0x1423]);
    expect(await stateOf(world())).toEqual(before);
  });

  test("row 15: another agency's visible record is neither superseded nor recalled: what is sent is the sender's own record", async () => {
    const before = await stateOf(world());
    const superseding = withEnvelope({ id: idOf(0x1510), marking: PARTNER, domains: ['row-15.example'] }, { supersedes: VISIBLE }); // prettier-ignore
    const recalling = { type: 'Recall', envelope: { id: idOf(0x1511), observedAt: '2026-10-01T10:00:00.000Z', marking: PARTNER, recalls: VISIBLE }, reason: 'not ours to withdraw', replacement: null }; // prettier-ignore
    // Accepted, because to say whose an id is would tell that it is there; without effect, because both bind one agency.
    expect((await post(world(), OTHER_AGENCY, superseding)).status).toBe(202);
    expect((await post(world(), OTHER_AGENCY, JSON.stringify(recalling))).status).toBe(202);
    await readBy(world(), OTHER_AGENCY, [0x1510, 0x1511]);
    expect(await stateOf(world())).toEqual(before);
  });

  test("row 15: a position on another agency's record is kept beside it and changes no word, marking or figure of it", async () => {
    const before = await stateOf(world());
    const position = {
      type: 'AgencyPosition',
      envelope: { id: idOf(0x1512), observedAt: '2026-10-01T10:00:00.000Z', marking: PARTNER },
      about: VISIBLE,
      seen: { view: 'partner', version: 1 },
      stance: 'DISSENT',
      likelihood: null,
      confidence: 'LOW',
      definitionId: 'foreign-interference/1',
      portions: [{ text: 'We do not see it so.', lang: 'en', marking: PARTNER }],
    };
    const answer = await post(world(), OTHER_AGENCY, JSON.stringify(position));
    expect([answer.status, answer.body]).toEqual([202, expect.any(String)]);
    await readBy(world(), OTHER_AGENCY, [0x1512]);
    const after = await stateOf(world());
    expect(after.records).toEqual(before.records);
    expect(after.figures).toEqual(before.figures);
  });

  test('row 17: a hidden id, or the content of a hidden record, gets the 202 of a fresh one: status, bytes and headers', async () => {
    const words = { marking: PARTNER, domains: ['row-17.example'], origin: 'rep:partner/17' };
    const answerTo = async (sent: ObservationWords): Promise<unknown> =>
      blanked(await post(world(), LOW_WRITER, JSON.stringify(anIndicatorReport(sent))), sent.id ?? '', '');
    const fresh = await answerTo({ ...words, id: idOf(0x1701) });
    expect(fresh).toMatchObject({ status: 202 });
    expect(await answerTo({ ...words, id: idOf(0x1701) })).toEqual(fresh); // again, the same
    expect(await answerTo({ ...words, id: HIDDEN })).toEqual(fresh);
    expect(await answerTo({ ...words, id: VISIBLE })).toEqual(fresh);
    const hiddenContent = { marking: PARTNER, domains: [OWN_DOMAIN], origin: 'rep:cse/14' };
    const freshContent = { marking: PARTNER, domains: ['record-of-xyz.example'], origin: 'rep:xyz/14' };
    const [known, unknown] = [await answerTo({ ...hiddenContent, id: idOf(0x1702) }), await answerTo({ ...freshContent, id: idOf(0x1703) })]; // prettier-ignore
    expect(JSON.stringify(known).replaceAll(OWN_DOMAIN, 'record-of-xyz.example')).toEqual(JSON.stringify(unknown));
    const lines = async (id: string): Promise<unknown> => {
      const line = JSON.stringify(anIndicatorReport({ ...words, id }));
      return blanked(await post(world(), LOW_WRITER, line, '/v1/observations/bulk', 'application/x-ndjson'), id, '');
    };
    expect(await lines(HIDDEN)).toEqual(await lines(idOf(0x1704)));
  });

  test('row 20: an update of a record under another marking, need-to-know or owner does not take effect', async () => {
    const first = { id: idOf(0x2001), marking: PARTNER, domains: ['row-20.example'], origin: 'rep:cse/20' };
    await accepted(world(), OWNER, first);
    await readBy(world(), OWNER, [0x2001]);
    const wire = { classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp: 'AMBER', orcon: false, origins: ['cse'], needToKnow: [] }; // prettier-ignore
    const updates: Readonly<Record<string, { readonly marking: unknown }>> = {
      'a lower colour': { marking: 'UNCLASSIFIED//TLP:GREEN' },
      'a higher marking': { marking: SECRET },
      'a narrower group': { marking: { ...wire, owners: ['CAN'], needToKnow: [['platforms']] } },
      'another owner': { marking: { ...wire, owners: ['GBR'] } },
    };
    const answers: [string, number][] = [];
    for (const [at, [name, { marking }]] of Object.entries(updates).entries()) {
      const sent = anIndicatorReport({ ...first, id: idOf(0x2010 + at), marking: PARTNER });
      const portions = [{ text: 'As before', lang: 'en', marking: typeof marking === 'string' ? marking : PARTNER }];
      const body = { ...sent, report: { ...(sent['report'] as object), portions }, envelope: { ...(sent['envelope'] as object), marking, supersedes: first.id } }; // prettier-ignore
      answers.push([name, (await post(world(), OWNER, JSON.stringify(body))).status]);
    }
    // Each is a record of its own, but what names another nation's is refused; the first stands, for its owner and for everyone below.
    expect(answers).toEqual(Object.keys(updates).map((name) => [name, name === 'another owner' ? 422 : 202]));
    await readBy(world(), OWNER, [0x2010, 0x2011, 0x2012]);
    for (const reader of [OWNER, OTHER_AGENCY, LOW_WRITER]) {
      const record = await world().get(reader, `/v1/observations/${first.id}`);
      expect([reader, record['status'], record['supersededBy']]).toEqual([reader, expect.not.stringMatching(/SUPERSEDED|RECALLED/), undefined]); // prettier-ignore
    }
    // The same marking does take effect, so that the rest has been tried at all.
    const same = withEnvelope({ ...first, id: idOf(0x2020) }, { supersedes: first.id });
    expect((await post(world(), OWNER, same)).status).toBe(202);
    await eventually(
      async () => (await world().get(OWNER, `/v1/observations/${first.id}`))['status'] === 'SUPERSEDED',
      { what: 'the update under the same marking' },
    );
  });
}

function post(
  world: World,
  as: string,
  body: string,
  path = '/v1/observations',
  type = 'application/json',
): Promise<Answer> {
  // prettier-ignore
  return askFrontDoor(world, { method: 'POST', path, as, type, body });
}

function withEnvelope(words: ObservationWords, envelope: Readonly<Record<string, unknown>>): string {
  const report = anIndicatorReport(words);
  return JSON.stringify({ ...report, envelope: { ...(report['envelope'] as object), ...envelope } });
}

async function accepted(world: World, as: string, words: ObservationWords): Promise<void> {
  const { status, body } = await post(world, as, JSON.stringify(anIndicatorReport(words)));
  expect([status, body]).toEqual([202, expect.stringContaining(words.id ?? '')]);
}

async function statusAs(world: World, as: string, id: string): Promise<number> {
  return (await askFrontDoor(world, { path: `/v1/observations/${id}`, as })).status;
}

/** Resolves when the person's own gateway has read the records. */
async function readBy(world: World, as: string, numbers: readonly number[]): Promise<void> {
  await eventually(
    async () => {
      expect(await Promise.all(numbers.map((n) => statusAs(world, as, idOf(n))))).toEqual(numbers.map(() => 200));
      return true;
    },
    { what: `records ${numbers.map((n) => n.toString(16)).join()} at ${as}` },
  );
}

interface State {
  readonly records: readonly unknown[];
  readonly figures: readonly unknown[];
}

/** The two records as their owner and a low reader see them, and what is concluded from them. */
async function stateOf(world: World): Promise<State> {
  const records = [
    await world.get(OWNER, `/v1/observations/${HIDDEN}`),
    await world.get(OWNER, `/v1/observations/${VISIBLE}`),
    await world.get(LOW_WRITER, `/v1/observations/${VISIBLE}`),
  ];
  const figures = await Promise.all(
    [OWNER, LOW_WRITER].map(async (reader) => {
      const { items } = (await world.get(reader, '/v1/assessments?status=LIVE')) as { items: readonly Concluded[] };
      const about = items.find(({ members }) => members.some(({ id }) => id === VISIBLE));
      expect([reader, about?.id]).toEqual([reader, expect.any(String)]);
      const { members, marking, likelihood, severity } = about!;
      const { origins: _origins, ...level } = marking; // who stated a position is named there
      return { members: members.map(({ id, agency }) => `${agency} ${id}`), level, likelihood, severity };
    }),
  );
  return { records, figures };
}

interface Concluded {
  readonly id: string;
  readonly members: readonly { readonly id: string; readonly agency: string }[];
  readonly marking: { readonly origins: unknown };
  readonly likelihood: unknown;
  readonly severity: unknown;
}

/** The answer without the ids that were sent. */
function blanked(answer: Answer, own: string, named: string): unknown {
  const text = JSON.stringify(comparable(answer)).replaceAll(own, 'OWN');
  return JSON.parse(named === '' ? text : text.replaceAll(named, 'NAMED')) as unknown;
}

function comparableTaxii(answer: Answer): Answer {
  const same = comparable(answer);
  return { ...same, body: same.body.replace(/"error_id":"[0-9a-f]*"/, '"error_id":"…"') };
}

/** The collection that takes posts. */
async function inboxOf(world: World, as: string): Promise<string> {
  const { collections } = (await JSON.parse(
    (await askFrontDoor(world, { path: '/taxii2/sitebus/collections', as })).body,
  )) as { collections: readonly { readonly id: string; readonly can_write: boolean }[] };
  return collections.find(({ can_write: canWrite }) => canWrite)?.id ?? '';
}
