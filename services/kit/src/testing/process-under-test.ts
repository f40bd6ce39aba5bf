// A process for the tests of run-process.ts: node process-under-test.ts <which service> <drainMs>. Prints its log's messages.

import type { Log } from '@sitebus/sdk';
import { runProcess } from '../run-process.ts';

const [, , which = '', drainMs = ''] = process.argv;
const say = (message: string): void => void process.stdout.write(`${message}\n`);
const print = (_keys: unknown, message: string): void => say(message);
const log: Log = { debug: print, info: print, warn: print, error: print };

let keepAlive: NodeJS.Timeout | undefined;
let fail: (cause: Error) => void = () => undefined;
const fatal = new Promise<Error>((resolve) => (fail = resolve));

await runProcess({
  log,
  drainMs: Number(drainMs),
  service: {
    fatal,
    start() {
      if (which === 'unstartable') return Promise.reject(new Error('no broker'));
      if (which !== 'idle') keepAlive = setInterval(() => undefined, 1_000);
      if (which === 'fatal') setImmediate(() => fail(new Error('fenced')));
      if (which === 'careless') setImmediate(() => void Promise.reject(new Error('forgotten')));
      return Promise.resolve();
    },
    async stop() {
      if (which === 'endless') await new Promise(() => undefined);
      clearInterval(keepAlive);
      say('drained');
    },
  },
});
