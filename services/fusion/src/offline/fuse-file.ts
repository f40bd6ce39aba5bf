// Fusion of a file: lines in, the engine that runs on the bus, one line `{obsId, assessmentId}` out for each observation.
// Holds: streamed; a bad line costs only itself and is kept beside the input with line, code and reason; the output
// appears whole or not at all; all lines are history: by default every cut carries one time, so nothing ages or expires.
// Source: README.md#offline

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Policy } from '@sitebus/sdk';
import type { CommonValues } from '../common-values.ts';
import type { FusionObservation } from '../engine/observation.ts';
import { toRules } from '../engine/rules.ts';
import { createState, type EngineState } from '../engine/state.ts';
import { step } from '../engine/step.ts';
import { inputUnreadable, unknownView } from '../errors.ts';
import { Assignments } from './assignments.ts';
import { clusteringQuality, type ClusteringQuality } from './clustering-quality.ts';
import { readFileLine, type FileLine, type FileShare, type LineRefusal } from './file-line.ts';
import { toFusionObservation, type ValueCounts } from './file-observation.ts';
import { LineFile } from './line-file.ts';
import { shareRows, type ShareCounts } from './share-rows.ts';
import { loadTruth } from './truth.ts';

/** What to fuse, and how. */
export interface FuseOptions {
  readonly input: string;
  readonly output: string;
  /** Where refused lines go; not written when there are none. */
  readonly refused: string;
  /** A file with `{obsId, campaign}` a line; may be the input. */
  readonly truth?: string;
  /** The view whose ids the assessments get; default: the first of policy. */
  readonly view?: string;
  readonly policy: Policy;
  readonly commonValues: CommonValues;
  /** True: cuts follow the event times, and values and records expire as they would have on the bus. */
  readonly expire?: boolean;
  /** Stops the run between two cuts; nothing is left half written. */
  readonly signal?: AbortSignal;
}

/** How far a run is; bytes of the input. */
export interface FuseProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly lines: number;
}

/** What came of a run. */
export interface FuseSummary {
  readonly view: string;
  readonly ruleVersion: number;
  readonly policyVersion: number;
  /** SHA-256 of the lists of common values. */
  readonly commonValuesVersion: string;
  /** Lines that are not blank: `accepted` + `refused`. */
  readonly lines: number;
  readonly accepted: number;
  readonly refused: number;
  /** The first of them, at most `FIRST_REFUSALS`. */
  readonly firstRefusals: readonly NumberedRefusal[];
  readonly values: Readonly<ValueCounts>;
  /** Groups in the output; for a file of shares 0. */
  readonly assessments: number;
  readonly largest: number;
  /** For a file of shares: by kind, sorted. */
  readonly shares: readonly ShareCounts[];
  /** Only with `truth`. `unjudged`: observations that the truth does not name. */
  readonly quality?: ClusteringQuality & { readonly unjudged: number };
  readonly elapsedMs: number;
  /** User and system time of the process. */
  readonly cpuMs: number;
  readonly linesPerSecond: number;
  readonly peakRssBytes: number;
}

/** A refusal with its line, from 1. */
export type NumberedRefusal = LineRefusal & { readonly line: number };

/** Refusals that a summary shows; the file has all of them. */
const FIRST_REFUSALS = 20;
/** Records a cut: far more than on the bus, because nobody reads the versions in between. */
const MAX_CUT_RECORDS = 20_000;
const REPORT_EVERY_LINES = 2_000;
/** The time of every cut where nothing shall expire: with one time, nothing grows old. */
const ONE_TIME = 0;
const DAY_MS = 86_400_000;
/** Whoever gives a file asks of every line where it belongs: those that belong to nobody get an assessment, too. */
const EVERY_REPORT = 0;

/**
 * Fuses a file. Rejects with INPUT_UNREADABLE, OUTPUT_UNWRITABLE, TRUTH_INVALID or UNKNOWN_VIEW; a bad line is no
 * failure but counted in `refused`. `onProgress` is called on the way and at the end.
 */
export async function fuseFile(options: FuseOptions, onProgress: (at: FuseProgress) => void): Promise<FuseSummary> {
  const started = { at: performance.now(), cpu: process.cpuUsage() };
  const truth = options.truth === undefined ? undefined : await loadTruth(options.truth);
  const run = new FileRun(options);
  await run.read(onProgress);
  const output = new LineFile(options.output);
  const result = await run.write(output);
  const { user, system } = process.cpuUsage(started.cpu);
  const elapsedMs = Math.max(1, Math.round(performance.now() - started.at));
  return {
    ...run.versions(),
    ...result,
    ...(truth !== undefined && result.shares.length === 0 && { quality: run.judge(truth) }),
    elapsedMs,
    cpuMs: Math.round((user + system) / 1_000),
    linesPerSecond: Math.round((result.lines * 1_000) / elapsedMs),
    peakRssBytes: process.resourceUsage().maxRSS * 1_024,
  };
}

/** One run: lines are taken in order, cut by cut, then written. */
class FileRun {
  readonly #options: FuseOptions;
  readonly #state: EngineState;
  readonly #assignments = new Assignments();
  readonly #lineOf = new Map<string, number>();
  readonly #shares: FileShare[] = [];
  readonly #values: ValueCounts = { linking: 0, common: 0, leftOut: 0 };
  readonly #refusals: LineFile;
  #cut: FusionObservation[] = [];
  #latest = -Infinity;
  #lines = 0;
  #refused = 0;
  readonly #firstRefusals: NumberedRefusal[] = [];

  constructor(options: FuseOptions) {
    this.#options = options;
    const { policy, commonValues } = options;
    const view = options.view === undefined ? policy.views[0] : policy.views.find(({ id }) => id === options.view);
    if (view === undefined) throw unknownView({ view: options.view ?? '' });
    const detection = { ...policy.detection, assessAloneFrom: EVERY_REPORT };
    this.#state = createState(
      view,
      toRules({ ...policy, detection }, (domain) => commonValues.isSharedSuffix(domain)),
    );
    this.#refusals = new LineFile(options.refused);
  }

  versions(): Pick<FuseSummary, 'view' | 'ruleVersion' | 'policyVersion' | 'commonValuesVersion'> {
    const { view, rules } = this.#state;
    const { ruleVersion, policyVersion } = rules;
    return { view: view.id, ruleVersion, policyVersion, commonValuesVersion: this.#options.commonValues.version };
  }

  async read(onProgress: (at: FuseProgress) => void): Promise<void> {
    const bytesTotal = await sizeOf(this.#options.input);
    const stream = createReadStream(this.#options.input);
    const report = () => onProgress({ bytesRead: stream.bytesRead, bytesTotal, lines: this.#lines });
    let number = 0;
    try {
      for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
        number += 1;
        if (text.trim() === '') continue;
        await this.#take(number, number === 1 ? text.replace(/^\ufeff/, '') : text);
        if (this.#cut.length >= MAX_CUT_RECORDS) this.#fuse(report);
        else if (number % REPORT_EVERY_LINES === 0) report();
        this.#options.signal?.throwIfAborted();
      }
    } catch (cause) {
      await this.#refusals.discard();
      if (isFromSystem(cause)) throw inputUnreadable({ file: this.#options.input }, cause);
      throw cause;
    }
    this.#fuse(report);
    if (this.#refused > 0) await this.#refusals.finish();
  }

  async write(
    output: LineFile,
  ): Promise<
    Pick<
      FuseSummary,
      'lines' | 'accepted' | 'refused' | 'firstRefusals' | 'values' | 'assessments' | 'largest' | 'shares'
    >
  > {
    const sizes = new Map<string, number>();
    for (const obsId of this.#lineOf.keys()) {
      const assessmentId = this.#assignments.of(obsId)!;
      sizes.set(assessmentId, (sizes.get(assessmentId) ?? 0) + 1);
      await output.add(JSON.stringify({ obsId, assessmentId }));
    }
    const shares = shareRows(this.#shares, this.#state.rules.coShares);
    for (const line of shares.lines) await output.add(JSON.stringify(line));
    await output.finish();
    const accepted = this.#lineOf.size + this.#shares.length;
    return {
      lines: this.#lines,
      accepted,
      refused: this.#refused,
      firstRefusals: this.#firstRefusals,
      values: this.#values,
      assessments: sizes.size,
      largest: [...sizes.values()].reduce((a, b) => Math.max(a, b), 0),
      shares: shares.counts,
    };
  }

  judge(truth: ReadonlyMap<string, string>): ClusteringQuality & { readonly unjudged: number } {
    const ids = [...truth.keys()];
    const answer = ids.map((obsId) => this.#assignments.of(obsId) ?? `none ${obsId}`);
    const unjudged = [...this.#lineOf.keys()].filter((obsId) => !truth.has(obsId)).length;
    return { ...clusteringQuality([...truth.values()], answer), unjudged };
  }

  async #take(number: number, text: string): Promise<void> {
    this.#lines += 1;
    const line = this.#checked(readFileLine(text));
    if (line.is === 'refused') return this.#refuse(number, line.refusal, text);
    if (line.is === 'share') return void this.#shares.push(line.share);
    const { observation } = line;
    this.#lineOf.set(observation.obsId, number);
    if (this.#options.expire && this.#isLaterDay(observation.eventTime)) this.#fuse(() => undefined);
    this.#latest = Math.max(this.#latest, observation.eventTime);
    this.#cut.push(toFusionObservation(observation, this.#options.commonValues, this.#values));
  }

  /** What a line cannot know of itself: whether others of the file contradict it. */
  #checked(line: FileLine): FileLine {
    if (line.is === 'refused') return line;
    const isOther = line.is === 'share' ? this.#lineOf.size > 0 : this.#shares.length > 0;
    if (isOther) return asRefused('MIXED_FILE', '', 'a file holds observations or shares, not both');
    const first = line.is === 'share' ? undefined : this.#lineOf.get(line.observation.obsId);
    return first === undefined ? line : asRefused('REPEATED_ID', '/obsId', `stands on line ${first} already`);
  }

  async #refuse(line: number, { code, pointer, reason }: LineRefusal, text: string): Promise<void> {
    this.#refused += 1;
    if (this.#refused <= FIRST_REFUSALS) this.#firstRefusals.push({ line, code, pointer, reason });
    await this.#refusals.add(JSON.stringify({ line, status: 'refused', code, pointer, reason, item: text }));
  }

  #isLaterDay(eventTime: number): boolean {
    return Math.floor(eventTime / DAY_MS) > Math.floor(this.#latest / DAY_MS);
  }

  #fuse(report: () => void): void {
    if (this.#cut.length > 0) {
      const now = this.#options.expire ? this.#latest : ONE_TIME;
      this.#assignments.note(step(this.#state, { now, observations: this.#cut }).changes.assessments);
      this.#cut = [];
    }
    report();
  }
}

function asRefused(code: LineRefusal['code'], pointer: string, reason: string): FileLine {
  return { is: 'refused', refusal: { code, pointer, reason } };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw inputUnreadable({ file }, cause);
  }
}

/** The file system's own errors name the call; a bug does not. */
const isFromSystem = (cause: unknown): boolean => typeof (cause as { syscall?: unknown } | null)?.syscall === 'string';
