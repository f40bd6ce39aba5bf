import { afterEach, expect, test } from '@jest/globals';
import { json, runCli, startGateway } from '../testing/run-cli.ts';
import type { FakeGateway } from '../testing/run-cli.ts';

let gateway: FakeGateway | undefined;
afterEach(async () => gateway?.close());

const made = { id: 'misp-0a1b2c3d', person: 'ama', routes: ['*'], state: 'ACTIVE', expiresAt: '2031-01-01T00:00:00.000Z', key: 'sbk_misp-0a1b2c3d_x' }; // prettier-ignore

test('a new key is alone on stdout, in the form that a product asks for where one is named', async () => {
  gateway = await startGateway({ 'POST /v1/keys': json(made) });
  const plain = await runCli(['keys', 'create', 'misp', '--route', 'GET /v1/alerts', '--days', '30'], { env: gateway.env });
  expect([plain.code, plain.out]).toEqual([0, 'sbk_misp-0a1b2c3d_x\n']);
  expect(plain.err).toContain('sitebus keys revoke misp-0a1b2c3d');
  expect(JSON.parse(gateway.received[0]?.body ?? '')).toEqual({ name: 'misp', routes: ['GET /v1/alerts'], days: 30 });
  const formed = await runCli(['keys', 'create', 'misp', '--for', 'misp'], { env: gateway.env });
  expect(Buffer.from(formed.out.trim(), 'base64').toString()).toBe('sitebus:sbk_misp-0a1b2c3d_x');
  expect((await runCli(['keys', 'create', 'misp', '--for', 'nothing'], { env: gateway.env })).code).toBe(2);
  expect((await runCli(['keys', 'create', 'misp', '--days', 'soon'], { env: gateway.env })).code).toBe(2);
  expect(gateway.received).toHaveLength(2);
}); // prettier-ignore

test('keys are listed without themselves, and revoked by their name', async () => {
  const { key: _key, ...listed } = made;
  gateway = await startGateway({ 'GET /v1/keys': json({ items: [listed] }), 'DELETE /v1/keys/misp-0a1b2c3d': json({}) });
  const { code, out } = await runCli(['keys', 'list'], { env: gateway.env });
  expect([code, out.includes('misp-0a1b2c3d'), out.includes('sbk_')]).toEqual([0, true, false]);
  expect((await runCli(['keys', 'revoke', 'misp-0a1b2c3d'], { env: gateway.env })).code).toBe(0);
  expect(gateway.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/keys', 'DELETE /v1/keys/misp-0a1b2c3d']);
}); // prettier-ignore
