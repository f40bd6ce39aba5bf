import { expect, test } from '@jest/globals';
import { webhookTarget } from './webhook-target.ts';

const ALLOWED = ['https://hooks.example:8443', 'http://plain.example'];

test.each([
  ['https://hooks.example:8443/in?of=cse', ALLOWED],
  ['http://plain.example/', ALLOWED],
  ['http://127.0.0.1:9000/hook', ['loopback']],
  ['http://127.8.8.8:9000/hook', ['loopback']],
  ['http://[::1]:9000/hook', ['loopback']],
])('%s is a target of %j', (text, allowed) => {
  expect(webhookTarget(text, allowed)?.href).toBe(text);
});

test.each([
  ['https://hooks.example/in', ALLOWED, 'another port'],
  ['http://hooks.example:8443/in', ALLOWED, 'another protocol'],
  ['https://hooks.example.evil.example:8443/', ALLOWED, 'a name that begins alike'],
  ['https://hooks.example:8443@evil.example/', ALLOWED, 'a user name that looks like it'],
  ['https://user@hooks.example:8443/', ALLOWED, 'a user name'],
  ['https://hooks.example:8443/#x', ALLOWED, 'a fragment'],
  ['http://127.0.0.1:9000/', ALLOWED, 'loopback where nobody said so'],
  ['http://localhost:9000/', ['loopback'], 'a name that is looked up'],
  ['http://127.0.0.1.evil.example/', ['loopback'], 'a name that begins like an address'],
  ['http://10.0.0.1/', ['loopback'], 'another machine'],
  ['http://[::ffff:10.0.0.1]/', ['loopback'], 'another machine, mapped'],
  ['http://0.0.0.0/', ['loopback'], 'every address'],
  ['file:///etc/passwd', ['loopback', 'file://'], 'a file'],
  ['loopback', ['loopback'], 'no address'],
  ['https://hooks.example:8443/', [], 'nothing is configured'],
])('%s is no target of %j: %s', (text, allowed) => {
  expect(webhookTarget(text, allowed)).toBeUndefined();
});

test('another spelling of a loopback address is that address, which is what is posted to', () => {
  expect(webhookTarget('http://2130706433:9000/', ['loopback'])?.hostname).toBe('127.0.0.1');
});
