// Every command on every matter: by persons as the registry has them now, one at a time, each written in one transaction with
// all that follows from it.
// Holds: what the clock or changed facts have made due is decided before a person's command, so that nobody decides on what
// no longer holds; a refusal is on the ledger before it is answered; what a person is not cleared for they give no command on.
// Source: README.md#machines

import { randomUUID } from 'node:crypto';
import type { GuardCaller, Issue, Matter, ProtocolPort } from '@sitebus/kit';
import { cellsOf, type Marking } from '@sitebus/marking';
import { fromWire, toWire, type Clock, type Person, type Policy } from '@sitebus/sdk';
import { Compile } from 'typebox/compile';
import { createAsker, type Asker } from './asker.ts';
import type { AssessmentIndex } from './assessment-index.ts';
import type { Disclosures } from './disclosures.ts';
import { matterUnknown, recordNotRead } from './errors.ts';
import type { EventLog } from './event-log.ts';
import type { PeopleRegistry } from './event-writer.ts';
import type { GuardLedger } from './guard-ledger.ts';
import { createMatters, type HeldMatter } from './matters.ts';
import type { Asking, Frame } from './machine.ts';
import { createPlan, type Plan } from './plan.ts';
import { TIMER, type AnyMachine, type Facts } from './protocol-machine.ts';
import type { RecordIndex } from './record-index.ts';
import { releaseOf } from './releases-in-force.ts';

/** What proceedings are made of. */
export interface ProceedingsParts {
  readonly machines: readonly AnyMachine[];
  readonly log: EventLog;
  readonly ledger: GuardLedger;
  readonly index: RecordIndex;
  readonly assessments: AssessmentIndex;
  readonly disclosures: Pick<Disclosures, 'get'>;
  readonly people: PeopleRegistry;
  readonly policy: Policy;
  readonly clock: Clock;
}

/** The port of gateways, and what the service does. */
export interface Proceedings extends ProtocolPort {
  /** Takes in an event that was read. @returns false where it follows nothing, undefined where no machine has its subject. */
  apply(view: string, subject: string, event: Frame<string>): boolean | undefined;
  /** Gives what has become due. Cost: one look at each matter. */
  tick(): Promise<void>;
}

/** A clock that gives the same matter this many commands in a row does not stand still any more. */
const MOST_DUE = 50;

/** Makes them; everything they are made of has been started. */
export function createProceedings(parts: ProceedingsParts): Proceedings {
  const { log, index, assessments, people, policy, clock } = parts;
  const machines = new Map(parts.machines.map((machine) => [machine.kind, machine]));
  const checks = new Map(parts.machines.map(({ kind, commands }) => [kind, Object.fromEntries(Object.entries(commands).map(([name, schema]) => [name, Compile(schema)]))])); // prettier-ignore
  const matters = createMatters(parts.machines);
  const cells = new Map(policy.views.map(({ id, clearance }) => [id, cellsOf(clearance, policy.cells)]));
  const views = new Map(policy.views.map((view) => [view.id, view]));
  const inTurn = createTurn();

  const planNow = (): Plan =>
    createPlan(matters, machines, {
      policy,
      assessment: (view, id) => assessments.get(view, id),
      live: (view) => assessments.live(view),
      sourceGaps: (id) => {
        const view = views.get(id);
        return view === undefined ? [] : index.sourceGaps(view);
      },
      release: (id) => releaseOf(parts.disclosures, id),
      isRecalled: (view, agency, id) => (cells.get(view) ?? []).some((cell) => index.isRecalled(agency, cell.id, id)),
      person: (person) => people.personNamed(person),
      people: () => [...people.persons()].sort((a, b) => (a.person < b.person ? -1 : 1)),
    }, clock.now()); // prettier-ignore
  let looked = { now: Number.NaN, plan: planNow() };
  /** Facts to look at where nothing is ordered: they follow what is written, so one plan serves for as long as the clock says the same. */
  const factsNow = (view: string): Facts => {
    const now = clock.now();
    if (looked.now !== now) looked = { now, plan: planNow() };
    return looked.plan.facts(view);
  };
  const write = async ({ events }: Plan): Promise<void> => {
    if (events.length === 0) return;
    await log.append(events);
    for (const { view, subject, event } of events) matters.apply(view, subject, event);
  };
  /** Gives a matter what is due, one transaction each: what is due next depends on what was written. */
  const settle = async (kind: string, id: string): Promise<void> => {
    for (let given = 0; given < MOST_DUE; given += 1) {
      const held = matters.get(kind, id);
      const [command] = held?.machine.due?.(held.state, factsNow(held.view), id) ?? [];
      if (held === undefined || command === undefined) return;
      const plan = planNow();
      const refused = plan.order({ kind, id, view: held.view, command, by: TIMER, role: 'timer' });
      if (refused !== undefined || plan.events.length === 0)
        throw new Error(`${kind}: what is due comes to nothing: ${command.name} ${refused?.refused ?? ''}`);
      await write(plan);
    }
    throw new Error(`${kind}: what is due does not end`);
  };
  /** Opens what opens by itself; one transaction each, as the next depends on it. */
  const arise = async (machine: AnyMachine, view: string): Promise<void> => {
    for (let given = 0; given < MOST_DUE; given += 1) {
      const [args] = machine.arising?.(factsNow(view)) ?? [];
      if (args === undefined) return;
      const plan = planNow();
      const id = machine.idOf?.(args) ?? randomUUID();
      const refused = plan.order({ kind: machine.kind, id, view, command: { name: 'open', args }, by: TIMER, role: 'timer' }); // prettier-ignore
      if (refused !== undefined) throw new Error(`${machine.kind}: what arises is refused: ${refused.refused}`);
      await write(plan);
    }
  };
  const askerOf = (machine: AnyMachine, id: string, by: GuardCaller, marking: Marking): Asker =>
    createAsker(parts, { checks: checks.get(machine.kind) ?? {}, id, by, person: people.personNamed(by.person), marking: toWire(marking) }); // prettier-ignore
  const give = async (asker: Asker, machine: AnyMachine, id: string, view: string, name: string, args: unknown): Promise<void> => {
    const plan = planNow();
    const refused = plan.order({ kind: machine.kind, id, view, command: { name, args }, by: asker.asking, role: asker.role });
    if (refused !== undefined) return asker.refuse(refused.refused, refused.possible, refused.faults, refused.current);
    if (name === 'open') for (const { event } of plan.events.slice(0, 1)) await asker.cleared({ marking: fromWire(event.marking) });
    await write(plan);
  }; // prettier-ignore
  const shown = (held: HeldMatter, by: GuardCaller, asOfMs?: number): Matter => {
    const { machine, id, view, atMs, state } = held;
    const facts = factsNow(view);
    const asking = askingOf(by.person, people.personNamed(by.person));
    const at = asOfMs === undefined ? {} : { asOfMs };
    const { marking, body, parts: own = [] } = machine.shown(state, { id, asking, facts, ...at });
    return { kind: machine.kind, id, marking, atMs, body, parts: own };
  };
  const isThereFor = ({ machine, id, view, state }: HeldMatter, by: GuardCaller): boolean => {
    if (view !== by.view || machine.isThereFor === undefined) return view === by.view;
    const asking = askingOf(by.person, people.personNamed(by.person));
    return machine.isThereFor(state, { id, asking, facts: factsNow(view) });
  };
  const heldIn = (kind: string, id: string, view: string): HeldMatter => {
    const held = matters.get(kind, id);
    if (held === undefined || held.view !== view) throw matterUnknown({});
    return held;
  };
  const machineOf = (kind: string): AnyMachine => {
    const machine = machines.get(kind);
    if (machine === undefined) throw matterUnknown({});
    return machine;
  };

  return {
    apply: (view, subject, event) =>
      matters.machineOf(subject) === undefined ? undefined : matters.apply(view, subject, event),
    open: (kind, args, by) =>
      inTurn(async () => {
        whenRead(index, assessments);
        const machine = machineOf(kind);
        const id = machine.idOf?.(args) ?? randomUUID();
        const asker = askerOf(machine, id, by, machine.openedAs(policy));
        const checked = await asker.checked('open', args);
        await give(asker, machine, id, by.view, 'open', checked);
        return shown(heldIn(kind, id, by.view), by);
      }),
    command: (kind, id, name, args, by) =>
      inTurn(async () => {
        whenRead(index, assessments);
        const machine = machineOf(kind);
        if (!isThereFor(heldIn(kind, id, by.view), by)) throw matterUnknown({});
        await settle(kind, id);
        const asker = askerOf(machine, id, by, shown(heldIn(kind, id, by.view), by).marking);
        const checked = name === 'open' ? await asker.refuse('ILLEGAL_TRANSITION') : await asker.checked(name, args);
        await asker.cleared(shown(heldIn(kind, id, by.view), by));
        await give(asker, machine, id, by.view, name, checked);
        return shown(heldIn(kind, id, by.view), by);
      }),
    async find(kind, id, by, asOfMs) {
      const held = matters.get(kind, id);
      if (held === undefined || held.view !== by.view) return undefined;
      const then = asOfMs === undefined ? held : matters.asOf(held, asOfMs);
      return then && isThereFor(then, by) ? shown(then, by, asOfMs) : undefined;
    },
    list: async (kind, by) =>
      matters
        .of(kind, by.view)
        .filter((held) => isThereFor(held, by))
        .map((held) => shown(held, by)),
    async issues(view) {
      const issues: Issue[] = [];
      for (const held of matters.all())
        if (held.view === view) issues.push(...(held.machine.issues?.(held.state, held.id, policy) ?? []));
      return issues.sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
    },
    async tick() {
      if (index.state() !== 'ok' || assessments.state() !== 'ok') return; // half of the facts would look like a change
      const failed: unknown[] = [];
      for (const machine of machines.values())
        for (const { id: view } of machine.arising === undefined ? [] : policy.views)
          await inTurn(() => arise(machine, view)).catch((cause: unknown) => failed.push(cause));
      for (const { machine, id } of [...matters.all()])
        await inTurn(() => settle(machine.kind, id)).catch((cause: unknown) => failed.push(cause)); // the others go on
      if (failed.length > 0) throw failed[0];
    },
  };
}

/** Half an index does not know what was recalled, or how an assessment stands. */
function whenRead(index: RecordIndex, assessments: AssessmentIndex): void {
  if (index.state() !== 'ok' || assessments.state() !== 'ok') throw recordNotRead({});
}

function askingOf(name: string, person: Person | undefined): Asking {
  return {
    person: name,
    ...(person?.agency === undefined ? {} : { agency: person.agency }),
    roles: person?.roles ?? [],
  };
}

/** One at a time, in the order of asking: a command may touch more matters than the one it names. */
function createTurn(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const own = last.then(act);
    last = own.catch(() => undefined);
    return own;
  };
}
