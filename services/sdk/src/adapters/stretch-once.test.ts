import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { stretchOnce } from './stretch-once.ts';

const SHA_512 = { length: 64, type: 'sha512' };
const salt = Buffer.from('salt of one principal');

test('the same password under the same salt is stretched once, all else for itself', async () => {
  const asked: string[] = [];
  const stretch = stretchOnce(async (password, by, iterations, { length, type }) => {
    asked.push(`${password.toString()} ${by.toString()} ${iterations}`);
    return promisify(pbkdf2)(password, by, iterations, length, type);
  });
  const [first, again] = await Promise.all([
    stretch('secret', salt, 10, SHA_512),
    stretch('secret', salt, 10, SHA_512),
  ]);
  expect(again).toEqual(first);
  expect(await stretch('secret', salt, 10, SHA_512)).toEqual(await promisify(pbkdf2)('secret', salt, 10, 64, 'sha512'));
  expect(asked).toEqual(['secret salt of one principal 10']);

  const others = await Promise.all([
    stretch('other', salt, 10, SHA_512),
    stretch('secret', Buffer.from('another'), 10, SHA_512),
    stretch('secret', salt, 11, SHA_512),
    stretch('secret', salt, 10, { length: 32, type: 'sha256' }),
  ]);
  expect(asked).toHaveLength(5);
  expect(new Set([first, ...others].map((each) => each.toString('hex'))).size).toBe(5);
});

test('a failure is tried again', async () => {
  let attempts = 0;
  const stretch = stretchOnce(async () => {
    attempts += 1;
    if (attempts === 1) throw new Error('no memory');
    return Buffer.from('stretched');
  });
  await expect(stretch('secret', salt, 10, SHA_512)).rejects.toThrow('no memory');
  expect((await stretch('secret', salt, 10, SHA_512)).toString()).toBe('stretched');
});
