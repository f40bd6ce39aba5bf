// Receipts through drawn histories with crashes: what a person got and what is written of it agree, whatever ended when.
// A delivery is cut at any of its steps: before its attempt is written, before its bytes go, before its receipt is written.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCodec, fromWire, loadSchemaSet, receiptTopic, silentLog, toSchemaLock } from '@sitebus/sdk';
import type { Codec, Policy } from '@sitebus/sdk';
import { createTestBus, createTestClock, propertyRuns } from '@sitebus/sdk/testing';
import type { TestBus, TestClock } from '@sitebus/sdk/testing';
import type { StoredAssessment } from '../read-model/model.ts';
import { NOW_MS, anAssessment } from '../testing/records.ts';
import { aReader } from '../testing/stage.ts';
import { thePolicy } from '../testing/world.ts';
import type { Subject } from '../subject.ts';
import { createBoard } from './board.ts';
import type { Board } from './board.ts';
import { sendablesOf } from './delivering.ts';
import { toFact } from './facts.ts';
import { createReceipts } from './receipts.ts';
import type { RunningReceipts } from './receipts.ts';

const VIEW = 's-can';
const PERSONS = ['ama-lindqvist', 'teodor-vance', 'noor-castellane'];
const SENDER = 'samir-vasquez';
const MINUTE_MS = 60_000;
const product = anAssessment({ marking: 'SECRET//CANADIAN EYES ONLY' });
const stored: StoredAssessment = {
  kind: 'assessment',
  id: product.id,
  atMs: NOW_MS,
  marking: fromWire(product.marking),
  value: product,
};
const policy: Policy = await thePolicy();
const codec: Codec = createCodec({ lock: toSchemaLock(await loadSchemaSet('schemas/avro')) });
const view = policy.views.find(({ id }) => id === VIEW)!;

const CUTS = ['never', 'never', 'never', 'before the attempt', 'before the bytes', 'before the receipt'] as const;
type Cut = (typeof CUTS)[number];
type Step =
  | { readonly do: 'distribute'; readonly to: readonly string[] }
  | { readonly do: 'deliver'; readonly to: string; readonly cut: Cut }
  | { readonly do: 'acknowledge'; readonly by: string }
  | { readonly do: 'recall' }
  | { readonly do: 'pass'; readonly minutes: number }
  | { readonly do: 'restart' };
const person = fc.constantFrom(...PERSONS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('distribute' as const), to: fc.subarray(PERSONS, { minLength: 1 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver' as const), to: person, cut: fc.constantFrom(...CUTS) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), by: person }) },
  { weight: 1, arbitrary: fc.constant({ do: 'recall' as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), minutes: fc.constantFrom(1, 11, 16) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
); // prettier-ignore

/** What reached whom, as a person would tell: `kind person` → times. */
type Arrived = Map<string, number>;

interface Play {
  readonly bus: TestBus;
  readonly clock: TestClock;
  readonly arrived: Arrived;
  /** Deliveries that ended after their bytes: those may come twice. */
  readonly cutAfterBytes: Map<string, number>;
  receipts: RunningReceipts;
  orders: number;
}

async function begun(bus: TestBus, clock: TestClock): Promise<RunningReceipts> {
  const receipts = createReceipts({
    bus: bus.connect.bus, view, policy, codec, clock, log: silentLog, groupId: `receipts ${Math.random()}`, tickMs: 2 ** 30,
    registry: { persons: () => policy.people, personNamed: (name) => policy.people.find((each) => each.person === name), onChange: () => () => {} },
    readModel: { observation: async () => [], assessment: async () => stored },
    isModelRead: () => true,
  }); // prettier-ignore
  await receipts.start();
  return receipts;
}

const reader = (name: string): Subject => ({ ...aReader(policy, VIEW), person: name });
const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);

/** Sends what is new to the person, cut at a step; a cut ends the gateway, and another one begins. */
async function deliver(play: Play, to: string, cut: Cut): Promise<void> {
  if (cut === 'before the attempt') return restart(play);
  for (const item of sendablesOf(play.receipts, reader(to)).filter(({ isNew }) => isNew)) {
    const record = await item.begin();
    if (record === undefined || record.value['kind'] !== item.record.value['kind']) continue;
    if (cut === 'before the bytes') return restart(play);
    const key = `${item.key} ${to}`;
    count(play.arrived, key);
    if (cut === 'before the receipt') {
      count(play.cutAfterBytes, key);
      return restart(play);
    }
    await item.went({ channel: 'stream', leafIndex: 1 });
  }
}

async function restart(play: Play): Promise<void> {
  await play.receipts.stop();
  play.receipts = await begun(play.bus, play.clock);
}

async function make(play: Play, each: Step): Promise<void> {
  const version = { productId: product.id, productVersion: product.version };
  switch (each.do) {
    case 'distribute': {
      const id = `00000000-0000-4000-8000-${String((play.orders += 1)).padStart(12, '0')}`;
      const order = {
        ...version,
        id,
        productKind: 'ASSESSMENT',
        recipients: each.to,
        precedence: 'FLASH',
        reason: 'r',
      } as const;
      await play.receipts.distribute(order, reader(SENDER)).catch(refusedOnly); // refused once it is recalled
      return;
    }
    case 'deliver':
      return deliver(play, each.to, each.cut);
    case 'acknowledge':
      for (const { id } of play.receipts.board.notificationsOf(each.by))
        await play.receipts.answer(id, 'acknowledge', reader(each.by)).catch(refusedOnly);
      return;
    case 'recall':
      return play.receipts.recall(version, { cause: 'PRODUCT_CLOSED' });
    case 'pass':
      play.clock.advance(each.minutes * MINUTE_MS);
      return play.receipts.tick();
    case 'restart':
      return restart(play);
  }
}

function refusedOnly(cause: unknown): void {
  if ((cause as { code?: string }).code !== 'illegal-transition') throw cause;
}

async function played(steps: readonly Step[]): Promise<Play> {
  const clock = createTestClock(NOW_MS);
  const bus = createTestBus({ clock });
  const play: Play = {
    bus,
    clock,
    arrived: new Map(),
    cutAfterBytes: new Map(),
    receipts: await begun(bus, clock),
    orders: 0,
  };
  for (const each of steps) await make(play, each);
  for (const { person } of policy.people) await deliver(play, person, 'never'); // also whoever is told that another is late
  return play;
}

const factsOn = (bus: TestBus) => bus.records(receiptTopic(VIEW)).flatMap((record) => toFact(record, codec) ?? []);
const said = (board: Board): unknown => [[...board.notifications()], [...board.products()], board.withheld()];

test('what was sent is what arrived; a recall reaches all whom it had reached; each timer runs out once; the board is the fold', async () => {
  const seen = { recalled: 0, escalated: 0, cut: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 22 }), async (steps) => {
      const play = await played([{ do: 'distribute', to: PERSONS.slice(0, 2) }, ...steps]);
      const { arrived, cutAfterBytes, receipts, bus } = play;
      try {
        for (const {
          id,
          person: who,
          state: { facts },
          notices,
        } of receipts.board.notifications()) {
          const came = arrived.get(`notification ${id} ${who}`) ?? 0;
          const recallCame = arrived.get(`recall ${id} ${who}`) ?? 0;
          if (facts.SENT !== undefined) expect(came).toBeGreaterThan(0); // nothing is said to have gone that did not
          if (facts.RECALLED === undefined) expect([came > 0, facts.SENT !== undefined]).toEqual([true, true]); // nothing is lost
          if (facts.RECALLED !== undefined && came > 0)
            expect([recallCame > 0, facts.RECALL_SENT !== undefined]).toEqual([true, true]);
          if (recallCame > 0) expect(facts.ATTEMPTED).toBeDefined(); // who cannot have had it hears nothing
          expect(came).toBeLessThanOrEqual(1 + (cutAfterBytes.get(`notification ${id} ${who}`) ?? 0));
          expect(recallCame).toBeLessThanOrEqual(1 + (cutAfterBytes.get(`recall ${id} ${who}`) ?? 0));
          for (const { kind, to } of notices) expect(arrived.get(`${kind} ${id} ${to}`) ?? 0).toBeGreaterThan(0); // whoever was to be told was told
          seen.recalled += recallCame;
          seen.escalated += facts.ESCALATED === undefined ? 0 : 1;
        }
        const onBus = factsOn(bus);
        for (const kind of ['OVERDUE', 'ESCALATED', 'ATTEMPTED'] as const) {
          const of = onBus.flatMap(({ type, value }) =>
            type === 'NotificationEvent' && value.kind === kind ? [value.person] : [],
          );
          expect(of.length).toBe(new Set(of).size);
        }
        const sent = onBus.flatMap(({ type, value }) => (type === 'Receipt' ? [`${value.kind} ${value.person}`] : []));
        expect(sent.length).toBe(new Set(sent).size);
        const fold = createBoard(view.namespace);
        for (const fact of onBus) fold.apply(fact);
        expect(said(receipts.board)).toEqual(said(fold));
        seen.cut += cutAfterBytes.size;
      } finally {
        await receipts.stop();
        await bus.close();
      }
    }),
    { numRuns: propertyRuns(150) },
  );
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(0); // the histories were about something
});

test('a receipt that the bus does not take is written when it does, and until then nothing is decided of its notification', async () => {
  const clock = createTestClock(NOW_MS);
  const bus = createTestBus({ clock });
  const receipts = await begun(bus, clock);
  const [who = ''] = PERSONS;
  const order = { productId: product.id, productVersion: product.version, id: '00000000-0000-4000-8000-000000000001', productKind: 'ASSESSMENT', recipients: [who], precedence: 'FLASH', reason: 'r' } as const; // prettier-ignore
  await receipts.distribute(order, reader(SENDER));
  const [item] = sendablesOf(receipts, reader(who));
  await item?.begin();
  bus.failNext('produce', 1);
  const going = item?.went({ channel: 'http', leafIndex: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  const [entry] = receipts.board.notificationsOf(who);
  await expect(receipts.answer(entry?.id ?? '', 'acknowledge', reader(who))).rejects.toMatchObject({
    code: 'fail-closed',
  });
  await going;
  await expect(receipts.answer(entry?.id ?? '', 'acknowledge', reader(who))).resolves.toMatchObject({ person: who });
  expect(factsOn(bus).flatMap(({ type, value }) => (type === 'Receipt' ? [value.kind] : []))).toEqual([
    'SENT',
    'ACKNOWLEDGED',
  ]);
  await receipts.stop();
  await bus.close();
});
