// Real files in the formats of the outside world, which are not in the repository: some tests read them when there.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..', '..');

/**
 * Finds the folder of shared sample data: `SITEBUS_SHARED`, else `../shared` beside the checkout.
 * @returns the path of `subfolder` in it, or undefined after saying loudly what is therefore not tested
 */
export function sharedData(subfolder = ''): string | undefined {
  const shared = resolve(process.env['SITEBUS_SHARED'] ?? join(root, '..', 'shared'));
  const wanted = join(shared, subfolder);
  if (existsSync(wanted)) return wanted;
  console.warn(`SKIPPED: ${wanted} is not there (set SITEBUS_SHARED); tests that read it do not run`);
  return undefined;
}
