// Flags of the two Java processes: start fast, stay small, leave an archive behind that makes the next start faster.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Java } from '../../setup/java.ts';

/**
 * @param part names the class-data archive: one a program, because its content is the classes that program loads
 * @param isForLoad as a broker in service runs, which is started once and then works: slower to start
 * @returns the flags before class path and main class; Java itself remakes a stale archive, so none is ever wrong
 */
export function jvmFlags(
  part: string,
  heap: { minMb: number; maxMb: number },
  java: Java,
  cdsDir: string,
  isForLoad = false,
): string[] {
  mkdirSync(cdsDir, { recursive: true });
  return [
    `-Xms${heap.minMb}m`,
    `-Xmx${heap.maxMb}m`,
    // The first compiler tier is enough for a local stack, and start-up is most of its life.
    ...(isForLoad ? ['-XX:+UseG1GC'] : ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']),
    '-XX:-UsePerfData',
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:+AutoCreateSharedArchive',
    `-XX:SharedArchiveFile=${join(cdsDir, `${part}-java${java.version.replace(/[^0-9.]/g, '_')}.jsa`)}`,
    '-Xlog:disable',
    '-Xlog:all=error:stderr',
    '-Djava.net.preferIPv4Stack=true',
    '-Dfile.encoding=UTF-8',
  ];
}
