import { expect, test } from '@jest/globals';
import { parse } from '@sitebus/marking';
import type { Draft } from './draft.ts';
import type { ItemAnswer } from './item-answer.ts';
import { toWire } from './marking-wire.ts';
import type { Observation } from './observation-types.ts';
import { createProducer } from './producer.ts';
import { recordKey } from './record-key.ts';
import { anObservation, createTestBus, createTestClock, loadContract } from './testing/index.ts';

const { policy, codec } = await loadContract();
const clock = createTestClock(Date.UTC(2031, 9, 21));
const signerKey = Buffer.alloc(32, 7);
const report = (over: Partial<Draft<'IndicatorReport'>> = {}) =>
  anObservation('IndicatorReport', {
    marking: 'UNCLASSIFIED//TLP:CLEAR',
    ...withPortions('UNCLASSIFIED//TLP:CLEAR'),
    ...over,
  });

/** The example's portions are marked TLP:GREEN; drafts for other cells need others. */
const example = await anObservation('IndicatorReport');
function withPortions(text: string): Pick<Draft<'IndicatorReport'>, 'fields'> {
  const marking = toWire(parse(text, policy));
  const portions = example.fields.report.portions.map((portion) => ({ ...portion, marking }));
  return { fields: { ...example.fields, report: { ...example.fields.report, portions } } };
}

async function open(agency = 'cse', over: { signerKey?: Buffer } = { signerKey }) {
  const bus = createTestBus({ clock });
  const producer = await createProducer({ agency, connect: bus.connect, policy, codec, clock, ...over });
  const values = (topic?: string) =>
    bus
      .records(topic)
      .map(({ value }) => codec.decode(value ?? Buffer.alloc(0)).value as Observation<'IndicatorReport'>);
  return { bus, producer, values };
}

test('an observation lies on the topic of its agency and of the lowest cell that covers its marking', async () => {
  const { bus, producer, values } = await open();
  const open_ = await producer.publish(await report());
  const secret = await producer.publish(
    await report({ marking: 'SECRET//CANADIAN EYES ONLY', ...withPortions('SECRET//CANADIAN EYES ONLY') }),
  );
  expect([open_.topic, secret.topic]).toEqual(['obs.open.cse', 'obs.s-can.cse']);
  expect(bus.records().map(({ topic }) => topic)).toEqual(['obs.open.cse', 'obs.s-can.cse']);
  expect(values('obs.open.cse')[0]?.envelope).toMatchObject({
    id: open_.id, agency: 'cse', recordedAt: clock.now(), marking: { owners: ['CAN'], origins: ['cse'] }, supersedes: null,
  }); // prettier-ignore
});

test('the record is a CloudEvent whose key is its id and a hash of its bytes', async () => {
  const { bus, producer } = await open();
  const { id } = await producer.publish(await report());
  const [record] = bus.records();
  expect(String(record?.key)).toBe(recordKey(id, record?.value ?? Buffer.alloc(0)));
  expect(record?.headers).toMatchObject({
    ce_id: id,
    ce_type: 'ca.sitebus.observation.IndicatorReport',
    'content-type': 'application/avro',
  });
});

test('the same draft gets the same id, is written once, and resolves alike', async () => {
  const { bus, producer } = await open();
  const draft = await report();
  const both = await Promise.all([producer.publish(draft), producer.publish({ ...draft })]);
  clock.advance(1_000);
  expect(await producer.publish(draft)).toEqual(both[0]);
  expect(both[1]).toEqual(both[0]);
  expect(bus.records()).toHaveLength(1);
  const elsewhere = await open();
  expect((await elsewhere.producer.publish(draft)).id).toBe(both[0].id);
});

test('an id that stands for other content is refused', async () => {
  const { producer } = await open();
  const { id } = await producer.publish(await report());
  const other = producer.publish(await report({ id, infoGrade: 6 }));
  await expect(other).rejects.toMatchObject({
    code: 'INVALID_OBSERVATION',
    details: { faults: [{ pointer: '/id', code: 'ID_IN_USE' }] },
  });
});

test('a lost acknowledgement is told, and the draft may be sent again', async () => {
  const { bus, producer } = await open();
  bus.failNext('produce');
  await expect(producer.publish(await report())).rejects.toMatchObject({ code: 'UNREACHABLE', retriable: true });
  await producer.publish(await report());
  expect(bus.records()).toHaveLength(1);
  await expect(producer.close()).rejects.toMatchObject({ code: 'UNREACHABLE' });
});

test('every fault is told at once, with pointers into the draft', async () => {
  const { bus, producer } = await open();
  const draft = await report({ observedAt: '2031-10-02', marking: 'secret', origin: 'a source' });
  expect(producer.check(draft).map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/marking', 'INVALID_MARKING'],
    ['/observedAt', 'NOT_AN_INSTANT'],
  ]);
  const lower = { ...(await report()), ...withPortions('SECRET//CANADIAN EYES ONLY'), derivedFrom: ['x'] };
  expect(producer.check(lower).map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/derivedFrom/0', 'ID_NOT_UUID'],
    ['/marking', 'MARKING_TOO_LOW'],
  ]);
  const undeclared = {
    ...(await report()),
    fields: { ...example.fields, ...withPortions('UNCLASSIFIED//TLP:CLEAR').fields, extra: 1 },
  };
  expect(producer.check(undeclared).map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/fields/extra', 'UNDECLARED_FIELD'],
  ]);
  expect(bus.records()).toEqual([]);
});

const refusals: readonly (readonly [string, string, string])[] = [
  ['that no cell covers', 'TOP SECRET//HCS//CANADIAN EYES ONLY', 'NO_CELL'],
  ['in a cell that its agency may not write', 'TOP SECRET//SI//CANADIAN EYES ONLY', 'NOT_ALLOWED'],
  ['that is none', 'SECRET', 'INVALID_MARKING'],
];
test.each(refusals)('a marking %s is refused under a code of its own', async (_what, marking, code) => {
  const { producer } = await open('gac');
  const draft = await report({ marking });
  await expect(producer.publish(draft)).rejects.toMatchObject({ code, retriable: false });
});

test('an origin becomes a token, and its name goes nowhere', async () => {
  const { bus, producer, values } = await open();
  await producer.publish(await report({ origin: 'hotline case 17' }));
  expect(values()[0]?.envelope.lineage.sourceToken).toMatch(/^[\w-]{43}$/);
  expect(bus.records()[0]?.value?.includes('hotline')).toBe(false);
  const keyless = await open('cse', {});
  expect(keyless.producer.check(await report({ origin: 'hotline case 17' }))).toMatchObject([{ code: 'NO_SIGNER' }]);
});

test('a bad draft among many costs only itself, and outcomes come in order', async () => {
  const { bus, producer } = await open();
  const drafts = [await report(), await report({ observedAt: 'yesterday' }), await report({ infoGrade: 5 })];
  const answers: ItemAnswer[] = [];
  const summary = await producer.publishAll(drafts, { onItem: (answer) => void answers.push(answer) });
  expect(summary).toEqual({ items: 3, accepted: 2, refused: 1, skipped: 0 });
  expect(answers.map(({ line, status }) => [line, status])).toEqual([
    [1, 'accepted'],
    [2, 'refused'],
    [3, 'accepted'],
  ]);
  expect(answers[1]).toMatchObject({ code: 'NOT_AN_INSTANT', pointer: '/observedAt' });
  expect(bus.records()).toHaveLength(2);
});

test('an aborted batch reads nothing further and answers what it read', async () => {
  const { producer } = await open();
  const stop = new AbortController();
  async function* endless() {
    for (let infoGrade = 1; ; infoGrade += 1) {
      if (infoGrade === 3) stop.abort();
      yield await report({ infoGrade: infoGrade as 1 });
    }
  }
  expect(await producer.publishAll(endless(), { signal: stop.signal })).toEqual({
    items: 3,
    accepted: 3,
    refused: 0,
    skipped: 0,
  });
});

test('a correction names what it corrects and stays in its cell', async () => {
  const { producer, values } = await open();
  const { id } = await producer.publish(await report());
  const elsewhere = await report({ marking: 'SECRET//CANADIAN EYES ONLY', infoGrade: 3 });
  await expect(producer.supersede(id, elsewhere)).rejects.toMatchObject({
    details: { faults: [{ pointer: '/marking', code: 'OTHER_CELL' }] },
  });
  const next = await producer.supersede(id, await report({ infoGrade: 3 }));
  const recall = await producer.recall(next.id, 'the site was a copy made for training');
  expect(await producer.recall(next.id, 'the site was a copy made for training')).toEqual(recall);
  const byId = new Map(values().map(({ envelope }) => [envelope.id, envelope]));
  expect(byId.get(next.id)).toMatchObject({ supersedes: id, recalls: null });
  expect(byId.get(recall.id)).toMatchObject({ supersedes: null, recalls: next.id, agency: 'cse' });
  await expect(producer.recall('e1e88e28-4375-5f68-bd94-1cbfc00abbeb', 'unknown here')).rejects.toMatchObject({
    details: { faults: [{ pointer: '/marking', code: 'MARKING_REQUIRED' }] },
  });
});

test('a tenant writes to the topic of all tenants under its own name', async () => {
  const { bus, producer } = await open('partner-chirrup');
  const published = await producer.publish(await anObservation('IndicatorReport'));
  expect(published.topic).toBe('obs.partner.partners');
  expect(codec.decodeEnvelope(bus.records()[0]?.value ?? Buffer.alloc(0)).envelope.agency).toBe('partner-chirrup');
});

test('an agency that policy does not know cannot publish', async () => {
  const bus = createTestBus();
  await expect(createProducer({ agency: 'nobody', connect: bus.connect, policy, codec })).rejects.toMatchObject({
    code: 'NOT_YOUR_AGENCY',
  });
});
