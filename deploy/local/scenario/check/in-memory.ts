// The scenario on an in-memory bus: every agency's service and one fusion a view, rows dropped on their days by a clock that
// jumps from one to the next. The same services as on Kafka; no broker, no gateway.
// Holds: a row is dropped when every view has fused the one before it, so that nothing depends on how fast the machine is.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createFusionService, type CommonValues } from '@sitebus/fusion';
import { ruleFor, type AgencyService } from '@sitebus/imports';
import { importAll } from '@sitebus/imports/testing';
import type { Service } from '@sitebus/kit';
import { cellsOf } from '@sitebus/marking';
import { seedTenants, withTenants } from '@sitebus/kit';
import { assessTopic, laneTopic, obsTopic, silentLog, writerOf, type Assessment, type Clock, type Codec, type Cut, type ItemAnswer, type Log, type Policy } from '@sitebus/sdk'; // prettier-ignore
import { createTestBus, createTestClock, type TestBus, type TestClock } from '@sitebus/sdk/testing';
import { createServiceOf, tableOf } from '../../agencies.ts';
import type { Act, Acts } from '../acts/index.ts';
import { perform, type Done, type Kept } from '../acts/perform.ts';
import { withElectionHold } from '../election-day.ts';
import { dayStart, fillInstants } from '../instants.ts';
import { loadRows } from '../player.ts';
import { byDay, type ScenarioRow } from '../row.ts';
import { ROWS } from '../rows.ts';
import { SCENARIO, stepsOf } from '../steps.ts';
import { DOWNGRADE, lower } from './downgrade-act.ts';
import { openOffices, type Offices } from './offices.ts';

/** Polling day of the scenario in tests: 2031-10-20. */
export const D0_MS = Date.UTC(2031, 9, 20);
const FUSED_WITHIN_MS = 30_000;

/** What one play needs. */
export interface PlayParts {
  /** Folder with one folder of row files an agency. */
  readonly source: string;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly commonValues: CommonValues;
  /** Default: every view. */
  readonly views?: readonly string[];
  /** Rows that are dropped; default: all. The days of the others pass all the same. */
  readonly keep?: (row: ScenarioRow) => boolean;
  /** Day on which a row is dropped; default: its own. */
  readonly dayOf?: (row: ScenarioRow) => number;
  /** What people do between the rows; default: nothing, and row 1.18 is lowered by the guard alone. */
  readonly acts?: Acts;
  /** Takes every line that a service logs. */
  readonly log?: Log;
  /** Told before each row, when every view has fused all that came before it. */
  readonly onDay?: (row: ScenarioRow, played: Pick<PlayedInMemory, 'assessments' | 'rowOf'>) => void;
}

/** What the bus holds afterwards. */
export interface PlayedInMemory {
  readonly bus: TestBus;
  readonly rows: readonly ScenarioRow[];
  /** Rows of which there is a record, those included that a service made by itself. */
  readonly made: ReadonlySet<string>;
  /** Answers to what was not accepted, by row. */
  readonly refused: readonly { readonly row: string; readonly answer: ItemAnswer }[];
  /** The row from which a record came. */
  readonly rowOf: (agency: string, id: string) => string;
  /** What became of each act. */
  readonly done: readonly Done[];
  /** What acts kept, by name. */
  readonly kept: Kept;
  /** Where people can still ask, at the end; absent where nobody acted. */
  readonly offices?: Offices;
  /** The services of agencies, which can still be sent something. */
  readonly services: ReadonlyMap<string, AgencyService>;
  readonly clock: TestClock;
  /** Every version that a view's fusion wrote, oldest first. */
  readonly assessments: (view: string) => readonly Assessment[];
  /** Stops every fusion and makes new ones, which know nothing but the bus; resolves when they have caught up. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Plays it to its last day, and lets every view look at the day after. */
export async function playInMemory(parts: PlayParts): Promise<PlayedInMemory> {
  const { codec, log = silentLog } = parts;
  const policy = withElectionHold(parts.policy, D0_MS);
  const views = parts.views ?? policy.views.map(({ id }) => id);
  const clock = createTestClock(dayStart(D0_MS, SCENARIO.firstDay));
  const bus = createTestBus({ clock });
  // Tenants are rows of the registry; here they are those that policy seeds it with.
  const host = {
    policy: withTenants(policy, seedTenants(policy)),
    codec,
    clock,
    log,
    signerKey: Buffer.alloc(32, 7),
    connect: () => bus.connect.bus,
  };
  const services = new Map<string, AgencyService>(
    policy.agencies.map((agency) => [agency.id, createServiceOf(agency, host)]),
  );
  const fuse = (instance: string): readonly Service[] =>
    views.map(
      (view) =>
      createFusionService({
        config: { view, instance, cutMs: 1, idleMs: 2 },
        policy, codec, clock, log,
        bus: bus.connect.bus,
        commonValues: parts.commonValues,
      }), // prettier-ignore
    );
  let fusions = fuse('first');
  await Promise.all([...services.values(), ...fusions].map((each) => each.start()));
  const sources = new Map<string, string>();
  const refused: { row: string; answer: ItemAnswer }[] = [];
  const rows = await loadRows(parts.source);
  const isFused = createIsFused(bus, policy, codec, views);
  const isToday = createIsToday(bus, clock, codec, views);
  const rowOf = (agency: string, id: string): string => sources.get(`${agency} ${id}`) ?? `${agency} ${id}`;
  const assessments = (view: string): readonly Assessment[] =>
    [...bus.records(assessTopic(view))]
      .sort((a, b) => a.timestampMs - b.timestampMs)
      .map(({ value }) => codec.decode(value!).value as Assessment);
  const offices =
    parts.acts === undefined
      ? undefined
      : await openOffices({ bus, policy, codec, clock, log, views, intakes: (agency) => services.get(agency) });
  const kept: Kept = new Map();
  const done: Done[] = [];
  const letPass = async (toMs: number): Promise<void> => {
    if (offices !== undefined && toMs <= clock.now()) return;
    clock.set(Math.max(clock.now(), toMs));
    await until(isToday, 'every view has looked at the day');
    await offices?.beat();
    await offices?.settled();
  };
  const take = async (row: ScenarioRow): Promise<void> => {
    parts.onDay?.(row, { assessments, rowOf });
    if (parts.keep?.(row) === false) return;
    if (row.row === DOWNGRADE.row) {
      const id = [...sources].find(([, of]) => of === DOWNGRADE.of)?.[0].split(' ')[1];
      if (id === undefined) return; // what is to be lowered was left out
      const intakes = (agency: string) => services.get(agency);
      sources.set(`${row.agency} ${await lower(id, { bus, policy, codec, clock, intakes })}`, row.row);
    } else
      for (const answer of await drop(row, parts.source, services)) {
        if (answer.status === 'accepted') sources.set(`${row.agency} ${answer.id}`, row.row);
        else refused.push({ row: row.row, answer });
      }
    for (const [record, made] of madeBesides(bus, codec, sources)) sources.set(record, made);
    await until(isFused, `row ${row.row} is fused`);
    await offices?.settled();
  };
  const act = async (each: Act, at: Offices): Promise<void> => {
    const instant = (token: string): string => fillInstants(`{{${token}}}`, D0_MS);
    const outcome = await perform(each, kept, {
      ask: (asked) => at.ask(asked),
      sign: (person, text) => at.sign(person, text),
      instant,
    });
    done.push(outcome);
    const applied = (outcome.answer?.body as { readonly applied?: string } | undefined)?.applied;
    if (each.makes === undefined || applied === undefined) return;
    sources.set(`${DOWNGRADE.agency} ${applied}`, each.makes);
    await until(isFused, `row ${each.makes} is fused`);
    await at.settled();
  };
  for (const step of stepsOf(parts.acts === undefined ? playedRows(rows) : rows, parts.acts ?? [], parts.dayOf)) {
    if (!('row' in step) && offices === undefined) continue; // a look is for what people have begun
    await letPass(D0_MS + step.atMs);
    if ('row' in step) await take(step.row);
    else if ('act' in step && offices !== undefined) await act(step.act, offices);
  }
  await letPass(dayStart(D0_MS, SCENARIO.lastDay + 1));
  const stopFusions = () => Promise.all(fusions.map((each) => each.stop()));
  return {
    bus,
    rows: playedRows(rows).filter(parts.keep ?? (() => true)),
    done,
    kept,
    services,
    clock, // prettier-ignore
    ...(offices === undefined ? {} : { offices }),
    made: new Set(sources.values()),
    refused,
    rowOf,
    assessments,
    async restart() {
      await stopFusions();
      fusions = fuse('second');
      await Promise.all(fusions.map((each) => each.start()));
    },
    async stop() {
      await offices?.stop();
      await stopFusions();
      await Promise.all([...services.values()].map((each) => each.stop()));
      await bus.close();
    },
  };
}

/** Rows, and what people do where a row has no file. */
function playedRows(rows: readonly ScenarioRow[]): readonly ScenarioRow[] {
  const { row, day, agency } = DOWNGRADE;
  return [...rows, { row, day, agency, file: '', dropAs: '' }].sort(byDay);
}

/** Records that a service made by itself of what it took in, by the rows that say so. */
function madeBesides(bus: TestBus, codec: Codec, sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const made = new Map<string, string>();
  const free = Object.entries(ROWS).filter(([row, { isMade = false, isDue = false }]) => (isMade || isDue) && ![...sources.values()].includes(row));
  for (const { topic, value } of bus.records()) {
    if (!topic.startsWith('obs.') || value === null) continue;
    const { type, value: record } = codec.decode(value) as { type: string; value: { envelope: { id: string; agency: string } } };
    const { id, agency } = record.envelope;
    const at = free.findIndex(([, each]) => each.type === type && each.agency === agency);
    if (!sources.has(`${agency} ${id}`) && at >= 0) made.set(`${agency} ${id}`, free.splice(at, 1)[0]![0]);
  }
  return made;
} // prettier-ignore

/** Gives a file to its agency. @returns what became of its items. */
export async function drop(
  row: ScenarioRow,
  source: string,
  services: ReadonlyMap<string, AgencyService>,
): Promise<readonly ItemAnswer[]> {
  const table = tableOf(row.agency);
  const service = services.get(row.agency);
  const rule = table && ruleFor(`/inbox/${row.dropAs}`, '/inbox', table.drops);
  if (service === undefined || rule === undefined) throw new Error(`row ${row.row}: ${row.agency} reads no such file as ${row.dropAs}`); // prettier-ignore
  const text = fillInstants(await readFile(join(source, row.agency, row.file), 'utf8'), D0_MS);
  return (await importAll(service, rule.format, rule.source, text)).answers;
}

/** Whether the cuts of every view reach to the end of all it reads. */
function createIsFused(bus: TestBus, policy: Policy, codec: Codec, views: readonly string[]): () => boolean {
  const read = views.map((view) => {
    const { clearance } = policy.views.find(({ id }) => id === view)!;
    const cells = new Set(cellsOf(clearance, policy.cells).map(({ id }) => id));
    const topics = policy.agencies.flatMap(({ id, cells: own }) => own.filter((cell) => cells.has(cell)).map((cell) => obsTopic(cell, writerOf(id)))); // prettier-ignore
    return { view, topics: [...new Set(topics)] };
  });
  return () =>
    read.every(({ view, topics }) => {
      const done = new Map<string, number>();
      for (const { value } of bus.records(laneTopic(view)))
        for (const { topic, partition, next } of (codec.decode(value!).value as Cut).inputs)
          done.set(`${topic}/${partition}`, next);
      return topics.every((topic) =>
        bus.records(topic).every(({ partition, offset }) => offset < BigInt(done.get(`${topic}/${partition}`) ?? 0)),
      );
    });
}

/** Whether every view that has anything has made a cut on the day that the clock shows. */
function createIsToday(bus: TestBus, clock: Clock, codec: Codec, views: readonly string[]): () => boolean {
  const dayOf = (ms: number): number => Math.floor(ms / 86_400_000);
  return () =>
    views.every((view) => {
      const cuts = bus.records(laneTopic(view)).map(({ value }) => codec.decode(value!).value as Cut);
      const isEmpty = cuts.every(({ inputs }) => inputs.length === 0);
      return isEmpty || cuts.some(({ kind, now }) => kind !== 'CLAIM' && dayOf(now) === dayOf(clock.now()));
    });
}

/** Looks until it is so; rejects with what it waited for. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  const giveUpAt = Date.now() + FUSED_WITHIN_MS;
  while (!isSo()) {
    if (Date.now() > giveUpAt) throw new Error(`not within ${FUSED_WITHIN_MS / 1000} s: ${what}`);
    await pause(2);
  }
}
