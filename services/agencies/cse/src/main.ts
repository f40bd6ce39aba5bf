// The service of cse as a process of its own: file drop and imports of its formats, until SIGTERM.

import { runAgencyProcess } from '@sitebus/imports';
import { CSE } from './table.ts';

await runAgencyProcess(CSE, process.env);
