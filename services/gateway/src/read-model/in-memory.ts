// The read model in memory: rebuilt from the topics at every start, nothing of it is kept.
// Holds: the first observation of an (agency, cell, id) counts, the newest version of an assessment, every alert; a
// recall or supersession acts only within its agency and cell; statistics of a source count only what the view's own
// clearance dominates. Source: README.md#read-model

import type { Clearance } from '@sitebus/marking';
import { fromWire } from '@sitebus/sdk';
import type { Alert, Assessment, Clock } from '@sitebus/sdk';
import type { ProductVersion } from '../receipts/facts.ts';
import { createAlerts } from './held-alerts.ts';
import { createAssessments } from './held-assessments.ts';
import { citedIn, createObservations } from './held-observations.ts';
import type { HeldObservation, ObservationEntry } from './held-observations.ts';
import { createJournal } from './journal.ts';
import { createPassingPlaces } from './late-places.ts';
import type { LatePlaces } from './late-places.ts';
import { createSources } from './held-sources.ts';
import { createVersions } from './held-versions.ts';
import type { AlertLog, Position, ReadModel, StoredObservation, VersionPlace } from './model.ts';
import type { NewestFirst } from './newest-first.ts';
import type { ReadVersion } from './version-reader.ts';

/** The model and the way in. */
export interface InMemoryReadModel extends ReadModel {
  addObservation(entry: ObservationEntry): void;
  /** A tombstone came: the content of the record with this key is dropped, whoever still points to it. */
  eraseObservation(cell: string, recordKey: string): void;
  /** `place`: where it lies, so that it can be read again. */
  addAssessment(value: Assessment, atMs: number, place?: VersionPlace): void;
  addAlert(value: Alert, offset: bigint, atMs: number): void;
  /** This version was read and is not added: no alert waits for it. */
  passOver(version: ProductVersion): void;
  /** Tells where alert.<view> begins and ends before its records are read. */
  setAlertEnds(ends: { readonly earliest: bigint; readonly next: bigint }): void;
}

/** Makes an empty model of one view. */
export function createInMemoryReadModel(parts: {
  readonly viewClearance: Clearance;
  readonly clock: Clock;
  /** Default: a new start finds late records at their append time. */
  readonly latePlaces?: LatePlaces;
  /** Where alert.<view> ends by now; default: as far as was added. */
  readonly endOnBus?: AlertLog['endOnBus'];
  /** Default: versions that were replaced cannot be had whole. */
  readonly readVersion?: ReadVersion;
}): InMemoryReadModel {
  const observations = createObservations();
  const assessments = createAssessments();
  const alerts = createAlerts(assessments, parts.endOnBus);
  const versions = createVersions();
  const sources = createSources(parts.viewClearance, parts.clock);
  const journal = createJournal(parts.clock, parts.latePlaces ?? createPassingPlaces());

  const toStored = (entry: HeldObservation): StoredObservation => ({
    kind: 'observation',
    id: entry.id,
    atMs: entry.atMs,
    get part() {
      return entry.part;
    },
    type: entry.type,
    subject: entry.subject,
    agency: entry.value.envelope.agency,
    cell: entry.cell,
    ...(entry.recordKey !== undefined && { recordKey: entry.recordKey }),
    marking: entry.marking,
    earlier: entry.earlier,
    value: entry.value,
    features: entry.features,
    recalledBy: entry.isErased === true ? [{ id: entry.id, marking: entry.marking }] : observations.recallsOf(entry),
    supersededBy: observations.successorsOf(entry),
    cited: new Map(citedIn(entry.value).map((id) => [id, observations.withId(id).map(({ marking }) => marking)])),
    assessments: assessments.withMember(entry.id, entry.value.envelope.agency),
  });

  return {
    addObservation(entry) {
      const held = observations.add(entry);
      if (held === undefined) return;
      sources.add(held);
      journal.enterObservation(held, () => toStored(held));
    },
    eraseObservation: (cell, recordKey) => void observations.erase(cell, recordKey),
    addAssessment(value, atMs, place) {
      const before = assessments.get(value.id)?.value;
      if (before === undefined || before.version < value.version) versions.add(value, atMs, before, place);
      assessments.add(value, atMs);
      journal.enterAssessment(value, atMs);
    },
    addAlert(value, offset, atMs) {
      if (alerts.add(value, offset, atMs)) journal.enterAlert(value, offset, atMs, () => alerts.at(offset));
    },
    passOver: (version) => alerts.passOver(version),
    setAlertEnds: (ends) => alerts.setEnds(ends),
    observation: async (id) => observations.withId(id).map(toStored),
    async *observations(before) {
      for (const entry of walk(observations.list, before)) yield toStored(entry);
    },
    async *ofType(type, before) {
      const list = observations.listOf(type);
      if (list !== undefined) for (const entry of walk(list, before)) yield toStored(entry);
    },
    assessment: async (id) => assessments.get(id),
    versions: async (id) => versions.of(id),
    async assessmentVersion(id, version) {
      const newest = assessments.get(id);
      if (newest?.value.version === version) return newest;
      const known = versions.of(id).find(({ facts }) => facts.version === version);
      if (known?.place === undefined) return undefined;
      const value = await parts.readVersion?.(known.place);
      if (value?.id !== id || value.version !== version) return undefined;
      return { kind: 'assessment', id, atMs: known.atMs, marking: fromWire(value.marking), value };
    },
    async *assessments(before) {
      for (const { stored } of walk(assessments.list, before)) yield stored;
    },
    alert: async (id) => alerts.get(id),
    async *alerts(before) {
      for (let at = before ?? undefined; ;) {
        const alert = alerts.before(at);
        if (alert === undefined) return;
        yield alert;
        at = alert.offset;
      }
    },
    async *withFeature(kind, value) {
      for (const entry of [...observations.withFeature(kind, value)].reverse()) yield toStored(entry);
    },
    contextOf: async (kind, value) => assessments.withContext(kind, value),
    sources: async () => sources.all(),
    alertLog: alerts.log,
    journal,
  };
}

function* walk<E extends Position & { gone?: boolean }>(
  list: NewestFirst<E>,
  before: Position | undefined,
): Iterable<E> {
  for (let entry = list.next(before); entry !== undefined; entry = list.next(entry)) yield entry;
}
