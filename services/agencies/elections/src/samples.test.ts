import { fileURLToPath } from 'node:url';
import { samplesAnswerAsExpected } from '@sitebus/imports/testing/samples';
import { ELECTIONS } from './table.ts';

samplesAnswerAsExpected({ folder: fileURLToPath(new URL('../samples/', import.meta.url)), table: ELECTIONS });
