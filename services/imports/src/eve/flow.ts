// What an EVE file says of each flow: the values of all its lines together.
// Holds: the order of lines changes nothing; a sensor numbers its own flows, so two sensors' flows never meet; linear in the
// lines, however many alerts a flow has. Source: README.md#eve

import { contentName } from '../ids.ts';
import { toInstantMs } from '../instants.ts';
import { distinct } from '../report.ts';
import { sortedJson, textAt, type JsonObject } from '../untrusted.ts';
import type { ValueField } from '../values.ts';
import { flowOf, type FlowRef } from './lines.ts';
import { octetsOf, valuesOf } from './sections.ts';

/** Values of a kind that one detection holds: with the longest of them it stays below the bus's limit of 1 MiB. */
export const MAX_VALUES_PER_LIST = 250; // README.md#eve

/** What the file says of one flow, in all its lines. */
export interface FlowFacts {
  /** Equal where all that is said of the flow is equal. */
  readonly name: string;
  readonly values: Readonly<Record<'domains' | 'urls' | 'hashes' | 'certificates', readonly string[]>>;
  /** True where the flow has more values of a kind than are kept. */
  readonly isCut: boolean;
  readonly octets: number | undefined;
  /** Of its latest line. */
  readonly lastMs: number;
}

/** By `flowName`. */
export type Flows = ReadonlyMap<string, FlowFacts>;

/** The flows of a file; `source` stands for a sensor that does not name itself. */
export function readFlows(events: readonly JsonObject[], source: string): Flows {
  const flows = new Map<string, JsonObject[]>();
  for (const event of events) {
    const flow = flowOf(event, source);
    if (flow === undefined) continue;
    const of = flows.get(flowName(flow));
    if (of === undefined) flows.set(flowName(flow), [event]);
    else of.push(event);
  }
  return new Map([...flows].map(([name, of]) => [name, factsOf(of)]));
}

function factsOf(events: readonly JsonObject[]): FlowFacts {
  const values = events.flatMap(valuesOf);
  const list = (field: ValueField): string[] =>
    distinct(values.flatMap((found) => (found.field === field ? found.value : [])));
  const greatest = (numbers: readonly number[]): number | undefined =>
    numbers.reduce<number | undefined>(
      (most, number) => (most !== undefined && most >= number ? most : number),
      undefined,
    );
  const lists = {
    domains: list('domains'),
    urls: list('urls'),
    hashes: list('hashes'),
    certificates: list('certificates'),
  };
  const kept = {
    domains: lists.domains.slice(0, MAX_VALUES_PER_LIST),
    urls: lists.urls.slice(0, MAX_VALUES_PER_LIST),
    hashes: lists.hashes.slice(0, MAX_VALUES_PER_LIST),
    certificates: lists.certificates.slice(0, MAX_VALUES_PER_LIST),
  };
  const octets = greatest(events.flatMap((event) => octetsOf(event) ?? []));
  return {
    name: contentName([sortedJson([kept, octets ?? null])]),
    values: kept,
    isCut: Object.values(lists).some(({ length }) => length > MAX_VALUES_PER_LIST),
    octets,
    lastMs: greatest(events.flatMap((event) => toInstantMs(textAt(event, 'timestamp') ?? '') ?? [])) ?? 0,
  };
}

/** A flow's name within its file. */
export function flowName({ sensor, flowId }: FlowRef): string {
  return `${flowId} ${sensor}`;
}
