import { expect, test } from '@jest/globals';
import { createSteps } from './steps.ts';

const recorder = (isTTY: boolean) => {
  const written: string[] = [];
  return { written, output: { isTTY, write: (text: string) => written.push(text) } };
};
const plain = (text: string) => text.replace(/\u001b\[[0-9;]*[mK]|\u001b\[2K/g, '');

test('a finished step leaves one line with what it found', async () => {
  const { written, output } = recorder(false);
  const value = await createSteps(output).run('broker', async (say) => {
    say('starting');
    return [42, 'up in 1.2 s'] as const;
  });
  expect(value).toBe(42);
  expect(plain(written.join(''))).toBe('… broker     starting\n✔ broker     up in 1.2 s\n');
});

test('a failed step says why on its own line and throws the same error', async () => {
  const { written, output } = recorder(false);
  const failure = new Error('port 7080 is taken\nmore');
  await expect(createSteps(output).run('checks', () => Promise.reject(failure))).rejects.toBe(failure);
  expect(plain(written.join(''))).toBe('✖ checks     port 7080 is taken\n');
});

test('on a terminal the line is rewritten in place', async () => {
  const { written, output } = recorder(true);
  await createSteps(output).run('broker', async (say) => {
    say('starting');
    return [undefined, 'up'] as const;
  });
  expect(written.slice(0, -1).every((text) => text.startsWith('\r') && !text.endsWith('\n'))).toBe(true);
});
