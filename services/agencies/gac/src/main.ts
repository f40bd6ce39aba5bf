// The service of gac as a process of its own: file drop and imports of its formats, until SIGTERM.

import { runAgencyProcess } from '@sitebus/imports';
import { GAC } from './table.ts';

await runAgencyProcess(GAC, process.env);
