import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BusRecord, OutgoingRecord } from '@sitebus/sdk';
import { createAdmit } from '@sitebus/kit';
import type { AdmissionParts } from '../admission.ts';
import { admitBatch, wholeBatch, type BatchSlice } from '../admitted-batch.ts';
import { createState } from '../engine/state.ts';
import { toChanges } from '../engine/step.ts';
import { toRules } from '../engine/rules.ts';
import { NOON, aRecord, idOf, loadShipped, type Said, type Shipped } from '../testing/lane.ts';
import { applyCut, toOutgoing } from './observations.ts';

let shipped: Shipped;
beforeAll(async () => {
  shipped = await loadShipped();
});

const VERSIONS = {
  policyVersion: 1,
  ruleVersion: 1,
  lockVersion: 'l',
  commonValuesVersion: 'c',
  engineVersion: 1,
  spills: '',
};

/** Every byte a view writes over these cuts. */
function transcript(viewId: string, cuts: readonly (readonly BusRecord[])[]): string[] {
  const view = shipped.policy.views.find(({ id }) => id === viewId)!;
  const parts = { ...shipped, view, admit: createAdmit() };
  let state = createState(view, toRules(shipped.policy));
  return cuts.flatMap((records, place) => {
    const draft = { seq: place + 1, now: NOON + place * 1_000, inputs: [], slices: judged(records, parts) };
    const result = applyCut(state, draft, parts);
    state = result.state;
    return toOutgoing({ ...draft, slices: [] }, result, 'one', parts, VERSIONS).map(toText);
  });
}

function judged(records: readonly BusRecord[], parts: AdmissionParts): BatchSlice[] {
  return [wholeBatch(admitBatch(records, parts, toRules(parts.policy), 0))];
}

const toText = ({ topic, key, value }: OutgoingRecord) => `${topic} ${String(key)} ${value!.toString('hex')}`;

function asRead(record: OutgoingRecord, offset: number): BusRecord {
  return {
    topic: record.topic,
    partition: 0,
    offset: BigInt(offset),
    key: null,
    value: record.value,
    headers: {},
    timestampMs: 0,
  };
}

/** Markings of records that the view `partner` must not see, each with a canary on what it links to. */
const ABOVE = [
  { classified: 'SECRET', relTo: ['CAN'], tlp: 'CLEAR', needToKnow: [] },
  { protected: 'B', relTo: ['CAN'], needToKnow: [] },
  { needToKnow: [['platforms']] },
  { tlp: 'RED' },
] as const;

test('what a view may not read changes no byte of what it writes, record counts and versions included', () => {
  const said = fc.record({
    n: fc.integer({ min: 1, max: 8 }),
    agency: fc.constantFrom('cse', 'gac'),
    domains: fc.uniqueArray(fc.constantFrom('a.example', 'b.example'), { minLength: 1, maxLength: 2 }),
    token: fc.constantFrom('t1', 't2', 't3', null),
    above: fc.option(fc.constantFrom(...ABOVE), { nil: undefined }),
    recalls: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined, freq: 9 }),
  });
  let hidden = 0;
  let linked = 0;
  fc.assert(
    fc.property(fc.array(fc.array(said, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 }), (drawn) => {
      const cuts = drawn.map((cut) =>
        cut.map(({ above, recalls, n, ...rest }, place) => {
          const over: Said = { ...rest, ...(above && { marking: above }), ...(recalls && { recalls: idOf(recalls) }) };
          return { above, record: asRead(aRecord(shipped, n, over), place) };
        }),
      );
      hidden += cuts.flat().filter(({ above }) => above !== undefined).length;
      const all = cuts.map((cut) => cut.map(({ record }) => record));
      const low = cuts.map((cut) => cut.filter(({ above }) => above === undefined).map(({ record }) => record));
      const written = transcript('partner', all);
      linked += written.filter((line) => line.startsWith('alert.')).length;
      expect(written).toEqual(transcript('partner', low));
    }),
    { numRuns: 150 },
  );
  expect(Math.min(hidden, linked)).toBeGreaterThan(20);
});

test('a higher view does see them: the same records give it another assessment', () => {
  const cut = [
    asRead(aRecord(shipped, 1, { domains: ['a.example'] }), 0),
    asRead(aRecord(shipped, 2, { agency: 'gac', domains: ['a.example'], marking: ABOVE[0] }), 1),
  ];
  expect(transcript('s-can', [cut]).filter((line) => line.startsWith('alert.'))).toHaveLength(1);
  expect(transcript('partner', [cut]).filter((line) => line.startsWith('alert.'))).toHaveLength(0);
});

test('assessments and alerts, which are encoded unchecked, are what the checking codec would have written', () => {
  const { codec, policy } = shipped;
  const view = policy.views.find(({ id }) => id === 'partner')!;
  const parts = { ...shipped, view, admit: createAdmit() };
  let state = createState(view, toRules(policy));
  let compared = 0;
  const cuts = [
    [1, 2, 3].map((n) => aRecord(shipped, n, { category: 'PHISHING', domains: [`d${n % 2}.example`] })),
    [aRecord(shipped, 4, { agency: 'gac', domains: ['d1.example'], category: 'PHISHING' }), aRecord(shipped, 5)],
  ];
  for (const [place, written] of cuts.entries()) {
    const draft = { seq: place + 1, now: NOON + place, inputs: [], slices: judged(written.map(asRead), parts) };
    const result = applyCut(state, draft, parts);
    state = result.state;
    const { assessments, alerts } = result.changes;
    const checked = [
      ...assessments.map((assessment) => codec.encode('ca.sitebus.fusion.Assessment', assessment)),
      ...alerts.map((alert) => codec.encode('ca.sitebus.fusion.Alert', alert)),
    ];
    const outgoing = toOutgoing(draft, result, 'one', parts, VERSIONS).slice(0, -1);
    expect(outgoing.map(({ value }) => value!.toString('hex'))).toEqual(checked.map((value) => value.toString('hex')));
    compared += alerts.length > 0 ? checked.length : 0;
  }
  expect(compared).toBeGreaterThan(4);
});

test('the record of the cut is the last of its transaction', () => {
  const topics = transcript('partner', [
    [
      asRead(aRecord(shipped, 1, { category: 'PHISHING' }), 0),
      asRead(aRecord(shipped, 2, { agency: 'gac', writer: 'cse' }), 1),
    ],
  ]).map((line) => line.split(' ')[0]);
  expect(topics).toEqual(['assess.partner', 'alert.partner', 'dead.partner.cse', 'ops.partner', 'lane.partner']);
});

test('a record whose originator controls release is fused nowhere', () => {
  const cut = [asRead(aRecord(shipped, 1, { marking: { orcon: true } }), 0)];
  expect(transcript('ts-can', [cut])).toHaveLength(1);
});

test('what the engine had to give up is told to the operators of the view in the same transaction', () => {
  const view = shipped.policy.views.find(({ id }) => id === 'partner')!;
  const parts = { ...shipped, view, admit: createAdmit() };
  const draft = { seq: 1, now: NOON, inputs: [], slices: [] };
  const notice = { code: 'QUOTA_EVICTED', agency: 'partner-flood', count: 12, from: NOON - 2, to: NOON - 1 } as const;
  const changes = toChanges({ products: [], alerts: [] }, [notice]);
  const state = createState(view, toRules(shipped.policy));
  const [first, last] = toOutgoing(draft, { state, changes, refused: [] }, 'one', parts, VERSIONS);
  expect([first!.topic, JSON.parse(first!.value!.toString())]).toEqual([
    'ops.partner',
    { ...notice, view: 'partner', at: NOON },
  ]);
  expect(last!.topic).toBe('lane.partner');
});
