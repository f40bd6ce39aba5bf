// `npm run fuzz [-- --minutes 30] [--seed N]`: schemathesis over the OpenAPI document of a whole sitebus, as several roles.
// Holds: half an hour unless told; exit code 1 when anything was found, with what the tool says to repeat it.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pythonClients } from '../support/python-clients.ts';
import { startWorld } from '../support/world.ts';
import { FUZZ_READERS, fillWorld, wishOf } from './fuzz-world.ts';
import { runSchemathesis } from './schemathesis-run.ts';

/** Runs at once: each reader has a limit of their own, the machine has not. */
const AT_ONCE = 2;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('--minutes is a number above 0');
const clients = await pythonClients(join(import.meta.dirname, 'requirements.txt'));
process.exitCode = 'missing' in clients ? 1 : await fuzz(clients.python);

async function fuzz(python: string): Promise<number> {
  const world = await startWorld();
  try {
    const ids = await fillWorld(world);
    const seconds = Math.max(5, Math.floor((minutes * 60 * AT_ONCE) / FUZZ_READERS.length));
    const seed = values.seed === undefined ? {} : { seed: values.seed };
    let found = 0;
    for (let at = 0; at < FUZZ_READERS.length; at += AT_ONCE) {
      const some = FUZZ_READERS.slice(at, at + AT_ONCE);
      const outcomes = await Promise.all(some.map((role) => runSchemathesis(wishOf(world, role, { python, seconds, ids, ...seed })))); // prettier-ignore
      for (const [n, { cases, operations, failures, said, seed: used }] of outcomes.entries()) {
        process.stdout.write(`${(some[n] ?? 'nobody').padEnd(15)}${cases} cases · ${operations} operations · ${failures.length} kinds of failure · seed ${used}\n`); // prettier-ignore
        if (failures.length > 0 || cases === 0) process.stdout.write(said);
        found += failures.length + (cases === 0 ? 1 : 0);
      }
    }
    return found === 0 ? 0 : 1;
  } finally {
    await world.close();
  }
}
