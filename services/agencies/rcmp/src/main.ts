// The service of rcmp as a process of its own: file drop and imports of its formats, until SIGTERM.

import { runAgencyProcess } from '@sitebus/imports';
import { RCMP } from './table.ts';

await runAgencyProcess(RCMP, process.env);
