// The committed policy, read once for the room's tests.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPolicy, type Policy } from '@sitebus/sdk';

/** The folder of schemas. */
export const SCHEMAS = join(dirname(fileURLToPath(import.meta.url)), '../../../../schemas');
const once = loadPolicy(join(SCHEMAS, 'policy'));

/** @returns the committed policy. */
export const thePolicyForResearch = (): Promise<Policy> => once;
