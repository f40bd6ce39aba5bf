// Where the contract (schemas/avro, schemas/policy) lies for commands that work without a server.
// Holds: SITEBUS_SCHEMAS wins; else the checkout this file belongs to.

import { fileURLToPath } from 'node:url';

/** @returns the folder with `avro/` and `policy/`. */
export const contractFolder = (env: Readonly<Record<string, string | undefined>>): string =>
  env['SITEBUS_SCHEMAS'] ?? fileURLToPath(new URL('../../../schemas', import.meta.url));
