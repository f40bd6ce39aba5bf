// Rows 18, 26 and 27: what may be written where, what becomes of a record that is not where it says, and who waits for whom.

import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isAtLeast, joinAll, print, type Marking } from '@sitebus/marking';
import {
  assessTopic,
  deadTopic,
  fromWire,
  obsTopic,
  type Assessment,
  type BusRecord,
  type Envelope,
} from '@sitebus/sdk';
import { hasInbox } from '../../deploy/local/agencies.ts';
import { playScenario } from '../../deploy/local/scenario/player.ts';
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf } from '../support/observations.ts';
import { readTopics } from '../support/read-topics.ts';
import type { World } from '../support/world.ts';
import type { AgencyDesk, AgencyRecord } from './agency-records.ts';
import { LOW_READER, assessmentsOf } from './low-transcript.ts';

const OPEN = 'UNCLASSIFIED//TLP:CLEAR';
const SECRET = 'SECRET//CANADIAN EYES ONLY';
const HIGH_READER = 'ama-lindqvist';

/** Registers the rows' tests. */
export function brokerRows(world: () => World, desk: () => AgencyDesk): void {
  test('row 18: the broker lets no principal of a high cell or view write anything lower', async () => {
    const low = desk().record(0x1801, { agency: 'cse', marking: OPEN, domain: 'row-18.example' });
    const tries: readonly (readonly [string, string])[] = [
      ['agency.cse.s-can', 'obs.open.cse'],
      ['agency.cse.s-can', 'obs.partner.cse'],
      ['agency.cse.s-can', 'dead.open.cse'],
      ['fusion.s-can', 'obs.open.cse'],
      ['fusion.s-can', 'assess.partner'],
      ['fusion.s-can', 'alert.public'],
      ['fusion.s-can', 'ops.partner'],
      ['gateway.s-can', 'ledger.partner'],
      ['gateway.s-can', 'obs.open.cse'],
    ];
    for (const [principal, topic] of tries)
      expect([principal, topic, await outcomeOf(desk().send(principal, topic, low))]).toEqual([principal, topic, 'NOT_ALLOWED']); // prettier-ignore
    expect(await outcomeOf(desk().send('agency.cse.open', 'obs.open.cse', low))).toBe('written'); // it is the right that lacks
  });

  test('row 18: a record marked below its paragraphs, or above the view it is published in, is refused at the door', async () => {
    const words = { id: idOf(0x1810), marking: OPEN, domains: ['row-18-below.example'] };
    const body = anIndicatorReport(words);
    const portions = [{ text: 'A secret paragraph', lang: 'en', marking: SECRET }];
    const under = { ...body, report: { ...(body['report'] as object), portions } };
    const above = anIndicatorReport({ ...words, marking: SECRET });
    const post = async (sent: object, query = ''): Promise<[number, string]> => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) };
      const response = await world().ask(HIGH_READER, `/v1/observations${query}`, init);
      return [response.status, ((await response.json()) as { type?: string }).type ?? ''];
    };
    expect((await post(under))[0]).toBe(422);
    // What is kept of it for its agency lies where its highest paragraph may, not where it claimed to.
    const kept = (await readTopics(world())).filter(({ value }) => String(value).includes('A secret paragraph'));
    expect(kept.map(({ topic }) => topic)).toEqual([deadTopic('s-can', 'cse')]);
    expect(await post(above, '?view=partner')).toEqual([422, 'urn:sitebus:problem:marking-not-allowed']);
    expect((await world().ask(HIGH_READER, `/v1/observations/${words.id}`)).status).toBe(404);
    expect((await post(body))[0]).toBe(202); // the same, marked as it should be
  });

  test('row 26: a record whose headers say otherwise, or that was moved to another topic, is quarantined by its coordinates; neighbours pass', async () => {
    const words = { agency: 'cse', marking: OPEN };
    const made = (n: number, more = {}): AgencyRecord =>
      desk().record(n, { ...words, domain: `row-26-${n.toString(16)}.example`, ...more });
    const lying = (n: number, header: Readonly<Record<string, string>>): AgencyRecord => {
      const record = made(n);
      return { ...record, headers: { ...record.headers, ...header } };
    };
    const cases: readonly (readonly [code: string, principal: string, topic: string, record: AgencyRecord])[] = [
      ['HEADER_MISMATCH', 'agency.cse.open', obsTopic('open', 'cse'), lying(0x2601, { ce_id: idOf(1) })],
      ['HEADER_MISMATCH', 'agency.cse.open', obsTopic('open', 'cse'), lying(0x2602, { ce_source: 'urn:sitebus:agency:gac' })], // prettier-ignore
      ['HEADER_MISMATCH', 'agency.cse.open', obsTopic('open', 'cse'), lying(0x2603, { ce_type: 'ca.sitebus.observation.Recall' })], // prettier-ignore
      ['AGENCY_NOT_OF_TOPIC', 'agency.gac.open', obsTopic('open', 'gac'), made(0x2604)],
      ['WRONG_CELL', 'agency.cse.partner', obsTopic('partner', 'cse'), made(0x2605)],
      ['WRONG_CELL', 'agency.cse.open', obsTopic('open', 'cse'), made(0x2606, { marking: SECRET })],
      ['MARKING_TOO_LOW', 'agency.cse.open', obsTopic('open', 'cse'), made(0x2607, { portion: SECRET })],
    ];
    const expected: string[] = [];
    for (const [code, principal, topic, record] of cases)
      expected.push(`${code} ${await desk().send(principal, topic, record)}`);
    await desk().send('agency.cse.open', obsTopic('open', 'cse'), made(0x26ff));
    const letters = await eventually(
      async () => {
        const dead = (await readTopics(world())).filter(
          ({ topic, headers }) => topic.startsWith('dead.') && !('codes' in headers),
        ); // those with codes are what the doors kept
        const places = dead.map(({ value }) => JSON.parse(String(value)) as Letter).map((letter) => `${letter.code} ${letter.topic}/${letter.partition}/${letter.offset}`); // prettier-ignore
        expect(places.sort()).toEqual([...expected].sort());
        return dead;
      },
      { what: 'a dead letter for each, and for nothing else' },
    );
    expect(new Set(letters.map(({ topic }) => topic))).toEqual(new Set([deadTopic('open', 'cse'), deadTopic('open', 'gac'), deadTopic('partner', 'cse')])); // prettier-ignore
    // Nothing of what a refused record says is repeated: no id, no value, no marking.
    expect(letters.map(({ value }) => String(value)).join('\n')).not.toMatch(/row-26|SECRET|00000000-0000-4000/);
    const members = await eventually(
      async () => {
        const ids = membersIn(await assessmentsOf(world(), HIGH_READER));
        return ids.includes(idOf(0x26ff)) && ids;
      },
      { what: 'the neighbour in an assessment' },
    );
    expect(cases.map((_, at) => idOf(0x2601 + at)).filter((id) => members.includes(id))).toEqual([]);
    for (let at = 0; at < cases.length; at += 1)
      expect((await world().ask(HIGH_READER, `/v1/observations/${idOf(0x2601 + at)}`)).status).toBe(404);
  });

  test('row 27: a partition of a higher cell that stands still holds up nobody below, nor the other records above', async () => {
    const unknown = desk().record(0x2701, { agency: 'cse', marking: SECRET, domain: 'row-27-above.example' });
    unknown.value.writeInt32BE(987_654, 1); // a schema that nobody knows: its partition waits
    await desk().send('agency.cse.s-can', obsTopic('s-can', 'cse'), unknown);
    await eventually(
      async () => (await readTopics(world())).some(({ topic, value }) => topic === 'ops.s-can' && String(value).includes('SCHEMA_UNKNOWN')), // prettier-ignore
      { what: 'the partition above to stand still' },
    );
    const partner = desk().record(0x2702, { agency: 'cse', marking: OPEN, domain: 'row-27.example' });
    await desk().send('agency.cse.open', obsTopic('open', 'cse'), partner);
    for (const reader of [LOW_READER, HIGH_READER])
      await eventually(async () => membersIn(await assessmentsOf(world(), reader)).includes(idOf(0x2702)), {
        what: `the low record in an assessment of ${reader}`,
      });
  });

  test('row 18: no assessment of a played scenario is marked below the join of its members, in any view or version', async () => {
    const { rows } = await playScenario({
      source: join('deploy', 'local', 'scenario', 'in'),
      agencies: [...world().agencies.keys()].filter(hasInbox),
      inboxOf: (agency) => join(world().inboxDir, agency),
      stateFile: join(world().dataDir, 'scenario.json'),
      secondsPerDay: 0,
      clock: { now: () => Date.now() },
      signal: new AbortController().signal,
    });
    expect(rows).toBeGreaterThan(4);
    const taken = (): number => [...world().agencies.values()].reduce((sum, agency) => sum + agency.inboxTaken(), 0);
    await eventually(() => taken() >= rows, { what: 'every file of the scenario' });
    const judged = await eventually(
      async () => {
        const found = await readTopics(world());
        const markings = markingsOf(found, desk());
        const assessments = assessmentsIn(found, world(), desk());
        // Settled: every observation that some view may fuse is a member somewhere.
        const views = new Set(assessments.map(({ view }) => view));
        expect(views.size).toBeGreaterThan(3);
        return { markings, assessments };
      },
      { what: 'assessments of several views' },
    );
    const { homeNation } = world().policy;
    const live = judged.assessments.filter(({ members }) => members.length > 0);
    expect(live.some(({ members }) => members.length > 1)).toBe(true);
    for (const { id, view, version, marking, members } of live) {
      const own = members.map((member) => judged.markings.get(`${member.agency} ${member.id}`));
      expect([id, own.includes(undefined)]).toEqual([id, false]);
      const least = joinAll(own as Marking[]);
      const isEnough = isAtLeast(fromWire(marking), least);
      expect([view, id, version, print(least, { homeNation }), isEnough]).toEqual([view, id, version, print(least, { homeNation }), true]); // prettier-ignore
    }
  });
}

interface Letter {
  readonly code: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

async function outcomeOf(sending: Promise<unknown>): Promise<string> {
  return sending.then(
    () => 'written',
    (cause: unknown) => (cause as { code?: string }).code ?? String(cause),
  );
}

const membersIn = (assessments: readonly Record<string, unknown>[]): readonly string[] =>
  assessments.flatMap((each) => (each['members'] as readonly { id: string }[]).map(({ id }) => id));

/** The marking of every observation on the bus, decoded here, by `<agency> <id>`. */
function markingsOf(found: readonly BusRecord[], { codec }: AgencyDesk): ReadonlyMap<string, Marking> {
  const markings = new Map<string, Marking>();
  for (const { topic, value } of found) {
    if (!topic.startsWith('obs.') || value === null) continue;
    const envelope = envelopeIn(value, codec);
    if (envelope !== undefined) markings.set(`${envelope.agency} ${envelope.id}`, fromWire(envelope.marking));
  }
  return markings;
}

/** Undefined for what other tests spoiled on purpose. */
function envelopeIn(value: Buffer, codec: AgencyDesk['codec']): Envelope | undefined {
  try {
    return (codec.decode(value).value as { readonly envelope: Envelope }).envelope;
  } catch (cause) {
    if (typeof (cause as { code?: unknown }).code !== 'string') throw cause;
    return undefined;
  }
}

function assessmentsIn(found: readonly BusRecord[], { policy }: World, { codec }: AgencyDesk): readonly Assessment[] {
  const topics = new Set(policy.views.map(({ id }) => assessTopic(id)));
  return found
    .filter(({ topic, value }) => topics.has(topic) && value !== null)
    .map(({ value }) => codec.decode(value!).value as Assessment);
}
