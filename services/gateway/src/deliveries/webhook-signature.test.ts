import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { signatureHeaders, webhookSecret } from './webhook-signature.ts';

test('a receiver that keeps to the standard finds the signature it computes itself', () => {
  const secret = webhookSecret(Buffer.alloc(32, 9), 'one');
  const headers = signatureHeaders(secret, { id: 'msg', atMs: 1_700_000_000_999, body: '{"é":1}' });
  const expected = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64')).update('msg.1700000000.{"é":1}').digest('base64'); // prettier-ignore
  expect(headers).toEqual({
    'webhook-id': 'msg',
    'webhook-timestamp': '1700000000',
    'webhook-signature': `v1,${expected}`,
  });
});

test('the example of the standard is reproduced', () => {
  const headers = signatureHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', atMs: 1_614_265_330_000, body: '{"test": 2432232314}',
  }); // prettier-ignore
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('secrets of two subscriptions, and of two gateways, have nothing in common, and each is found again', () => {
  const [key, other] = [Buffer.alloc(32, 9), Buffer.alloc(32, 8)];
  const secrets = [webhookSecret(key, 'a'), webhookSecret(key, 'b'), webhookSecret(other, 'a')];
  expect(new Set(secrets).size).toBe(3);
  expect(webhookSecret(key, 'a')).toBe(secrets[0]);
  expect(secrets.map((secret) => secret.length)).toEqual([50, 50, 50]);
});
