// The service of weather-hoax as a process of its own: file drop and imports of its formats, until SIGTERM.

import { runAgencyProcess } from '@sitebus/imports';
import { WEATHER_HOAX } from './table.ts';

await runAgencyProcess(WEATHER_HOAX, process.env);
