// `npm run setup [-- --bundle FILE | --from FILE]`: fetches everything the local stack needs, so that nothing later
// asks the network. Plain JavaScript: it installs the packages before it loads the TypeScript part.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './ensure-installed.js';

if (!ensureInstalled()) process.exit(1);

const here = dirname(fileURLToPath(import.meta.url));
const setup = [join(here, 'setup.ts'), ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, ['--conditions=source', '--import', 'tsx', ...setup], {
  cwd: join(here, '..', '..'),
  stdio: 'inherit',
});
process.exit(status ?? 1);
