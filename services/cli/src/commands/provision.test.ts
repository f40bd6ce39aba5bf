import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { runCli } from '../testing/run-cli.ts';

test('applying asks first, and not where nobody sits', async () => {
  expect((await runCli(['provision', '--apply'])).err).toContain('next:  sitebus provision --apply --yes');
  expect((await runCli(['provision', '--apply', '--plan'])).code).toBe(2);
});

test('the program of the checkout is run; its words and its exit code are passed on, and without a plan nothing is asked', async () => {
  const stdin = Object.assign(Readable.from(['yes\n']), { isTTY: true });
  const { code, out, err } = await runCli(['provision', '--apply', '--bootstrap', '127.0.0.1:1'], { stdin });
  expect([code, out, err]).toEqual([2, '', expect.stringContaining('error: --bootstrap and --registry')]);
  expect(err).not.toContain('apply this?');
});
