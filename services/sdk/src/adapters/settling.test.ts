import { expect, test } from '@jest/globals';
import { onceSettled } from './settling.ts';

const brokerError = (type: string): Error => Object.assign(new Error(type), { type });

test('a coordinator that loads, and a partition between leaders, are asked again', async () => {
  const answers = [brokerError('GROUP_LOAD_IN_PROGRESS'), brokerError('NOT_LEADER_FOR_PARTITION')];
  const ask = (): Promise<string> => {
    const refused = answers.shift();
    return refused === undefined ? Promise.resolve('settled') : Promise.reject(refused);
  };
  expect(await onceSettled(ask)).toBe('settled');
});

test('every other refusal comes back at once', async () => {
  let asked = 0;
  const refused = brokerError('TOPIC_AUTHORIZATION_FAILED');
  const ask = (): Promise<never> => {
    asked += 1;
    return Promise.reject(refused);
  };
  await expect(onceSettled(ask)).rejects.toBe(refused);
  expect(asked).toBe(1);
});
