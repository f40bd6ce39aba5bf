// An agency's table at work in a test: its services on a bench, journals in folders of their own, all gone afterwards.
// Holds: a test file ends what it started with one `close`, also where a test failed.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock, Policy } from '@sitebus/sdk';
import { createTableService, type AgencyTable } from '../agency-table.ts';
import type { AgencyService } from '../agency-service.ts';
import { createImportBench, type ImportBench } from './index.ts';

/** What a service of the table is started with; nothing: a fresh bench, policy as shipped, no journal. */
export interface TableDeskWish {
  /** Of a service before: the same bus and clock. */
  readonly bench?: ImportBench;
  readonly policy?: (shipped: Policy) => Policy;
  readonly journalPath?: string;
  /** What time it is for what comes due, where that is not the bench's. */
  readonly dueClock?: Clock;
}

/** Starts services of one table. */
export interface TableDesks {
  open(wish?: TableDeskWish): Promise<{ readonly bench: ImportBench; readonly service: AgencyService }>;
  /** A path in a fresh folder. */
  aJournalPath(): Promise<string>;
  /** Stops every service, then removes every folder. */
  close(): Promise<void>;
}

/** Makes the desks of a table; close them after each test. */
export function createTableDesks(table: AgencyTable): TableDesks {
  const running: AgencyService[] = [];
  const folders: string[] = [];
  return {
    async open({ bench: given, policy = (shipped: Policy): Policy => shipped, journalPath, dueClock } = {}) {
      const bench = given ?? (await createImportBench());
      const service = createTableService(table, {
        ...bench,
        policy: policy(bench.policy),
        ...(journalPath !== undefined && { journalPath }),
        ...(dueClock !== undefined && { dueClock }),
      });
      running.push(service);
      await service.start();
      return { bench, service };
    },
    async aJournalPath() {
      const folder = await mkdtemp(join(tmpdir(), `${table.agency}-`));
      folders.push(folder);
      return join(folder, 'journal.jsonl');
    },
    async close() {
      await Promise.all(running.splice(0).map((service) => service.stop()));
      await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
    },
  };
}
