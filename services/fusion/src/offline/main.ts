// Fusion of one file as a process: an order as JSON in, messages out, an honest exit code.
// Holds: it is started by others over Node's channel (`fork`); without one, messages are lines on stdout. It ends when the
// one who started it does. Exit codes: 0 done, 3 partly refused, 2 the order cannot be carried out, 1 anything else.

import { isRefusal, loadPolicy } from '@sitebus/sdk';
import { loadListsForFile } from './common-lists.ts';
import { fuseFile } from './fuse-file.ts';
import type { FuseMessage, FuseOrder } from './messages.ts';

const PARTLY_REFUSED = 3;
const BAD_ORDER = 2;
const INTERRUPTED = 130;
const FAILED = 1;

const interrupt = new AbortController();
for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(event, () => interrupt.abort());
process.exitCode = await run(JSON.parse(process.argv[2] ?? 'null') as FuseOrder);
if (process.connected) process.disconnect();

async function run({ policyDir, warningLists, ...order }: FuseOrder): Promise<number> {
  try {
    const policy = await loadPolicy(policyDir);
    const commonValues = await loadListsForFile(policyDir, warningLists);
    const summary = await fuseFile({ ...order, policy, commonValues, signal: interrupt.signal }, (at) =>
      say({ kind: 'progress', ...at }),
    );
    say({ kind: 'done', summary });
    return summary.refused > 0 ? PARTLY_REFUSED : 0;
  } catch (cause) {
    if (interrupt.signal.aborted) return INTERRUPTED;
    if (!isRefusal(cause)) throw cause;
    say({ kind: 'failed', code: cause.code, details: cause.details });
    return cause.code === 'OUTPUT_UNWRITABLE' ? FAILED : BAD_ORDER;
  }
}

function say(message: FuseMessage): void {
  if (process.connected) process.send!(message);
  else process.stdout.write(`${JSON.stringify(message)}\n`);
}
