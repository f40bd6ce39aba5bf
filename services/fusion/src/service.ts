// One view's fusion as a service: wires admission, engine and lane; decides nothing.
// Holds: no state but the lane's; after `fatal` the host makes a new one, which starts from the committed cuts.

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { cellsOf } from '@sitebus/marking';
import { createAdmit, createRemade, createSpillCopy, honourSpills, type Readiness, type Service } from '@sitebus/kit';
import {
  fusionPrincipal,
  groupOf,
  obsTopic,
  writerOf,
  type BusPort,
  type Clock,
  type Codec,
  type Log,
  type Policy,
  type SchemaLock,
  type View,
} from '@sitebus/sdk';
import { createAdmitting, type Admitting } from './admitting.ts';
import type { CommonValues } from './common-values.ts';
import { ENGINE_VERSION, type Versions } from './cut.ts';
import { toRules } from './engine/rules.ts';
import { createState } from './engine/state.ts';
import { unknownView } from './errors.ts';
import { Lane } from './lane.ts';
import { systemPace, type Pace } from './pace.ts';
import { createSnapshotFiles, type SnapshotStore } from './snapshot-files.ts';

/** Settings of one instance; all but the view have defaults. */
export interface FusionConfig {
  readonly view: string;
  /** Part of its group's name; must be unlike that of any other instance. Default: random. */
  readonly instance?: string;
  /** Time between two cuts, ms, where few records wait. Default 50. */
  readonly cutMs?: number;
  /** Longest rest between two looks at the clock where nothing comes, ms. Default 1,000. */
  readonly idleMs?: number;
  /** Records of one cut. Default 8,000. */
  readonly maxCutRecords?: number;
  /** How often the registry is asked again for an unknown schema, ms. Default 5,000. */
  readonly schemaRetryMs?: number;
  /** Folder of snapshots; without it every start replays all cuts. What lies there is what the view may read. */
  readonly snapshotDir?: string;
  /** Least time between two snapshots, ms. Default five minutes. */
  readonly snapshotMs?: number;
}

/** What fusion is made of. */
export interface FusionParts {
  readonly config: FusionConfig;
  readonly policy: Policy;
  readonly codec: Codec;
  /** With the credentials of this view's fusion, no others. */
  readonly bus: BusPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly commonValues: CommonValues;
  /** Of the same view, policy, lock and lists. Default: in the caller's thread. */
  readonly admitting?: Admitting;
}

/** Fusion of one view. Throws UNKNOWN_VIEW (not retriable). */
export function createFusionService(parts: FusionParts): Service {
  const { config, policy, bus, log } = parts;
  const view = viewOf(parts);
  const spills = createSpillCopy({
    bus,
    cells: cellsOf(view.clearance, policy.cells).map(({ id }) => id),
    keys: policy.signers ?? [],
    groupId: groupOf(fusionPrincipal(view.id), `spills.${config.instance ?? randomUUID()}`),
    log,
  });
  const honoured = honourSpills(bus, spills);
  let made = 0;
  return createRemade({
    spills,
    log,
    create({ version }) {
      made += 1;
      const instance = config.instance !== undefined && made > 1 ? `${config.instance}.${made}` : config.instance;
      const lane = createLane(
        { ...parts, bus: honoured, config: { ...config, ...(instance !== undefined && { instance }) } },
        { spills: version },
      );
      return { start: () => lane.start(), stop: () => lane.stop(), ready: () => readinessOf(lane), fatal: lane.fatal };
    },
  });
}

function viewOf({ config, policy }: Pick<FusionParts, 'config' | 'policy'>): View {
  const view = policy.views.find(({ id }) => id === config.view);
  if (view === undefined) throw unknownView({ view: config.view });
  return view;
}

/** What a lane is told beside its parts: tests put their own in the place of timers and files. */
export interface LaneInTests {
  readonly pace?: Pace;
  readonly snapshotStore?: SnapshotStore;
  /** What the bus skips, as cuts name it; default nothing. */
  readonly spills?: string;
}

/** The lane of `createFusionService`, for tests that look inside or bring intervals of their own. */
export function createLane(
  parts: FusionParts,
  { pace = systemPace, snapshotStore, spills = '' }: LaneInTests = {},
): Lane {
  const { config, policy, codec, bus, clock, log, commonValues } = parts;
  const view = viewOf(parts);
  const admission = { view, policy, codec, commonValues, admit: createAdmit() };
  const admitting = parts.admitting ?? createAdmitting(admission, randomBytes(4).readInt32BE(0));
  return new Lane({
    bus,
    clock,
    pace,
    log,
    admission,
    admitting,
    state: createState(view, toRules(policy, commonValues.isSharedSuffix), admitting.seed),
    versions: versionsOf(policy, codec.lock, commonValues, spills),
    topics: inputTopicsOf(view, policy),
    instance: config.instance ?? randomUUID(),
    cutMs: config.cutMs ?? 50,
    idleMs: config.idleMs ?? 1_000,
    maxCutRecords: config.maxCutRecords ?? 8_000,
    schemaRetryMs: config.schemaRetryMs ?? 5_000,
    snapshotStore:
      snapshotStore ??
      (config.snapshotDir === undefined ? undefined : createSnapshotFiles(config.snapshotDir, view.id)),
    snapshotMs: config.snapshotMs ?? 300_000,
  });
}

/** Topics a view reads: its cells, times everyone who may write them. Sorted. */
export function inputTopicsOf(view: View, { cells, agencies }: Pick<Policy, 'cells' | 'agencies'>): string[] {
  const topics = cellsOf(view.clearance, cells).flatMap((cell) =>
    agencies.filter((agency) => agency.cells.includes(cell.id)).map((agency) => obsTopic(cell.id, writerOf(agency.id))),
  );
  return [...new Set(topics)].sort();
}

/** What decides here, as every cut names it. */
export function versionsOf(policy: Policy, lock: SchemaLock, commonValues: CommonValues, spills = ''): Versions {
  const locked = JSON.stringify([lock.entries.map(({ id, subject, sha256 }) => [id, subject, sha256]), lock.denied]);
  return {
    policyVersion: policy.version,
    ruleVersion: policy.detection.ruleVersion,
    lockVersion: createHash('sha256').update(locked).digest('hex'),
    commonValuesVersion: commonValues.version,
    engineVersion: ENGINE_VERSION,
    spills,
  };
}

function readinessOf(lane: Lane): Readiness {
  const waiting = lane.blocked.length;
  const parts = {
    lane: lane.role === 'starting' ? 'replays its cuts' : 'ok',
    schemas: waiting === 0 ? 'ok' : `${waiting} partitions wait for a schema`,
  };
  return { ready: lane.role !== 'starting', parts };
}
