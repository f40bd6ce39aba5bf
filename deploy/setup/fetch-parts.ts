// Fetches broker, registry and, where needed, a Java, with progress on stderr; silent when all is there.
// Exit code 0 when all is in place; else the words of the refusal and its exit code.
import { SetupError } from './errors.ts';
import { ensureJava } from './java.ts';
import { ensureJvmParts } from './jvm-parts.ts';
import { progressLine } from './progress-line.ts';

const line = progressLine(process.stderr, 'downloads');
try {
  const parts = await ensureJvmParts({ onProgress: line.bytes });
  if (parts.fetchedBytes > 0)
    line.end(`broker and schema registry, ${(parts.fetchedBytes / 1e6).toFixed(0)} MB, checksums match`);
  await ensureJava({ onProgress: (words) => process.stderr.write(`java       ${words}\n`) });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  line.end('stopped');
  process.stderr.write(`${error.lines.join('\n')}\n`);
  process.exitCode = error.exitCode;
}
