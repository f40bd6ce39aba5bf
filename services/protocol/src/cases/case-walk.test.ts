// A walk through a case that gives every command people can give, against the model of it, while the bus fails at the first try of
// each: not written, or written and not acknowledged; then another process goes on. test/chaos/case-crashes.test.ts walks the same
// on a real broker, and kills.

import { expect, test } from '@jest/globals';
import { caseTopic, type CaseEvent } from '@sitebus/sdk';
import {
  candidates,
  createCaseModel,
  isWithin,
  nameOf,
  nextOf,
  WALKED,
  type CaseModel,
} from '../../../../test/support/case-model.ts';
import { aCaseDesk, CITED, CLERK, refusalOf, type CaseDesk } from '../testing/case-desk.ts';
import { anAssessment } from '../testing/an-assessment.ts';

const VIEW = 's-can';
const MOST_STEPS = 150;

test('every command on a case comes to what the model says, all of it or nothing, whatever the bus does at its first try', async () => {
  await using desk = await aCaseDesk();
  const { world, id } = desk;
  await desk.period('dissolution');
  const bus = reading(desk);
  await bus.read();
  // A newer version of what is cited, which changes nothing that counts: there is something to refresh.
  bus.model.assessment = anAssessment({ view: VIEW, ...CITED, version: 2, contentHash: '2'.padStart(64, '0') });
  await desk.reassess({});
  const done = new Set<string>();
  const tried = new Set<string>();
  const outcomes = { whole: 0, nothing: 0 };
  for (let step = 0; step < MOST_STEPS && bus.model.state(id).state !== 'CLOSED'; step += 1) {
    await bus.read();
    const now = world.clock.now();
    const possible = candidates(bus.model.state(id), world.policy, now).filter((each) => bus.model.expected(id, each, now) !== undefined);
    const next = nextOf(possible, done);
    if (next === undefined) {
      world.clock.advance(30_000); // a review is due, or the time of the announcement
      await refusalOf(desk.give(CLERK, 'announce')); // what is due comes before whatever is given
      continue;
    }
    const before = bus.told.length;
    const expected = bus.model.expected(id, next, now)!;
    const isFirst = !tried.has(next.name);
    tried.add(next.name);
    if (isFirst) world.bus.failNext(tried.size % 2 === 0 ? 'produce' : 'ack', 1);
    const refused = await refusalOf(desk.give(next.person, next.name, next.args));
    if (isFirst) await world.restart();
    await bus.read();
    const written = bus.told.slice(before);
    const isWhole = isWithin(expected, written);
    expect([next, expected, written]).toEqual([next, expected, isWhole ? expect.anything() : []]);
    if (isFirst) outcomes[isWhole ? 'whole' : 'nothing'] += 1;
    else expect([next, refused, isWhole]).toEqual([next, { code: 'ACCEPTED' }, true]);
    if (isWhole) done.add(next.name);
  }
  expect([...done].sort()).toEqual(WALKED);
  expect(bus.told).toContain(`${VIEW} CaseEvent announced`);
  expect(outcomes.nothing).toBeGreaterThan(0);
}); // prettier-ignore

/** What lies on the topics of cases, as far as it was read, and the model that has taken it in. */
function reading({ world }: CaseDesk): { readonly model: CaseModel; readonly told: readonly string[]; read(): Promise<void> } {
  const model = createCaseModel(world.policy, VIEW, anAssessment({ view: VIEW, ...CITED }));
  const told: string[] = [];
  const read = new Map<string, number>();
  return {
    model,
    told,
    async read() {
      await world.bus.settled();
      for (const { id: view } of world.policy.views) {
        const records = world.bus.records(caseTopic(view));
        for (const { value } of records.slice(read.get(view) ?? 0)) {
          const { subject, value: event } = world.codec.decode(value!);
          const one = { view, subject, event: event as CaseEvent };
          expect(model.take(one)).toBe(true);
          told.push(nameOf(one));
        }
        read.set(view, records.length);
      }
    },
  };
} // prettier-ignore
