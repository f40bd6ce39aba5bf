// Row 19 on a whole sitebus with a real broker: each defect of a downgrade is refused and on the ledger, over HTTP, and a
// tearline goes from the analyst who asks to the low reader who sees the record that was approved, and nothing else.
// The grant itself, defect by defect: services/protocol/src/grant.test.ts.

import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  agencyPrincipal, obsTopic, observationSubject, recordKey, signatureKeyOf, signStatement, sourceTokenOf,
  type Envelope, type Report,
} from '@sitebus/sdk'; // prettier-ignore
import { eventually } from '../support/eventually.ts';
import { anIndicatorReport, idOf } from '../support/observations.ts';
import type { World } from '../support/world.ts';
import { openDesk } from './agency-records.ts';
import { DESK_VIEW, openDisclosureDesk, unloaded, type Desk, type DeskAnswer } from './disclosure-desk.ts';
import { LOW_READER, lowTranscript } from './low-transcript.ts';

const SECRET = 'SECRET//CANADIAN EYES ONLY';
const AMBER = 'UNCLASSIFIED//TLP:AMBER';
const ANALYST = 'ama-lindqvist'; // of cse
const OF_CSE = 'farida-lund';
const OF_CSIS = 'hugo-paquin';
const REVIEWER = 'viggo-tremblay';
const SECOND_OF_CSE = 'sunniva-okafor';
const CANARY = 'CANARY-ROW-19';
const SHARED = 'row-19-mirror.example';
const KEPT_BACK = 'row-19-kept-back.example';
const TEARLINE = {
  text: 'A site copies the sign-in page of campaigns.',
  values: [{ kind: 'domain', value: SHARED }],
  marking: AMBER,
};
/** Of cse, with information of csis in it. */
const SOURCE = idOf(0x1901);
const ABSENT = idOf(0x19ff);
const COMPANY_ID = idOf(0x1903);

/** What every service of both worlds goes by; the rows move it at their end. */
let nowMs = Date.UTC(2031, 9, 2, 12);
export const CLOCK = { now: (): number => nowMs };
/** Of gac, below: in the company of which the tearline rings. */
const COMPANY = anIndicatorReport({
  id: COMPANY_ID,
  marking: AMBER,
  domains: [SHARED],
  origin: 'rep:gac/19',
  observedAt: new Date(nowMs - 3_600_000).toISOString(),
});
const seeds = new Map<string, string>();
const tokens = new Map<string, string>();
let world: World;
let without: World;
let desk: Desk;

/** Its tests, on two worlds alike below; the second has nothing above. */
export function downgradeRows(theWorlds: () => readonly [World, World]): void {
  beforeAll(async () => {
    [world, without] = theWorlds();
    desk = openDisclosureDesk(world, tokens);
    await secondAuthority(world);
    await writeSource(world);
    await publishAs(world, 'teodor-vance', COMPANY);
    await eventually(async () => (await desk.get(ANALYST, `observations/${SOURCE}`)).status === 200, {
      what: 'the record above',
    });
  });
  describe('a tearline', () => {
    let published: string;

    test('row 19: an analyst asks and drafts, two release authorities approve, and the low reader reads the record', async () => {
      const asked = await desk.post(ANALYST, 'tearlines', { source: SOURCE, for: 'campaigns' });
      expect([asked.status, asked.body['state']]).toEqual([201, 'REQUESTED']);
      const path = `tearlines/${String(asked.body['id'])}`;
      expect(asked.headers.get('location')).toBe(`/v1/${path}`);
      expect((await desk.post(ANALYST, `${path}/draft`, TEARLINE)).body).toMatchObject({ state: 'DRAFTED' });
      expect((await desk.post(ANALYST, `${path}/submit`, {})).body).toMatchObject({ state: 'ORIGINATOR_REVIEW', awaiting: ['cse', 'csis'] }); // prettier-ignore
      expect((await desk.sign(OF_CSE, path, 'approve')).body).toMatchObject({ awaiting: ['csis'] });
      expect((await desk.judge(OF_CSE, path, 'publish')).status).toBe(409); // one origin is missing
      expect((await desk.sign(OF_CSIS, path, 'approve')).body).toMatchObject({ state: 'APPROVED' });
      const done = await desk.judge(OF_CSIS, path, 'publish');
      expect([done.status, done.body['state']]).toEqual([200, 'PUBLISHED']);
      published = String(done.body['published']);
      const record = await eventually(
        async () => {
          const answer = await world.ask(LOW_READER, `/v1/observations/${published}`);
          return answer.status === 200 && ((await answer.json()) as Record<string, unknown>);
        },
        { what: 'the record below' },
      );
      expect(record).toMatchObject({ domains: [SHARED], report: { portions: [{ text: TEARLINE.text }] }, envelope: { agency: 'cse', lineage: { derivedFrom: [] } } }); // prettier-ignore
      expect((await unloaded(() => world.ask(LOW_READER, `/v1/observations/${SOURCE}`))).status).toBe(404);
    });

    test('row 19: who reads both sees them as one root, and the higher record cites the lower', async () => {
      const found = await eventually(
        async () => {
          const { body } = await desk.get(ANALYST, 'assessments?status=LIVE');
          const both = (body['items'] as readonly { members: { id: string }[]; independentRoots: number }[]).find(
            ({ members }) => [SOURCE, published].every((id) => members.some((member) => member.id === id)),
          );
          return both ?? false;
        },
        { what: 'one assessment of both' },
      );
      expect(found.members.map(({ id }) => id).sort()).toEqual([SOURCE, COMPANY_ID, published].sort());
      expect(found.independentRoots).toBe(2); // the pair is one, the company the other
      const { body } = await desk.get(ANALYST, 'observations?type=LineageLink');
      expect(body['items']).toMatchObject([{ child: published, parent: SOURCE, basis: 'TEARLINE', marking: { banner: `${SECRET}//TLP:AMBER` } }]); // prettier-ignore
    });

    test('row 19: the low reader sees what they would see where its publisher had written it without any source', async () => {
      const lower = asPublished(await read(world, LOW_READER, `/v1/observations/${published}`));
      await publishAs(without, 'teodor-vance', COMPANY);
      await together(without, [COMPANY_ID]); // as there it was alone before the tearline came
      await publishAs(without, ANALYST, lower);
      for (const each of [world, without]) await together(each, [COMPANY_ID, published]);
      const questions = { ids: [published, SOURCE, ABSENT], domains: [SHARED, KEPT_BACK] };
      const [seen, expected] = [await lowTranscript(world, questions), await lowTranscript(without, questions)];
      expect(seen.length).toBeGreaterThan(15);
      expect(seen.join('\n')).toContain(published);
      expect(seen.join('\n')).not.toMatch(new RegExp(`${CANARY}|${KEPT_BACK}.*"seen":true`));
      expect(seen).toEqual(expected);
    });
  });

  describe('a downgrade', () => {
    test('row 19: without any defect it makes one new record; two who apply it at once make one', async () => {
      const path = await granted();
      const both = await Promise.all([desk.judge(OF_CSE, path, 'apply'), desk.judge(OF_CSIS, path, 'apply')]);
      // The other one finds the version that it read gone, or the grant applied.
      expect(both.map(({ status }) => status === 200).sort()).toEqual([false, true]);
      const { body } = await desk.get(OF_CSE, path);
      expect(body['state']).toBe('APPLIED');
      await eventually(async () => (await world.ask(LOW_READER, `/v1/observations/${String(body['applied'])}`)).status === 200, { what: 'the downgraded record' }); // prettier-ignore
      expect((await downgraded()).map(({ id }) => id)).toEqual([body['applied']]);
      const again = await desk.judge(OF_CSE, path, 'apply');
      expect(refusal(again)).toEqual([409, 'GRANT_REPLAYED']);
      await onLedger('GRANT_REPLAYED', OF_CSE);
      expect(await downgraded()).toHaveLength(1);
    });

    const defects: readonly [string, () => Promise<DeskAnswer>, readonly [number, string]][] = [
      ['expired', async () => {
        const path = await granted();
        nowMs += 2 * 3_600_000; // everyone's clock
        await eventually(async () => (await desk.get(OF_CSE, path)).status === 200, { what: 'the registry at the new time' });
        const answer = await desk.judge(OF_CSE, path, 'apply');
        // Between reading and judging the guard itself may have found that it has run out: what was read is then another.
        return answer.status === 412 ? desk.judge(OF_CSE, path, 'apply') : answer;
      }, [409, 'GRANT_EXPIRED']],
      ['of one signer', async () => {
        const path = await asked();
        await desk.sign(OF_CSE, path, 'sign');
        return desk.judge(OF_CSE, path, 'apply');
      }, [409, 'TOO_FEW_SIGNERS']],
      ['of one person twice', async () => {
        const path = await asked();
        await desk.sign(OF_CSE, path, 'sign');
        return desk.sign(OF_CSE, path, 'sign');
      }, [409, 'SIGNED_TWICE']],
      ['without one of its origins', async () => {
        const path = await asked();
        await desk.sign(OF_CSE, path, 'sign');
        await desk.sign(SECOND_OF_CSE, path, 'sign', seeds.get(SECOND_OF_CSE));
        return desk.judge(OF_CSE, path, 'apply');
      }, [409, 'ORIGIN_MISSING']],
      ['for other content', async () => {
        const path = await asked();
        const { body } = await desk.get(OF_CSE, path);
        const other = String(body['toSign']).replace(String(body['contentHash']), '00'.repeat(32));
        return desk.judge(OF_CSE, path, 'sign', { signature: signStatement(other, world.signingKeys.get(OF_CSE)!) });
      }, [422, 'SIGNATURE_INVALID']],
      ['signed for another grant', async () => {
        const [path, other] = [await asked(), await asked()];
        const { body } = await desk.get(OF_CSE, other);
        return desk.judge(OF_CSE, path, 'sign', { signature: signStatement(String(body['toSign']), world.signingKeys.get(OF_CSE)!) });
      }, [422, 'SIGNATURE_INVALID']],
      ['signed with another person’s key', async () => desk.sign(OF_CSE, await asked(), 'sign', world.signingKeys.get(OF_CSIS)), [422, 'SIGNATURE_INVALID']],
      ['to a marking that is not below', async () => desk.post(ANALYST, 'downgrades', { ...request(), to: `${SECRET}//TLP:RED` }), [422, 'TARGET_NOT_BELOW']],
      ['that ends before it begins', async () => desk.post(ANALYST, 'downgrades', { ...request(), expires: '2031-10-01T00:00:00Z' }), [422, 'EXPIRY_IN_PAST']],
      ['of a signer whose clearance is gone', async () => {
        const path = await granted();
        await lowered(OF_CSIS, async () => undefined);
        return lowered(OF_CSIS, () => desk.judge(OF_CSE, path, 'apply'));
      }, [409, 'SIGNER_NOT_CLEARED']],
    ]; // prettier-ignore

    test.each(defects)(
      'row 19: a grant %s is refused, on the ledger, and makes no record',
      async (_what, act, expected) => {
        const before = await downgraded();
        const answer = await act();
        expect(refusal(answer)).toEqual(expected);
        await onLedger(expected[1]);
        expect(await downgraded()).toEqual(before);
      },
    );

    test('row 19: an analyst signs nothing, and a low reader finds neither the record nor the grant', async () => {
      const path = await asked();
      expect((await desk.post(ANALYST, `${path}/sign`, { signature: 'A'.repeat(86) })).status).toBe(403);
      const lowAsks = async (record: string): Promise<readonly [number, string]> => {
        const response = await unloaded(() =>
          world.ask(LOW_READER, '/v1/downgrades', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ ...request(), record, to: 'UNCLASSIFIED//TLP:CLEAR' }),
          }),
        );
        return [response.status, (await response.text()).replaceAll(record, 'ID')];
      };
      expect(await lowAsks(SOURCE)).toEqual(await lowAsks(ABSENT));
      expect((await lowAsks(SOURCE))[0]).toBe(404);
      const own = path.split('/')[1] ?? '';
      const lowReads = async (id: string): Promise<readonly [number, string]> => {
        const response = await unloaded(() => world.ask(LOW_READER, `/v1/downgrades/${id}`));
        return [response.status, await response.text()];
      };
      expect(await lowReads(own)).toEqual(await lowReads(ABSENT));
      expect((await lowReads(own))[0]).toBe(404);
    });

    test('row 19: a signature without the version that was read, or without a key of its own, counts for nothing', async () => {
      const path = await asked();
      const { body, headers } = await desk.get(OF_CSE, path);
      const signature = signStatement(String(body['toSign']), world.signingKeys.get(OF_CSE)!);
      const key = { 'idempotency-key': randomUUID() };
      expect((await desk.post(OF_CSE, `${path}/sign`, { signature }, key)).status).toBe(428);
      expect((await desk.post(OF_CSE, `${path}/sign`, { signature }, { ...key, 'if-match': '"another"' })).status).toBe(
        412,
      );
      expect(
        (await desk.post(OF_CSE, `${path}/sign`, { signature }, { 'if-match': headers.get('etag')! })).status,
      ).toBe(400);
      const signed = { ...key, 'if-match': headers.get('etag')! };
      const first = await desk.post(OF_CSE, `${path}/sign`, { signature }, signed);
      expect([first.status, (first.body['signatures'] as unknown[]).length]).toEqual([200, 1]);
      const replayed = await desk.post(OF_CSE, `${path}/sign`, { signature }, signed);
      expect([replayed.status, replayed.headers.get('idempotency-replayed'), replayed.body]).toEqual([
        200,
        'true',
        first.body,
      ]);
    });
  });
}

/**
 * Writes the source as the agency's own principal can: no door takes another's name among the origins, so that what has two
 * comes from a release before.
 */
async function writeSource(into: World): Promise<void> {
  const agencies = await openDesk(into);
  const words = { agency: 'cse', marking: SECRET, domain: SHARED };
  const { value: plain } = agencies.record(0x1901, words);
  const { envelope, report, ...fields } = agencies.codec.decode(plain).value as Sighting;
  const marking = { ...envelope.marking, origins: ['cse', 'csis'] };
  const recordedAt = nowMs - 60_000;
  const lineage = { derivedFrom: [], sourceToken: sourceTokenOf(Buffer.alloc(32, 19), 'rep:cse/19') };
  const value = agencies.codec.encode(observationSubject('IndicatorReport'), {
    ...fields,
    envelope: { ...envelope, marking, lineage, observedAt: recordedAt, recordedAt },
    report: { ...report, title: CANARY, portions: [{ text: CANARY, lang: 'en', marking }] },
    domains: [SHARED, KEPT_BACK],
  });
  await agencies.send(agencyPrincipal('cse', 's-can'), obsTopic('s-can', 'cse'), { key: recordKey(SOURCE, value), value, headers: {} }); // prettier-ignore
  await agencies.close();
}

interface Sighting {
  readonly envelope: Envelope;
  readonly report: Report;
}

/** What was released, as its publisher would have sent it in: without what the gateway and the service add. */
function asPublished(released: Record<string, unknown>): Record<string, unknown> {
  const bare = JSON.stringify(released, (name, value: unknown) => (name === 'banner' ? undefined : value));
  const {
    id: _id,
    status: _status,
    marking: _marking,
    envelope,
    ...rest
  } = JSON.parse(bare) as Record<string, unknown>;
  const { agency: _agency, recordedAt: _recorded, ...kept } = envelope as Record<string, unknown>;
  return { ...rest, envelope: kept, origin: randomBytes(16).toString('hex') };
}

async function publishAs(into: World, as: string, observation: Record<string, unknown>): Promise<void> {
  const response = await unloaded(() =>
    into.ask(as, '/v1/observations', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(observation),
    }),
  );
  expect(`${response.status} ${await response.text()}`).toMatch(/^202 /);
}

/** Resolves once the low reader is shown an assessment of exactly these, and its alert. */
async function together(where: World, members: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      const of = async (list: string): Promise<string> =>
        JSON.stringify((await read(where, LOW_READER, `/v1/${list}`))['items']);
      const { items } = (await read(where, LOW_READER, '/v1/assessments?status=LIVE')) as unknown as {
        items: readonly { id: string; members: readonly { id: string }[] }[];
      };
      const found = items.find(
        (each) => JSON.stringify(each.members.map(({ id }) => id).sort()) === JSON.stringify([...members].sort()),
      );
      return found !== undefined && (await of('alerts')).includes(found.id);
    },
    { what: `one assessment of ${members.length} below, and its alert` },
  );
}

/** The parsed body of a 200. */
async function read(from: World, as: string, path: string): Promise<Record<string, unknown>> {
  const response = await unloaded(() => from.ask(as, path));
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as Record<string, unknown>;
}

/** The person's row with a lower clearance, while `act` runs. */
async function lowered<T>(person: string, act: () => Promise<T>): Promise<T> {
  const row = world.policy.people.find((each) => each.person === person)!;
  const signatureKeys = [signatureKeyOf(world.signingKeys.get(person)!)];
  await world.registry.put({ ...row, signatureKeys, clearance: { ...row.clearance, classified: 'CONFIDENTIAL' } });
  await settled(person, 404);
  try {
    return await act();
  } finally {
    await world.registry.put({ ...row, signatureKeys });
    await settled(person, 200);
  }
}

async function settled(person: string, status: number): Promise<void> {
  await eventually(async () => (await desk.get(person, 'downgrades')).status === status, {
    what: 'the registry',
  });
}

async function secondAuthority(of: World): Promise<void> {
  const like = of.policy.people.find(({ person }) => person === OF_CSE)!;
  const seed = randomBytes(32).toString('base64url');
  seeds.set(SECOND_OF_CSE, seed);
  await of.registry.put({
    ...like,
    person: SECOND_OF_CSE,
    subject: SECOND_OF_CSE,
    signatureKeys: [signatureKeyOf(seed)],
  });
  tokens.set(SECOND_OF_CSE, await of.registry.issueKey({ name: SECOND_OF_CSE, person: SECOND_OF_CSE }));
}

function request(): Record<string, string> {
  return {
    record: SOURCE,
    to: AMBER,
    reason: 'published elsewhere',
    expires: new Date(nowMs + 3_600_000).toISOString(),
  };
}

async function asked(): Promise<string> {
  const { status, body } = await desk.post(ANALYST, 'downgrades', request());
  expect([status, body]).toEqual([201, expect.objectContaining({ state: 'SIGNING', awaiting: ['cse', 'csis'] })]);
  return `downgrades/${String(body['id'])}`;
}

async function granted(): Promise<string> {
  const path = await asked();
  for (const person of [OF_CSE, OF_CSIS]) expect((await desk.sign(person, path, 'sign')).status).toBe(200);
  expect((await desk.get(OF_CSE, path)).body['state']).toBe('GRANTED');
  return path;
}

/** Records below that hold what only the source holds. */
async function downgraded(): Promise<readonly { readonly id: string }[]> {
  const { items } = (await read(world, LOW_READER, '/v1/observations?limit=200')) as {
    items: { id: string; domains?: string[] }[];
  };
  return items.filter(({ domains = [] }) => domains.includes(KEPT_BACK)).map(({ id }) => ({ id }));
}

function refusal({ status, body }: DeskAnswer): readonly [number, unknown] {
  return [status, (body['errors'] as readonly { code: string }[] | undefined)?.[0]?.code];
}

/** A refusal lies among the denials of the view, with its reason, for reviewers. */
async function onLedger(reason: string, who?: string): Promise<void> {
  await eventually(
    async () => {
      const answer = await world.ask(REVIEWER, `/v1/ledger/entries?tree=denials&limit=200&view=${DESK_VIEW}`);
      const { items } = (await answer.json()) as { items: { reason: string; who: string }[] };
      return items.some((entry) => entry.reason === reason && (who === undefined || entry.who === who));
    },
    { what: `the leaf of ${reason}` },
  );
}
