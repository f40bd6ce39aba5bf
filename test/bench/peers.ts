// The peers of a comparison, where they are installed: Kafka Streams, Flink and a bare prototype on one generated task.
// Holds: they bring their own broker, data, oracle and harness; here they are run in turn with our decode-only yardstick's
// own figure from that harness, so that a ratio of ratios compares across the two brokers.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sharedData } from '../support/shared-data.ts';
import type { BenchOptions } from './options.ts';
import { median, type Scoreboard } from './scoreboard.ts';

/** One line of their harness. */
interface PeerLine {
  readonly peer: string;
  readonly recPerSec: number;
  readonly cpuUsPerRecord: number;
  readonly rssMb: number;
  readonly correct: boolean | null;
}

/** What is run, by the names their README gives. */
const PEERS = [
  { name: 'decode-only consumer, their records', command: ['limit-read/run'], peer: 'node-decode', env: {} },
  { name: 'Node prototype, exactly once', command: ['node-fusion/run'], args: ['A'], peer: 'node-fusion-fast-eos', env: { VARIANTS: 'fast', EOS: '1' } },
  { name: 'Flink DataStream', command: ['flink/run'], peer: 'flink', env: {} },
  { name: 'Kafka Streams, exactly once, in memory', command: ['kstreams/run'], peer: 'ks-eos-mem', env: { NAME: 'ks-eos-mem', STORE: 'mem', EOS: '1' } },
] as const; // prettier-ignore

const PEER_WITHIN_MS = 600_000;

/** Runs those that are installed (`PEERS_HOME` with their set-up done, `JAVA_BIN`); says which are not. */
export async function comparePeers({ rounds, records }: BenchOptions, board: Scoreboard): Promise<void> {
  const missing = whatIsMissing(records);
  if (missing !== undefined) {
    board.skip('peers', missing);
    return;
  }
  const shared = sharedData('peers')!;
  const seen = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1)
    for (const peer of PEERS) {
      const lines = await runPeer(
        join(shared, peer.command[0]),
        [String(records), ...('args' in peer ? peer.args : [])],
        peer.env,
      );
      const line = lines.find((one) => one.peer === peer.peer);
      if (line === undefined) {
        board.skip(peer.name, 'it gave no figure');
        continue;
      }
      if (line.correct === false) board.skip(peer.name, 'its output is not that of the oracle');
      board.add('peers', peer.name, {
        records,
        seconds: records / line.recPerSec,
        recordsPerSecond: line.recPerSec,
        cpuMicrosPerRecord: line.cpuUsPerRecord,
        rssMb: line.rssMb,
      });
      seen.set(peer.name, [...(seen.get(peer.name) ?? []), line.recPerSec]);
    }
  const yardstick = median(seen.get(PEERS[0].name) ?? []);
  for (const { name } of PEERS.slice(1))
    if (seen.has(name))
      board.ratio(
        `${name} / decode-only consumer of its own records`,
        median(seen.get(name)!) / yardstick,
        'beside that of fusion',
      );
}

function whatIsMissing(records: number): string | undefined {
  const home = process.env['PEERS_HOME'];
  if (sharedData('peers') === undefined) return 'the folder of shared data is not there';
  if (home === undefined || process.env['JAVA_BIN'] === undefined || !existsSync(join(home, 'lib-ks')))
    return 'set PEERS_HOME and JAVA_BIN, and run their set-up once (their README says how)';
  const data = join(home, 'data', `obs-${records}.bin`);
  return existsSync(data) ? undefined : `their set-up has no data of ${records} records: SIZES=${records} ./setup`;
}

async function runPeer(command: string, args: readonly string[], env: object): Promise<PeerLine[]> {
  const child = spawn(command, args, {
    env: { ...process.env, RUNS: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const timer = setTimeout(() => child.kill('SIGTERM'), PEER_WITHIN_MS);
  await new Promise((done) => child.once('close', done));
  clearTimeout(timer);
  return out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as PeerLine);
}
