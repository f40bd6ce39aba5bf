// The case machine against real storage, killed with -9 between and within its commits: after every crash the case is what the
// pure machine makes of the events that lie on the bus, a command has happened wholly or not at all, and a notice to the public
// lies there exactly when the case says that it was issued.

import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Matter } from '@sitebus/kit';
import {
  assessTopic,
  caseTopic,
  createCodec,
  fusionPrincipal,
  groupOf,
  GUARD_PRINCIPAL,
  loadPolicy,
  loadSchemaLock,
  silentLog,
  type BusPort,
  type CaseEvent,
  type Codec,
  type Policy,
} from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { provision } from '../../deploy/provision/index.ts';
import { CASE_SUBJECT } from '../../services/protocol/src/cases/case-events.ts';
import { CASE_MACHINE } from '../../services/protocol/src/cases/case-machine.ts';
import type { Case } from '../../services/protocol/src/cases/case.ts';
import { NOTICE_MACHINE } from '../../services/protocol/src/cases/notice-machine.ts';
import { PERIOD_MACHINE } from '../../services/protocol/src/cases/period-machine.ts';
import { createMatters, type Matters } from '../../services/protocol/src/matters.ts';
import { anAssessment } from '../../services/protocol/src/testing/an-assessment.ts';
import {
  candidates,
  createCaseModel,
  isWithin,
  nameOf,
  nextOf,
  WALKED,
  type CaseModel,
  type Told,
} from '../support/case-model.ts';
import { eventually } from '../support/eventually.ts';
import { startOwnBroker, type OwnBroker } from '../support/own-broker.ts';
import type { ProtocolAnswered, ProtocolAsked, ProtocolProcessSettings } from '../support/protocol-process.ts';

const VIEW = 's-can';
const ASSESSMENT = '00000000-0000-4000-8000-0000000000a1';
const SECRETARY = 'samir-vasquez';
const CLERK = 'marguerite-thorne';
const SEATS = [CLERK, 'ines-halloran', 'jonas-marchand', 'katya-doyle', 'laurent-sorel'];
const CRASHES = 5;
/** Silence after which a topic counts as read although offsets are left. */
const QUIET_MS = 2_000;

let broker: OwnBroker;
let codec: Codec;
let policy: Policy;
let settings: ProtocolProcessSettings;
let reader: BusPort;
/** Writes a version of what is cited, as fusion does. */
let fused: (assessment: ReturnType<typeof anAssessment>) => Promise<void>;
const buses: BusPort[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  broker = await startOwnBroker();
  const { bootstrap, registryUrl, admin, dataDir } = broker;
  const { credentials, lockPath } = await provision({ bootstrap, registryUrl, admin, dataDir, schemasDir: 'schemas' });
  policy = await loadPolicy('schemas/policy');
  codec = createCodec({ lock: await loadSchemaLock(lockPath) });
  const saslOf = (principal: string) => ({ username: '', password: '', ...credentials[principal] });
  const busAs = (principal: string): BusPort => {
    const bus = createKafkaBus({ brokers: [bootstrap], sasl: saslOf(principal), clientId: principal, log: silentLog });
    buses.push(bus);
    return bus;
  };
  settings = { brokers: [bootstrap], sasl: saslOf(GUARD_PRINCIPAL), registryUrl, lockPath };
  reader = busAs(GUARD_PRINCIPAL);
  const producer = await busAs(fusionPrincipal(VIEW)).createProducer();
  fused = async (assessment) => {
    const value = codec.encode('ca.sitebus.fusion.Assessment', assessment);
    await producer.send({ topic: assessTopic(VIEW), key: ASSESSMENT, value });
  };
  await fused(anAssessment({ id: ASSESSMENT, view: VIEW }));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const bus of buses) await bus.close();
  await broker.stop();
});

/** A process, and questions to it; whoever is killed answers no more. */
async function start() {
  const args = ['--conditions=source', '--import', 'tsx', 'test/support/protocol-process.ts', JSON.stringify(settings)];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.push(child);
  const waiting = new Map<number, (answer: ProtocolAnswered | undefined) => void>();
  let isUp = false;
  let number = 0;
  child.on('message', (answer: ProtocolAnswered) => {
    if (answer.number === 0) isUp = true;
    else waiting.get(answer.number)?.(answer);
  });
  child.on('exit', () => {
    for (const settle of waiting.values()) settle(undefined);
  });
  await eventually(() => isUp || child.exitCode !== null, { withinMs: 120_000, what: 'protocol is ready' });
  expect(child.exitCode).toBeNull();
  return {
    /** @returns undefined where it was killed before it answered. */
    ask: (does: ProtocolAsked['does'], ...given: readonly unknown[]) =>
      new Promise<ProtocolAnswered | undefined>((resolve) => {
        number += 1;
        waiting.set(number, resolve);
        child.send({ number, does, args: given } satisfies ProtocolAsked);
      }),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Everything that lies on the bus, folded by the pure machines; throws where a chain does not fit. */
async function folded(): Promise<Matters> {
  const matters = createMatters([CASE_MACHINE, NOTICE_MACHINE, PERIOD_MACHINE]);
  for (const view of [VIEW, 'public']) {
    const topic = caseTopic(view);
    const [end] = await reader.inspect.ends(topic);
    if (end === undefined || end.earliest === end.next) continue;
    let next = end.earliest;
    let lastAt = Date.now();
    const consumer = await reader.createConsumer({
      groupId: groupOf(GUARD_PRINCIPAL, `fold.${Math.random().toString(36).slice(2, 10)}`),
      topics: [topic],
      from: 'earliest',
      commit: 'never',
      onBatch: async ({ records }) => {
        lastAt = Date.now();
        for (const { offset, value } of records) {
          next = offset + 1n;
          if (value === null) continue;
          const { subject, value: event } = codec.decode(value);
          if (matters.machineOf(subject) !== undefined)
            expect(matters.apply(view, subject, event as CaseEvent)).toBe(true);
        }
      },
    });
    // The last offsets may be markers, or records of a transaction that a kill cut off: no consumer sees either.
    const isQuiet = (): boolean => next > end.earliest && Date.now() - lastAt > QUIET_MS;
    try {
      await eventually(() => next + 1n >= end.next || isQuiet(), { what: `${topic} is read` });
    } finally {
      await consumer.close();
    }
  }
  return matters;
}

/** Seeded, so that a run can be had again: numbers from 0 to below 1. */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('a case whose protocol is killed again and again is what the pure machine makes of its events', async () => {
  const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 2 ** 31);
  process.stderr.write(`CRASH_SEED=${seed}\n`);
  const random = numbersFrom(seed);
  let protocol = await start();
  let crashes = 0;
  let lost = 0;
  const opened = await protocol.ask(
    'open',
    'case',
    { assessments: [ASSESSMENT], question: 'What of it?' },
    { person: 'ama-lindqvist', view: VIEW },
  );
  const { id } = opened!.value as Matter;
  await protocol.ask(
    'open',
    'period',
    { electionId: 'ge-demo', at: new Date().toISOString() },
    { person: CLERK, view: 'public' },
  );
  const found = async (): Promise<Matter> =>
    (await protocol.ask('find', 'case', id, { person: CLERK, view: VIEW }))!.value as Matter;
  let known = (await folded()).get('case', id)!;
  /** Gives one command; where it is killed on the way, another process is asked whether it happened, and is told again if not. */
  const give = async (person: string, name: string, args: object = {}): Promise<void> => {
    const before = known;
    const isDoomed = crashes < CRASHES && random() < 0.35;
    const asked = protocol.ask('command', 'case', id, name, args, { person, view: VIEW });
    if (isDoomed) {
      crashes += 1;
      const doomed = protocol;
      await new Promise((resolve) => setTimeout(resolve, random() * 40)); // anywhere before, in or after the commit
      await doomed.kill();
      protocol = await start();
    }
    const answer = await asked;
    const after = (await folded()).get('case', id)!;
    known = after;
    const written = after.events.slice(before.events.length).map(({ kind }) => kind);
    const shown = await found();
    expect(shown.body['state']).toBe((after.state as Case).state);
    expect(shown.body['evidenceHash']).toBe((after.state as Case).evidenceHash);
    if (answer !== undefined) {
      expect(answer.refused).toBeUndefined();
      expect(written.length).toBeGreaterThan(0);
    } else if (written.length === 0) {
      lost += 1;
      await give(person, name, args);
    } else expect(WHOLE[name] ?? [written]).toContainEqual(written);
  };
  const hash = async () => String((await found()).body['evidenceHash']);
  const point = (name: string) => ({ name, level: 'LOW', rationale: 'few saw it' });
  const text = { title: 't', known: 'k', steps: ['s'] };
  const later = new Date(Date.now() + 3_600_000).toISOString();
  await give(SECRETARY, 'consult', { agencies: ['csis'], due: later });
  await give('farida-lund', 'inform', { summary: 's', gaps: ['g'], precedence: 'FLASH' });
  await give(SECRETARY, 'scope');
  await give(SECRETARY, 'finding', { finding: 'IN_SCOPE' });
  for (const seat of SEATS)
    await give(seat, 'rate', {
      evidenceHash: await hash(),
      criteria: policy.panel.criteria.map(point),
      factors: policy.panel.factors.map(point),
    });
  await give(CLERK, 'propose', { outcome: 'BELOW_DISCLOSED', ladder: [] });
  for (const seat of SEATS)
    await give(seat, 'vote', { evidenceHash: await hash(), vote: 'AGREE', reasons: 'it is small' });
  await give(SECRETARY, 'draft', { notice: 'BELOW_THRESHOLD', en: text, fr: text });
  const { drafts } = (await found()).parts.find(({ name }) => name === 'office')!.body as {
    drafts: { draft: string }[];
  };
  await give(CLERK, 'disclose', { draft: drafts[0]!.draft });
  const matters = await folded();
  const { state } = matters.get('case', id)! as unknown as { state: Case };
  expect([state.state, state.sealed.length, state.notices.length]).toEqual(['BELOW_DISCLOSED', 1, 1]);
  expect(matters.of('notice', 'public').map((notice) => notice.id)).toEqual(
    state.notices.map(({ noticeId }) => noticeId),
  );
  expect(
    matters.get('case', id)!.events.every((event) => matters.machineOf(CASE_SUBJECT) !== undefined && event.id === id),
  ).toBe(true);
  process.stderr.write(`${crashes} crashes, ${lost} commands that had not happened\n`);
  expect(crashes).toBe(CRASHES);
  await protocol.kill();
}, 400_000);

const MARK = `${VIEW} CaseEvent agency-acted`;
const MOST_STEPS = 120;
const MOST_CRASHES = 10;

test('every command that people give on a case, killed on its way or not, comes to what the model says: all of it, or nothing', async () => {
  const seed = Number(process.env['CRASH_SEED'] ?? Date.now() % 2 ** 31);
  process.stderr.write(`CRASH_SEED=${seed}\n`);
  const random = numbersFrom(seed);
  await using bus = await tail();
  let protocol = await start();
  const opened = await protocol.ask(
    'open',
    'case',
    { assessments: [ASSESSMENT], question: 'And of that?' },
    { person: 'ama-lindqvist', view: VIEW },
  );
  const { id } = opened!.value as Matter;
  // Before the writ a case is the ministers'; afterwards it is the panel's. Another test may have opened the period.
  const period = await protocol.ask('find', 'period', 'ge-demo', { person: CLERK, view: 'public' });
  if (period?.value === undefined)
    await protocol.ask(
      'open',
      'period',
      { electionId: 'ge-demo', at: new Date().toISOString() },
      { person: CLERK, view: 'public' },
    );
  // A newer version of what is cited, which changes nothing that counts: there is something to refresh.
  bus.model.assessment = anAssessment({ id: ASSESSMENT, view: VIEW, version: 2, contentHash: '33'.repeat(32) });
  await fused(bus.model.assessment as ReturnType<typeof anAssessment>);
  const hasPeriod = (): boolean => bus.model.matters.get('period', 'ge-demo') !== undefined;
  await eventually(() => bus.model.state(id).state !== undefined && hasPeriod(), { what: 'case and period are read' });

  const done = new Set<string>();
  const outcomes = { whole: 0, nothing: 0, answered: 0 };
  let crashes = 0;
  for (let step = 0; step < MOST_STEPS && bus.model.state(id).state !== 'CLOSED'; step += 1) {
    const now = Date.now();
    const possible = candidates(bus.model.state(id), policy, now).filter(
      (each) => bus.model.expected(id, each, now) !== undefined,
    );
    const next = nextOf(possible, done);
    if (next === undefined) {
      // Only the clock moves it: a review that is due, or the time of the announcement.
      const { state } = bus.model.state(id);
      await eventually(() => bus.model.state(id).state !== state, {
        withinMs: 120_000,
        what: `the clock moves ${state ?? 'it'}`,
      });
      continue;
    }
    const before = bus.told.length;
    const expected = bus.model.expected(id, next, Date.now())!;
    const written = (): readonly string[] => bus.told.slice(before).map(nameOf);
    const asked = protocol.ask('command', 'case', id, next.name, next.args, { person: next.person, view: VIEW });
    const isDoomed = crashes < MOST_CRASHES && !done.has(next.name) && next.name !== 'agency-action' && random() < 0.6;
    if (isDoomed) {
      crashes += 1;
      await new Promise((resolve) => setTimeout(resolve, random() * 60)); // anywhere before, in or after the commit
      await protocol.kill();
      protocol = await start();
    }
    const answer = await asked;
    if (answer?.refused !== undefined) {
      // The clock was there first: once the model knows, it refuses as well.
      await eventually(() => bus.model.expected(id, next, Date.now()) === undefined, {
        what: `${next.name} is refused`,
      });
      continue;
    }
    // One topic is read in order: once this is read, so is whatever the one that was killed has left there.
    if (answer === undefined) {
      await protocol.ask(
        'command',
        'case',
        id,
        'agency-action',
        { text: 'we go on' },
        { person: 'farida-lund', view: VIEW },
      );
      await eventually(() => written().includes(MARK), { what: 'what was written before the crash is read' });
    }
    const isWhole = answer !== undefined || expected.some((name) => written().includes(name));
    if (isWhole) await eventually(() => isWithin(expected, written()), { what: `all of ${next.name} is there` });
    outcomes[answer !== undefined ? 'answered' : isWhole ? 'whole' : 'nothing'] += 1;
    if (isWhole) done.add(next.name);
  }
  process.stderr.write(`${crashes} crashes: ${JSON.stringify(outcomes)} of ${done.size} commands\n`);
  expect([...done].sort()).toEqual(WALKED);
  expect(bus.model.matters.get('case', id)!.events.map(({ kind }) => kind)).toContain('announced');
  expect(crashes).toBeGreaterThan(3);
  await protocol.kill();
}, 900_000);

/** Everything on the topics of cases, as it comes. */
async function tail(): Promise<{ readonly model: CaseModel; readonly told: readonly Told[] } & AsyncDisposable> {
  const model = createCaseModel(policy, VIEW, anAssessment({ id: ASSESSMENT, view: VIEW }));
  const told: Told[] = [];
  const consumer = await reader.createConsumer({
    groupId: groupOf(GUARD_PRINCIPAL, `tail.${Math.random().toString(36).slice(2, 10)}`),
    topics: policy.views.map(({ id }) => caseTopic(id)),
    from: 'earliest',
    commit: 'never',
    onBatch: async ({ topic, records }) => {
      for (const { value } of records) {
        if (value === null) continue;
        const { subject, value: event } = codec.decode(value);
        const one = { view: topic.slice('case.'.length), subject, event: event as CaseEvent };
        expect(model.take(one)).toBe(true);
        told.push(one);
      }
    },
  });
  return { model, told, [Symbol.asyncDispose]: () => consumer.close() };
}

/** Where one command writes several events: all of them or none. */
const WHOLE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  vote: [['voted'], ['voted', 'decided']],
};
