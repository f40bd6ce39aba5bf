// Everything needed to make a view's state again: its records as observations, and what was published under each id.
// Holds: a state restored under the same rules publishes the same bytes ever after (a property test); under other rules it
// is what those rules make of the same records, and `issued` still says what was published before. Both lists are made
// one by one, so that a million records never lie in memory twice. Source: README.md#image

import type { Marking } from '@sitebus/marking';
import { admitAll } from './records/admit-all.ts';
import { wearOut } from './records/expiry.ts';
import type { Departed } from './records/departed.ts';
import { CLOSED_ID, LIVE_ID, REDIRECTED_ID, type Shown } from './publishing/issued.ts';
import type { FusionObservation } from './observation.ts';
import { pack } from './observation-packer.ts';
import { wholeOf } from './packed-observations.ts';
import { DENIES, GRADES, PRESENT, TENANT, compareText } from './records/records.ts';
import { relink } from './linking/relink.ts';
import type { Rules } from './rules.ts';
import { createState, type EngineState } from './state.ts';

/** A state as lists. Each can be walked as often as wanted, as long as the state has not gone on. */
export interface Image {
  readonly head: ImageHead;
  readonly issued: Iterable<ImageIssued>;
  readonly departed: Iterable<Departed>;
  readonly records: Iterable<ImageRecord>;
}

/** What holds of the whole. Plain JSON. */
export interface ImageHead {
  /** Whole days since 1970 of the last cut; -1 before the first. */
  readonly day: number;
  /** Whole minutes since 1970 of the last cut; -1 before the first. */
  readonly minute: number;
  /** Whole hours since 1970 of the last cut, and up to which values and records have left; -1 before the first. */
  readonly hour: number;
  readonly expiredTo: number;
}

/** What was published under one id. Plain JSON but for `marking`. */
export interface ImageIssued {
  /** Counts from 1 in the order of the list; by it other entries and records refer to this one. */
  readonly number: number;
  readonly id: string;
  readonly status: 'LIVE' | 'REDIRECTED' | 'CLOSED';
  readonly version: number;
  /** The first 32 digits. */
  readonly contentHash: string;
  /** Number of an entry; 0 unless REDIRECTED. */
  readonly redirectTo: number;
  readonly splitFrom: string | null;
  readonly band: number;
  readonly confidence: number;
  readonly alerted: boolean;
  readonly shown: Shown;
  readonly marking: Marking;
}

/** One present record, recalled and superseded ones too. Plain JSON but for `observation.marking`. */
export interface ImageRecord {
  readonly observation: FusionObservation;
  /** UTC milliseconds. */
  readonly admittedAt: number;
  /** Number of the entry named after it, 0 for none. */
  readonly entry: number;
  /** Number of the entry under which it was last published, 0 for none. */
  readonly owner: number;
}

/** Records a step of `restore` links at once: what is made for them is forgotten again. */
const CHUNK = 20_000;

/** The image of a state, read from it while it is walked. */
export function imageOf(state: EngineState): Image {
  const numbers = numbersOf(state);
  return {
    head: { day: state.day, minute: state.minute, hour: state.hour, expiredTo: state.expiredTo },
    issued: { [Symbol.iterator]: () => issuedOf(state, numbers) },
    departed: { [Symbol.iterator]: () => departedOf(state, numbers) },
    records: { [Symbol.iterator]: () => recordsOf(state, numbers) },
  };
}

/** A state made again from its image. `seed` as in `createState`. Cost: that of linking all its records. */
export function restore(image: Image, view: EngineState['view'], rules: Rules, seed = 0): EngineState {
  const state = createState(view, rules, seed);
  Object.assign(state, image.head);
  restoreIssued(state, image.issued);
  for (const each of image.departed) state.issued.restoreDeparted(each);
  const chunk: ImageRecord[] = [];
  for (const record of image.records) {
    chunk.push(record);
    if (chunk.length === CHUNK) restoreRecords(state, chunk.splice(0));
  }
  restoreRecords(state, chunk);
  return state;
}

/** Entry → its number in the image: entries that stand for something, without gaps. */
function numbersOf({ issued }: EngineState): Int32Array {
  const numbers = new Int32Array(issued.count + 1);
  let number = 0;
  for (const entry of issued.entries()) numbers[entry] = number += 1;
  return numbers;
}

const STATUS = { [LIVE_ID]: 'LIVE', [REDIRECTED_ID]: 'REDIRECTED', [CLOSED_ID]: 'CLOSED' } as const;

function* issuedOf({ issued, records }: EngineState, numbers: Int32Array): Generator<ImageIssued> {
  for (const entry of issued.entries())
    yield {
      number: numbers[entry]!,
      id: issued.idOf(entry),
      status: STATUS[issued.status[entry] as typeof LIVE_ID],
      version: issued.version[entry]!,
      contentHash: issued.hashOf(entry),
      redirectTo: numbers[issued.redirectTo[entry]!]!,
      splitFrom: issued.splitFrom.get(entry) ?? null,
      band: issued.band[entry]!,
      confidence: issued.confidence[entry]!,
      alerted: issued.alerted[entry] === 1,
      shown: issued.shownOf(entry),
      marking: records.markings.markingOf(issued.marking[entry]!),
    };
}

function restoreIssued({ issued, records }: EngineState, entries: Iterable<ImageIssued>): void {
  for (const each of entries) {
    const entry = issued.reopen(each.id);
    issued.version[entry] = each.version;
    issued.setHash(entry, each.contentHash);
    issued.band[entry] = each.band;
    issued.confidence[entry] = each.confidence;
    issued.alerted[entry] = each.alerted ? 1 : 0;
    issued.setShown(entry, each.shown);
    issued.marking[entry] = records.markings.numberOf(each.marking);
    if (each.splitFrom !== null) issued.splitFrom.set(entry, each.splitFrom);
    if (each.status === 'LIVE') issued.setLive(entry);
    else if (each.status === 'CLOSED') issued.setClosed(entry);
    else issued.setRedirect(entry, each.redirectTo);
  }
}

function* departedOf({ issued }: EngineState, numbers: Int32Array): Generator<Departed> {
  for (const each of issued.departed()) yield each.value > 0 ? each : { ...each, value: -numbers[-each.value]! };
}

function* recordsOf(state: EngineState, numbers: Int32Array): Generator<ImageRecord> {
  const { records, issued } = state;
  for (let record = 1; record <= records.count; record += 1)
    if (records.is(record, PRESENT))
      yield {
        observation: observationOf(state, record),
        admittedAt: records.admittedAt[record]!,
        entry: numbers[issued.entryOf[record]!]!,
        owner: numbers[issued.owner[record]!]!,
      };
}

function restoreRecords(state: EngineState, chunk: readonly ImageRecord[]): void {
  const { records, issued } = state;
  const first = records.count + 1;
  const packed = pack(
    state.rules,
    state.seed,
    chunk.map(({ observation }) => observation),
  );
  const turned = admitAll(state, [wholeOf(packed)], (nth) => chunk[nth]!.admittedAt);
  for (let record = first; record <= records.count; record += 1) wearOut(state, record, state.expiredTo);
  relink(state, turned);
  for (const [place, { entry, owner }] of chunk.entries()) {
    if (entry !== 0) issued.assign(entry, first + place);
    issued.owner[first + place] = owner;
  }
}

/** A record as it was admitted, but for values that no rule looks at. */
function observationOf(state: EngineState, record: number): FusionObservation {
  const { records } = state;
  const ids = (numbers: readonly number[]) => numbers.map((number) => records.ids.textOf(number));
  const [recalls, supersedes] = [records.recalls.get(record), records.supersedes.get(record)];
  const position = records.positions.get(record);
  const link = records.links.get(record);
  const token = records.token[record]!;
  return {
    id: records.idOf(record),
    agency: records.agencyOf(record),
    tenant: records.is(record, TENANT),
    cell: records.cellOf(record),
    contentHash: records.hashOf(record),
    type: records.typeOf(record),
    marking: records.markingOf(record),
    observedAt: records.observedAt[record]!,
    derivedFrom: ids(records.parents.get(record) ?? []),
    sourceToken: token === 0 ? null : records.tokens.textOf(token),
    sourceGrade: GRADES[records.grades[record]! >> 3] as FusionObservation['sourceGrade'],
    infoGrade: records.grades[record]! & 7,
    supersedes: supersedes === undefined ? null : records.ids.textOf(supersedes),
    recalls: recalls === undefined ? null : records.ids.textOf(recalls),
    denies: records.is(record, DENIES),
    facets: records.facetsOf(record) ?? null,
    firstSeen: records.firstSeen[record]!,
    lastSeen: records.lastSeen[record]!,
    features: statedValuesOf(state, record),
    context: records.contextOf(record).filter(({ why }) => why !== 'VAGUE'),
    ...(position && { position }),
    ...(link && {
      lineageLink: { child: records.ids.textOf(link.child), parent: records.ids.textOf(link.parent) },
    }),
  };
}

/**
 * Sorted, for their numbers depend on arrival. What says too little by these rules was stated all the same; what follows
 * from others is worked out again.
 */
function statedValuesOf({ records, index, rules }: EngineState, record: number): FusionObservation['features'] {
  const stated: { kind: string; value: string }[] = [];
  for (const { kind, value, why } of records.contextOf(record)) if (why === 'VAGUE') stated.push({ kind, value });
  const end = records.featureStart[record]! + records.featureCount[record]! + records.wornCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1) {
    const kind = rules.kinds[index.values.kindOf(records.featurePool[at]!)]!;
    if (rules.kindNumbers.has(kind)) stated.push({ kind, value: index.values.textOf(records.featurePool[at]!) });
  }
  return stated.sort((a, b) => compareText(a.kind, b.kind) || compareText(a.value, b.value));
}
