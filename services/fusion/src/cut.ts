// A cut: which input one step reads, when, and under which versions.
// Holds: what a step does follows from its cut and the records it names, and from nothing else; partitions are sorted.
// Source: README.md#lane

import { hash } from 'node:crypto';
import type { Cut, CutInput, RuleChange } from '@sitebus/sdk';
import { lengthOf, type BatchSlice } from './admitted-batch.ts';
import type { Published } from './engine/step.ts';

/**
 * Raised by hand when the same cuts, records and policy give other outputs than before: a release in which fusion links,
 * weighs or words anything differently is a rule change.
 */
export const ENGINE_VERSION = 4;

/** Versions of what decides, written into every cut. */
export interface Versions {
  readonly policyVersion: number;
  readonly ruleVersion: number;
  readonly lockVersion: string;
  readonly commonValuesVersion: string;
  readonly engineVersion: number;
  /** What is skipped, as `Spills.version` of kit has it. */
  readonly spills: string;
}

/** A step's input: slices sorted by (topic, partition, offset), of records read between `from` and `next` of each partition. */
export interface CutDraft {
  readonly seq: number;
  readonly now: number;
  readonly inputs: readonly CutInput[];
  readonly slices: readonly BatchSlice[];
  /** Set where the step brings what is published in line with new rules. */
  readonly ruleChange?: RuleChange;
}

/** Sorts as cuts are sorted. */
export function byTopicAndPartition(a: PartitionName, b: PartitionName): number {
  return a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition;
}

interface PartitionName {
  readonly topic: string;
  readonly partition: number;
}

/** SHA-256 of what a step publishes, by id, version and content. */
export function outputsHashOf({ products, alerts }: Published): string {
  let lines = '';
  for (const { id, version, contentHash } of products) lines += `${id} ${version} ${contentHash}\n`;
  for (const { id } of alerts) lines += `${id}\n`;
  return hash('sha256', lines, 'hex');
}

/** The record of a step. */
export function toCut(
  view: string,
  by: string,
  { seq, now, inputs, slices, ruleChange }: CutDraft,
  changes: Published,
  versions: Versions,
): Cut {
  return {
    view,
    kind: 'STEP',
    by,
    seq,
    now,
    inputs,
    records: lengthOf(slices),
    changes: changes.products.length,
    alerts: changes.alerts.length,
    ...versions,
    outputsHash: outputsHashOf(changes),
    ruleChange: ruleChange ?? null,
  };
}

/** The record by which an instance takes the lead: whatever lies before it is final. */
export function toClaim(view: string, by: string, seq: number, now: number, versions: Versions): Cut {
  const none: Published = { products: [], alerts: [] };
  return { ...toCut(view, by, { seq, now, inputs: [], slices: [] }, none, versions), kind: 'CLAIM' };
}

/** Names of the versions in which a cut differs from now; one from before there were spills skipped nothing. */
export function changedVersions(cut: Cut, versions: Versions): string[] {
  const said: Partial<Cut> = { ...cut, spills: spillsOf(cut) };
  return (Object.keys(versions) as (keyof Versions)[]).filter((name) => said[name] !== versions[name]);
}

/** What a cut's writer skipped; a cut of an older schema does not say. */
export function spillsOf(cut: Partial<Pick<Cut, 'spills'>>): string {
  return cut.spills ?? '';
}
