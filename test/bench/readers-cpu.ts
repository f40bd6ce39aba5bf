// What each process of the readers' bench has used of the machine, by what it is: the gateways' own, the broker, the database, the
// readers, the writer of alerts; and what everybody else used, without which a figure says nothing of a quiet machine.
// Holds: figures are the kernel's, of this process and everything below it; a process that is gone by the second look counts for
// nothing, so look while all of them live. Linux alone; elsewhere nothing is said. Source: proc(5), /proc/[pid]/stat

import { readdir, readFile } from 'node:fs/promises';

/** CPU seconds by part, user and system together; `others` are processes that are none of ours. */
export type CpuOfParts = Readonly<Record<string, number>>;

interface Process {
  readonly parent: number;
  readonly command: string;
  readonly seconds: number;
}

/** The clock tick of every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/** Looks at this process and all below it; `named` says what those are that this process knows by pid. */
export async function cpuOfParts(named: Readonly<Record<number, string>>): Promise<CpuOfParts> {
  const all = await processes();
  const parts: Record<string, number> = {};
  for (const [pid, { command, seconds }] of all) {
    if (!isBelow(pid, process.pid, all)) continue;
    const part = named[pid] ?? (pid === process.pid ? 'services' : partOf(command));
    parts[part] = (parts[part] ?? 0) + seconds;
  }
  const ours = Object.values(parts).reduce((sum, seconds) => sum + seconds, 0);
  return { ...parts, others: (await busySeconds()) - ours };
}

/** @returns what was used between two looks. */
export function cpuBetween(before: CpuOfParts, after: CpuOfParts): CpuOfParts {
  return Object.fromEntries(Object.entries(after).map(([part, seconds]) => [part, seconds - (before[part] ?? 0)]));
}

function partOf(command: string): string {
  if (command.includes('kafka.Kafka')) return 'broker';
  if (command.includes('apicurio') || command.includes('quarkus')) return 'schema registry';
  return command.includes('postgres') ? 'database' : 'rest';
}

function isBelow(pid: number, ancestor: number, all: ReadonlyMap<number, Process>): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = all.get(at)?.parent) if (at === ancestor) return true;
  return false;
}

async function processes(): Promise<ReadonlyMap<number, Process>> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => [Number(pid), await processAt(pid)] as const));
  return new Map(found.flatMap(([pid, one]) => (one === undefined ? [] : [[pid, one] as const])));
}

/** @returns undefined for one that has ended meanwhile. */
async function processAt(pid: string): Promise<Process | undefined> {
  try {
    const [stat, command] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/cmdline`, 'utf8')]); // prettier-ignore
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third on: the name before may hold blanks
    const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number) as [number, number, number];
    return { parent, command, seconds: (user + system) / TICKS_A_SECOND };
  } catch {
    return undefined;
  }
}

/** @returns seconds in which some core of the machine did something. */
async function busySeconds(): Promise<number> {
  const [all = ''] = (await readFile('/proc/stat', 'utf8').catch(() => '')).split('\n');
  const [user = 0, nice = 0, system = 0, _idle, _waiting, irq = 0, softIrq = 0] = all.split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softIrq) / TICKS_A_SECOND;
}
