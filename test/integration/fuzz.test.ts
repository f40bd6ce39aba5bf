// Schemathesis, as PyPI has it, over the OpenAPI document of a whole sitebus: a short run; `npm run fuzz` is the long one.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { FUZZ_READERS, fillWorld, wishOf } from '../fuzz/fuzz-world.ts';
import { runSchemathesis } from '../fuzz/schemathesis-run.ts';
import { pythonClients } from '../support/python-clients.ts';
import { startWorld, type World } from '../support/world.ts';

const SECONDS = 40;
const clients = await pythonClients(join(import.meta.dirname, '..', 'fuzz', 'requirements.txt'));
const withPython = 'python' in clients ? test : test.skip;

let world: World;
beforeAll(async () => void (world = await startWorld()), 180_000);
afterAll(async () => world.close(), 60_000);

withPython(
  'whatever is asked, by any role or nobody: no 500, no undocumented status, media type or method, no body outside its schema',
  async () => {
    const { python } = clients as { python: string };
    const ids = await fillWorld(world);
    const runs = FUZZ_READERS.filter((role) => role === 'analyst' || role === 'administrator' || role === undefined);
    const outcomes = await Promise.all(
      runs.map((role) => runSchemathesis(wishOf(world, role, { python, seconds: SECONDS, ids }))),
    );
    for (const [at, { failures, said, cases, operations }] of outcomes.entries()) {
      if (failures.length > 0) console.error(said.slice(-8_000));
      expect([runs[at], failures]).toEqual([runs[at], []]);
      expect(operations).toBeGreaterThan(20);
      expect(cases).toBeGreaterThan(50);
    }
  },
  240_000,
);
