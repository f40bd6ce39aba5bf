// The service of csis as a process of its own: file drop and imports of its formats, until SIGTERM.

import { runAgencyProcess } from '@sitebus/imports';
import { CSIS } from './table.ts';

await runAgencyProcess(CSIS, process.env);
