// What a measuring process is asked, and how it answers: JSON in the environment, one line of JSON on stdout.
// Holds: time and CPU are taken from the first record on, so that joining a group and loading code count for nobody.

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { BenchConnection } from './bench-broker.ts';

/** What every measure says of itself. */
export interface Measured {
  readonly records: number;
  readonly seconds: number;
  /** CPU time of the measuring process, user and system. */
  readonly cpuMicrosPerRecord: number;
  readonly recordsPerSecond: number;
  /** Resident set at its highest, MB. */
  readonly rssMb: number;
}

const JOB = 'SITEBUS_BENCH_JOB';
const MEASURED_WITHIN_MS = 600_000;

/** The job of this process; a measure says what it expects beyond the connection. */
export function readJob(): { readonly connection: BenchConnection } {
  return JSON.parse(process.env[JOB] ?? '{}') as { readonly connection: BenchConnection };
}

/** Answers the job. */
export function report(answer: object): void {
  process.stdout.write(`\n${JSON.stringify(answer)}\n`);
}

/** Takes time and CPU between the first call of `begin` and `end`. */
export function startWatch() {
  let startedMs = 0;
  let startedCpu: NodeJS.CpuUsage = { user: 0, system: 0 };
  return {
    begin(): void {
      if (startedMs !== 0) return;
      startedMs = performance.now();
      startedCpu = process.cpuUsage();
    },
    end(records: number): Measured {
      const seconds = (performance.now() - startedMs) / 1_000;
      const { user, system } = process.cpuUsage(startedCpu);
      return {
        records,
        seconds,
        cpuMicrosPerRecord: (user + system) / records,
        recordsPerSecond: records / seconds,
        rssMb: process.resourceUsage().maxRSS / 1_024,
      };
    },
  };
}

/** A measure that goes on until it is told to end. */
export interface Serving {
  /** Resolves when it serves; rejects when it ended instead. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** Runs a measure in a process of its own. Rejects with what it wrote when it fails. */
export async function measure<A = Measured>(name: string, job: object, nodeArgs: readonly string[] = []): Promise<A> {
  const child = startProcess(name, job, nodeArgs);
  const timer = setTimeout(() => child.process.kill('SIGKILL'), MEASURED_WITHIN_MS);
  const code = await child.ended;
  clearTimeout(timer);
  const last = child.out().trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !last.startsWith('{')) throw new Error(`${name} ended with ${code}: ${child.words()}`);
  return JSON.parse(last) as A;
}

/** Starts a measure that serves. */
export function serve(name: string, job: object, nodeArgs: readonly string[] = []): Serving {
  const child = startProcess(name, job, nodeArgs);
  const ready = new Promise<void>((resolve, reject) => {
    child.process.stdout.on('data', () => child.out().includes('READY') && resolve());
    void child.ended.then((code) => reject(new Error(`${name} ended with ${code}: ${child.words()}`)));
  });
  return {
    ready,
    async stop() {
      child.process.kill('SIGTERM');
      const timer = setTimeout(() => child.process.kill('SIGKILL'), STOPS_WITHIN_MS);
      await child.ended;
      clearTimeout(timer);
    },
  };
}

const STOPS_WITHIN_MS = 20_000;
const KEPT_CHARS = 4_000;

function startProcess(name: string, job: object, nodeArgs: readonly string[]) {
  const file = resolve(import.meta.dirname, 'measures', `${name}.ts`);
  const started = spawn(process.execPath, [...nodeArgs, '--import', 'tsx', file], {
    env: { ...process.env, [JOB]: JSON.stringify(job), KAFKAJS_NO_PARTITIONER_WARNING: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, error] = ['', ''];
  started.stdout.setEncoding('utf8').on('data', (text: string) => (out = (out + text).slice(-KEPT_CHARS)));
  started.stderr.setEncoding('utf8').on('data', (text: string) => (error = (error + text).slice(-KEPT_CHARS)));
  const ended = new Promise<number | null>((done) => started.once('close', done));
  return { process: started, ended, out: () => out, words: () => `${error}${out.slice(-500)}` };
}
