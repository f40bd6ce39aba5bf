// The read model in memory: rebuilt from the topics at every start, nothing of it is kept.
// Holds: the first observation of an (agency, cell, id) counts, the newest version of an assessment, every alert; a
// recall or supersession acts only within its agency and cell; statistics of a source count only what the view's own
// clearance dominates. Source: README.md#read-model

import { dominates, join } from '@sitebus/marking';
import type { Clearance, Marking } from '@sitebus/marking';
import { fromWire } from '@sitebus/sdk';
import type { Alert, Assessment, Clock } from '@sitebus/sdk';
import type {
  AlertLog,
  ObservationValue,
  Position,
  ReadModel,
  StoredAlert,
  StoredAssessment,
  StoredObservation,
  StoredSource,
  Successor,
} from './model.ts';
import { NewestFirst } from './newest-first.ts';

/** An admitted observation, as the rebuild hands it over. */
export interface ObservationEntry {
  readonly type: string;
  readonly subject: string;
  readonly cell: string;
  readonly value: ObservationValue;
  readonly marking: Marking;
  readonly features: readonly { readonly kind: string; readonly value: string }[];
  /** Append time at the broker, UTC milliseconds. */
  readonly atMs: number;
}

/** The model and the way in. */
export interface InMemoryReadModel extends ReadModel {
  addObservation(entry: ObservationEntry): void;
  addAssessment(value: Assessment, atMs: number): void;
  addAlert(value: Alert, offset: bigint, atMs: number): void;
  /** Tells where alert.<view> begins and ends before its records are read. */
  setAlertEnds(ends: { readonly earliest: bigint; readonly next: bigint }): void;
}

/** How long a stream waits for the assessment that an alert is about: both lie in one transaction, on two topics. */
const ASSESSMENT_WAIT_MS = 2_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes an empty model of one view. */
export function createInMemoryReadModel(parts: {
  readonly viewClearance: Clearance;
  readonly clock: Clock;
}): InMemoryReadModel {
  const observations = createObservations();
  const assessments = createAssessments();
  const alerts = createAlerts(assessments);
  const sources = createSources(parts.viewClearance, parts.clock);

  const toStored = (entry: HeldObservation): StoredObservation => ({
    kind: 'observation',
    id: entry.id,
    atMs: entry.atMs,
    type: entry.type,
    subject: entry.subject,
    agency: entry.value.envelope.agency,
    cell: entry.cell,
    marking: entry.marking,
    value: entry.value,
    features: entry.features,
    recalledBy: observations.recallsOf(entry),
    supersededBy: observations.successorsOf(entry),
    cited: new Map(citedIn(entry.value).map((id) => [id, observations.withId(id).map(({ marking }) => marking)])),
    assessments: assessments.withMember(entry.id),
  });

  return {
    addObservation(entry) {
      if (observations.add(entry)) sources.add(entry);
    },
    addAssessment: (value, atMs) => assessments.add(value, atMs),
    addAlert: (value, offset, atMs) => alerts.add(value, offset, atMs),
    setAlertEnds: (ends) => alerts.setEnds(ends),
    observation: async (id) => observations.withId(id).map(toStored),
    async *observations(before) {
      for (const entry of walk(observations.list, before)) yield toStored(entry);
    },
    assessment: async (id) => assessments.get(id),
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
  };
}

function* walk<E extends Position & { gone?: boolean }>(
  list: NewestFirst<E>,
  before: Position | undefined,
): Iterable<E> {
  for (let entry = list.next(before); entry !== undefined; entry = list.next(entry)) yield entry;
}

// Observations

interface HeldObservation extends ObservationEntry, Position {}

function createObservations() {
  const byKey = new Map<string, HeldObservation>();
  const byId = new Map<string, HeldObservation[]>();
  const byFeature = new Map<string, HeldObservation[]>();
  const recalls = new Map<string, Successor[]>();
  const supersessions = new Map<string, Successor[]>();
  const list = new NewestFirst<HeldObservation>();
  /** The same id from another agency, or in another cell, is another observation. */
  const keyOf = (entry: ObservationEntry, id: string): string => `${entry.value.envelope.agency} ${entry.cell} ${id}`;

  return {
    list,
    /** @returns false for a copy of one that is held. */
    add(entry: ObservationEntry): boolean {
      const { id, recalls: recalled, supersedes } = entry.value.envelope;
      const key = keyOf(entry, id);
      if (byKey.has(key)) return false;
      const held: HeldObservation = { ...entry, id };
      byKey.set(key, held);
      list.add(held);
      push(byId, id, held);
      for (const { kind, value } of entry.features) push(byFeature, `${kind} ${value}`, held);
      if (recalled !== null) push(recalls, keyOf(entry, recalled), { id, marking: entry.marking });
      if (supersedes !== null) push(supersessions, keyOf(entry, supersedes), { id, marking: entry.marking });
      return true;
    },
    withId: (id: string): readonly HeldObservation[] => byId.get(id) ?? [],
    withFeature: (kind: string, value: string): readonly HeldObservation[] => byFeature.get(`${kind} ${value}`) ?? [],
    recallsOf: (entry: HeldObservation): readonly Successor[] => recalls.get(keyOf(entry, entry.id)) ?? [],
    successorsOf: (entry: HeldObservation): readonly Successor[] => supersessions.get(keyOf(entry, entry.id)) ?? [],
  };
}

/** Every observation id that a record cites. */
function citedIn(value: ObservationValue): readonly string[] {
  const { lineage, supersedes, recalls } = value.envelope;
  const own = ['about', 'child', 'parent', 'replacement'].map((field) => value[field]);
  return [...lineage.derivedFrom, supersedes, recalls, ...own].filter((id): id is string => typeof id === 'string');
}

// Assessments

interface HeldAssessment extends Position {
  readonly stored: StoredAssessment;
  gone?: boolean;
}

function createAssessments() {
  const byId = new Map<string, HeldAssessment>();
  const byMember = new Map<string, Set<string>>();
  const byContext = new Map<string, Set<string>>();
  const list = new NewestFirst<HeldAssessment>();
  const arrivals = createSignal();
  const contextKeys = ({ contextValues }: Assessment) => contextValues.map(({ kind, value }) => `${kind} ${value}`);
  const storedOf = (ids: Iterable<string>): readonly StoredAssessment[] =>
    [...ids].sort().flatMap((id) => byId.get(id)?.stored ?? []);

  return {
    list,
    arrivals,
    add(value: Assessment, atMs: number): void {
      const old = byId.get(value.id);
      if (old !== undefined && old.stored.value.version >= value.version) return;
      if (old !== undefined) {
        list.remove(old);
        for (const { id } of old.stored.value.members) byMember.get(id)?.delete(value.id);
        for (const key of contextKeys(old.stored.value)) byContext.get(key)?.delete(value.id);
      }
      const stored: StoredAssessment = {
        kind: 'assessment',
        id: value.id,
        atMs,
        marking: fromWire(value.marking),
        value,
      };
      const held: HeldAssessment = { id: value.id, atMs, stored };
      byId.set(value.id, held);
      list.add(held);
      for (const { id } of value.members) enter(byMember, id, value.id);
      for (const key of contextKeys(value)) enter(byContext, key, value.id);
      arrivals.notify();
    },
    get: (id: string): StoredAssessment | undefined => byId.get(id)?.stored,
    withMember: (id: string): readonly StoredAssessment[] => storedOf(byMember.get(id) ?? []),
    withContext: (kind: string, value: string): readonly StoredAssessment[] =>
      storedOf(byContext.get(`${kind} ${value}`) ?? []),
  };
}

// Alerts

interface HeldAlert {
  readonly id: string;
  readonly offset: bigint;
  readonly atMs: number;
  readonly marking: Marking;
  readonly value: Alert;
}

function createAlerts(assessments: ReturnType<typeof createAssessments>) {
  const inOrder: HeldAlert[] = []; // ascending offsets, not necessarily contiguous
  const byId = new Map<string, HeldAlert>();
  const arrivals = createSignal();
  let earliest = 0n;
  let next = 0n;
  const toStored = (held: HeldAlert): StoredAlert => ({
    ...held,
    kind: 'alert',
    assessment: assessments.get(held.value.assessmentId),
  });
  /** Index of the first alert for which `isAtOrAfter` holds. */
  const firstWhere = (isAtOrAfter: (alert: HeldAlert) => boolean): number => {
    let low = 0;
    let high = inOrder.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAtOrAfter(inOrder[middle] as HeldAlert)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const isExplained = ({ value }: HeldAlert): boolean =>
    (assessments.get(value.assessmentId)?.value.version ?? 0) >= value.version;

  const log: AlertLog = {
    ends: () => ({ earliest, next }),
    async read(from, limit) {
      const start = firstWhere(({ offset }) => offset >= from);
      const page = inOrder.slice(start, start + limit);
      const deadline = AbortSignal.timeout(ASSESSMENT_WAIT_MS);
      while (!page.every(isExplained) && !deadline.aborted) await assessments.arrivals.wait(deadline);
      return page.map(toStored);
    },
    offsetAt(timeMs) {
      return inOrder[firstWhere(({ atMs }) => atMs >= timeMs)]?.offset ?? next;
    },
    async arrival(from, signal) {
      while (next <= from && !signal.aborted) await arrivals.wait(signal);
    },
  };
  return {
    log,
    setEnds(ends: { readonly earliest: bigint; readonly next: bigint }): void {
      earliest = ends.earliest;
      if (next < ends.earliest) next = ends.earliest;
    },
    add(value: Alert, offset: bigint, atMs: number): void {
      if (offset < next) return; // read again after a rebalance
      const held: HeldAlert = { id: value.id, offset, atMs, marking: fromWire(value.marking), value };
      inOrder.push(held);
      if (!byId.has(value.id)) byId.set(value.id, held);
      next = offset + 1n;
      arrivals.notify();
    },
    get(id: string): StoredAlert | undefined {
      const held = byId.get(id);
      return held === undefined ? undefined : toStored(held);
    },
    before(offset: bigint | undefined): StoredAlert | undefined {
      const at = offset === undefined ? inOrder.length : firstWhere((alert) => alert.offset >= offset);
      const held = inOrder[at - 1];
      return held === undefined ? undefined : toStored(held);
    },
  };
}

// Sources

interface HeldSource {
  readonly agency: string;
  readonly cell: string;
  marking: Marking;
  observations: number;
  /** Append times of the newest thousand, as they came. */
  readonly times: number[];
  readonly lags: number[];
}

function createSources(viewClearance: Clearance, clock: Clock) {
  const sources = new Map<string, HeldSource>();
  return {
    add({ value, cell, marking, atMs }: ObservationEntry): void {
      if (!dominates(viewClearance, marking, clock.now())) return; // a narrower group's record moves no figure here
      const { agency, recordedAt } = value.envelope;
      const id = `${cell}.${agency}`;
      const source = sources.get(id) ?? { agency, cell, marking, observations: 0, times: [], lags: [] };
      sources.set(id, source);
      source.marking = join(source.marking, marking);
      source.observations += 1;
      keepLast(source.times, atMs, 1_000);
      keepLast(source.lags, Math.max(0, atMs - recordedAt), 1_000);
    },
    all(): readonly StoredSource[] {
      return [...sources].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, source]) => toSource(id, source));
    },
  };
}

function toSource(id: string, { agency, cell, marking, observations, times, lags }: HeldSource): StoredSource {
  const ordered = [...times].sort((a, b) => a - b);
  const last = ordered.at(-1) ?? 0;
  const intervals = ordered
    .slice(-101)
    .map((time, at, all) => time - (all[at - 1] ?? time))
    .slice(1);
  const usual = quantile(intervals, 0.5);
  return {
    kind: 'source',
    id,
    agency,
    cell,
    marking,
    observations,
    lastEventMs: last,
    ...(usual === undefined ? {} : { usualIntervalMs: usual }),
    lastDay: ordered.filter((time) => time > last - DAY_MS).length,
    lagMs: { p50: quantile(lags, 0.5) ?? 0, p99: quantile(lags, 0.99) ?? 0 },
  };
}

function quantile(values: readonly number[], q: number): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];
}

function keepLast(values: number[], value: number, most: number): void {
  values.push(value);
  if (values.length > most) values.shift();
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const present = map.get(key);
  if (present === undefined) map.set(key, [value]);
  else present.push(value);
}

function enter(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set<string>()).add(value));
}

/** Wakes everyone who waits. */
function createSignal() {
  const waiting = new Set<() => void>();
  return {
    notify(): void {
      for (const wake of [...waiting]) wake();
    },
    /** Resolves at the next `notify` or when the signal aborts. */
    wait(signal: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        if (signal.aborted) wake();
        else signal.addEventListener('abort', wake);
      });
    },
  };
}
