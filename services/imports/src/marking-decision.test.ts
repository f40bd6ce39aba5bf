import { expect, test } from '@jest/globals';
import { createMarking, print } from '@sitebus/marking';
import type { ImportDecision, Policy } from '@sitebus/sdk';
import { decideMarking, isMarkingRefused, joinStated, type StatedMarking } from './marking-decision.ts';

const NOW = Date.UTC(2031, 9, 20);
const from = { agency: 'cse', source: 'exchange', format: 'misp' };

function policyWith(...decisions: readonly Partial<ImportDecision>[]): Policy {
  const whole = {
    id: 'd',
    ...from,
    condition: 'TLP_ONLY',
    marking: 'UNCLASSIFIED//TLP:CLEAR',
    reason: 'r',
    decidedAt: '2031-01-01T00:00:00Z',
    expiresAt: '2032-01-01T00:00:00Z',
  } as const;
  return {
    homeNation: 'CAN',
    importDecisions: decisions.map((decision) => ({ ...whole, ...decision })),
  } as unknown as Policy;
}

function decided(stated: StatedMarking, policy: Policy, key: Partial<typeof from> = {}): string {
  const outcome = decideMarking(stated, { ...from, ...key }, policy, NOW);
  return isMarkingRefused(outcome) ? outcome.code : print(outcome, { homeNation: 'CAN' });
}

const secret = createMarking({ classified: 'SECRET', relTo: ['CAN', 'GBR'] });
const cases: readonly {
  name: string;
  stated: StatedMarking;
  policy: Policy;
  key?: Partial<typeof from>;
  is: string;
}[] = [
  {
    name: 'an item that is marked needs no decision',
    stated: { full: secret },
    policy: policyWith(),
    is: 'SECRET//REL TO CAN, GBR',
  },
  {
    name: 'a colour beside a full marking joins it',
    stated: { full: secret, tlp: 'AMBER' },
    policy: policyWith(),
    is: 'SECRET//REL TO CAN, GBR//TLP:AMBER',
  },
  {
    name: 'TLP alone is refused without a TLP_ONLY decision',
    stated: { tlp: 'GREEN' },
    policy: policyWith({ condition: 'UNMARKED' }),
    is: 'MARKING_REQUIRED',
  },
  {
    name: 'TLP alone takes the ladders from the decision',
    stated: { tlp: 'GREEN' },
    policy: policyWith({}),
    is: 'UNCLASSIFIED//TLP:GREEN',
  },
  {
    name: 'a decision never lowers what the item says',
    stated: { tlp: 'RED' },
    policy: policyWith({ marking: 'UNCLASSIFIED//TLP:AMBER' }),
    is: 'UNCLASSIFIED//TLP:RED',
  },
  {
    name: 'a decision may raise what the item says',
    stated: { tlp: 'CLEAR' },
    policy: policyWith({ marking: 'UNCLASSIFIED//TLP:AMBER' }),
    is: 'UNCLASSIFIED//TLP:AMBER',
  },
  {
    name: 'nothing said is refused without an UNMARKED decision',
    stated: {},
    policy: policyWith({}),
    is: 'MARKING_REQUIRED',
  },
  {
    name: 'nothing said takes the UNMARKED decision',
    stated: {},
    policy: policyWith({ condition: 'UNMARKED' }),
    is: 'UNCLASSIFIED//TLP:CLEAR',
  },
  {
    name: 'an expired decision is none',
    stated: { tlp: 'GREEN' },
    policy: policyWith({ expiresAt: '2031-10-20T00:00:00Z' }),
    is: 'MARKING_REQUIRED',
  },
  {
    name: 'a decision of the future is none',
    stated: { tlp: 'GREEN' },
    policy: policyWith({ decidedAt: '2031-10-20T00:00:01Z' }),
    is: 'MARKING_REQUIRED',
  },
  {
    name: 'another agency’s decision is none',
    stated: { tlp: 'GREEN' },
    policy: policyWith({}),
    key: { agency: 'csis' },
    is: 'MARKING_REQUIRED',
  },
  {
    name: 'another source’s decision is none',
    stated: { tlp: 'GREEN' },
    policy: policyWith({}),
    key: { source: 'other' },
    is: 'MARKING_REQUIRED',
  },
  {
    name: 'another format’s decision is none',
    stated: { tlp: 'GREEN' },
    policy: policyWith({}),
    key: { format: 'stix' },
    is: 'MARKING_REQUIRED',
  },
  {
    name: 'another agency’s information is not this one’s to publish',
    stated: { full: createMarking({ classified: 'UNCLASSIFIED', origins: ['rcmp'] }) },
    policy: policyWith({}),
    is: 'NOT_YOUR_ORIGIN',
  },
  {
    name: 'what cannot be read is refused, whatever else is said',
    stated: { full: secret, tlp: 'RED', unreadable: 'x' },
    policy: policyWith({}),
    is: 'MARKING_UNREADABLE',
  },
];
for (const { name, stated, policy, key, is } of cases) {
  test(name, () => {
    expect(decided(stated, policy, key)).toBe(is);
  });
}

test('a decision’s need-to-know and the agency’s origin are in the marking', () => {
  const outcome = decideMarking({ tlp: 'AMBER' }, from, policyWith({ needToKnow: [['community']] }), NOW);
  expect(outcome).toMatchObject({ needToKnow: [['community']], origins: ['cse'], owners: ['CAN'], tlp: 'AMBER' });
});

test('several markings of one item join, and one that is unreadable refuses all', () => {
  expect(joinStated([{ tlp: 'GREEN' }, { tlp: 'AMBER' }, {}])).toEqual({ tlp: 'AMBER' });
  expect(
    joinStated([{ full: secret }, { full: createMarking({ classified: 'SECRET', relTo: ['CAN', 'USA'] }) }]).full
      ?.relTo,
  ).toEqual(['CAN']);
  expect(joinStated([{ tlp: 'GREEN' }, { unreadable: 'x' }])).toEqual({ unreadable: 'x' });
});
