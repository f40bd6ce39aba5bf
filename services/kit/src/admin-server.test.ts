import { expect, test } from '@jest/globals';
import { createAdminServer } from './admin-server.ts';
import { createMetrics } from './metrics.ts';
import type { Readiness } from './service.ts';

async function started(state: { current: Readiness }) {
  const metrics = createMetrics('fusion');
  const server = createAdminServer({
    services: [{ name: 'fusion', ready: () => state.current }],
    metrics: () => metrics.text(),
    listen: { host: '127.0.0.1', port: 0 },
  });
  await server.start();
  const get = async (path: string) => {
    const answer = await fetch(`${server.address()}${path}`);
    return { status: answer.status, body: await answer.text() };
  };
  return { get, stop: () => server.stop() };
}

test('readiness names each part; startup is remembered; liveness looks at neither', async () => {
  const state: { current: Readiness } = { current: { ready: false, parts: { bus: 'not connected' } } };
  const { get, stop } = await started(state);
  expect(await get('/readyz')).toEqual({
    status: 503,
    body: '{"ready":false,"parts":{"fusion: bus":"not connected"}}',
  });
  expect((await get('/startupz')).status).toBe(503);
  expect((await get('/livez')).status).toBe(200);
  state.current = { ready: true, parts: { bus: 'ok' } };
  expect((await get('/readyz')).status).toBe(200);
  state.current = { ready: false, parts: { bus: 'stalled' } };
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/startupz')).status).toBe(200);
  await stop();
});

test('metrics are in the text form, labelled with the service', async () => {
  const { get, stop } = await started({ current: { ready: true, parts: {} } });
  expect((await get('/metrics')).body).toMatch(/^process_cpu_user_seconds_total\{service="fusion"\} /m);
  await stop();
});
