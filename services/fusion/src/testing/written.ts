// What a view has committed, read the way an outsider reads it, and what must hold of it however it came about.
// Holds: knows topics and schemas, and of the engine only that it can be run again over the same cuts.

import { createAdmit } from '@sitebus/kit';
import type { Alert, Assessment, BusRecord, Cut, OutgoingRecord } from '@sitebus/sdk';
import type { TestBus } from '@sitebus/sdk/testing';
import { createState } from '../engine/state.ts';
import { toRules } from '../engine/rules.ts';
import { admitBatch, wholeBatch } from '../admitted-batch.ts';
import { applyCut, toOutgoing } from '../handlers/observations.ts';
import type { Shipped } from './lane.ts';

/** Every committed record of one view, oldest first within a partition. */
export interface Written {
  readonly assessments: readonly Assessment[];
  readonly alerts: readonly Alert[];
  readonly steps: readonly Cut[];
}

/** What the view has on the bus. */
export function writtenBy(bus: TestBus, { codec }: Pick<Shipped, 'codec'>, view: string): Written {
  const read = <T>(topic: string): T[] => bus.records(topic).map(({ value }) => codec.decode(value!).value as T);
  return {
    assessments: read<Assessment>(`assess.${view}`),
    alerts: read<Alert>(`alert.${view}`),
    steps: read<Cut>(`lane.${view}`).filter(({ kind }) => kind === 'STEP'),
  };
}

/** The newest version of every id. */
export function newestOf(assessments: readonly Assessment[]): Map<string, Assessment> {
  const newest = new Map<string, Assessment>();
  for (const each of assessments) if ((newest.get(each.id)?.version ?? 0) < each.version) newest.set(each.id, each);
  return newest;
}

/** Members of every live assessment, each list sorted; sorted. */
export function liveGroups({ assessments }: Written): string[][] {
  return [...newestOf(assessments).values()]
    .filter(({ status }) => status === 'LIVE')
    .map(({ members }) => members.map(({ id }) => id).sort())
    .sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}

/** What is wrong with what was written, one sentence each; empty where nothing is. */
export function faultsOf({ assessments, alerts, steps }: Written): string[] {
  const faults: string[] = [];
  const twice = duplicatesAmong(alerts.map(({ id }) => id));
  if (twice.length > 0) faults.push(`alerts were raised twice: ${twice.join(', ')}`);
  const versions = new Map<string, number[]>();
  for (const { id, version } of assessments) versions.set(id, [...(versions.get(id) ?? []), version]);
  for (const [id, all] of versions)
    if (all.some((version, place) => version !== place + 1)) faults.push(`${id} has the versions ${all.join(', ')}`);
  if (steps.some(({ seq }, place) => seq !== place + 1))
    faults.push(`steps are numbered ${steps.map(({ seq }) => seq).join(', ')}`);
  if (steps.some(({ now }, place) => now < (steps[place - 1]?.now ?? 0))) faults.push('time went backwards');
  return [...faults, ...gapsIn(steps), ...danglingIn(assessments)];
}

/** Cuts read every offset once. */
function gapsIn(steps: readonly Cut[]): string[] {
  const next = new Map<string, number>();
  const faults: string[] = [];
  for (const { seq, inputs } of steps)
    for (const { topic, partition, from, next: end } of inputs) {
      const key = `${topic}/${partition}`;
      if (from !== (next.get(key) ?? 0))
        faults.push(`step ${seq} reads ${key} from ${from}, not ${next.get(key) ?? 0}`);
      next.set(key, end);
    }
  return faults;
}

/** Every id ever issued resolves, in one step. */
function danglingIn(assessments: readonly Assessment[]): string[] {
  const newest = newestOf(assessments);
  return [...newest.values()]
    .filter(
      ({ status, redirectTo }) => status === 'REDIRECTED' && newest.get(redirectTo ?? '')?.status === 'REDIRECTED',
    )
    .map(({ id }) => `${id} leads to an id that is redirected itself`);
}

/** Runs the engine again over the committed cuts. @returns how what it gives differs from what lies on the bus. */
export function replayFaults(bus: TestBus, shipped: Shipped, viewId: string): string[] {
  const { codec, policy } = shipped;
  const view = policy.views.find(({ id }) => id === viewId)!;
  const parts = { ...shipped, view, admit: createAdmit() };
  let state = createState(view, toRules(policy));
  const expected: string[] = [];
  for (const cut of writtenBy(bus, shipped, viewId).steps) {
    const records = cut.inputs.flatMap(({ topic, partition, from, next }) => slice(bus, topic, partition, from, next));
    const slices = [wholeBatch(admitBatch(records, parts, state.rules, state.seed))];
    const draft = { seq: cut.seq, now: cut.now, inputs: cut.inputs, slices };
    const result = applyCut(state, draft, parts);
    state = result.state;
    expected.push(...toOutgoing(draft, result, cut.by, parts, cut).map(toText));
  }
  const topics = ['assess', 'alert', 'lane'].map((kind) => `${kind}.${viewId}`);
  const isClaim = ({ topic, value }: BusRecord) =>
    topic === topics[2] && (codec.decode(value!).value as Cut).kind === 'CLAIM';
  const found = topics.flatMap((topic) => bus.records(topic)).filter((record) => !isClaim(record));
  return differences(
    expected.filter((line) => topics.includes(line.split(' ')[0]!)),
    found.map(toText),
  );
}

function slice(bus: TestBus, topic: string, partition: number, from: number, next: number): BusRecord[] {
  return bus
    .records(topic)
    .filter((each) => each.partition === partition && each.offset >= BigInt(from) && each.offset < BigInt(next));
}

const toText = ({ topic, key, value }: OutgoingRecord | BusRecord) =>
  `${topic} ${String(key)} ${value?.toString('hex') ?? ''}`;

function differences(expected: readonly string[], found: readonly string[]): string[] {
  const left = [...found];
  const faults: string[] = [];
  for (const line of expected) {
    const at = left.indexOf(line);
    if (at < 0) faults.push(`replay gives a record that was not committed: ${line.slice(0, 80)}`);
    else left.splice(at, 1);
  }
  return [...faults, ...left.map((line) => `a record was committed that replay does not give: ${line.slice(0, 80)}`)];
}

function duplicatesAmong(names: readonly string[]): string[] {
  return names.filter((name, place) => names.indexOf(name) !== place);
}
