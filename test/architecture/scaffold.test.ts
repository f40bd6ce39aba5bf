// What `create producer` makes stands in scaffolded/, where it is type-checked, linted and tested like any other folder: this
// compares the two, byte for byte. After a change: npx sitebus create producer weather-hoax --in test/architecture/scaffolded
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runCli } from '../../services/cli/src/testing/run-cli.ts';
import { ROOT } from './source-tree.ts';

test('a new producer is the one that is type-checked, linted and tested here', async () => {
  const home = mkdtempSync(join(tmpdir(), 'sitebus-scaffold-'));
  try {
    expect((await runCli(['create', 'producer', 'weather-hoax', '--in', '.'], { cwd: home })).code).toBe(0);
    const made = textsIn(join(home, 'weather-hoax'));
    expect(Object.keys(made)).toContain('src/samples.test.ts');
    expect(made).toEqual(textsIn(join(ROOT, 'test/architecture/scaffolded/weather-hoax')));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

function textsIn(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = files.map((each) => join(each.parentPath, each.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}
