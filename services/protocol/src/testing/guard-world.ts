// A guard on an in-memory bus with the committed policy: agencies that write what they are given, a registry that a test can
// change, persons who sign. Nothing is mocked; the clock stands until a test moves it.

import { createHash } from 'node:crypto';
import {
  HEARTBEAT_KEY,
  type AgencyIntake,
  type Disclosure,
  type DisclosureKind,
  type NamedRecord,
  type ObservationJson,
} from '@sitebus/kit';
import { cellOf, parse } from '@sitebus/marking';
import {
  assessTopic, denialTopic, fromWire, ledgerTopic, obsTopic, observationSubject, PEOPLE_TOPIC, recordKey, signatureKeyOf, signStatement, silentLog, sourceTokenOf, toWire, unreachable,
  type BusPort, type Codec, type Person, type Policy, type WireMarking,
} from '@sitebus/sdk'; // prettier-ignore
import {
  createTestBus,
  createTestClock,
  loadContract,
  loadExample,
  type TestBus,
  type TestClock,
} from '@sitebus/sdk/testing';
import type { AnyMachine } from '../protocol-machine.ts';
import { createGuardService, type GuardService } from '../service.ts';
import { aSourceGap, type GapWords } from './a-source-gap.ts';
import { anAssessment } from './an-assessment.ts';

export const VIEW = 's-can';
const SIGNER_KEY = Buffer.alloc(32, 3);
const GUARD = 'guard';

/** A guard and everything around it. */
export interface GuardWorld {
  readonly guard: GuardService;
  readonly bus: TestBus;
  readonly clock: TestClock;
  readonly policy: Policy;
  readonly codec: Codec;
  /** Rows of the registry, by person; tests change them. */
  readonly people: Map<string, Person>;
  /** Set, the registry may not be answered from. */
  registryState: string;
  /** The registry's writer judges by this version of policy from now on; it says so on the bus, and to whoever runs. */
  policyInForce(version: number): Promise<void>;
  /** What agencies' services do with the next records: `write`, lose the answer after writing, be away, or refuse. */
  readonly intakeDoes: ('write' | 'lose-answer' | 'away' | 'refuse')[];
  /** Writes a sighting of an agency. @returns what a gateway would name it as. */
  observe(words: {
    readonly id: string;
    readonly marking: string;
    readonly agency?: string;
    readonly origins?: readonly string[];
    readonly owners?: readonly string[];
    readonly domains?: readonly string[];
    readonly derivedFrom?: readonly string[];
    readonly targets?: readonly unknown[];
  }): Promise<NamedRecord>;
  /** Writes what an agency says that it did not observe, or the recall of it. */
  declareGap(words: GapWords): Promise<void>;
  recall(named: NamedRecord): Promise<void>;
  /** Writes an assessment of the view, as its fusion would. */
  assess(over: Parameters<typeof anAssessment>[0]): Promise<void>;
  /** One command, by a person, in the view. */
  order(kind: DisclosureKind, id: string, name: string, args: unknown, person: string): Promise<Disclosure>;
  /** The person's signature on the text that the disclosure shows to them. */
  sign(kind: DisclosureKind, id: string, person: string): Promise<{ readonly signature: string }>;
  /** Observations in a cell, decoded, oldest first. */
  inCell(cell: string): readonly Record<string, unknown>[];
  /** Leaves of the view's ledger, then its denials, as `decision reason who`. */
  leaves(): readonly string[];
  /** A second guard on the same bus; the first is fenced by it. */
  restart(): Promise<GuardService>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Read once: both are frozen, and nothing here teaches the codec. */
const contract = loadContract();

const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');

/** Starts one. */
export async function aGuardWorld(
  options: { readonly machines?: readonly AnyMachine[]; readonly tickMs?: number; readonly noticeKey?: string } = {},
): Promise<GuardWorld> {
  const { policy, codec } = await contract;
  const clock = createTestClock(Date.UTC(2031, 9, 2, 12));
  const bus = createTestBus({ clock });
  const people = new Map<string, Person>(
    policy.people.map((row) => [row.person, { ...row, signatureKeys: [signatureKeyOf(seedOf(row.person))] }]),
  );
  const { bus: port } = bus.connect;
  bus.grant(GUARD, {
    read: ['obs.*', 'spill.*', 'case.*', 'assess.*', PEOPLE_TOPIC], write: ['case.*', 'denial.*', 'ledger.*'], groups: ['guard.*'], transactionalIds: ['guard'],
  }); // prettier-ignore
  const producer = await port.createProducer();
  const started: GuardService[] = [];
  const policyListeners: ((version: number) => void)[] = [];
  const world: Pick<GuardWorld, 'intakeDoes'> & { registryState: string } = { intakeDoes: [], registryState: 'fresh' };

  const write = async (agency: string, item: ObservationJson): Promise<string> => {
    const { type, origin, envelope: given, ...fields } = item as { type: string; origin?: string; envelope: Record<string, unknown> }; // prettier-ignore
    const marking = fromWire(given['marking'] as WireMarking);
    const cell = cellOf(marking, policy.cells)!.id;
    const lineage = given['lineage'] as { derivedFrom: readonly string[]; sourceToken: string | null } | undefined;
    const envelope = {
      sourceGrade: 'F', infoGrade: 6, supersedes: null, recalls: null, agency, recordedAt: clock.now(), ...given,
      lineage: { derivedFrom: lineage?.derivedFrom ?? [], sourceToken: origin === undefined ? (lineage?.sourceToken ?? null) : sourceTokenOf(SIGNER_KEY, origin) },
    }; // prettier-ignore
    const bytes = codec.encode(observationSubject(type), { envelope, ...fields });
    await producer.send({ topic: obsTopic(cell, agency), key: recordKey(String(given['id']), bytes), value: bytes });
    await bus.settled();
    return cell;
  };
  const intakeOf = (agency: string): AgencyIntake => ({
    agency,
    submit: async () => [],
    async *importFile() {},
    async takeReleased(item) {
      const does = world.intakeDoes.shift() ?? 'write';
      if (does === 'away') throw unreachable({ what: agency });
      if (does === 'refuse') return { line: 1, status: 'refused', code: 'NOT_ALLOWED', reason: 'no', fix: 'no' };
      const cell = await write(agency, item);
      if (does === 'lose-answer') throw unreachable({ what: agency });
      return { line: 1, status: 'accepted', id: (item['envelope'] as { id: string }).id, cell };
    },
  });
  const start = async (as: BusPort): Promise<GuardService> => {
    const guard = createGuardService({
      config: { ledgerSalt: Buffer.alloc(32, 9).toString('base64url'), tickMs: options.tickMs ?? 2 ** 30, ...(options.noticeKey === undefined ? {} : { noticeKey: options.noticeKey }) },
      ...(options.machines === undefined ? {} : { machines: options.machines }),
      policy, codec, bus: as, clock, log: silentLog,
      registry: {
        personNamed: (person) => people.get(person), persons: () => [...people.values()], state: () => world.registryState, fatal: new Promise(() => {}),
        onPolicyVersion: (listener) => void policyListeners.push(listener),
        start: async () => undefined, stop: async () => undefined,
      },
      intakes: intakeOf,
    }); // prettier-ignore
    started.push(guard);
    await guard.start();
    await bus.settled();
    return guard;
  };
  let guard = await start(bus.as(GUARD));
  const order: GuardWorld['order'] = (kind, id, name, args, person) =>
    guard.command(kind, id, name, args, { person, view: VIEW });

  return {
    get guard() {
      return guard;
    },
    get registryState() {
      return world.registryState;
    },
    set registryState(state) {
      world.registryState = state;
    },
    bus, clock, policy, codec, people, intakeDoes: world.intakeDoes, order,
    async observe({ id, marking: text, agency = 'cse', origins = [agency], owners = ['CAN'], domains = [], derivedFrom = [], targets = [] }) {
      const { envelope, report, ...rest } = (await loadExample('IndicatorReport')) as { envelope: object; report: object };
      const marking = { ...toWire(parse(text, { homeNation: 'CAN' })), owners, origins };
      const portions = [{ text: 'As it was reported', lang: 'en', marking }];
      const observedAt = clock.now() - 60_000;
      const cell = await write(agency, {
        type: 'IndicatorReport',
        envelope: { ...envelope, id, agency, observedAt, recordedAt: observedAt, marking, supersedes: null, recalls: null, lineage: { derivedFrom, sourceToken: sourceTokenOf(SIGNER_KEY, `rep:${id}`) } },
        report: { ...report, portions, targets },
        ...rest,
        domains,
      });
      return { id, agency, cell, marking: fromWire(marking) };
    },
    async policyInForce(policyVersion) {
      await producer.send({ topic: PEOPLE_TOPIC, key: HEARTBEAT_KEY, value: Buffer.from(JSON.stringify({ at: clock.now(), rows: 0, policyVersion })) });
      for (const listener of policyListeners) listener(policyVersion);
    },
    async declareGap(words) {
      const { agency, decoded: { type, value } } = aSourceGap(words, policy);
      await write(agency, { type, ...(value as { envelope: object }) });
    },
    async recall({ id, agency, marking }) {
      const envelope = { id: `${id.slice(0, -1)}f`, observedAt: clock.now(), marking: toWire(marking), recalls: id };
      await write(agency, { type: 'Recall', envelope, reason: 'wrong', replacement: null });
    },
    async assess(over) {
      const value = codec.encode('ca.sitebus.fusion.Assessment', anAssessment({ view: VIEW, ...over }));
      await producer.send({ topic: assessTopic(VIEW), key: over.id, value });
      await bus.settled();
    },
    async sign(kind, id, person) {
      const { body } = (await guard.find(kind, id, { person, view: VIEW }))!;
      return { signature: signStatement(String(body['toSign']), seedOf(person)) };
    },
    inCell: (cell) =>
      bus
        .records()
        .filter(({ topic }) => topic.startsWith(`obs.${cell}.`))
        .map(({ value }) => ({ ...codec.decode(value!) }.value as Record<string, unknown>)),
    leaves: () =>
      [...bus.records(ledgerTopic(VIEW)), ...bus.records(denialTopic(VIEW))].map(({ value }) => {
        const { decision, reason, who } = JSON.parse(String(value)) as Record<string, string>;
        return `${decision} ${reason} ${who}`;
      }),
    async restart() {
      guard = await start(bus.as(GUARD));
      return guard;
    },
    async [Symbol.asyncDispose]() {
      for (const each of started) await each.stop();
      await bus.close();
    },
  }; // prettier-ignore
}

/** A second release authority of an agency, beside whoever policy has. */
export function authorityOf(world: GuardWorld, person: string, agency: string): void {
  const like = world.people.get('farida-lund')!;
  const row = { ...like, person, subject: person, agency, roles: ['release-authority'] as const };
  world.people.set(person, { ...row, signatureKeys: [signatureKeyOf(seedOf(person))] });
}
