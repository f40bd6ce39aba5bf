// Distributions, notifications and receipts through the whole gateway of a view.

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { commitmentOf, toHex } from '@sitebus/sdk/merkle';
import { leafSalt } from '@sitebus/kit';
import type { PersonRow } from '@sitebus/kit';
import type { GatewayService } from '../service.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { anAssessment, anIndicatorReport, aRecall, uuidOf } from '../testing/records.ts';
import { aWorld, thePolicy } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

const SECRET = 'SECRET//CANADIAN EYES ONLY';
const MINUTE_MS = 60_000;
const product = anAssessment({ marking: SECRET });
const SENDER = 'samir-vasquez'; // secretariat
const READER = 'ama-lindqvist';
const OTHER = 'teodor-vance';

let world: World;
let gateway: GatewayService;
let keys = 0;

beforeEach(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can', { receiptsTickMs: 5 });
  await world.assess(product);
});
afterEach(async () => world[Symbol.asyncDispose]());

const ask = async (person: string, method: 'GET' | 'POST', url: string, payload?: object, headers: object = {}) => {
  const answer = await gateway.app.inject({
    method,
    url,
    headers: { ...(await world.as(person)), ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  await world.bus.settled();
  return answer;
};
const distribute = async (recipients: readonly string[], over: object = {}, by = SENDER, headers: object = {}) =>
  ask(
    by,
    'POST',
    '/v1/distributions',
    { product: product.id, recipients, precedence: 'FLASH', decision: { reason: 'They are to act on it.' }, ...over },
    headers,
  );
const recall = (id: string, by = SENDER) =>
  ask(
    by,
    'POST',
    `/v1/distributions/${id}/recall`,
    { reason: 'It was wrong.' },
    { 'idempotency-key': `r${(keys += 1)}` },
  );
interface Row {
  readonly id: string;
  readonly person: string;
  readonly status: string;
  readonly kind: string;
  readonly notice?: string;
  readonly isOverdue?: boolean;
  readonly isRecallOwed?: boolean;
  readonly receipts: readonly { kind: string; leafIndex?: number; contentHash?: string; text?: string }[];
  readonly told: readonly { kind: string; to: string; toldAt?: string }[];
}
const rows = async (by = SENDER, query = '') =>
  (await ask(by, 'GET', `/v1/receipts${query}`)).json<{ items: Row[] }>().items;
const rowOf = async (person: string, by = SENDER) => (await rows(by, `?person=${person}`))[0];
const inbox = async (person: string) => (await ask(person, 'GET', '/v1/notifications')).json<{ items: Row[] }>().items;
const kindsOf = (row: Row | undefined): readonly string[] => (row?.receipts ?? []).map(({ kind }) => kind).sort();
const pass = async (minutes: number): Promise<void> => world.pass(minutes * MINUTE_MS);

describe('who is issued what', () => {
  test('one notification a named person; who may not have it and who is nobody are withheld alike, without cause', async () => {
    const answer = await distribute([READER, 'elio-marchetti', 'nobody-at-all', OTHER]);
    expect(answer.statusCode).toBe(201);
    const { recipients } = answer.json<{ recipients: Row[] }>();
    expect(recipients.map(({ person, status }) => [person, status])).toEqual([
      [READER, 'QUEUED'],
      ['elio-marchetti', 'WITHHELD'],
      ['nobody-at-all', 'WITHHELD'],
      [OTHER, 'QUEUED'],
    ]);
    const [, hidden, absent] = recipients;
    expect(Object.keys(hidden ?? {})).toEqual(Object.keys(absent ?? {}));
    expect(answer.headers['sitebus-marking']).toBe(SECRET);
    expect((await rows()).map(({ person, status }) => [person, status]).sort()).toEqual([
      [READER, 'QUEUED'],
      ['elio-marchetti', 'WITHHELD'],
      ['nobody-at-all', 'WITHHELD'],
      [OTHER, 'QUEUED'],
    ]);
  });

  test('a name that stands for many is 422 with its place, and nobody is issued anything', async () => {
    for (const group of ['cse', 'partner-lookout', 'panel', 'secretariat', 's-can', 'community', 'partners']) {
      const answer = await distribute([READER, group]);
      expect([group, answer.statusCode, answer.json()]).toEqual([
        group,
        422,
        expect.objectContaining({
          type: 'urn:sitebus:problem:unexpandable-group',
          errors: [expect.objectContaining({ pointer: '/recipients/1', code: 'UNEXPANDABLE_GROUP' })],
        }),
      ]);
    }
    expect(await rows()).toEqual([]);
  });

  test('an analyst distributes what rests on their agency’s reports, the chair and the secretariat anything', async () => {
    expect((await distribute([OTHER], {}, READER)).statusCode).toBe(201); // cse is a member
    await world.assess(anAssessment({ id: uuidOf('theirs'), marking: SECRET, members: product.members.map((each) => ({ ...each, agency: 'rcmp' })) })); // prettier-ignore
    const other = await distribute([OTHER], { product: uuidOf('theirs') }, READER);
    expect([other.statusCode, other.json()]).toMatchObject([403, { type: 'urn:sitebus:problem:not-yours' }]);
    expect((await distribute([READER], { product: uuidOf('theirs') }, OTHER)).statusCode).toBe(201);
  });

  test('a hidden product and an absent one are one 404; an ended one 409; an ORCON one 422', async () => {
    await world.assess(anAssessment({ id: uuidOf('hidden'), marking: SECRET, groups: ['panel'] }));
    const [hidden, absent] = [
      await distribute([OTHER], { product: uuidOf('hidden') }, READER),
      await distribute([OTHER], { product: uuidOf('absent') }, READER),
    ];
    expect([hidden.statusCode, hidden.body]).toEqual([404, absent.body]);
    await world.assess(anAssessment({ id: uuidOf('closed'), marking: SECRET, status: 'CLOSED' }));
    expect((await distribute([OTHER], { product: uuidOf('closed') })).statusCode).toBe(409);
    await world.assess(anAssessment({ id: uuidOf('orcon'), marking: 'SECRET//ORCON/CANADIAN EYES ONLY' }));
    expect((await distribute([OTHER], { product: uuidOf('orcon') })).json()).toMatchObject({
      type: 'urn:sitebus:problem:marking-not-allowed',
    });
    expect(await rows()).toEqual([]);
  });

  test('the same key is the same distribution, by another gateway after a restart too; another body under it is refused', async () => {
    const key = { 'idempotency-key': 'once' };
    const first = await distribute([READER], {}, SENDER, key);
    const again = await distribute([READER], {}, SENDER, key);
    expect(again.json<Row>().id).toBe(first.json<Row>().id);
    gateway = await world.gateway('s-can');
    expect((await distribute([READER], {}, SENDER, key)).json<Row>().id).toBe(first.json<Row>().id);
    gateway = await world.gateway('s-can');
    expect((await distribute([OTHER], {}, SENDER, key)).json()).toMatchObject({
      type: 'urn:sitebus:problem:idempotency-mismatch',
    });
    expect(await rows()).toHaveLength(1);
  });
});

describe('what went to whom', () => {
  test('issued is not sent, sent is not opened, opened is not acknowledged; each comes when it happens', async () => {
    await distribute([READER]);
    expect(kindsOf(await rowOf(READER))).toEqual([]);
    const [item] = await inbox(READER);
    expect(item).toMatchObject({ kind: 'notification', precedence: 'FLASH', from: SENDER });
    expect([await rowOf(READER).then((row) => row?.status), kindsOf(await rowOf(READER))]).toEqual([
      'DELIVERED',
      ['SENT'],
    ]);
    const { body } = (await ask(READER, 'GET', `/v1/notifications/${item?.id}`)).json<{ body: { id: string } }>();
    expect(body.id).toBe(product.id);
    expect(kindsOf(await rowOf(READER))).toEqual(['OPENED', 'SENT']);
    expect((await ask(READER, 'POST', `/v1/notifications/${item?.id}/acknowledge`)).json()).toMatchObject({
      status: 'ACKNOWLEDGED',
    });
    await ask(READER, 'POST', `/v1/notifications/${item?.id}/action`, { text: 'Told the returning officers.' });
    const row = await rowOf(READER);
    expect([row?.status, kindsOf(row)]).toEqual(['ACTIONED', ['ACKNOWLEDGED', 'ACTIONED', 'OPENED', 'SENT']]);
    expect(row?.receipts.find(({ kind }) => kind === 'ACTIONED')?.text).toBe('Told the returning officers.');
  });

  test('the leaf of what was sent is acknowledged before its receipt, and the receipt names it and its content', async () => {
    await distribute([READER]);
    const { id } = (await inbox(READER))[0] ?? {};
    const answer = await ask(READER, 'GET', `/v1/notifications/${id}`);
    const index = Number(/leaves=(\d+)-/.exec(String(answer.headers['sitebus-ledger']))?.[1]);
    const opened = (await rowOf(READER))?.receipts.find(({ kind }) => kind === 'OPENED');
    expect(opened).toMatchObject({ leafIndex: index, contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const leaf = world.leaves('s-can')[index] as { nonce: string; eventCommit: string };
    expect(leaf).toMatchObject({ who: READER, decision: 'RELEASED' });
    const salt = leafSalt(Buffer.alloc(32, 9), leaf.nonce); // of the gateways under test
    expect(toHex(commitmentOf(salt, [{ id: product.id, contentHash: opened?.contentHash }]))).toBe(leaf.eventCommit);
    const { body } = answer.json<{ body: unknown }>();
    expect(createHash('sha256').update(JSON.stringify(body)).digest('hex')).toBe(opened?.contentHash);
  });

  test('reading the issued version where it stands opens it, for its recipient alone, under the leaf of that answer', async () => {
    await distribute([READER]);
    expect((await ask(OTHER, 'GET', `/v1/assessments/${product.id}`)).statusCode).toBe(200); // they may, and were issued nothing
    await ask(READER, 'GET', '/v1/assessments');
    await ask(READER, 'GET', `/v1/assessments/${product.id}/explain`);
    expect(kindsOf(await rowOf(READER))).toEqual([]);
    const answer = await ask(READER, 'GET', `/v1/assessments/${product.id}`);
    const row = await rowOf(READER);
    expect(kindsOf(row)).toEqual(['OPENED', 'SENT']);
    expect(row?.receipts.find(({ kind }) => kind === 'OPENED')).toMatchObject({
      leafIndex: Number(/leaves=(\d+)-/.exec(String(answer.headers['sitebus-ledger']))?.[1]),
      contentHash: createHash('sha256').update(answer.body).digest('hex'),
    });
  });

  test('a later version than the one issued opens nothing', async () => {
    await distribute([READER]);
    await world.assess(anAssessment({ marking: SECRET, version: product.version + 1 }));
    expect((await ask(READER, 'GET', `/v1/assessments/${product.id}`)).json()).toMatchObject({
      version: product.version + 1,
    });
    expect(kindsOf(await rowOf(READER))).toEqual([]);
  });

  test('where the bus takes no leaf nothing goes and no receipt says so; where it takes no receipt, it follows', async () => {
    await distribute([READER]);
    const headers = await world.as(READER);
    world.bus.failNext('produce', 1); // ATTEMPTED
    expect((await ask(READER, 'GET', '/v1/notifications')).statusCode).toBe(503);
    const receiptsOf = () => world.bus.records('receipt.s-can').map(({ value }) => world.codec.decode(value!)).filter(({ type }) => type === 'Receipt'); // prettier-ignore
    expect(receiptsOf()).toEqual([]);
    const { id } = (await inbox(READER))[0] ?? {};
    world.bus.failNext('ack', 1); // the leaf lies there, and its writer does not hear of it
    const open = await gateway.app.inject({ method: 'GET', url: `/v1/notifications/${id}`, headers });
    expect(open.statusCode).toBe(503);
    expect(kindsOf(await rowOf(READER))).toEqual(['SENT']);
    await eventually(() => gateway.ready().ready);
    expect((await ask(READER, 'GET', `/v1/notifications/${id}`)).statusCode).toBe(200);
    expect(kindsOf(await rowOf(READER))).toEqual(['OPENED', 'SENT']);
  });

  test('nobody opens, acknowledges or sees another’s; what was never issued answers the same', async () => {
    await distribute([READER]);
    const { id } = (await inbox(READER))[0] ?? {};
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/acknowledge'],
    ] as const) {
      const [theirs, absent] = [
        await ask(OTHER, method, `/v1/notifications/${id}${path}`),
        await ask(OTHER, method, `/v1/notifications/${uuidOf('none')}${path}`),
      ];
      expect([theirs.statusCode, theirs.body]).toEqual([404, absent.body]);
    }
    expect(await inbox(OTHER)).toEqual([]);
    expect(kindsOf(await rowOf(READER))).toEqual(['SENT']);
  });

  test('a person gets the version that was decided, whatever became of it, after a restart too', async () => {
    await distribute([READER]);
    await world.assess({ ...product, version: product.version + 1, severity: { ...product.severity, score: 99 } });
    const bodyOf = async () => {
      const { id } = (await inbox(READER))[0] ?? {};
      return (await ask(READER, 'GET', `/v1/notifications/${id}`)).json<{ body: { version: number } }>().body;
    };
    const then = await bodyOf();
    expect(then.version).toBe(product.version);
    gateway = await world.gateway('s-can');
    expect(await bodyOf()).toEqual(then);
  });

  test('whose clearance fell before it was sent gets nothing, and the sender sees withheld, without cause', async () => {
    const inTeam = async (person: string, isIn: boolean) => {
      const row = (await thePolicy()).people.find((each) => each.person === person) as PersonRow;
      const groups = [...row.clearance.groups, ...(isIn ? ['task-team'] : [])];
      await world.writer.put({ ...row, clearance: { ...row.clearance, groups } });
      await world.writer.beat();
      await world.bus.settled();
    };
    for (const person of [SENDER, READER]) await inTeam(person, true);
    await world.assess(anAssessment({ id: uuidOf('team'), marking: SECRET, groups: ['task-team'] }));
    await distribute([READER], { product: uuidOf('team') });
    expect((await rowOf(READER))?.status).toBe('QUEUED');
    for (const outside of [OTHER, 'viggo-tremblay']) expect(await rows(outside)).toEqual([]); // a product they cannot see
    await inTeam(READER, false);
    expect(await inbox(READER)).toEqual([]);
    await eventually(async () => (await rowOf(READER))?.status === 'WITHHELD');
    await inTeam(READER, true);
    expect(await inbox(READER)).toEqual([]); // it is not sent later either: the sender was told that it was not
    expect(await rows(READER)).toEqual([]);
    expect((await inbox(SENDER)).map(({ kind, notice }) => [kind, notice])).toEqual([['escalation', 'WITHHELD']]);
  });

  test('a reader sees their own receipts, an analyst those of their agency’s products, the secretariat and a reviewer all', async () => {
    await distribute([READER, OTHER]);
    const persons = async (by: string) => (await rows(by)).map(({ person }) => person).sort();
    expect(await persons(SENDER)).toEqual([READER, OTHER]);
    expect(await persons('viggo-tremblay')).toEqual([READER, OTHER]);
    expect(await persons(READER)).toEqual([READER, OTHER]); // of cse, whose product it is
    expect(await persons(OTHER)).toEqual([OTHER]); // of gac
    expect(await persons('marguerite-thorne')).toEqual([]);
  });

  test('receipts come in pages, each row once, whoever is withheld among them', async () => {
    const persons = [READER, OTHER, 'noor-castellane', 'farida-lund', 'nobody-1', 'nobody-2', 'nobody-3'];
    await distribute(persons);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = (await ask(SENDER, 'GET', `/v1/receipts?limit=2${cursor}`)).json<{ items: Row[]; next?: string }>();
      seen.push(...page.items.map(({ person }) => person));
      if (page.next === undefined) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(seen.sort()).toEqual([...persons].sort());
  });

  test('failure 3: who saw what, and when, was beyond reconstruction: as of a moment the receipts are what they were', async () => {
    await distribute([READER]);
    const at = (minutes: number) => encodeURIComponent(new Date(world.clock.now() + minutes * MINUTE_MS).toISOString());
    const [before, then] = [at(-1), at(0)];
    const issued = await rows(SENDER, `?asOf=${then}`);
    await pass(2);
    const { id } = (await inbox(READER))[0] ?? {};
    await pass(2);
    await ask(READER, 'POST', `/v1/notifications/${id}/acknowledge`);
    expect((await rowOf(READER))?.status).toBe('ACKNOWLEDGED');
    expect(await rows(SENDER, `?asOf=${then}`)).toEqual(issued);
    expect(issued.map(({ status }) => status)).toEqual(['QUEUED']);
    expect((await rows(SENDER, `?asOf=${at(-1)}`)).map(({ status }) => status)).toEqual(['DELIVERED']);
    expect(await rows(SENDER, `?asOf=${before}`)).toEqual([]);
  });
});

describe('late', () => {
  test('overdue at its deadline: sender and deputy are told; escalated after grace: the head of the agency; each once', async () => {
    await distribute([READER]);
    await inbox(READER);
    await pass(9.9);
    expect((await rows(SENDER, '?overdue=true')).length).toBe(0);
    await pass(0.2);
    await eventually(async () => (await rows(SENDER, '?overdue=true')).length === 1);
    const notices = async (person: string) =>
      (await inbox(person)).filter(({ kind }) => kind === 'escalation').map(({ notice }) => notice);
    expect([await notices(SENDER), await notices('noor-castellane'), await notices('farida-lund')]).toEqual([
      ['OVERDUE'],
      ['OVERDUE'],
      [],
    ]);
    await pass(5);
    await eventually(async () => (await notices('farida-lund')).length === 1);
    const { told } = (await rowOf(READER)) ?? {};
    expect(told?.map(({ kind, to, toldAt }) => [kind, to, toldAt !== undefined])).toEqual([
      ['ESCALATED', 'farida-lund', true],
      ['ESCALATED', SENDER, false],
      ['OVERDUE', 'noor-castellane', true],
      ['OVERDUE', SENDER, true],
    ]);
    gateway = await world.gateway('s-can', { receiptsTickMs: 5 }); // a second one, over the same receipts
    await pass(600);
    const facts = (kind: string) => (JSON.stringify(world.bus.records('receipt.s-can').map(({ value }) => world.codec.decode(value!).value)).match(new RegExp(`"${kind}"`, 'g')) ?? []).length; // prettier-ignore
    expect([facts('OVERDUE'), facts('ESCALATED')]).toEqual([1, 1]);
    expect(world.bus.records('ops.s-can').map(({ value }) => (JSON.parse(String(value)) as { code: string }).code)).toEqual(['NOTIFICATION_OVERDUE', 'NOTIFICATION_ESCALATED']); // prettier-ignore
  });

  test('what was acknowledged is never late', async () => {
    await distribute([READER]);
    const { id } = (await inbox(READER))[0] ?? {};
    await ask(READER, 'POST', `/v1/notifications/${id}/acknowledge`);
    await distribute([OTHER]);
    await pass(600);
    await eventually(async () => (await rowOf(OTHER))?.isOverdue === true);
    expect((await rowOf(READER))?.isOverdue).toBe(false);
  });
});

describe('recall', () => {
  test('everyone who was sent it is sent its recall; its body is gone at once; who was not sent it hears nothing', async () => {
    const { id } = (await distribute([READER, OTHER])).json<Row>();
    const [item] = await inbox(READER);
    expect((await recall(id)).json<{ recipients: Row[] }>().recipients.map(({ status }) => status)).toEqual(['RECALLED', 'RECALLED']);
    expect(await rowOf(READER)).toMatchObject({ status: 'RECALLED', isRecallOwed: true });
    const gone = await ask(READER, 'GET', `/v1/notifications/${item?.id}`);
    expect(gone.json()).toMatchObject({ kind: 'recall', status: 'RECALLED' });
    expect(gone.body).not.toContain('They are to act on it.');
    expect(gone.body).not.toContain('"body"');
    expect(kindsOf(await rowOf(READER))).toEqual(['RECALL_SENT', 'SENT']);
    expect((await ask(READER, 'POST', `/v1/notifications/${item?.id}/acknowledge`)).json()).toMatchObject({ status: 'RECALL_ACKED' });
    expect(await inbox(OTHER)).toEqual([]);
    expect(await rowOf(OTHER)).toMatchObject({ status: 'RECALLED', isRecallOwed: false, receipts: [] });
  });

  test('a recall needs a key; another’s distribution is not yours to recall; a hidden and an absent one are one 404', async () => {
    const { id } = (await distribute([OTHER])).json<Row>();
    expect((await ask(SENDER, 'POST', `/v1/distributions/${id}/recall`, { reason: 'x' })).statusCode).toBe(400);
    await world.assess(anAssessment({ id: uuidOf('theirs'), marking: SECRET, members: product.members.map((each) => ({ ...each, agency: 'rcmp' })) })); // prettier-ignore
    const theirs = (await distribute([OTHER], { product: uuidOf('theirs') })).json<Row>().id;
    expect((await recall(theirs, READER)).statusCode).toBe(403);
    expect((await recall(uuidOf('none'), READER)).statusCode).toBe(404);
    expect((await rowOf(OTHER))?.status).toBe('QUEUED');
  });

  test.each([
    ['a recalled member', 'MEMBER_RECALLED', async () => {
      const [member] = product.members;
      await world.observe('IndicatorReport', 'open', anIndicatorReport({ id: member!.id, agency: member!.agency }));
      await world.observe('Recall', 'open', aRecall(member!.id));
    }],
    ['a product that was merged', 'PRODUCT_REDIRECTED', async () => world.assess({ ...product, version: 9, status: 'REDIRECTED', redirectTo: uuidOf('x') })],
    ['a product that ended', 'PRODUCT_CLOSED', async () => world.assess({ ...product, version: 9, status: 'CLOSED' })],
  ] as const)('%s recalls what was issued, once', async (_what, cause, happen) => {
    await distribute([READER]);
    await inbox(READER);
    await happen();
    await eventually(async () => (await rowOf(READER))?.status === 'RECALLED');
    expect((await inbox(READER)).map(({ kind }) => kind)).toEqual(['recall']);
    expect(kindsOf(await rowOf(READER))).toEqual(['RECALL_SENT', 'SENT']);
    gateway = await world.gateway('s-can', { receiptsTickMs: 5 });
    expect((await distribute([OTHER])).statusCode).toBe(409); // it counts no longer
    const causes = world.bus.records('receipt.s-can').map(({ value }) => world.codec.decode(value!)).filter(({ type }) => type === 'ProductRecall').map(({ value }) => (value as { cause: string }).cause); // prettier-ignore
    expect(causes).toEqual([cause]);
  });
}); // prettier-ignore
