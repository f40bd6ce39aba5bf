// Pages of a collection: chosen from the reader's edition, judged anew, under one ledger leaf, then mapped to STIX.
// Holds: a page is filled after the release check; the leaf is acknowledged before anything is mapped; `more` says that
// at least one further object can be released now. Source: README.md#taxii

import { fromWire } from '@sitebus/sdk';
import type { Codec, Feature, WireMarking } from '@sitebus/sdk';
import { featuresOf, observationSubject } from '@sitebus/sdk';
import { internal } from '../errors.ts';
import { createTurns } from '../page.ts';
import type { JournalEntry } from '../read-model/model.ts';
import { isWithheld } from '../release.ts';
import type { Judged, Monitor, Released, ReleasedBody } from '../release.ts';
import type { StixPolicy } from '../stix/definitions.ts';
import { stixOf } from '../stix/mapping.ts';
import type { StixObject } from '../stix/object.ts';
import type { Subject } from '../subject.ts';
import { isInEveryRecord } from './edition.ts';
import type { Edition, Listed } from './edition.ts';
import type { Matches } from './match.ts';

/** One object with its place in the collection. */
export interface Entry {
  readonly listed: Listed;
  readonly object: StixObject;
}

/** What is wanted of a collection. */
export interface Wanted {
  /** Exclusive, UTC milliseconds; from the beginning without it. */
  readonly afterMs: number | undefined;
  readonly matches: Matches;
  readonly limit: number;
}

/** A page before it is released. */
export interface Chosen {
  readonly shown: readonly Choice[];
  readonly more: boolean;
}

interface Choice {
  readonly listed: Listed;
  readonly judged: Judged;
}

/** What pages are made with. */
export interface CollectionParts {
  readonly monitor: Monitor;
  readonly policy: StixPolicy;
  readonly codec: Codec;
}

/** Chooses a page: nothing of it has been released, and no more than ids has been looked at. */
export async function choosePage(
  edition: Edition,
  wanted: Wanted,
  subject: Subject,
  { monitor }: Pick<CollectionParts, 'monitor'>,
): Promise<Chosen> {
  const judge = onceEach((entry) => monitor.judge(entry.record(), subject));
  const turn = createTurns();
  const shown: Choice[] = [];
  for (const listed of edition.after(wanted.afterMs)) {
    await turn();
    if (!wanted.matches(listed)) continue;
    const judged = backing(listed, judge);
    // Whoever went past it now would never get it, if another record holds it once the recall has found its place.
    if (judged === undefined && listed.backers.some((entry) => awaitsRecall(entry, judge, edition))) break;
    if (judged === undefined) continue;
    if (shown.length === wanted.limit) return { shown, more: true };
    shown.push({ listed, judged });
  }
  return { shown, more: false };
}

/** Chooses one object; none where it is hidden, or not there. */
export function chooseOne(
  edition: Edition,
  id: string,
  subject: Subject,
  { monitor }: Pick<CollectionParts, 'monitor'>,
): Chosen {
  const listed = edition.get(id);
  const judged = listed && backing(listed, (entry) => monitor.judge(entry.record(), subject));
  return { shown: listed === undefined || judged === undefined ? [] : [{ listed, judged }], more: false };
}

/** Releases a page in `shape`: one leaf for every record behind it, then the objects. */
export async function releasePage<T>(
  { shown }: Chosen,
  reason: 'READ' | 'LIST',
  subject: Subject,
  edition: Edition,
  parts: CollectionParts,
  shape: (entries: readonly Entry[]) => T,
): Promise<Released<T>> {
  const records = [...new Set(shown.map(({ judged }) => judged))];
  return parts.monitor.releaseAll(records, subject, reason, (bodies) => {
    const objects = new Map(records.map((judged, at) => [judged, objectsOf(judged, bodies[at], edition, parts)]));
    return shape(
      shown.map(({ listed, judged }) => {
        const object = objects.get(judged)?.get(listed.id);
        if (object === undefined) throw internal({}, new Error(`an outlined ${listed.type} was not mapped`));
        return { listed, object };
      }),
    );
  });
}

type Judge = (entry: JournalEntry) => ReturnType<Monitor['judge']>;

/** Records stand behind many objects: each is judged once a page, so that one leaf has it once. */
function onceEach(judge: Judge): Judge {
  const known = new Map<JournalEntry, ReturnType<Judge>>();
  return (entry) => {
    const outcome = known.get(entry) ?? judge(entry);
    known.set(entry, outcome);
    return outcome;
  };
}

/** @returns the first record behind the object that can be released and still holds it. */
function backing(listed: Listed, judge: Judge): Judged | undefined {
  const { backers, isRecalled } = listed;
  for (const entry of backers) {
    if (entry.isReplaced()) continue;
    const outcome = judge(entry);
    if (isWithheld(outcome)) continue;
    // What was recalled is gone at once, though its revocation may not be listed yet.
    if (isInEveryRecord(listed) || (outcome.body['status'] === 'RECALLED') === isRecalled) return outcome;
  }
  return undefined;
}

/** Recalled as this reader sees it, by a recall that stands in no edition yet: for a second, until records have settled. */
function awaitsRecall(entry: JournalEntry, judge: Judge, edition: Edition): boolean {
  const record = entry.record();
  const outcome = judge(entry);
  if (record.kind !== 'observation' || isWithheld(outcome) || outcome.body['status'] !== 'RECALLED') return false;
  return !edition.hasTakenRecallOf(record);
}

function objectsOf(judged: Judged, body: ReleasedBody | undefined, edition: Edition, { policy, codec }: CollectionParts) {
  const { kind } = judged.record;
  if (body === undefined || (kind !== 'observation' && kind !== 'assessment' && kind !== 'alert')) throw internal({}, new Error('a record of no collection'));
  return stixOf(kind, body, {
    policy,
    markingOf,
    featuresOf: (observation) => featuresIn(observation, codec),
    currentIdOf: (id) => edition.indicators.currentIdOf(id),
    withdrawnFrom: (assessment) => edition.indicators.withdrawnFrom(assessment),
    versionOf: (id) => edition.get(id) ?? { createdMs: 0, modifiedMs: 0 },
    isPresent: (id, before) => (edition.get(id)?.firstMs ?? Number.POSITIVE_INFINITY) < (edition.get(before)?.addedMs ?? 0),
  });
} // prettier-ignore

function markingOf(body: ReleasedBody) {
  const { banner: _printed, ...wire } = body.marking as unknown as WireMarking & { readonly banner: string };
  return fromWire(wire);
}

function featuresIn(body: ReleasedBody, codec: Codec): readonly Feature[] {
  return featuresOf(codec, { subject: observationSubject(body['type'] as string), value: body }).features;
}
