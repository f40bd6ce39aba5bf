// The service of elections as a process of its own: file drop and imports of its formats, the clock of ads, until SIGTERM.

import { runAgencyProcess } from '@sitebus/imports';
import { ELECTIONS } from './table.ts';

await runAgencyProcess(ELECTIONS, process.env);
